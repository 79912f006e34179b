//! Instruction lookups: Shout (eprint 2025/105) over one table of 2^64 entries per row kind.
//!
//! ra(k, t) is one-hot in the 64-bit index k, a product of chunk columns. [`Read`] proves at once
//! that the output and the operands of every step are what the index says; [`Chunks`] splits the
//! 16-bit groups of ra into committed columns.

use crate::relation::{Point, Relation, Rounds, Support, batch, horner};
use crate::shape::{GROUP_BITS, GROUPS, INDEX_BITS, Shape};
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Ring};

/// out + γ·x + γ²·y + γ³·lin + γ⁴·prod + γ⁵ at r1 = Σ_{k,t} eq(r1,t)·V(k,t)·Π_g G_g(k,t) with
///
/// V(k,t) = Σ_ℓ f_ℓ(t)·T_ℓ(k) + m_inter(t)·(γ·X(k) + γ²·Y(k)) + (γ³·m_lin(t) + γ⁴·m_prod(t))·k + γ⁵
///
/// and G_g the one-hot column of the g-th 16 bits of the index. A value whose mode is not the
/// row's is zero by this claim; the last term is the total weight, one.
#[derive(Clone, Debug)]
pub struct Read {
    /// Batches output, operands and weight.
    pub gamma: Fr,
    /// The cycle point of the claims.
    pub r1: Vec<Fr>,
    /// The claims on out, x, y, lin and prod.
    pub values: [Fr; 5],
}

/// Claims of [`Read`] at (r_k, r2).
#[derive(Clone, Debug)]
pub struct ReadClaims {
    /// V at (r_k, r2): linear in the bytecode.
    pub value: Fr,
    /// The groups G_g at (their part of r_k, r2).
    pub groups: Vec<Fr>,
}

impl Relation for Read {
    type Claims = ReadClaims;

    fn name(&self) -> &'static str {
        "lookups"
    }
    fn rounds(&self) -> Rounds {
        Rounds::index_and_cycle(INDEX_BITS)
    }
    fn claim(&self) -> Fr {
        let [out, x, y, lin, prod] = self.values;
        batch(self.gamma, &[out, x, y, lin, prod, Fr::ONE])
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE]
    }
    fn witness_support(&self) -> Vec<Support> {
        let starts = (0..INDEX_BITS).step_by(GROUP_BITS);
        let groups = starts.map(|start| Support::both(start..start.saturating_add(GROUP_BITS)));
        core::iter::once(Support::both(0..INDEX_BITS)).chain(groups).collect()
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.r1, &point.cycle)]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        product(public) * product(witness)
    }
    fn claims(&self, witness: Vec<Fr>) -> ReadClaims {
        let mut values = witness.into_iter();
        ReadClaims { value: values.next().unwrap_or(Fr::ZERO), groups: values.collect() }
    }
}

/// The operand polynomials at an index point: X, Y and the index itself.
pub fn operands(point: &[Fr]) -> [Fr; 3] {
    let word = |bits: &mut dyn Iterator<Item = &Fr>| bits.fold(Fr::ZERO, |acc, bit| acc.double() + bit);
    let x = word(&mut point.iter().step_by(2));
    let y = word(&mut point.iter().skip(1).step_by(2));
    [x, y, word(&mut point.iter())]
}

/// Σ_g γ^g·G_g = Σ_t eq(r2,t)·Σ_g γ^g·Π_{i in group g} ra_i(t), each ra_i bound to its part of r_k.
#[derive(Clone, Debug)]
pub struct Chunks {
    /// Batches the groups.
    pub gamma: Fr,
    /// The cycle point of the claims.
    pub r2: Vec<Fr>,
    /// The claims on the groups.
    pub groups: Vec<Fr>,
    /// The address point of each chunk, κ coordinates.
    pub points: Vec<Vec<Fr>>,
    group_chunks: usize,
}

impl Chunks {
    /// For the groups claimed at (`index`, `r2`).
    pub fn new(shape: &Shape, gamma: Fr, index: &[Fr], r2: &[Fr], groups: &[Fr]) -> Self {
        let points = index.chunks(shape.log_k.max(1)).map(<[Fr]>::to_vec).collect();
        Chunks { gamma, r2: r2.to_vec(), groups: groups.to_vec(), points, group_chunks: shape.group_chunks() }
    }
}

impl Relation for Chunks {
    /// ra_i at (its point, r4).
    type Claims = Vec<Fr>;

    fn name(&self) -> &'static str {
        "lookup chunks"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        batch(self.gamma, &self.groups)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE, Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::CYCLE; GROUPS.saturating_mul(self.group_chunks)]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.r2, &point.cycle), self.gamma]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let &[eq, gamma] = public else { return R::zero() };
        eq * horner(gamma, witness.chunks(self.group_chunks.max(1)).map(product))
    }
    fn claims(&self, witness: Vec<Fr>) -> Vec<Fr> {
        witness
    }
}

/// Π factors.
pub(super) fn product<R: Ring>(factors: &[R]) -> R {
    factors.iter().fold(R::one(), |acc, &factor| acc * factor)
}
