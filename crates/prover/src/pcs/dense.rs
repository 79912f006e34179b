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
}

impl Digits {
    /// The cheapest cut of magnitudes of `magnitude` bits, for rows with `nonzero` values.
    fn new(magnitude: u32, nonzero: usize) -> Digits {
        let cut = |bits: u32| Digits { bits, windows: (magnitude + 1).div_ceil(bits) };
        let additions = |digits: &Digits| digits.windows as usize * (nonzero + 2 * digits.buckets());
        (2..=13).map(cut).min_by_key(additions).unwrap_or(cut(2))
    }

    fn buckets(self) -> usize {
        1 << (self.bits - 1)
    }

    /// (bucket, negative) for every nonzero digit; the bucket is (|digit| - 1)·windows + window.
    #[inline]
    fn of(self, value: i64) -> impl Iterator<Item = (u32, bool)> {
        let half = 1i64 << (self.bits - 1);
        let offset = (0..self.windows - 1).fold(0, |offset, window| offset | half << (window * self.bits));
        let shifted = if value == 0 { 0 } else { value.unsigned_abs() as i64 + offset };
        (0..self.windows).filter(move |_| value != 0).filter_map(move |window| {
            let top = window + 1 == self.windows;
            let digits = shifted >> (window * self.bits);
            let digit = if top { digits } else { (digits & (2 * half - 1)) - half };
            let bucket = (digit.unsigned_abs() as u32).checked_sub(1)?;
            Some((bucket * self.windows + window, (digit < 0) != (value < 0)))
        })
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
    let entries = (0u32..).zip(row).flat_map(|(k, values)| {
        (0..values.len()).flat_map(move |cycle| {
            let position = (cycle as u32) << log_k | k;
            digits.of(values.get(cycle)).map(move |(bucket, negative)| {
                (bucket, if negative { Term::minus(position) } else { Term::plus(position) })
            })
        })
    });
    let width = digits.windows as usize;
    let sums = buckets.sums(bases, digits.buckets() * width, entries);
    let windows = weighted_sums(Batched, sums, width);
    windows.iter().rev().fold(G1Projective::ZERO, |mut total, window| {
        for _ in 0..digits.bits {
            total.double_in_place();
        }
        total + window
    })
}
