//! Registers: Twist (eprint 2025/105) over 64 cells, all initially zero.
//!
//! The addresses are bytecode columns, so their one-hot columns are virtual: ra1(k,t) = 1 iff rs1
//! of step t is k, ra2 and wa likewise for rs2 and rd.

use super::ram::take;
use crate::relation::{Point, Relation, Rounds, Support, batch};
use crate::shape::LOG_REGISTERS;
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::{eq, lt};
use zkvm_algebra::{Field, Fr, Ring};

/// rs1 + γ·rs2 + γ²·rd at r1 = Σ_{k,t} eq(r1,t)·[ RA(k,t)·Val(k,t) + γ²·wa(k,t)·(Val(k,t) + inc(t)) ]
/// with RA = ra1 + γ·ra2.
#[derive(Clone, Debug)]
pub struct Read {
    /// Batches the three values.
    pub gamma: Fr,
    /// The cycle point of the claims.
    pub r1: Vec<Fr>,
    /// The claims on rs1, rs2 and rd.
    pub values: [Fr; 3],
}

/// Claims of [`Read`] at (r_k, r2).
#[derive(Clone, Debug)]
pub struct ReadClaims {
    /// ra1 + γ·ra2: linear in the bytecode.
    pub ra: Fr,
    /// wa: linear in the bytecode.
    pub wa: Fr,
    /// Val.
    pub val: Fr,
    /// inc at r2.
    pub inc: Fr,
}

impl Relation for Read {
    type Claims = ReadClaims;

    fn name(&self) -> &'static str {
        "registers"
    }
    fn rounds(&self) -> Rounds {
        Rounds::index_and_cycle(LOG_REGISTERS)
    }
    fn claim(&self) -> Fr {
        batch(self.gamma, &self.values)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE, Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        let cells = Support::both(0..LOG_REGISTERS);
        vec![cells.clone(), cells.clone(), cells, Support::CYCLE]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.r1, &point.cycle), self.gamma.square()]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (&[eq, square], &[ra, wa, val, inc]) = (public, witness) else { return R::zero() };
        eq * (ra * val + square * wa * (val + inc))
    }
    fn claims(&self, witness: Vec<Fr>) -> ReadClaims {
        let [ra, wa, val, inc] = take(witness);
        ReadClaims { ra, wa, val, inc }
    }
}

/// Val(r_k, r2) = Σ_t inc(t)·wa(r_k, t)·lt(t, r2).
#[derive(Clone, Debug)]
pub struct Val {
    /// The cycle point of the claim.
    pub r2: Vec<Fr>,
    /// Val at (r_k, r2).
    pub val: Fr,
    /// r_k: the register point.
    pub cell: Vec<Fr>,
}

/// Claims of [`Val`] at r3.
#[derive(Clone, Debug)]
pub struct ValClaims {
    /// inc.
    pub inc: Fr,
    /// wa at the register point.
    pub wa: Fr,
}

impl Relation for Val {
    type Claims = ValClaims;

    fn name(&self) -> &'static str {
        "register values"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        self.val
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::CYCLE; 2]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![lt(&point.cycle, &self.r2)]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (&[lt], &[inc, wa]) = (public, witness) else { return R::zero() };
        inc * wa * lt
    }
    fn claims(&self, witness: Vec<Fr>) -> ValClaims {
        let [inc, wa] = take(witness);
        ValClaims { inc, wa }
    }
}
