//! A piece of the run in the index rounds of the read.
//!
//! A segment has the partially bound memory at its start. A scan replays the segment's writes on a
//! copy of it and gathers, for every access, its own cell and the other cell of its group.

use super::cells::Cells;
use crate::kernels::fr;
use crate::relations::twist::word::Prepared;
use crate::witness::Witness;
use ark_ff::BigInt;
use std::marker::PhantomData;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Zero};

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

/// See the module's documentation.
pub struct Segment {
    places: Vec<Place>,
    /// eq(r1, t)·eq(r, bound address bits) of each access.
    pub weights: Vec<Fr>,
    /// eq(r, bound address bits)·inc of each write, and one zero more.
    writes: Vec<Fr>,
    /// The memory before the first access.
    start: Vec<Fr>,
    /// Σ w·own over the accesses with bit 0, and Σ w·other over all, in the current round.
    pub sums: [Fr; 2],
}

impl Segment {
    /// The accesses of `steps` to cells of these `ranks`, before the first round; the memory before
    /// them is `start`, by rank.
    pub fn new(
        witness: &Witness,
        steps: &[u32],
        ranks: &[u32],
        weights: Vec<Fr>,
        start: &[u32],
        cells: &Cells,
    ) -> Self {
        let one = Prepared::new(Fr::ONE);
        let start: Vec<Fr> = start.iter().map(|word| one.times(i64::from(*word))).collect();
        let increments: Vec<i64> = steps.iter().map(|step| witness.ram_inc(*step as usize)).collect();
        let place = |(rank, inc): (&u32, &i64)| Place::new(cells.places[*rank as usize], *inc != 0);
        let writes = increments.iter().filter(|inc| **inc != 0).map(|inc| one.times(*inc)).chain([Fr::ZERO]);
        let mut segment = Segment {
            places: ranks.iter().zip(&increments).map(place).collect(),
            weights,
            writes: writes.collect(),
            start: cells.place(&start),
            sums: [Fr::ZERO; 2],
        };
        segment.scan();
        segment
    }

    /// Once all bits are bound: appends the memory before every access; gives it after the last.
    pub fn replay(&self, values: &mut Vec<Fr>) -> Fr {
        let mut value = self.start.first().copied().unwrap_or(Fr::ZERO);
        let mut writes = self.writes.iter();
        for place in &self.places {
            values.push(value);
            if let Some(increment) = place.writes().then(|| writes.next()).flatten() {
                value += increment;
            }
        }
        value
    }

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
    pub fn bind(&mut self, cells: &Cells, challenge: Fr, last: bool) {
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
