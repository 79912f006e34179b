//! RAM: Twist (eprint 2025/105). An address is a word (m bits) and an offset in it (2 bits).
//!
//! Val(k, t) is word k before step t; inc(t) is what step t adds to the word it accesses. [`Read`]
//! ties the accesses of a step to Val, [`Output`] ties the final memory to the public output
//! block, [`Val`] ties both to the increments and the initial memory, [`Chunks`] splits ra into
//! committed columns.

use super::lookups::product;
use crate::relation::{Point, Relation, Rounds, Support, batch};
use crate::shape::{OFFSET_BITS, Shape};
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::{eq, lt};
use zkvm_algebra::{AdditiveGroup, Field, Fr, Ring};

/// ram_r + γ·ram_w + γ²·address + γ³·offset + γ⁴·f_mem at r1 =
/// Σ_{k,o,t} eq(r1,t)·ra(k,o,t)·[ Val(k,t) + γ(Val(k,t) + inc(t)) + γ²(base + 4k + o) + γ³·o + γ⁴ ].
#[derive(Clone, Debug)]
pub struct Read {
    /// Batches the five values.
    pub gamma: Fr,
    /// The cycle point of the claims.
    pub r1: Vec<Fr>,
    /// The claims on ram_r, ram_w, address, offset and f_mem.
    pub values: [Fr; 5],
    /// First address of RAM.
    pub base: u32,
    /// m: words of RAM, as a power of two.
    pub log_ram: usize,
}

/// Claims of [`Read`].
#[derive(Clone, Debug)]
pub struct ReadClaims {
    /// ra at (word point, offset point, r2).
    pub ra: Fr,
    /// Val at (word point, r2).
    pub val: Fr,
    /// inc at r2.
    pub inc: Fr,
}

impl Read {
    /// Bits of a byte address.
    fn bits(&self) -> usize {
        self.log_ram.saturating_add(OFFSET_BITS)
    }

    /// γ²(base + 4k + o) + γ³·o + γ⁴ at an index point.
    pub fn key(&self, index: &[Fr]) -> Fr {
        let integer = |bits: &[Fr]| bits.iter().fold(Fr::ZERO, |acc, bit| acc.double() + bit);
        let offset = integer(index.get(self.log_ram..).unwrap_or_default());
        let address = Fr::from(self.base) + integer(index);
        let square = self.gamma.square();
        square * (address + self.gamma * offset + square)
    }
}

impl Relation for Read {
    type Claims = ReadClaims;

    fn name(&self) -> &'static str {
        "ram"
    }
    fn rounds(&self) -> Rounds {
        Rounds::index_and_cycle(self.bits())
    }
    fn claim(&self) -> Fr {
        batch(self.gamma, &self.values)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE, Support::index(0..self.bits()), Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::both(0..self.bits()), Support::both(0..self.log_ram), Support::CYCLE]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.r1, &point.cycle), self.key(&point.index), self.gamma]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (&[eq, key, gamma], &[ra, val, inc]) = (public, witness) else { return R::zero() };
        eq * ra * (val + gamma * (val + inc) + key)
    }
    fn claims(&self, witness: Vec<Fr>) -> ReadClaims {
        let [ra, val, inc] = take(witness);
        ReadClaims { ra, val, inc }
    }
}

/// The public output block's extension at ρ = Σ_k eq((block, ρ), k)·Val_final(k), over the word bits.
#[derive(Clone, Debug)]
pub struct Output {
    /// Bits of the block's place in RAM, then ρ: m coordinates.
    pub point: Vec<Fr>,
    /// The public block's extension at ρ.
    pub value: Fr,
}

impl Relation for Output {
    /// Val_final at the word point.
    type Claims = Fr;

    fn name(&self) -> &'static str {
        "output"
    }
    fn rounds(&self) -> Rounds {
        Rounds { index: self.point.len(), idle: OFFSET_BITS, cycle: false }
    }
    fn claim(&self) -> Fr {
        self.value
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::index(0..self.point.len())]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::index(0..self.point.len())]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.point, &point.index)]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        product(public) * product(witness)
    }
    fn claims(&self, witness: Vec<Fr>) -> Fr {
        let [value] = take(witness);
        value
    }
}

/// Val(r_k, r2) + γ·Val_final(r_k) - (1 + γ)·Init(r_k) = Σ_t inc(t)·ra(r_k, t)·(lt(t, r2) + γ),
/// where ra(r_k, t) = Σ_o ra(r_k, o, t) = 4·ra(r_k, (½, ½), t).
#[derive(Clone, Debug)]
pub struct Val {
    /// Batches the final memory.
    pub gamma: Fr,
    /// The cycle point of the claim on Val.
    pub r2: Vec<Fr>,
    /// Val at (r_k, r2).
    pub val: Fr,
    /// Val_final at r_k.
    pub val_final: Fr,
    /// Init at r_k.
    pub init: Fr,
    /// r_k: the word point.
    pub word: Vec<Fr>,
}

/// Claims of [`Val`] at r3.
#[derive(Clone, Debug)]
pub struct ValClaims {
    /// inc.
    pub inc: Fr,
    /// ra at (word point, (½, ½)).
    pub ra: Fr,
}

