//! Multilinear extensions (*Conventions*). Points are written most significant variable first.

use ark_ff::{One, Zero};

use crate::F;

/// eq(x,y) = Π (x_i·y_i + (1−x_i)(1−y_i)).
pub fn eq(x: &[F], y: &[F]) -> F {
    assert_eq!(x.len(), y.len(), "points of one space");
    x.iter().zip(y).map(|(x, y)| *x * y + (F::one() - x) * (F::one() - y)).product()
}

/// The extension of "x < y": Σ_i (1−x_i)·y_i·Π_{h<i} eq(x_h,y_h).
pub fn lt(x: &[F], y: &[F]) -> F {
    (0..x.len()).map(|i| (F::one() - x[i]) * y[i] * eq(&x[..i], &y[..i])).sum()
}

/// eq⁺¹, the extension of "y = x + 1 without wrap-around": Σ_i (1−x_i)·y_i·Π_{h<i} eq(x_h,y_h)·Π_{l>i} x_l·(1−y_l).
pub fn eq_plus_one(x: &[F], y: &[F]) -> F {
    let carried = |l: usize| x[l] * (F::one() - y[l]);
    let at = |i: usize| (F::one() - x[i]) * y[i] * eq(&x[..i], &y[..i]) * (i + 1..x.len()).map(carried).product::<F>();
    (0..x.len()).map(at).sum()
}

/// The vertex of the hypercube that the n-bit integer `k` is.
pub fn vertex(k: u64, n: usize) -> Vec<F> {
    (0..n).rev().map(|bit| F::from(k >> bit & 1)).collect()
}

/// The extension of "the integer": Σ 2^i·(coordinate of bit i).
pub fn integer(x: &[F]) -> F {
    x.iter().fold(F::zero(), |high, bit| high + high + bit)
}

/// The extension at `point` of the function that is `value` at each of the listed `index`es and zero elsewhere.
pub fn sparse(entries: impl IntoIterator<Item = (u64, F)>, point: &[F]) -> F {
    entries.into_iter().map(|(index, value)| value * eq(&vertex(index, point.len()), point)).sum()
}

/// 1, x, x², …
pub fn powers(x: F) -> impl Iterator<Item = F> {
    std::iter::successors(Some(F::one()), move |power| Some(*power * x))
}
