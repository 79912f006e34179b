//! The dense columns: all claims on them at one point.

use super::ram::take;
use crate::relation::{Point, Relation, Rounds, Support, batch};
use crate::shape::DENSE;
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::{Fr, Ring};

/// Σ γ^j·claim_j = Σ_t eq(r1,t)·(mul_left + γ·taken) + eq(r2,t)·(γ²·rd_inc + γ³·ram_inc)
/// + eq(r3,t)·(γ⁴·rd_inc + γ⁵·ram_inc).
#[derive(Clone, Debug)]
pub struct Dense {
    /// Batches the claims.
    pub gamma: Fr,
    /// The points r1, r2, r3.
    pub points: [Vec<Fr>; 3],
    /// mul_left and taken at r1, rd_inc and ram_inc at r2, rd_inc and ram_inc at r3.
    pub values: [Fr; 6],
}

impl Relation for Dense {
    /// rd_inc, ram_inc, taken and mul_left at r4.
    type Claims = [Fr; DENSE];

    fn name(&self) -> &'static str {
        "dense"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        batch(self.gamma, &self.values)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE, Support::CYCLE, Support::CYCLE, Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::CYCLE; DENSE]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        self.points.iter().map(|r| eq(r, &point.cycle)).chain([self.gamma]).collect()
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (&[eq1, eq2, eq3, gamma], &[rd_inc, ram_inc, taken, mul_left]) = (public, witness) else {
            return R::zero();
        };
        let increments = rd_inc + gamma * ram_inc;
        let square = gamma * gamma;
        eq1 * (mul_left + gamma * taken) + square * (eq2 + square * eq3) * increments
    }
    fn claims(&self, witness: Vec<Fr>) -> [Fr; DENSE] {
        take(witness)
    }
}
