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
/// Steps whose table entries are looked up together: a cache line of addresses and of entries per
/// lane, for groups of two cycles.
const STEPS: usize = 32;
/// Entries of a table, at most: 128 MiB.
const MAX_ENTRIES: usize = 1 << 21;
/// Groups whose sums are tabulated together, so that they share inversions.
const GROUPS: usize = 8;

/// Sums of bases over groups of consecutive cycles.
pub struct GroupSums {
    /// `stride` entries per group. Which one is written as a number with a digit per cycle, the first
    /// cycle's first: an address or, as the largest digit 2^κ, "none".
    points: Vec<Point>,
    stride: usize,
    /// The digit "none".
    largest: u16,
    /// log2 of the cycles per group.
    log_cycles: u32,
    /// The entry of a group without any address.
    none: u16,
}

impl GroupSums {
    fn with(points: Vec<Point>, stride: usize, log_k: u32, log_cycles: u32) -> Self {
        // With κ = 16, addresses end below 65535.
        let largest = 1u16.checked_shl(log_k).unwrap_or(u16::MAX);
        let none = match log_cycles {
            0 => largest,
            _ => u16::pow(largest + 1, 1 << log_cycles) - 1,
        };
        GroupSums { points, stride, largest, log_cycles, none }
    }

    /// The bases themselves, as groups of one cycle; the entry "none" is not used.
    pub fn single(bases: &[Point], log_k: u32) -> Self {
        GroupSums::with(bases.to_vec(), 1 << log_k, log_k, 0)
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
        let cycles = bases.chunks(1 << log_k);
        let mut points: Vec<Point> = cycles.flat_map(|cycle| cycle.iter().copied().chain([Point::IDENTITY])).collect();
        let mut stride = (1 << log_k) + 1;
        for _ in 0..log_cycles {
            let mut sums = vec![Point::IDENTITY; points.len() / 2 * stride];
            let tasks = sums.par_chunks_mut(GROUPS * stride * stride).zip(points.par_chunks(GROUPS * 2 * stride));
            tasks.for_each(|(sums, points)| {
                let pairs: Vec<[Term; 2]> = (0..points.len())
                    .step_by(2 * stride)
                    .flat_map(|pair| all_pairs(pair as u32, stride as u32))
                    .collect();
                Batched.sum_pairs(points, &pairs, sums);
            });
            points = sums;
            stride *= stride;
        }
        GroupSums::with(points, stride, log_k, log_cycles)
    }

    /// The entries of consecutive groups of cycles from group `first` on.
    fn look_up(&self, cycles: Addresses<'_>, first: usize, entries: &mut [u16]) {
        let (start, count) = (first << self.log_cycles, entries.len() << self.log_cycles);
        match cycles.part(start, count) {
            Addresses::U8(addresses) => self.entries(addresses, u8::MAX, entries),
            Addresses::U16(addresses) => self.entries(addresses, u16::MAX, entries),
        }
    }

    fn entries<T: Copy + PartialEq + Into<u16>>(&self, addresses: &[T], none: T, entries: &mut [u16]) {
        let digit = |address: &T| if *address == none { self.largest } else { (*address).into() };
        match self.log_cycles {
            0 => entries.iter_mut().zip(addresses).for_each(|(entry, address)| *entry = digit(address)),
            1 => {
                for (entry, [a, b]) in entries.iter_mut().zip(addresses.as_chunks().0) {
                    *entry = digit(a) * (self.largest + 1) + digit(b);
                }
            }
            _ => {
                for (entry, group) in entries.iter_mut().zip(addresses.chunks_exact(1 << self.log_cycles)) {
                    *entry = group.iter().fold(0, |entry, address| entry * (self.largest + 1) + digit(address));
                }
            }
        }
    }
}

/// Groups of 4 cycles for κ = 1, of 2 for κ = 2 to 4: tables of 81, and of 25 to 289 entries.
fn preferred_log_cycles(log_k: u32, log_row: u32) -> u32 {
    let log_cycles = match log_k {
        1 => 2,
        2..=4 => 1,
        _ => 0,
    };
    log_cycles.min(log_row - log_k)
}

/// An entry of the group at `start` and one of the group after it, first-major.
fn all_pairs(start: u32, stride: u32) -> impl Iterator<Item = [Term; 2]> {
    let second = start + stride;
    (start..second).flat_map(move |i| (second..second + stride).map(move |j| [Term::plus(i), Term::plus(j)]))
}

/// The commitments of `rows`, all of the same number of cycles.
pub fn commit(sums: &GroupSums, rows: &[Addresses<'_>]) -> Vec<Point> {
    let Some(cycles) = rows.first().map(|row| row.len()) else { return Vec::new() };
    let groups = cycles >> sums.log_cycles;
    // Segments of each row: enough for every thread to have several full batches.
    let wanted = (8 * LANES * rayon::current_num_threads()).div_ceil(rows.len()).next_power_of_two();
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
    let mut entries = vec![0; STEPS * lanes.len()];
    let mut targets = vec![0; lanes.len()];
    let mut terms = vec![Term::plus(0); lanes.len()];
    for start in (0..groups).step_by(STEPS) {
        let steps = STEPS.min(groups - start);
        for (lane, entries) in lanes.iter().zip(entries.chunks_mut(STEPS)) {
            sums.look_up(lane.row, lane.first + start, &mut entries[..steps]);
        }
        for step in 0..steps {
            // Without a branch on whether there is an address: in some columns it is random.
            let mut count = 0;
            for (target, (lane, entries)) in (0u32..).zip(lanes.iter().zip(entries.chunks(STEPS))) {
                targets[count] = target;
                terms[count] =
                    Term::plus(((lane.first + start + step) * sums.stride) as u32 + u32::from(entries[step]));
                count += usize::from(entries[step] != sums.none);
            }
            Batched.accumulate(accumulators, &targets[..count], &sums.points, &terms[..count]);
        }
    }
}
