//! Index rounds of the read over the word bits: one scan over the accesses per round.
//!
//! The accesses are cut into segments of time, one for each thread ([`Segment`]). An access with bit
//! b, weight w = eq(r1,t)·eq(r,p) and the two cells M_0, M_1 of its group at its time contributes
//! w·eq(X,b)·(1+γ)·(M_0 + X·(M_1 - M_0)), and what does not depend on memory ([`Keys`]). At X = 0 that is
//! w·own if b = 0, at X = 1 it is w·own if b = 1, and the coefficient of X² is w·(own - other), each
//! times 1 + γ, where own = M_b and other = M_(1-b). The claim gives Σ w·own over all accesses.

use super::access::{Accesses, Memory};
use super::cells::Cells;
use super::keys::Keys;
use super::segment::Segment;
use crate::relations::split_eq::{LOW_BITS, SplitEq};
use crate::relations::twist::quadratic::Quadratic;
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::ram;

/// The index rounds over the word bits.
pub struct WordRounds {
    cells: Cells,
    keys: Keys,
    segments: Vec<Segment>,
    /// 1 + γ.
    scale: Fr,
    /// Unbound bits.
    bits: u32,
}

impl WordRounds {
    /// Before the first round, with at most `segments` segments.
    pub fn new(relation: &ram::Read, witness: &Witness, accesses: &Accesses, segments: usize) -> Self {
        let memory = Memory::new(witness, accesses);
        let cells = Cells::new(&memory.cells.keys());
        let count = segments.min(accesses.len()).max(1);
        let length = accesses.len().div_ceil(count).max(1);
        let ranges = (0..count).map(|i| (i * length).min(accesses.len())..((i + 1) * length).min(accesses.len()));
        let ranges: Vec<Range<usize>> = ranges.collect();
        let weights = step_weights(accesses, &relation.r1);
        let rank = |access| memory.cells.rank(accesses.word(access));
        let ranks: Vec<u32> = (0..accesses.len()).into_par_iter().map(rank).collect();
        let starts = starts(witness, accesses, memory.initial, &ranks, &ranges);
        let segments = ranges.into_par_iter().zip(starts).map(|(range, start)| {
            let (steps, places) = (&accesses.steps[range.clone()], &ranks[range.clone()]);
            Segment::new(witness, steps, places, weights[range].to_vec(), &start, &cells)
        });
        let segments = segments.collect();
        let keys = Keys::new(relation, witness, accesses, &weights);
        WordRounds { cells, keys, segments, scale: Fr::ONE + relation.gamma, bits: relation.log_ram as u32 }
    }

    /// Whether all word bits are bound.
    pub fn done(&self) -> bool {
        self.bits == 0
    }

    /// The round polynomial.
    pub fn round(&self, claim: Fr) -> Univariate {
        let add = |a: [Fr; 2], b: [Fr; 2]| [a[0] + b[0], a[1] + b[1]];
        let [own, other] = self.segments.iter().map(|segment| segment.sums).fold([Fr::ZERO; 2], add);
        let keys = self.keys.round();
        let own_everywhere = claim - keys.quadratic.at_zero - keys.at_one;
        let memory = Quadratic { at_zero: self.scale * own, leading: own_everywhere - self.scale * other };
        let Quadratic { at_zero, leading } = memory.plus(keys.quadratic);
        Univariate(vec![at_zero, claim - at_zero - at_zero - leading, leading])
    }

    /// Binds the top unbound bit.
    pub fn bind(&mut self, challenge: Fr) {
        let cells = self.cells.bind();
        let last = self.bits == 1;
        let (segments, keys) = (&mut self.segments, &mut self.keys);
        rayon::join(
            || segments.par_iter_mut().for_each(|segment| segment.bind(&cells, challenge, last)),
            || keys.bind(challenge),
        );
        self.cells = cells;
        self.bits -= 1;
    }

    /// What the later rounds need, once all word bits are bound.
    pub fn finish(self) -> Bound {
        let mut bound = Bound { weights: Vec::new(), values: Vec::new(), last: Fr::ZERO, key: self.keys.constant() };
        for segment in self.segments {
            bound.last = segment.replay(&mut bound.values);
            bound.weights.extend(segment.weights);
        }
        bound
    }
}

/// The accesses at the word point r_k.
pub struct Bound {
    /// eq(r1, t)·eq(r_k, word) of each access.
    pub weights: Vec<Fr>,
    /// Val(r_k, t) of each access.
    pub values: Vec<Fr>,
    /// Val(r_k) after the last step.
    pub last: Fr,
    /// γ²(base + 4k) + γ⁴ at r_k.
    pub key: Fr,
}

/// eq(r1, t) of every access.
fn step_weights(accesses: &Accesses, r1: &[Fr]) -> Vec<Fr> {
    let eq = SplitEq::new(r1, Fr::ONE, LOW_BITS);
    let low_bits = eq.low.len().trailing_zeros();
    let weight = |step: &u32| eq.high[(step >> low_bits) as usize] * eq.low[*step as usize & (eq.low.len() - 1)];
    accesses.steps.par_iter().map(weight).collect()
}

/// The memory, by rank, at the start of each range of accesses.
fn starts(
    witness: &Witness,
    accesses: &Accesses,
    mut memory: Vec<u32>,
    ranks: &[u32],
    ranges: &[Range<usize>],
) -> Vec<Vec<u32>> {
    let mut starts = Vec::with_capacity(ranges.len());
    for range in ranges {
        starts.push(memory.clone());
        for access in range.clone() {
            memory[ranks[access] as usize] = witness.ram_new[accesses.steps[access] as usize];
        }
    }
    starts
}
