//! The vector path: eight elements side by side; up to seven that are left over go the portable way.

use super::scalar;
use super::small::Small;
use super::wide::Wide;
use crate::kernels::ifma::columns::{Columns, Sum, mul_short};
use crate::kernels::ifma::lanes::{Lanes, sub_loose};
use crate::kernels::ifma::{Scalars, words};
use ark_bn254::Fr;
use core::arch::x86_64::*;

mod integers;
mod keyed;
mod round;
mod rows;
mod small;

pub(super) use integers::{add_by_key, combine, weighted_sums};
pub(super) use keyed::add_products_by_key;
pub(super) use round::product_round;
pub(super) use rows::{product_rows, square_rows};
pub(super) use small::weighted_sum;

type Eight = Lanes<Scalars>;

/// A scalar to multiply many elements by: in general its representative times 16, which makes up for
/// 2^256 against 2^260; if SHORT, for a challenge c·2^-128, the three limbs of c·2^28 and two unused,
/// for a multiplication by c·2^28 and a division by 2^156.
#[derive(Clone, Copy)]
struct Multiplier<const SHORT: bool>(Eight);

/// Whether the representative of r is c·2^128 for an integer c.
fn is_short(r: Fr) -> bool {
    r.0.0[0] | r.0.0[1] == 0
}

/// Calls `f` for the kind of scalar that r is.
macro_rules! by_length {
    ($f:ident, $r:ident, $($arg:expr),*) => {
        if is_short($r) { $f(Multiplier::<true>::new($r), $($arg),*) } else { $f(Multiplier::<false>::new($r), $($arg),*) }
    };
}

impl<const SHORT: bool> Multiplier<SHORT> {
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn new(r: Fr) -> Self {
        let w = r.0.0;
        Multiplier(if SHORT {
            Eight::broadcast_words([w[2] << 28, w[3] << 28 | w[2] >> 36, w[3] >> 36, 0])
        } else {
            Eight::broadcast_words_times_16(w)
        })
    }

    /// r·a in the representation of a, below 3p for a < 2p, as limbs without carries.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn times(self, a: Eight) -> [__m512i; 5] {
        if SHORT {
            let [c0, c1, c2, ..] = self.0.0;
            mul_short(a, [c0, c1, c2])
        } else {
            Columns::product(a, self.0).reduce_loose()
        }
    }

    /// low + r·(high − low) for canonical residues, below 4p.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn interpolate(self, low: Eight, high: Eight) -> [__m512i; 5] {
        self.times_plus(high.sub::<1>(low), low)
    }

    /// r·a + b for a < 2p and canonical b, below 4p.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn times_plus(self, a: Eight, b: Eight) -> [__m512i; 5] {
        let mut sum = self.times(a);
        for (sum, b) in sum.iter_mut().zip(b.0) {
            *sum = _mm512_add_epi64(*sum, b);
        }
        sum
    }
}

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn load(values: &[Fr; 8]) -> Eight {
    Eight::unpack(words::load_scalars(values))
}

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn store(values: &mut [Fr; 8], canonical: Eight) {
    words::store_scalars(values, canonical.pack());
}

