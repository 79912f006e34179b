//! Σ_k Σ_s left_s(k)·right_s(k) over an index bound from the top: the index rounds of lookups.

use crate::kernels::fr;
use zkvm_algebra::{AdditiveGroup, Fr, Univariate};

/// A sum of products of pairs of tables. Entry (k, s) stands at k·(number of s) + s, so that binding
/// the top bit of k folds all tables at once.
pub struct IndexSum {
    left: Vec<Fr>,
    right: Vec<Fr>,
}

impl IndexSum {
    /// The sum over tables of equal length.
    pub fn new(left: Vec<Fr>, right: Vec<Fr>) -> Self {
        debug_assert_eq!(left.len(), right.len());
        IndexSum { left, right }
    }

    /// The round polynomial: with halves 0 and 1, g(X) = ⟨l_0 + X(l_1 - l_0), r_0 + X(r_1 - r_0)⟩.
    pub fn round(&self, claim: Fr) -> Univariate {
        let half = self.left.len() / 2;
        let ((l0, l1), (r0, r1)) = (self.left.split_at(half), self.right.split_at(half));
        let at_zero = fr::inner_product(l0, r0);
        let cross = fr::inner_product(l0, r1) + fr::inner_product(l1, r0);
        // ⟨l_1, r_1⟩ is the rest of the claim.
        Univariate(vec![at_zero, cross - at_zero.double(), claim - cross])
    }

    /// Binds the top bit.
    pub fn bind(&mut self, challenge: Fr) {
        fr::bind_high(&mut self.left, challenge);
        fr::bind_high(&mut self.right, challenge);
    }

    /// right_s at the point, once all bits are bound.
    pub fn right(&self) -> &[Fr] {
        &self.right
    }
}
