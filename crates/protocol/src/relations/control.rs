//! Control flow: the row after each step, and the halt row after the last.

use super::lookups::product;
use super::ram::take;
use crate::relation::{Point, Relation, Rounds, Support};
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::successor;
use zkvm_algebra::{Fr, Ring};

/// next_row + γ·next_addr at r1 = Σ_t eq⁺¹(r1,t)·(row(t) + γ·addr(t)) + (Π r1)·(h + γ·addr_h), where h
/// is the halt row: the last step's successor is defined as halt, which proves termination.
#[derive(Clone, Debug)]
pub struct Next {
    /// Batches row and address.
    pub gamma: Fr,
    /// The cycle point of the claims.
    pub r1: Vec<Fr>,
    /// The claims on next_row and next_addr.
    pub values: [Fr; 2],
    /// Row index and address of the halt row.
    pub halt: [Fr; 2],
}

impl Relation for Next {
    /// row + γ·addr at r2.
    type Claims = Fr;

    fn name(&self) -> &'static str {
        "control"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        let ([row, addr], [halt, halt_addr]) = (self.values, self.halt);
        row + self.gamma * addr - product(&self.r1) * (halt + self.gamma * halt_addr)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::CYCLE]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![successor(&self.r1, &point.cycle)]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        product(public) * product(witness)
    }
    fn claims(&self, witness: Vec<Fr>) -> Fr {
        let [value] = take(witness);
        value
    }
}
