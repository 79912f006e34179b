//! Cycle rounds of Σ_t eq(r, t)·Σ_j c_j·A_j(t)·B_j(t).

use crate::kernels::fr;
use crate::relations::split_eq::SplitEq;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Fr};

/// What a quadratic needs besides the claim.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quadratic {
    /// The value at 0.
    pub at_zero: Fr,
    /// The leading coefficient.
    pub leading: Fr,
}

impl Quadratic {
    /// self + scale·other.
    pub fn add_scaled(self, scale: Fr, other: Quadratic) -> Self {
        Quadratic { at_zero: self.at_zero + scale * other.at_zero, leading: self.leading + scale * other.leading }
    }

    /// Sum.
    pub fn plus(self, other: Quadratic) -> Self {
        Quadratic { at_zero: self.at_zero + other.at_zero, leading: self.leading + other.leading }
    }
}

/// c·A(t)·B(t).
pub struct Product<'a> {
    /// c.
    pub coefficient: Fr,
    /// A and B, adjacent cycles next to each other.
    pub factors: [&'a [Fr]; 2],
}

/// Σ_x weight(x)·Σ_j c_j·A_j(x, X)·B_j(x, X), one pair of neighbours for each weight.
pub fn of_products(weights: &SplitEq, products: &[Product]) -> Quadratic {
    let pairs = weights.low.len();
    let block = |(block, high): (usize, &Fr)| {
        let own = 2 * pairs * block..2 * pairs * (block + 1);
        let sum = products.iter().fold(Quadratic::default(), |sum, product| {
            let factors = product.factors.map(|factor| &factor[own.clone()]);
            sum.add_scaled(product.coefficient, of_pairs(&weights.low, factors))
        });
        Quadratic::default().add_scaled(*high, sum)
    };
    weights.high.par_iter().enumerate().map(block).reduce(Quadratic::default, Quadratic::plus)
}

/// Σ_i weights\[i\]·A(i, X)·B(i, X).
pub fn of_pairs(weights: &[Fr], factors: [&[Fr]; 2]) -> Quadratic {
    match fr::product_round(weights, &factors)[..] {
        [at_zero, leading, ..] => Quadratic { at_zero, leading },
        _ => Quadratic { at_zero: Fr::ZERO, leading: Fr::ZERO },
    }
}
