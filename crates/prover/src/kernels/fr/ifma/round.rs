//! The message of a sum-check round, eight indices at a time.
//!
//! The scheme is that of the portable path. Factors are used as they are in memory, so each reduced
//! multiplication loses a factor of 16, as many on the way to every value of the round: d − 1 in all,
//! made good at the end. Values are bounded in multiples of p, below the 84 that limbs can hold.

use super::*;
use crate::kernels::fr::MAX_DEGREE;
use crate::kernels::ifma::lanes::carry;

/// Values at the points of a round: 0, ∞, 2, 3, …
type Values = [Eight; MAX_DEGREE];
/// Values at 0 and 1 of a factor.
type Line = [Eight; 2];

/// What is kept between the stages of a block.
struct Round {
    lines: [Line; MAX_DEGREE],
    product: Values,
    next: Values,
    values: Values,
    sums: [Sum<Scalars>; MAX_DEGREE],
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn product_round(w: &[Fr], factors: &[&[Fr]], out: &mut [Fr]) {
    let d = factors.len();
    let (blocks, w_rest) = w.as_chunks::<8>();
    let values = [Eight::zero(); MAX_DEGREE];
    let mut round = Round {
        lines: [[Eight::zero(); 2]; MAX_DEGREE],
        product: values,
        next: values,
        values,
        sums: [Sum::zero(); MAX_DEGREE],
    };
    for (i, w) in blocks.iter().enumerate() {
        for (line, factor) in round.lines.iter_mut().zip(factors) {
            let (block, _) = factor[16 * i..].as_chunks::<16>();
            let [low, high] = words::load_scalar_pairs(&block[0]);
            *line = [Eight::unpack(low), Eight::unpack(high)];
        }
        round.add(load(w), d);
    }
    let mut rest = [&[] as &[Fr]; MAX_DEGREE];
    for (rest, factor) in rest.iter_mut().zip(factors) {
        *rest = &factor[16 * blocks.len()..];
    }
    if !w_rest.is_empty() {
        scalar::product_round(w_rest, &rest[..d], out);
    }
    let scale = Fr::from(1u64 << (4 * (d - 1)));
    for (out, sum) in out.iter_mut().zip(&round.sums) {
        *out += Wide(sum.total()).reduce() * scale;
    }
}

impl Round {
    /// Adds w times the product of the lines at the points of the round.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn add(&mut self, w: Eight, d: usize) {
        let Round { lines, product, next, values, sums } = self;
        if d == 1 {
            return sums[0].add_product(w, lines[0][0]);
        }
        mul(&mut values[..2], &lines[d - 1], &[w; 2]);
        lines[d - 1].copy_from_slice(&values[..2]);
        let (mut product, mut next) = (product, next);
        let first = if d == 2 { 1 } else { 2 };
        group_values(&lines[..first], d, product);
        for at in (first..d).step_by(2) {
            group_values(&lines[at..d.min(at + 2)], d, values);
            if at + 2 < d {
                mul(&mut next[..d], product, values);
                core::mem::swap(&mut product, &mut next);
            } else {
                add_products(&mut sums[..d], product, values);
            }
        }
    }
}

/// The values of a line, or of the product of two.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn group_values(group: &[Line], d: usize, out: &mut Values) {
    match group {
        [a, b] => pair_values(a, b, d, out),
        [a] => line_values(a, d, out),
        _ => {}
    }
}

/// low + X·(high − low): for residues below 1.2p, below 21p at X ≤ 7.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn line_values([low, high]: &Line, d: usize, out: &mut Values) {
    out[0] = *low;
    out[1] = high.sub::<2>(*low);
    let slope = sub_loose::<Scalars, 2>(high.0, low.0);
    let mut at = high.0;
    for out in &mut out[2..d] {
        add_assign(&mut at, slope);
        *out = Eight::from_limbs(carry(at));
    }
}

/// Three products give the quadratic q; its values at 2, 3, … follow by differences. They are
/// q(1)·X + q(∞)·(X²−X) − q(0)·(X−1), which with 8p added is positive and below 64p at X ≤ 7.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn pair_values(a: &Line, b: &Line, d: usize, out: &mut Values) {
    let a = [a[0], a[1].sub::<2>(a[0]), a[1]];
    let b = [b[0], b[1].sub::<2>(b[0]), b[1]];
    let mut q = a;
    mul(&mut q, &a, &b);
    (out[0], out[1]) = (q[0], q[1]);
    let mut step = sub_loose::<Scalars, 0>(q[2].0, q[0].0);
    let mut at = sub_loose::<Scalars, 8>(q[2].0, Eight::zero().0);
    for out in &mut out[2..d] {
        add_assign(&mut step, q[1].0);
        add_assign(&mut step, q[1].0);
        add_assign(&mut at, step);
        *out = Eight::from_limbs(carry(at));
    }
}

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_assign(a: &mut [__m512i; 5], b: [__m512i; 5]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a = _mm512_add_epi64(*a, b);
    }
}

/// Products into `out`, as many as it has room for; out of line, for inlined it spills.
#[inline(never)]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn mul(out: &mut [Eight], a: &[Eight], b: &[Eight]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = a.mul(*b);
    }
}

/// Adds each product to its sum.
#[inline(never)]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_products(sums: &mut [Sum<Scalars>], a: &[Eight], b: &[Eight]) {
    for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
        sum.add_product(*a, *b);
    }
}
