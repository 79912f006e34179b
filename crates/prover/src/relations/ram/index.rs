//! Index rounds of the read over the word bits: one scan over the accesses per round.
//!
//! The accesses are cut into segments of time, one for each thread. A segment has the partially
//! bound memory at its start; a scan replays the segment's writes on a copy of it and gathers, for
//! every access, its own cell and the other cell of its group. With weights w = eq(r1,t)·eq(r,p) and
//! the memory part (1+γ)·V of the summand, access by access,
//!
//! V(X) = w·\[b = X\]·(own + (X - b)(…)): Σ w·own over bit 0 at X = 0, Σ w·own over bit 1 at X = 1, and
//! Σ w·(own - other) as leading coefficient. The claim gives Σ w·own over all accesses.

use super::access::{Accesses, Memory};
use super::cells::Cells;
use super::keys::Keys;
use crate::kernels::fr;
use crate::relations::split_eq::{LOW_BITS, SplitEq};
use crate::relations::twist::products::Quadratic;
use crate::relations::twist::word::{Prepared, SignedSum};
use crate::witness::Witness;
use ark_ff::BigInt;
use rayon::prelude::*;
use std::marker::PhantomData;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate, Zero};
use zkvm_protocol::relations::ram;

/// Accesses that are handled together, and pairs gathered before they are multiplied.
const BATCH: usize = 256;

/// An access: a place in memory and whether it changes its cell.
#[derive(Clone, Copy)]
struct Place(u32);

impl Place {
    fn new(place: u32, writes: bool) -> Self {
        Place(place << 1 | u32::from(writes))
    }
    #[inline]
    fn own(self) -> usize {
        (self.0 >> 1) as usize
    }
    #[inline]
    fn other(self) -> usize {
        self.own() ^ 1
    }
    #[inline]
    fn bit(self) -> usize {
        self.own() & 1
    }
    #[inline]
    fn writes(self) -> bool {
        self.0 & 1 == 1
    }
    /// After the top bit is bound.
    #[inline]
    fn bind(self, cells: &Cells) -> Self {
        Place::new(cells.places[self.own() / 2], self.writes())
    }
}

/// A piece of the run.
struct Segment {
    places: Vec<Place>,
    /// eq(r1, t)·eq(r, bound address bits) of each access.
    weights: Vec<Fr>,
    /// eq(r, bound address bits)·inc of each write, and one zero more.
    writes: Vec<Fr>,
    /// The memory before the first access.
    start: Vec<Fr>,
    /// Σ w·own over the accesses with bit 0, and Σ w·other over all, in the current round.
    sums: [Fr; 2],
}

impl Segment {
    /// The sums of the first round.
    fn scan(&mut self) {
        let mut scan = Scan::new(&self.start);
        let mut writes = &self.writes[..];
        for (places, weights) in self.places.chunks(BATCH).zip(self.weights.chunks(BATCH)) {
            let written = scan.accesses(places, weights, writes);
            writes = &writes[written..];
        }
        self.sums = scan.finish();
    }

    /// Binds the top bit; `cells` is the layout after it. Sums the next round on the way, if there
    /// is one.
    fn bind(&mut self, cells: &Cells, challenge: Fr, last: bool) {
        cells.bind_values(&mut self.start, challenge);
        let factors = [Fr::ONE - challenge, challenge];
        let mut scan = Scan::new(&self.start);
        let (mut of_access, mut of_write) = ([Fr::ZERO; BATCH], [Fr::ZERO; BATCH + 1]);
        let mut first = 0;
        for (places, weights) in self.places.chunks_mut(BATCH).zip(self.weights.chunks_mut(BATCH)) {
            let mut written = 0;
            for (place, of_access) in places.iter_mut().zip(&mut of_access) {
                let factor = factors[place.bit()];
                *of_access = factor;
                of_write[written] = factor;
                written += usize::from(place.writes());
                *place = place.bind(cells);
            }
            fr::mul_assign(weights, &of_access[..weights.len()]);
            let writes = &mut self.writes[first..];
            fr::mul_assign(&mut writes[..written], &of_write[..written]);
            if !last {
                scan.accesses(places, weights, writes);
            }
            first += written;
        }
        self.sums = scan.finish();
    }
}

/// A replay of a segment's writes with the sums of a round.
struct Scan {
    memory: Vec<Fr>,
    own: Gather,
    other: Gather,
}

impl Scan {
    fn new(start: &[Fr]) -> Self {
        Scan { memory: start.to_vec(), own: Gather::new(), other: Gather::new() }
    }

    /// The next accesses; their writes come first in `writes`, and at least one value after them.
    /// Gives the number of writes. Free of branches on the data, which are as good as random.
    fn accesses(&mut self, places: &[Place], weights: &[Fr], writes: &[Fr]) -> usize {
        let mut written = 0;
        for (place, weight) in places.iter().zip(weights) {
            // Memories are sparse: many cells have no partner.
            let partner = &self.memory[place.other()];
            self.other.push(weight, partner, !partner.is_zero());
            let cell = &mut self.memory[place.own()];
            self.own.push(weight, cell, place.bit() == 0);
            *cell += masked(&writes[written], place.writes());
            written += usize::from(place.writes());
        }
        written
    }

