//! Index rounds of Twist over a memory so small that pairs of cells can be tabulated.

use crate::kernels::fr;
use zkvm_algebra::{AdditiveGroup, Fr, Univariate};

/// C(k, k') = Σ_t eq(r,t)·ra(k,t)·Val(k',t) and I(k) = Σ_t eq(r,t)·wa(k,t)·inc(t).
///
/// With them, Σ_t eq·(ra·Val + wa·inc) at a partly bound address is a sum over pairs of cells that
/// agree in the unbound variables; no round looks at the steps again.
#[derive(Clone, Debug)]
pub struct Correlation {
    /// C, row by row.
    pub pairs: Vec<Fr>,
    /// I.
    pub cells: Vec<Fr>,
}

impl Correlation {
    /// Zeros for `cells` cells.
    pub fn new(cells: usize) -> Self {
        Correlation { pairs: vec![Fr::ZERO; cells * cells], cells: vec![Fr::ZERO; cells] }
    }

    /// Adds another one.
    pub fn plus(mut self, other: &Correlation) -> Self {
        self.pairs.iter_mut().zip(&other.pairs).for_each(|(a, b)| *a += b);
        self.cells.iter_mut().zip(&other.cells).for_each(|(a, b)| *a += b);
        self
    }

    /// The round polynomial for the top variable of the address.
    pub fn round(&self, claim: Fr) -> Univariate {
        let (size, half) = (self.cells.len(), self.cells.len() / 2);
        let pair = |k: usize, other: usize| self.pairs[k * size + other];
        let at_zero = (0..half).map(|k| pair(k, k) + self.cells[k]).sum::<Fr>();
        let cross = |k: usize| pair(k, k) - pair(k, k + half) - pair(k + half, k) + pair(k + half, k + half);
        let leading = (0..half).map(cross).sum::<Fr>();
        Univariate(vec![at_zero, claim - at_zero - at_zero - leading, leading])
    }

    /// Binds the top variable of both addresses.
    pub fn bind(&mut self, challenge: Fr) {
        let size = self.cells.len();
        fr::bind_high(&mut self.cells, challenge);
        fr::bind_high(&mut self.pairs, challenge);
        let bind_row = |row: &[Fr]| {
            let (low, high) = row.split_at(size / 2);
            low.iter().zip(high).map(|(low, high)| *low + challenge * (*high - low)).collect::<Vec<_>>()
        };
        self.pairs = self.pairs.chunks_exact(size).flat_map(bind_row).collect();
    }
}
