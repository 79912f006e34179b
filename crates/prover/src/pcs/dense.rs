//! Rows of small integers: one bucket pass per row over all windows of all packed columns.

use super::column::Values;
use crate::kernels::g1::Batched;
use ark_ff::AdditiveGroup;
use rayon::prelude::*;
use zkvm_algebra::G1Projective;
use zkvm_pcs::Point;
use zkvm_pcs::buckets::{Buckets, weighted_sums};
use zkvm_pcs::kernel::Term;

/// How magnitudes are cut into signed digits, as in [`zkvm_pcs::msm`].
#[derive(Clone, Copy)]
struct Digits {
    bits: u32,
    windows: u32,
    /// Half a digit in every window but the top one, which makes all digits signed.
    offset: i64,
}

impl Digits {
    /// The cheapest cut of magnitudes of `magnitude` bits, for rows with `nonzero` values.
    fn new(magnitude: u32, nonzero: usize) -> Digits {
        let cut = |bits: u32| {
            let windows = (magnitude + 1).div_ceil(bits);
            let offset = (0..windows - 1).fold(0, |offset, window| offset | 1 << (window * bits + bits - 1));
            Digits { bits, windows, offset }
        };
        let additions = |digits: &Digits| digits.windows as usize * (nonzero + 2 * digits.buckets());
        (2..=13).map(cut).min_by_key(additions).unwrap_or(cut(2))
    }

    fn buckets(self) -> usize {
        1 << (self.bits - 1)
    }

    /// Adds to `entries` value times the point at `position`: a bucket and a term for each nonzero
    /// digit. The bucket is (|digit| - 1)·windows + window.
    #[inline]
    fn push(self, value: i64, position: u32, entries: &mut Vec<(u32, Term)>) {
        let half = 1i64 << (self.bits - 1);
        // Magnitudes have at most 40 bits and the offset is below 2^(windows·bits - 1).
        let mut rest = value.unsigned_abs() as i64 + self.offset;
        for window in 0..self.windows {
            let digit = if window + 1 == self.windows { rest } else { (rest & (2 * half - 1)) - half };
            rest >>= self.bits;
            if digit != 0 {
                let bucket = (digit.unsigned_abs() as u32 - 1) * self.windows + window;
                let negative = (digit < 0) != (value < 0);
                entries.push((bucket, if negative { Term::minus(position) } else { Term::plus(position) }));
            }
        }
    }
}

/// The commitments of `rows`: entry k of a row holds the values at address k, `bases` its bases.
pub fn commit(bases: &[Point], log_k: u32, rows: &[Vec<Values<'_>>]) -> Vec<G1Projective> {
    let values = || rows.par_iter().flatten();
    let magnitude = values().map(|values| values.bits()).max().unwrap_or(0);
    let nonzero: usize = values().map(|values| values.nonzero()).sum();
    let digits = Digits::new(magnitude.max(1), nonzero / rows.len().max(1));
    rows.par_iter()
        .map_init(|| Buckets::new(Batched), |buckets, row| commit_row(bases, log_k, row, digits, buckets))
        .collect()
}

fn commit_row(
    bases: &[Point],
    log_k: u32,
    row: &[Values<'_>],
    digits: Digits,
    buckets: &mut Buckets<Batched>,
) -> G1Projective {
    let mut entries = Vec::new();
    for (k, values) in (0u32..).zip(row) {
        for cycle in 0..values.len() {
            let value = values.get(cycle);
            if value != 0 {
                digits.push(value, (cycle as u32) << log_k | k, &mut entries);
            }
        }
    }
    let width = digits.windows as usize;
    let sums = buckets.sums(bases, digits.buckets() * width, entries.into_iter());
    let windows = weighted_sums(Batched, sums, width);
    windows.iter().rev().fold(G1Projective::ZERO, |mut total, window| {
        for _ in 0..digits.bits {
            total.double_in_place();
        }
        total + window
    })
}
