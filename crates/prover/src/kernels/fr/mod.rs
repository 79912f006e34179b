//! Operations on slices of scalars.
//!
//! Slices hold `Fr` in arkworks' representation (Montgomery form with R = 2^256, canonical), and
//! every result is canonical. Long inputs are split over the current rayon pool; the field is exact,
//! so neither the split nor the path changes a result.
//!
//! Multilinear tables have the most significant variable first, so the lowest variable pairs
//! neighbours `v[2i], v[2i+1]` and the highest pairs halves `v[i], v[i+n/2]`.
//!
//! A *challenge* c·2^-128 with c < 2^125 has a representative whose two low words are zero. The
//! operations that bind to a scalar or scale by one notice that and do less work.
//!
//! # Panics
//! Every function panics if its slices do not have the lengths that it states: lengths are the
//! caller's construction, never input.

#[cfg(target_arch = "x86_64")]
mod ifma;
mod integers;
mod keyed;
mod rows;
mod scalar;
mod small;
pub(crate) mod wide;
mod zeros;

use super::dispatch;
use ark_bn254::Fr;
use ark_ff::One;
pub use integers::{Digits, Integers, add_by_key, combine, weighted_sums};
pub use keyed::{DigitProducts, add_products_by_key};
use rayon::prelude::*;
pub use rows::{product_rows, square_rows};
pub use small::Small;
pub use zeros::zeros;

/// Most factors that [`product_round`] takes.
pub const MAX_DEGREE: usize = 8;

/// Shortest piece of a slice that is worth a task of its own.
const GRAIN: usize = 1 << 11;

/// Length of the pieces that `n` elements are split into: `n` itself when that is not worth it.
fn piece(n: usize) -> usize {
    match rayon::current_num_threads() {
        1 => n.max(1),
        _ if n < 2 * GRAIN => n.max(1),
        threads => n.div_ceil(4 * threads).next_multiple_of(GRAIN),
    }
}

/// Sums `f(start, end)` over pieces of `0..n`.
fn sum_pieces(n: usize, f: impl Fn(usize, usize) -> Fr + Sync) -> Fr {
    let piece = piece(n);
    if n <= piece {
        return f(0, n);
    }
    (0..n.div_ceil(piece)).into_par_iter().map(|i| f(i * piece, n.min((i + 1) * piece))).sum()
}

/// Runs `f` on pieces of `out` with the matching pieces of `read`, which is `ratio` times as long.
fn for_pieces(out: &mut [Fr], ratio: usize, read: &[Fr], f: impl Fn(&mut [Fr], &[Fr]) + Sync) {
    assert_eq!(read.len(), ratio * out.len());
    let piece = piece(out.len());
    if out.len() <= piece {
        return f(out, read);
    }
    out.par_chunks_mut(piece).zip(read.par_chunks(ratio * piece)).for_each(|(out, read)| f(out, read));
}

/// Binds the lowest variable: `out[i] = v[2i] + r·(v[2i+1] − v[2i])`, n values from 2n.
pub fn bind_low_into(values: &[Fr], r: Fr, out: &mut [Fr]) {
    for_pieces(out, 2, values, |out, values| dispatch!(bind_low(values, r, out)));
}

/// Binds the lowest variable in place: 2n values become n.
pub fn bind_low(values: &mut Vec<Fr>, r: Fr) {
    assert!(values.len().is_multiple_of(2));
    let n = values.len() / 2;
    let mut done = n.min(16);
    for i in 0..done {
        values[i] = values[2 * i] + r * (values[2 * i + 1] - values[2 * i]);
    }
    // Outputs done..2·done read 2·done..4·done, so each doubling is out of place.
    while done < n {
        let count = done.min(n - done);
        let (out, read) = values.split_at_mut(2 * done);
        bind_low_into(&read[..2 * count], r, &mut out[done..done + count]);
        done += count;
    }
    values.truncate(n);
}

/// Binds the highest variable in place: `v[i] + r·(v[i+n] − v[i])`, 2n values become n.
pub fn bind_high(values: &mut Vec<Fr>, r: Fr) {
    assert!(values.len().is_multiple_of(2));
    let n = values.len() / 2;
    let (low, high) = values.split_at_mut(n);
    for_pieces(low, 1, high, |low, high| dispatch!(bind_high(low, high, r)));
    values.truncate(n);
}

