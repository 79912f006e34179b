//! The vector path: eight elements side by side; up to seven that are left over go the portable way.

use super::scalar;
use super::small::Small;
use super::wide::Wide;
use crate::kernels::ifma::columns::{Columns, Sum, mul_short};
use crate::kernels::ifma::lanes::{Lanes, sub_loose};
use crate::kernels::ifma::{Scalars, words};
use ark_bn254::Fr;
use core::arch::x86_64::*;

mod round;
mod small;

pub(super) use round::product_round;
pub(super) use small::weighted_sum;

type Eight = Lanes<Scalars>;

/// A scalar to multiply many elements by.
#[derive(Clone, Copy)]
enum Multiplier {
    /// Its representative times 16, which makes up for 2^256 against 2^260.
    Full(Eight),
    /// Of a challenge c·2^-128: the limbs of c·2^28, to be followed by a division by 2^156.
    Short([__m512i; 3]),
}

impl Multiplier {
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn new(r: Fr) -> Self {
        let w = r.0.0;
        if w[0] | w[1] != 0 {
            return Multiplier::Full(Eight::broadcast_words_times_16(w));
        }
        let l = Eight::broadcast_words([w[2] << 28, w[3] << 28 | w[2] >> 36, w[3] >> 36, 0]).0;
        Multiplier::Short([l[0], l[1], l[2]])
    }

    /// r·a in the representation of a, below 3p for a < 2p, as limbs without carries.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn times(self, a: Eight) -> [__m512i; 5] {
        match self {
            Multiplier::Full(r) => Columns::product(a, r).reduce_loose(),
            Multiplier::Short(c) => mul_short(a, c),
        }
    }

    /// low + r·(high − low) for canonical residues.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn interpolate(self, low: Eight, high: Eight) -> Eight {
        self.times_plus(high.sub::<1>(low), low)
    }

    /// r·a + b for a < 2p, canonical b.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn times_plus(self, a: Eight, b: Eight) -> Eight {
        let mut sum = self.times(a);
        for (sum, b) in sum.iter_mut().zip(b.0) {
            *sum = _mm512_add_epi64(*sum, b);
        }
        Eight::canonical_from::<2>(sum)
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

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn bind_low(values: &[Fr], r: Fr, out: &mut [Fr]) {
    let (blocks, rest) = values.as_chunks::<16>();
    let (out, out_rest) = out.as_chunks_mut::<8>();
    let multiplier = Multiplier::new(r);
    for (out, block) in out.iter_mut().zip(blocks) {
        let [low, high] = words::load_scalar_pairs(block);
        store(out, multiplier.interpolate(Eight::unpack(low), Eight::unpack(high)));
    }
    scalar::bind_low(rest, r, out_rest);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn bind_high(low: &mut [Fr], high: &[Fr], r: Fr) {
    let (low, low_rest) = low.as_chunks_mut::<8>();
    let (high, high_rest) = high.as_chunks::<8>();
    let multiplier = Multiplier::new(r);
    for (low, high) in low.iter_mut().zip(high) {
        let bound = multiplier.interpolate(load(low), load(high));
        store(low, bound);
    }
    scalar::bind_high(low_rest, high_rest, r);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn mul_assign(a: &mut [Fr], b: &[Fr]) {
    let (a, a_rest) = a.as_chunks_mut::<16>();
    let (b, b_rest) = b.as_chunks::<16>();
    for (a, b) in a.iter_mut().zip(b) {
        let (a, _) = a.as_chunks_mut::<8>();
        let (b, _) = b.as_chunks::<8>();
        let x0 = Eight::unpack_times_16(words::load_scalars(&a[0]));
        let y0 = load(&b[0]);
        let x1 = Eight::unpack_times_16(words::load_scalars(&a[1]));
        let y1 = load(&b[1]);
        let p0 = Columns::product(x0, y0).reduce_loose();
        let p1 = Columns::product(x1, y1).reduce_loose();
        store(&mut a[0], Eight::canonical_from::<1>(p0));
        store(&mut a[1], Eight::canonical_from::<1>(p1));
    }
    scalar::mul_assign(a_rest, b_rest);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn scale(a: &mut [Fr], c: Fr) {
    let (a, rest) = a.as_chunks_mut::<8>();
    let multiplier = Multiplier::new(c);
    for a in a {
        let scaled = multiplier.times(load(a));
        store(a, Eight::canonical_from::<1>(scaled));
    }
    scalar::scale(rest, c);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn add_scaled(a: &mut [Fr], c: Fr, b: &[Fr]) {
    let (a, a_rest) = a.as_chunks_mut::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let multiplier = Multiplier::new(c);
    for (a, b) in a.iter_mut().zip(b) {
        let sum = multiplier.times_plus(load(b), load(a));
        store(a, sum);
    }
    scalar::add_scaled(a_rest, c, b_rest);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn split_by(low: &mut [Fr], high: &mut [Fr], r: Fr) {
    let (low, low_rest) = low.as_chunks_mut::<8>();
    let (high, high_rest) = high.as_chunks_mut::<8>();
    let multiplier = Multiplier::new(r);
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
