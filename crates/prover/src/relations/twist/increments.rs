//! Values from increments: cycle rounds of Σ_t inc(t)·ra(t)·(lt(t, r) + c).
//!
//! lt(·, r) is never tabulated over the cycles. With the current variable X below the unbound x and
//! above the bound ones, lt((x, X, bound), r) = lt(x, r) + eq(x, r)·l(X), where the line l comes from
//! X and the bound variables alone. And for x = (high, low), lt(x) = lt(high) + eq(high)·lt(low) and
//! eq(x) = eq(high)·eq(low): tables of square-root size. A round sums inc·ra at X = 0, at X = 2 and
//! its leading coefficient, which with the claim determine the cubic.

use crate::kernels::fr;
use crate::relations::split_eq::LOW_BITS;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};

/// The factor lt(t, r) + c with the variables bound so far, from the bottom.
#[derive(Clone, Debug)]
pub struct LessThan {
    /// Coordinates of r of the unbound variables.
    point: Vec<Fr>,
    /// lt of the bound variables.
    bound: Fr,
    offset: Fr,
}

/// Values of inc·ra for the pairs of a block of cycles, one for each pair.
pub struct Lines {
    /// At X = 0.
    pub at_zero: Vec<Fr>,
    /// At X = 2.
    pub at_two: Vec<Fr>,
    /// The coefficient of X².
    pub leading: Vec<Fr>,
}

impl Lines {
    /// Zeros for `pairs` pairs.
    fn new(pairs: usize) -> Self {
        let zeros = vec![Fr::ZERO; pairs];
        Lines { at_zero: zeros.clone(), at_two: zeros.clone(), leading: zeros }
    }
}

/// Σ inc·ra·(lt + c) at 0 and 2, and Σ inc·ra·eq for the leading coefficient.
type Sums = [Fr; 3];

impl LessThan {
    /// lt(·, point) + offset with no variable bound.
    pub fn new(point: &[Fr], offset: Fr) -> Self {
        LessThan { point: point.to_vec(), bound: Fr::ZERO, offset }
    }

    /// l(x) of the module's documentation.
    fn line(&self, x: Fr) -> Fr {
        let r = self.point.last().copied().unwrap_or(Fr::ZERO);
        let both = r * x;
        r - both + self.bound * (Fr::ONE - r - x + both + both)
    }

    /// Pairs of neighbouring cycles in a block of the current round.
    pub fn block_pairs(&self) -> usize {
        1 << LOW_BITS.min(self.point.len().saturating_sub(1))
    }

    /// The round polynomial. `fill` writes the products of a block's pairs over zeros.
    pub fn round(&self, claim: Fr, fill: impl Fn(usize, &mut Lines) + Sync) -> Univariate {
        let above = self.point.split_last().map_or(&[][..], |(_, above)| above);
        let (high, low) = above.split_at(above.len() - LOW_BITS.min(above.len()));
        let (high, low) = (Tables::new(high), Tables::new(low));
        let weights = [Fr::ZERO, Fr::from(2u64)].map(|x| low.at(self.line(x)));
        let block = |(block, (lt, eq)): (usize, (&Fr, &Fr))| -> Sums {
            let mut lines = Lines::new(low.eq.len());
            fill(block, &mut lines);
            let at = |values: &[Fr], weights: &[Fr]| {
                (*lt + self.offset) * values.iter().sum::<Fr>() + *eq * fr::inner_product(values, weights)
            };
            let leading = *eq * fr::inner_product(&lines.leading, &low.eq);
            [at(&lines.at_zero, &weights[0]), at(&lines.at_two, &weights[1]), leading]
        };
        let blocks = high.lt.par_iter().zip(&high.eq).enumerate();
        let add = |a: Sums, b: Sums| core::array::from_fn(|i| a[i] + b[i]);
        let [at_zero, at_two, leading] = blocks.map(block).reduce(|| [Fr::ZERO; 3], add);
        let leading = leading * (self.line(Fr::ONE) - self.line(Fr::ZERO));
        cubic([at_zero, claim - at_zero, at_two], leading)
    }

    /// Binds the current variable.
    pub fn bind(&mut self, challenge: Fr) {
        self.bound = self.line(challenge);
        self.point.pop();
    }
}

/// The cubic with these values at 0, 1, 2 and this leading coefficient.
fn cubic(values: [Fr; 3], leading: Fr) -> Univariate {
    let eight = leading.double().double().double();
    let mut quadratic = Univariate::interpolate(&[values[0], values[1] - leading, values[2] - eight]);
    quadratic.0.push(leading);
    quadratic
}

/// lt(·, point) and eq(·, point) on the hypercube.
struct Tables {
    lt: Vec<Fr>,
    eq: Vec<Fr>,
}

impl Tables {
    fn new(point: &[Fr]) -> Self {
        let mut lt = vec![Fr::ZERO];
        for (bound, r) in point.iter().enumerate() {
            let eq = fr::eq_table(&point[..bound]);
            lt = lt.iter().zip(&eq).flat_map(|(lt, eq)| [*lt + *eq * r, *lt]).collect();
        }
        Tables { lt, eq: fr::eq_table(point) }
    }

    /// lt + scale·eq.
    fn at(&self, scale: Fr) -> Vec<Fr> {
        self.lt.iter().zip(&self.eq).map(|(lt, eq)| *lt + scale * eq).collect()
    }
}

/// The sum once inc and ra are columns of field elements.
pub struct Increments {
    /// inc over the unbound cycles.
    pub inc: Vec<Fr>,
    /// ra over the unbound cycles.
    pub ra: Vec<Fr>,
}

impl Increments {
    /// The round polynomial.
    pub fn round(&self, less_than: &LessThan, claim: Fr) -> Univariate {
        let pairs = less_than.block_pairs();
        less_than.round(claim, |block, lines| {
            let own = 2 * pairs * block..2 * pairs * (block + 1);
            let cycles = self.inc[own.clone()].chunks_exact(2).zip(self.ra[own].chunks_exact(2));
            for (i, (inc, ra)) in cycles.enumerate() {
                let (inc_step, ra_step) = (inc[1] - inc[0], ra[1] - ra[0]);
                lines.at_zero[i] = inc[0] * ra[0];
                lines.at_two[i] = (inc[1] + inc_step) * (ra[1] + ra_step);
                lines.leading[i] = inc_step * ra_step;
            }
        })
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        fr::bind_low(&mut self.inc, challenge);
        fr::bind_low(&mut self.ra, challenge);
    }
}
