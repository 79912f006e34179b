//! Index rounds: Σ_k eq(ρ,k)·Σ_t (ra² - ra), from the weights F(k) of the addresses alone.
//!
//! With the top variables bound at r, a column with address (p, b, rest) is eq(r, p)·eq(X, b) at
//! rest, and its square eq(r, p)²·eq(X, b)². So two tables are bound: F with factors 1 - r and r,
//! and F with their squares.

use crate::kernels::fr;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};

/// See the module's documentation.
pub struct IndexRounds {
    /// Unbound coordinates of ρ.
    rho: Vec<Fr>,
    /// eq of the bound coordinates.
    scale: Fr,
    linear: Vec<Fr>,
    square: Vec<Fr>,
}

impl IndexRounds {
    /// From F.
    pub fn new(rho: &[Fr], counts: Vec<Fr>) -> Self {
        IndexRounds { rho: rho.to_vec(), scale: Fr::ONE, linear: counts.clone(), square: counts }
    }

    /// The round polynomial.
    pub fn round(&self) -> Univariate {
        let Some((r, below)) = self.rho.split_first() else { return Univariate::default() };
        let weights = fr::eq_table_scaled(below, self.scale);
        let sums = |table: &[Fr]| {
            let (low, high) = table.split_at(weights.len());
            [fr::inner_product(low, &weights), fr::inner_product(high, &weights)]
        };
        let ([s0, s1], [l0, l1]) = (sums(&self.square), sums(&self.linear));
        // s0·(1 - X)² + s1·X² - l0·(1 - X) - l1·X
        let inner = Univariate(vec![s0 - l0, l0 - l1 - s0.double(), s0 + s1]);
        Univariate(vec![Fr::ONE - r, r.double() - Fr::ONE]).product(&inner)
    }

    /// Binds the top variable.
    pub fn bind(&mut self, challenge: Fr) {
        if self.rho.is_empty() {
            return;
        }
        let r = self.rho.remove(0);
        self.scale *= (Fr::ONE - r) * (Fr::ONE - challenge) + r * challenge;
        fr::bind_high(&mut self.linear, challenge);
        let (low, high) = self.square.split_at(self.square.len() / 2);
        let squares = [(Fr::ONE - challenge).square(), challenge.square()];
        self.square = low.iter().zip(high).map(|(low, high)| squares[0] * low + squares[1] * high).collect();
    }
}