    fn finish(self) -> [Fr; 2] {
        [self.own.finish(), self.other.finish()]
    }
}

/// `value` or zero.
#[inline(always)]
fn masked(value: &Fr, keep: bool) -> Fr {
    let mask = u64::from(keep).wrapping_neg();
    ark_ff::Fp(BigInt((value.0).0.map(|limb| limb & mask)), PhantomData)
}

/// Sums of products of field elements that are gathered one by one.
struct Gather {
    pairs: [[Fr; BATCH]; 2],
    len: usize,
    sum: Fr,
}

impl Gather {
    fn new() -> Self {
        Gather { pairs: [[Fr::ZERO; BATCH]; 2], len: 0, sum: Fr::ZERO }
    }

    /// Adds a·b if it is to be kept.
    #[inline(always)]
    fn push(&mut self, a: &Fr, b: &Fr, keep: bool) {
        self.pairs[0][self.len] = *a;
        self.pairs[1][self.len] = *b;
        self.len += usize::from(keep);
        if self.len == BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let [a, b] = &self.pairs;
        self.sum += fr::inner_product(&a[..self.len], &b[..self.len]);
        self.len = 0;
    }

    fn finish(mut self) -> Fr {
        self.flush();
        self.sum
    }
}

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
        let keys = keys(relation, witness, accesses, &cells, &ranks, &weights);
        let starts = starts(witness, accesses, memory.initial, &ranks, &ranges);
        let segments = ranges.into_par_iter().zip(starts).map(|(range, start)| {
            segment(witness, &accesses.steps[range.clone()], &ranks[range.clone()], &weights[range], &start, &cells)
        });
        let segments = segments.collect();
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
        let keys = self.keys.round(&self.cells, self.bits);
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
            || keys.bind(&cells, self.bits, challenge),
        );
        self.cells = cells;
        self.bits -= 1;
    }

    /// What the later rounds need, once all word bits are bound.
    pub fn finish(self) -> Bound {
        let mut bound = Bound { weights: Vec::new(), values: Vec::new(), last: Fr::ZERO, key: self.keys.constant() };
        for segment in self.segments {
            let mut value = segment.start.first().copied().unwrap_or(Fr::ZERO);
            let mut writes = segment.writes.iter();
            for place in &segment.places {
                bound.values.push(value);
                if let Some(increment) = place.writes().then(|| writes.next()).flatten() {
                    value += increment;
                }
            }
            bound.weights.extend(segment.weights);
            bound.last = value;
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

/// The tables of [`Keys`].
fn keys(
    relation: &ram::Read,
    witness: &Witness,
    accesses: &Accesses,
    cells: &Cells,
    ranks: &[u32],
    weights: &[Fr],
) -> Keys {
    let totals = || {
        let mut totals = vec![Fr::ZERO; cells.places.len()];
        ranks.iter().zip(weights).for_each(|(rank, weight)| totals[*rank as usize] += weight);
        totals
    };
    // Increments and offsets, weighted.
    let sums = || {
        let mut sums = vec![[SignedSum::default(); 2]; cells.places.len()];
        for (access, (rank, weight)) in ranks.iter().zip(weights).enumerate() {
            let increment = witness.ram_inc(accesses.steps[access] as usize);
            let integers = [increment, i64::from(accesses.bytes[access] & 3)];
            let own = sums[*rank as usize].iter_mut().zip(integers);
            own.filter(|(_, integer)| *integer != 0).for_each(|(sum, integer)| sum.add(weight, integer));
        }
        sums
    };
    let (totals, sums) = rayon::join(totals, sums);
    let gamma = relation.gamma;
    let offset = gamma.square() * (Fr::ONE + gamma);
    let linear = |[increments, offsets]: &[SignedSum; 2]| gamma * increments.reduce() + offset * offsets.reduce();
    let linear: Vec<Fr> = sums.par_iter().map(linear).collect();
    Keys::new(cells.place(&totals), cells.place(&linear), gamma, relation.base)
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

/// A segment before the first round.
fn segment(witness: &Witness, steps: &[u32], ranks: &[u32], weights: &[Fr], start: &[u32], cells: &Cells) -> Segment {
    let one = Prepared::new(Fr::ONE);
    let start: Vec<Fr> = start.iter().map(|word| one.times(i64::from(*word))).collect();
    let increments: Vec<i64> = steps.iter().map(|step| witness.ram_inc(*step as usize)).collect();
    let places = ranks.iter().zip(&increments).map(|(rank, inc)| Place::new(cells.places[*rank as usize], *inc != 0));
    let writes = increments.iter().filter(|inc| **inc != 0).map(|inc| one.times(*inc)).chain([Fr::ZERO]);
    let mut segment = Segment {
        places: places.collect(),
        weights: weights.to_vec(),
        writes: writes.collect(),
        start: cells.place(&start),
        sums: [Fr::ZERO; 2],
    };
    segment.scan();
    segment
}
