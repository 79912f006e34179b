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
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::ram;

/// Pairs gathered before they are multiplied.
const BATCH: usize = 512;

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
    /// eq(r, bound address bits)·inc of each write.
    writes: Vec<Fr>,
    /// The memory before the first access.
    start: Vec<Fr>,
}

/// Sums of products of field elements that are gathered one by one.
struct Gather {
    pairs: [Vec<Fr>; 2],
    sum: Fr,
}

impl Gather {
    fn new() -> Self {
        Gather { pairs: [Vec::with_capacity(BATCH), Vec::with_capacity(BATCH)], sum: Fr::ZERO }
    }

    #[inline]
    fn push(&mut self, a: &Fr, b: &Fr) {
        self.pairs[0].push(*a);
        self.pairs[1].push(*b);
        if self.pairs[0].len() == BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let [a, b] = &mut self.pairs;
        self.sum += fr::inner_product(a, b);
        a.clear();
        b.clear();
    }

    fn finish(mut self) -> Fr {
        self.flush();
        self.sum
    }
}

impl Segment {
    /// Σ w·own over the accesses with bit 0, and Σ w·other over all.
    fn scan(&self) -> [Fr; 2] {
        let mut memory = self.start.clone();
        let mut writes = self.writes.iter();
        let (mut own, mut other) = (Gather::new(), Gather::new());
        for (place, weight) in self.places.iter().zip(&self.weights) {
            // Memories are sparse: many cells have no partner.
            let partner = &memory[place.other()];
            if *partner != Fr::ZERO {
                other.push(weight, partner);
            }
            let cell = &mut memory[place.own()];
            if place.bit() == 0 {
                own.push(weight, cell);
            }
            if let Some(increment) = place.writes().then(|| writes.next()).flatten() {
                *cell += increment;
            }
        }
        [own.finish(), other.finish()]
    }

    fn bind(&mut self, cells: &Cells, challenge: Fr) {
        let factors = [Fr::ONE - challenge, challenge];
        let mut batch = [Fr::ZERO; BATCH];
        for (places, weights) in self.places.chunks(BATCH).zip(self.weights.chunks_mut(BATCH)) {
            batch.iter_mut().zip(places).for_each(|(factor, place)| *factor = factors[place.bit()]);
            fr::mul_assign(weights, &batch[..weights.len()]);
        }
        let mut bits = self.places.iter().filter(|place| place.writes()).map(|place| place.bit());
        for writes in self.writes.chunks_mut(BATCH) {
            batch.iter_mut().zip(bits.by_ref().take(writes.len())).for_each(|(factor, bit)| *factor = factors[bit]);
            fr::mul_assign(writes, &batch[..writes.len()]);
        }
        self.places.iter_mut().for_each(|place| *place = place.bind(cells));
        cells.bind_values(&mut self.start, challenge);
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
        let ranks: Vec<u32> = (0..accesses.len()).map(|a| memory.cells.rank(accesses.word(a))).collect();
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
        let sums = || self.segments.par_iter().map(Segment::scan).reduce(|| [Fr::ZERO; 2], add);
        let ([own, other], keys) = rayon::join(sums, || self.keys.round(&self.cells, self.bits));
        let own_everywhere = claim - keys.quadratic.at_zero - keys.at_one;
        let memory = Quadratic { at_zero: self.scale * own, leading: own_everywhere - self.scale * other };
        let Quadratic { at_zero, leading } = memory.plus(keys.quadratic);
        Univariate(vec![at_zero, claim - at_zero - at_zero - leading, leading])
    }

    /// Binds the top unbound bit.
    pub fn bind(&mut self, challenge: Fr) {
        let cells = self.cells.bind();
        let (segments, keys) = (&mut self.segments, &mut self.keys);
        rayon::join(
            || segments.par_iter_mut().for_each(|segment| segment.bind(&cells, challenge)),
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
    let mut total = vec![Fr::ZERO; cells.places.len()];
    // Increments and offsets, weighted.
    let mut sums = vec![[SignedSum::default(); 2]; cells.places.len()];
    for (access, (rank, weight)) in ranks.iter().zip(weights).enumerate() {
        let rank = *rank as usize;
        total[rank] += weight;
        let increment = witness.ram_inc(accesses.steps[access] as usize);
        for (sum, integer) in sums[rank].iter_mut().zip([increment, i64::from(accesses.bytes[access] & 3)]) {
            if integer != 0 {
                sum.add(weight, integer);
            }
        }
    }
    let gamma = relation.gamma;
    let offset = gamma.square() * (Fr::ONE + gamma);
    let linear = |[increments, offsets]: &[SignedSum; 2]| gamma * increments.reduce() + offset * offsets.reduce();
    let linear: Vec<Fr> = sums.par_iter().map(linear).collect();
    Keys::new(cells.place(&total), cells.place(&linear), gamma, relation.base)
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
fn segment(
    witness: &Witness,
    steps: &[u32],
    ranks: &[u32],
    weights: &[Fr],
    start: &[u32],
    cells: &Cells,
) -> Segment {
    let one = Prepared::new(Fr::ONE);
    let start: Vec<Fr> = start.iter().map(|word| one.times((*word).into())).collect();
    let increments: Vec<i64> = steps.iter().map(|step| witness.ram_inc(*step as usize)).collect();
    let places = ranks.iter().zip(&increments).map(|(rank, inc)| Place::new(cells.places[*rank as usize], *inc != 0));
    Segment {
        places: places.collect(),
        weights: weights.to_vec(),
        writes: increments.iter().filter(|inc| **inc != 0).map(|inc| one.times_signed(*inc)).collect(),
        start: cells.place(&start),
    }
}
