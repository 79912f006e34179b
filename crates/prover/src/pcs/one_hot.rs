//! Rows of one-hot columns: sums of bases, one lookup per group of consecutive cycles.
//!
//! A one-hot row is Σ_t G_{t·2^κ + k(t)} over its cycles. All rows use the same bases, so for short
//! chunks a table of the sums over g consecutive cycles, for all addresses including "none", serves
//! g cycles with one addition.
//!
//! Every row is a lane with its own accumulator, cut into segments that are summed at the end where
//! there are too few rows. All lanes advance together: in each step one point is added to each, which
//! makes one long batch of independent additions, whose table entries lie close together.

use super::column::Addresses;
use crate::kernels::g1::Batched;
use rayon::prelude::*;
use zkvm_pcs::Point;
use zkvm_pcs::kernel::{Kernel, Term};

/// Lanes that advance together: enough to share an inversion, few enough to stay in the cache.
const LANES: usize = 2048;
/// Steps whose table entries are looked up together, so that a lane's addresses are read in runs.
const STEPS: usize = 64;
/// Entries of a table, at most: 128 MiB.
const MAX_ENTRIES: usize = 1 << 21;
/// Marks a group of cycles without any address.
const NONE: u32 = u32::MAX;

/// Sums of bases over groups of consecutive cycles.
pub struct GroupSums {
    /// Entry `group`·stride + Σ digit_i·radix^i, with the last cycle's digit last; the identity last.
    points: Vec<Point>,
    /// Entries per group.
    stride: usize,
    /// log2 of the cycles per group.
    log_cycles: u32,
    /// Digits per cycle: the addresses and, if several cycles make a group, "none" as the last.
    radix: usize,
}

impl GroupSums {
    /// The bases themselves, as groups of one cycle.
    pub fn single(bases: &[Point], log_k: u32) -> Self {
        let points = bases.iter().copied().chain([Point::IDENTITY]).collect();
        GroupSums { points, stride: 1 << log_k, log_cycles: 0, radix: 1 << log_k }
    }

    /// Whether sums over several cycles are small enough and save `rows` rows more additions than
    /// their table costs.
    pub fn pays(log_k: u32, log_row: u32, rows: usize) -> bool {
        let log_cycles = preferred_log_cycles(log_k, log_row);
        let per_group = ((1usize << log_k) + 1).saturating_pow(1 << log_cycles);
        let groups = 1 << (log_row - log_k - log_cycles);
        let saved = rows.saturating_mul((1 << log_cycles) - 1);
        log_cycles > 0 && saved > per_group && per_group.saturating_mul(groups) <= MAX_ENTRIES
    }

    /// Sums over as many cycles as make tables of a few hundred entries per group.
    pub fn new(bases: &[Point], log_k: u32) -> Self {
        let log_cycles = preferred_log_cycles(log_k, bases.len().ilog2());
        let radix = (1 << log_k) + 1;
        let mut stride = radix;
        let mut points: Vec<Point> =
            bases.chunks(1 << log_k).flat_map(|cycle| cycle.iter().copied().chain([Point::IDENTITY])).collect();
        for _ in 0..log_cycles {
            points = points.par_chunks(2 * stride).flat_map_iter(|pair| sums_of_pair(pair, stride)).collect();
            stride *= stride;
        }
        points.push(Point::IDENTITY);
        GroupSums { points, stride, log_cycles, radix }
    }

    /// The entries, within their group, of `count` groups of cycles from group `first` on.
    fn look_up(&self, cycles: Addresses<'_>, first: usize, entries: &mut [u32]) {
        let none = self.radix - 1;
        for (group, entry) in (first..).zip(entries) {
            if self.log_cycles == 0 {
                *entry = cycles.get(group).map_or(NONE, |address| address as u32);
                continue;
            }
            let cycles_of_group = group << self.log_cycles..(group + 1) << self.log_cycles;
            let index = cycles_of_group.fold(0, |index, cycle| index * self.radix + cycles.get(cycle).unwrap_or(none));
            *entry = if index + 1 == self.stride { NONE } else { index as u32 };
        }
    }
}

/// Groups of 4 cycles for κ = 1, of 2 for κ = 2 and 4: tables of 81, 25 and 289 entries.
fn preferred_log_cycles(log_k: u32, log_row: u32) -> u32 {
    let log_cycles = match log_k {
        0 => 0,
        1 => 2,
        2..=4 => 1,
        _ => 0,
    };
    log_cycles.min(log_row - log_k)
}

/// All sums of an entry of the first and one of the second half of `pair`, first-major.
fn sums_of_pair(pair: &[Point], stride: usize) -> Vec<Point> {
    let width = stride as u32;
    let terms: Vec<[Term; 2]> =
        (0..width).flat_map(|i| (width..2 * width).map(move |j| [Term::plus(i), Term::plus(j)])).collect();
    let mut sums = vec![Point::IDENTITY; terms.len()];
    Batched.sum_pairs(pair, &terms, &mut sums);
    sums
}

/// The commitments of `rows`, all of the same number of cycles.
pub fn commit(sums: &GroupSums, rows: &[Addresses<'_>]) -> Vec<Point> {
    let Some(cycles) = rows.first().map(|row| row.len()) else { return Vec::new() };
    let groups = cycles >> sums.log_cycles;
    // Segments of each row: enough for every thread to have several full batches.
    let wanted = (4 * LANES * rayon::current_num_threads()).div_ceil(rows.len()).next_power_of_two();
    let segments = wanted.min(groups);
    let lanes = segments * rows.len();
    let chunk = lanes.div_ceil((lanes / LANES).max(1));
    let mut accumulators = vec![Point::IDENTITY; lanes];
    accumulators.par_chunks_mut(chunk).enumerate().for_each(|(i, accumulators)| {
        // Lane = segment·rows + row: lanes of a chunk mostly read the same entries.
        let lanes: Vec<Lane<'_>> = (i * chunk..i * chunk + accumulators.len())
            .map(|lane| Lane { row: rows[lane % rows.len()], first: lane / rows.len() * (groups / segments) })
            .collect();
        advance(sums, &lanes, groups / segments, accumulators);
    });
    while accumulators.len() > rows.len() {
        let upper = accumulators.split_off(accumulators.len() / 2);
        Batched.add_assign(&mut accumulators, &upper, false);
    }
    accumulators
}

/// A part of a row: the groups from `first` on.
struct Lane<'a> {
    row: Addresses<'a>,
    first: usize,
}

/// Adds to every accumulator the sum of `groups` groups of its lane.
fn advance(sums: &GroupSums, lanes: &[Lane<'_>], groups: usize, accumulators: &mut [Point]) {
    let mut entries = vec![NONE; STEPS * lanes.len()];
    let mut targets = Vec::with_capacity(lanes.len());
    let mut terms = Vec::with_capacity(lanes.len());
    for start in (0..groups).step_by(STEPS) {
        let steps = STEPS.min(groups - start);
        for (lane, entries) in lanes.iter().zip(entries.chunks_mut(STEPS)) {
            sums.look_up(lane.row, lane.first + start, &mut entries[..steps]);
        }
        for step in 0..steps {
            targets.clear();
            terms.clear();
            for (target, lane) in (0u32..).zip(lanes) {
                let entry = entries[target as usize * STEPS + step];
                if entry != NONE {
                    targets.push(target);
                    terms.push(Term::plus(((lane.first + start + step) * sums.stride) as u32 + entry));
                }
            }
            Batched.accumulate(accumulators, &targets, &sums.points, &terms);
        }
    }
}
