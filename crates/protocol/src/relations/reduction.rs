//! Claims on one column at several address points become one at a common point.

use crate::relation::{Point, Relation, Rounds, Support};
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::{AdditiveGroup, Fr, Ring};

/// A claim on a column at r4.
#[derive(Clone, Debug)]
pub struct ColumnClaim {
    /// Number of the column.
    pub column: usize,
    /// Address point, κ coordinates.
    pub point: Vec<Fr>,
    /// The value.
    pub value: Fr,
}

/// Σ_j γ^j·value_j = Σ_k Σ_i w_i(k)·column_i(k, r4), with w_i(k) = Σ_{j on column i} γ^j·eq(point_j, k).
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Batches the claims.
    pub gamma: Fr,
    /// κ.
    pub log_k: usize,
    /// Number of columns.
    pub columns: usize,
    /// The cycle point that all claims share.
    pub r4: Vec<Fr>,
    /// The claims.
    pub claims: Vec<ColumnClaim>,
}

impl Addresses {
    /// The weight polynomial of every column at an address point.
    pub fn weights(&self, address: &[Fr]) -> Vec<Fr> {
        let mut weights = vec![Fr::ZERO; self.columns];
        for (claim, power) in self.claims.iter().zip(crate::relation::powers(self.gamma)) {
            if let Some(weight) = weights.get_mut(claim.column) {
                *weight += power * eq(&claim.point, address);
            }
        }
        weights
    }
}

impl Relation for Addresses {
    /// Every column at (this relation's point, r4).
    type Claims = Vec<Fr>;

    fn name(&self) -> &'static str {
        "addresses"
    }
    fn rounds(&self) -> Rounds {
        Rounds { index: self.log_k, idle: 0, cycle: false }
    }
    fn claim(&self) -> Fr {
        self.claims.iter().zip(crate::relation::powers(self.gamma)).map(|(claim, power)| claim.value * power).sum()
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::index(0..self.log_k); self.columns]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::index(0..self.log_k); self.columns]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        self.weights(&point.index)
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        public.iter().zip(witness).fold(R::zero(), |sum, (&weight, &column)| sum + weight * column)
    }
    fn claims(&self, witness: Vec<Fr>) -> Vec<Fr> {
        witness
    }
}
