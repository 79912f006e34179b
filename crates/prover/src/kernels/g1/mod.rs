//! Batched affine additions in G1.
//!
//! An affine addition (x₁,y₁) + (x₂,y₂) is λ = (y₂−y₁)/(x₂−x₁), x₃ = λ² − x₁ − x₂,
//! y₃ = λ(x₁−x₃) − y₁: with the inverse at hand, two multiplications and a square. Many independent
//! additions share one inversion (Montgomery's trick): running products of the denominators forwards,
//! one inversion, and the inverses backwards, for three more multiplications each. Nothing is cheaper
//! per addition, provided that there are enough *independent* ones: [`BATCH`] at a time.
//!
//! So the operations here add one point to each of many accumulators ([`accumulate`],
//! [`add_to_targets`]), and [`sum_lists`] arranges the summation of arbitrary lists as such steps.
//! Where the formula fails (an operand is the identity, or the two have the same x) the pair is taken
//! out of the batch and added on its own; results are always right.
//!
//! The vector path keeps eight additions side by side and four such groups in flight, so the running
//! products are 32 independent chains, of which only the last values are inverted.

#[cfg(target_arch = "x86_64")]
mod ifma;
mod point;
mod scalar;

use super::dispatch;
pub use point::Point;
use rayon::prelude::*;

/// Additions that share an inversion where there are as many: an inversion then costs an addition
/// less than a nanosecond.
pub const BATCH: usize = 2048;

/// Set in an index into a table, asks for the negative of the point.
pub const NEGATE: u32 = 1 << 31;

/// `acc[i] += ±table[indices[i]]`; the sign is [`NEGATE`] in the index.
///
/// # Panics
/// If `acc` and `indices` differ in length or an index is outside of the table.
pub fn accumulate(acc: &mut [Point], table: &[Point], indices: &[u32]) {
    assert_eq!(acc.len(), indices.len());
    let piece = piece(acc.len());
    let add = |acc: &mut [Point], indices: &[u32]| {
        let batch = batch(acc.len());
        for (acc, indices) in acc.chunks_mut(batch).zip(indices.chunks(batch)) {
            dispatch!(accumulate(acc, table, indices));
        }
    };
    if acc.len() <= piece {
        return add(acc, indices);
    }
    acc.par_chunks_mut(piece).zip(indices.par_chunks(piece)).for_each(|(acc, indices)| add(acc, indices));
}

/// `acc[targets[i]] += ±table[indices[i]]`, on the calling thread. Targets must be distinct: of two
/// additions to one accumulator, one can be lost.
///
/// # Panics
/// If `targets` and `indices` differ in length or an index is out of bounds.
pub fn add_to_targets(acc: &mut [Point], targets: &[u32], table: &[Point], indices: &[u32]) {
    assert_eq!(targets.len(), indices.len());
    let batch = batch(targets.len());
    for (targets, indices) in targets.chunks(batch).zip(indices.chunks(batch)) {
        dispatch!(add_to_targets(acc, targets, table, indices));
    }
}

/// Length of the batches, of about equal length, that `n` additions are done in.
fn batch(n: usize) -> usize {
    n.div_ceil((n / 8192).max(1)).max(1)
}

/// Length of the pieces that `n` additions are split into for the threads of the pool.
fn piece(n: usize) -> usize {
    match rayon::current_num_threads() {
        1 => n.max(1),
        _ if n < 2 * BATCH => n.max(1),
        threads => n.div_ceil(threads.min(n / BATCH)).next_multiple_of(32),
    }
}

#[cfg(test)]
mod tests;
