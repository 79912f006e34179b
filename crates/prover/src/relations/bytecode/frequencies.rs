//! How often a row is executed, weighted by an equality polynomial.

use crate::kernels::fr::{self, Digits};
use crate::relations::split_eq::SplitEq;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// Fewest steps of a block, as a power of two: more than most programs have rows.
const LOG_BLOCK: usize = 14;

/// F_s(b) = Σ_t eq(r_s,t)·\[row(t) = b\] for b < 2^`log_rows` and every point s; entry (b, s) at
/// b·(number of points) + s.
///
/// eq(r,t) = high·low: blocks of steps add `low` in rows' buckets, each of which `high` multiplies
/// once.
pub fn frequencies(rows: &[u32], log_rows: usize, points: &[Vec<Fr>]) -> Vec<Fr> {
    let log_t = rows.len().ilog2() as usize;
    let log_blocks = ((4 * rayon::current_num_threads()).ilog2() as usize).min(log_t.saturating_sub(LOG_BLOCK));
    let mut table = vec![Fr::ZERO; points.len() << log_rows];
    for (s, point) in points.iter().enumerate() {
        let slots = table.iter_mut().skip(s).step_by(points.len());
        if point.iter().all(|r| *r == Fr::ZERO) {
            // Only the first step counts.
            slots.enumerate().for_each(|(b, slot)| *slot = Fr::from(rows[0] as usize == b));
            continue;
        }
        let eq = SplitEq::new(point, Fr::ONE, log_t - log_blocks);
        let blocks: Vec<Vec<Digits>> =
            rows.par_chunks(eq.low.len()).map(|rows| count(rows, &eq.low, 1 << log_rows)).collect();
        slots.enumerate().for_each(|(b, slot)| {
            *slot = blocks.iter().zip(&eq.high).map(|(block, high)| *high * block[b].reduce()).sum();
        });
    }
    table
}

fn count(rows: &[u32], weights: &[Fr], buckets: usize) -> Vec<Digits> {
    let mut sums = vec![Digits::default(); buckets];
    fr::add_by_key(&mut sums, rows, weights);
    sums
}
