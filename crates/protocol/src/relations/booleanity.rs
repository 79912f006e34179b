//! Booleanity: every entry of every one-hot column is zero or one.
//!
//! With it, a chunk's weight at a step is an integer in [0, 2^κ]; the product of the chunks'
//! weights is one (or f_mem), by the constant terms of the reads, at every step. An integer product
//! of one means that each weight is one. A product of zero means that the product column, the only
//! one that is used, vanishes.

use crate::relation::{Point, Relation, Rounds, Support, horner};
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::{AdditiveGroup, Fr, Ring};

/// 0 = Σ_{k,t} eq(ρ,k)·eq(r2,t)·Σ_i γ^i(ra_i(k,t)² - ra_i(k,t)).
#[derive(Clone, Debug)]
pub struct Booleanity {
    /// Batches the columns.
    pub gamma: Fr,
    /// ρ: the random address point, κ coordinates.
    pub rho: Vec<Fr>,
    /// The random cycle point.
    pub r2: Vec<Fr>,
    /// One-hot columns.
    pub columns: usize,
}

impl Relation for Booleanity {
    /// ra_i at (this relation's index point, r4).
    type Claims = Vec<Fr>;

    fn name(&self) -> &'static str {
        "booleanity"
    }
    fn rounds(&self) -> Rounds {
        Rounds::index_and_cycle(self.rho.len())
    }
    fn claim(&self) -> Fr {
        Fr::ZERO
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::index(0..self.rho.len()), Support::CYCLE, Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::both(0..self.rho.len()); self.columns]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.rho, &point.index), eq(&self.r2, &point.cycle), self.gamma]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let &[eq_index, eq_cycle, gamma] = public else { return R::zero() };
        eq_index * eq_cycle * horner(gamma, witness.iter().map(|&ra| ra * ra - ra))
    }
    fn claims(&self, witness: Vec<Fr>) -> Vec<Fr> {
        witness
    }
}