impl Relation for Val {
    type Claims = ValClaims;

    fn name(&self) -> &'static str {
        "ram values"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        self.val - self.init + self.gamma * (self.val_final - self.init)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE, Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::CYCLE; 2]
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![lt(&point.cycle, &self.r2), self.gamma]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (&[lt, gamma], &[inc, ra]) = (public, witness) else { return R::zero() };
        R::int(1 << OFFSET_BITS) * inc * ra * (lt + gamma)
    }
    fn claims(&self, witness: Vec<Fr>) -> ValClaims {
        let [inc, ra] = take(witness);
        ValClaims { inc, ra }
    }
}

/// ra(r_k, r_o; r2) + γ·ra(r_k, (½, ½); r3) =
/// Σ_t Π_shared ra_i(t)·( eq(r2,t)·Π_tail ra_i(t) + γ·eq(r3,t)·Π_tail ra'_i(t) ).
///
/// The tail is the chunks that hold offset bits; ra' are the same columns with the offset at (½, ½).
#[derive(Clone, Debug)]
pub struct Chunks {
    /// Batches the two claims.
    pub gamma: Fr,
    /// Cycle point of the first claim.
    pub r2: Vec<Fr>,
    /// Cycle point of the second claim.
    pub r3: Vec<Fr>,
    /// The claims.
    pub values: [Fr; 2],
    /// Address points of the shared chunks, κ coordinates each.
    pub shared: Vec<Vec<Fr>>,
    /// Address points of the tail with the offset at r_o.
    pub tail: Vec<Vec<Fr>>,
    /// Address points of the tail with the offset at (½, ½).
    pub half_tail: Vec<Vec<Fr>>,
}

/// Claims of [`Chunks`] at r4, one per point.
#[derive(Clone, Debug)]
pub struct ChunkClaims {
    /// The shared chunks.
    pub shared: Vec<Fr>,
    /// The tail at r_o.
    pub tail: Vec<Fr>,
    /// The tail at (½, ½).
    pub half_tail: Vec<Fr>,
}

impl Chunks {
    /// For `read` at (`address`, `r2`) and `val` at `r3`.
    pub fn new(shape: &Shape, gamma: Fr, address: &[Fr], r2: &[Fr], r3: &[Fr], values: [Fr; 2]) -> Self {
        let half = Fr::from(2u64).inverse().unwrap_or(Fr::ZERO);
        let word = address.get(..shape.log_ram).unwrap_or_default();
        let halved: Vec<Fr> = word.iter().copied().chain([half; OFFSET_BITS]).collect();
        let mut shared = chunk_points(shape, address);
        let offset_chunks = OFFSET_BITS.div_ceil(shape.log_k.max(1));
        let tail = shared.split_off(shared.len().saturating_sub(offset_chunks));
        let half_tail = chunk_points(shape, &halved).split_off(shared.len());
        Chunks { gamma, r2: r2.to_vec(), r3: r3.to_vec(), values, shared, tail, half_tail }
    }
}

/// The κ coordinates of every chunk of an index point; a short top chunk has zeros in front.
pub fn chunk_points(shape: &Shape, index: &[Fr]) -> Vec<Vec<Fr>> {
    let of_chunk = |chunk| {
        let own = index.get(shape.chunk_range(index.len(), chunk)).unwrap_or_default();
        let mut point = vec![Fr::ZERO; shape.log_k.saturating_sub(own.len())];
        point.extend_from_slice(own);
        point
    };
    (0..shape.chunks(index.len())).map(of_chunk).collect()
}

impl Relation for Chunks {
    type Claims = ChunkClaims;

    fn name(&self) -> &'static str {
        "ram chunks"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        batch(self.gamma, &self.values)
    }
    fn public_support(&self) -> Vec<Support> {
        vec![Support::CYCLE, Support::CYCLE, Support::CONSTANT]
    }
    fn witness_support(&self) -> Vec<Support> {
        self.shared.iter().chain(&self.tail).chain(&self.half_tail).map(|_| Support::CYCLE).collect()
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        vec![eq(&self.r2, &point.cycle), eq(&self.r3, &point.cycle), self.gamma]
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (&[eq2, eq3, gamma], Some((shared, tails))) = (public, witness.split_at_checked(self.shared.len())) else {
            return R::zero();
        };
        let Some((tail, half_tail)) = tails.split_at_checked(self.tail.len()) else { return R::zero() };
        product(shared) * (eq2 * product(tail) + gamma * eq3 * product(half_tail))
    }
    fn claims(&self, witness: Vec<Fr>) -> ChunkClaims {
        let mut shared = witness;
        let mut tail = shared.split_off(self.shared.len().min(shared.len()));
        let half_tail = tail.split_off(self.tail.len().min(tail.len()));
        ChunkClaims { shared, tail, half_tail }
    }
}

/// The first `N` values; missing ones are zero.
pub(super) fn take<const N: usize>(values: Vec<Fr>) -> [Fr; N] {
    let mut values = values.into_iter();
    core::array::from_fn(|_| values.next().unwrap_or(Fr::ZERO))
}