/// `a[i] = a[i]·b[i]`.
pub fn mul_assign(a: &mut [Fr], b: &[Fr]) {
    for_pieces(a, 1, b, |a, b| dispatch!(mul_assign(a, b)));
}

/// `a[i] = c·a[i]`.
pub fn scale(a: &mut [Fr], c: Fr) {
    let piece = piece(a.len());
    if a.len() <= piece {
        return dispatch!(scale(a, c));
    }
    a.par_chunks_mut(piece).for_each(|a| dispatch!(scale(a, c)));
}

/// `a[i] = a[i] + c·b[i]`.
pub fn add_scaled(a: &mut [Fr], c: Fr, b: &[Fr]) {
    for_pieces(a, 1, b, |a, b| dispatch!(add_scaled(a, c, b)));
}

/// Σ a[i]·b[i].
pub fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    assert_eq!(a.len(), b.len());
    sum_pieces(a.len(), |i, j| dispatch!(inner_product(&a[i..j], &b[i..j])))
}

/// Σ w[i]·a[i]·b[i].
pub fn inner_product3(w: &[Fr], a: &[Fr], b: &[Fr]) -> Fr {
    assert!(w.len() == a.len() && w.len() == b.len());
    sum_pieces(w.len(), |i, j| dispatch!(inner_product3(&w[i..j], &a[i..j], &b[i..j])))
}

/// Σ w[i]·s[i] for small integers s.
pub fn weighted_sum<S: Small>(w: &[Fr], s: &[S]) -> Fr {
    assert_eq!(w.len(), s.len());
    sum_pieces(w.len(), |i, j| dispatch!(weighted_sum(&w[i..j], &s[i..j])))
}

/// The 2^n values eq(point, x) for x in {0,1}^n.
pub fn eq_table(point: &[Fr]) -> Vec<Fr> {
    eq_table_scaled(point, Fr::one())
}

/// The 2^n values c·eq(point, x) for x in {0,1}^n.
pub fn eq_table_scaled(point: &[Fr], c: Fr) -> Vec<Fr> {
    let mut table = vec![Fr::default(); 1 << point.len()];
    table[0] = c;
    for (j, r) in point.iter().rev().enumerate() {
        let (low, high) = table[..2 << j].split_at_mut(1 << j);
        let piece = piece(1 << j);
        if 1 << j <= piece {
            dispatch!(split_by(low, high, *r));
        } else {
            low.par_chunks_mut(piece)
                .zip(high.par_chunks_mut(piece))
                .for_each(|(low, high)| dispatch!(split_by(low, high, *r)));
        }
    }
    table
}

/// The message of one sum-check round that binds the lowest variable of a weighted product.
///
/// With d = `factors.len()` in 1..=[`MAX_DEGREE`], n weights and 2n values per factor, let
/// g(X) = Σ_i w[i]·Π_j (p_j[2i] + X·(p_j[2i+1] − p_j[2i])), of degree d. Returns d numbers: g(0), the
/// leading coefficient (for d > 1), g(2), …, g(d−1). The claim of the round gives g(1).
///
/// Pairs of factors are multiplied as quadratics, with three products each; their values at further
/// points are additions.
pub fn product_round(w: &[Fr], factors: &[&[Fr]]) -> Vec<Fr> {
    let (n, d) = (w.len(), factors.len());
    assert!((1..=MAX_DEGREE).contains(&d) && factors.iter().all(|f| f.len() == 2 * n));
    let piece = piece(n);
    let round = |i: usize| {
        let (start, end) = (i * piece, n.min((i + 1) * piece));
        let mut part = [&[] as &[Fr]; MAX_DEGREE];
        for (part, factor) in part.iter_mut().zip(factors) {
            *part = &factor[2 * start..2 * end];
        }
        let mut out = [Fr::default(); MAX_DEGREE];
        dispatch!(product_round(&w[start..end], &part[..d], &mut out[..d]));
        out
    };
    let add = |mut a: [Fr; MAX_DEGREE], b: [Fr; MAX_DEGREE]| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
        a
    };
    let sums = if n <= piece {
        round(0)
    } else {
        (0..n.div_ceil(piece)).into_par_iter().map(round).reduce(Default::default, add)
    };
    sums[..d].to_vec()
}

#[cfg(test)]
mod tests;