/// Replaces each block by `multiply` of what `load` makes of its index and itself, given by limbs
/// without carries, below 4p.
///
/// A block is finished, which is a chain of short steps, between the loads and the multiplication of
/// the next: the processor looks ahead far enough to do the two side by side.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn update_blocks<T>(blocks: &mut [[Fr; 8]], load: impl Fn(usize, &[Fr; 8]) -> T, multiply: impl Fn(T) -> [__m512i; 5]) {
    let mut ready = [_mm512_setzero_si512(); 5];
    for i in 0..blocks.len() {
        let operands = load(i, &blocks[i]);
        if i > 0 {
            store(&mut blocks[i - 1], Eight::canonical_from::<2>(ready));
        }
        ready = multiply(operands);
    }
    if let Some(last) = blocks.last_mut() {
        store(last, Eight::canonical_from::<2>(ready));
    }
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn bind_low(values: &[Fr], r: Fr, out: &mut [Fr]) {
    by_length!(bind_low_by, r, values, r, out)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn bind_low_by<const SHORT: bool>(multiplier: Multiplier<SHORT>, values: &[Fr], r: Fr, out: &mut [Fr]) {
    let (values, rest) = values.as_chunks::<16>();
    let (out, out_rest) = out.as_chunks_mut::<8>();
    update_blocks(
        out,
        |i, _| {
            let [low, high] = words::load_scalar_pairs(&values[i]);
            (Eight::unpack(low), Eight::unpack(high))
        },
        |(low, high)| multiplier.interpolate(low, high),
    );
    scalar::bind_low(rest, r, out_rest);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn bind_high(low: &mut [Fr], high: &[Fr], r: Fr) {
    by_length!(bind_high_by, r, low, high, r)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn bind_high_by<const SHORT: bool>(multiplier: Multiplier<SHORT>, low: &mut [Fr], high: &[Fr], r: Fr) {
    let (low, low_rest) = low.as_chunks_mut::<8>();
    let (high, high_rest) = high.as_chunks::<8>();
    update_blocks(low, |i, low| (load(low), load(&high[i])), |(low, high)| multiplier.interpolate(low, high));
    scalar::bind_high(low_rest, high_rest, r);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn mul_assign(a: &mut [Fr], b: &[Fr]) {
    let (a, a_rest) = a.as_chunks_mut::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    update_blocks(
        a,
        |i, a| (Eight::unpack_times_16(words::load_scalars(a)), load(&b[i])),
        |(a, b)| Columns::product(a, b).reduce_loose(),
    );
    scalar::mul_assign(a_rest, b_rest);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn scale(a: &mut [Fr], c: Fr) {
    by_length!(scale_by, c, a, c)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn scale_by<const SHORT: bool>(multiplier: Multiplier<SHORT>, a: &mut [Fr], c: Fr) {
    let (a, rest) = a.as_chunks_mut::<8>();
    update_blocks(a, |_, a| load(a), |a| multiplier.times(a));
    scalar::scale(rest, c);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn add_scaled(a: &mut [Fr], c: Fr, b: &[Fr]) {
    by_length!(add_scaled_by, c, a, c, b)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_scaled_by<const SHORT: bool>(multiplier: Multiplier<SHORT>, a: &mut [Fr], c: Fr, b: &[Fr]) {
    let (a, a_rest) = a.as_chunks_mut::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    update_blocks(a, |i, a| (load(&b[i]), load(a)), |(b, a)| multiplier.times_plus(b, a));
    scalar::add_scaled(a_rest, c, b_rest);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn split_by(low: &mut [Fr], high: &mut [Fr], r: Fr) {
    by_length!(split_at, r, low, high, r)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn split_at<const SHORT: bool>(multiplier: Multiplier<SHORT>, low: &mut [Fr], high: &mut [Fr], r: Fr) {
    let (low, low_rest) = low.as_chunks_mut::<8>();
    let (high, high_rest) = high.as_chunks_mut::<8>();
    for (low, high) in low.iter_mut().zip(high) {
        let all = load(low);
        let part = Eight::canonical_from::<1>(multiplier.times(all));
        store(high, part);
        let left = sub_loose::<Scalars, 1>(all.0, part.0);
        store(low, Eight::canonical_from::<1>(left));
    }
    scalar::split_by(low_rest, high_rest, r);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sum = Sum::zero();
    for (a, b) in a.iter().zip(b) {
        sum.add_product(load(a), load(b));
    }
    Wide(sum.total()).reduce() + scalar::inner_product(a_rest, b_rest)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn inner_product3(w: &[Fr], a: &[Fr], b: &[Fr]) -> Fr {
    let (w, w_rest) = w.as_chunks::<8>();
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sum = Sum::zero();
    for ((w, a), b) in w.iter().zip(a).zip(b) {
        let times_16 = Eight::unpack_times_16(words::load_scalars(w));
        sum.add_product(times_16.mul(load(a)), load(b));
    }
    Wide(sum.total()).reduce() + scalar::inner_product3(w_rest, a_rest, b_rest)
}
