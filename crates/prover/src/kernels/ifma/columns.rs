//! Unreduced products and sums of products.

use super::lanes::{Lanes, carry, splat};
use super::{MASK, Modulus};
use core::arch::x86_64::*;
use core::marker::PhantomData;

/// Eight unreduced sums of products: column k, of weight 2^52k, holds up to 64 bits.
///
/// A product adds less than 10·2^52 to a column, so after carries have been propagated there is room
/// for [`Columns::ROOM`] products.
#[derive(Clone, Copy)]
pub struct Columns<M>([__m512i; 10], PhantomData<M>);

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn low(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_madd52lo_epu64(sum, a, b)
}

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn high(sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    _mm512_madd52hi_epu64(sum, a, b)
}

/// Adds a·b to the columns from k on.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_row<const N: usize>(t: &mut [__m512i; N], k: usize, a: __m512i, b: [__m512i; 5]) {
    for j in 0..5 {
        t[k + j] = low(t[k + j], a, b[j]);
        t[k + j + 1] = high(t[k + j + 1], a, b[j]);
    }
}

impl<M: Modulus> Columns<M> {
    /// Products that can be added between two calls of [`Columns::settle`].
    pub const ROOM: usize = 256;

    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn zero() -> Self {
        Columns([splat(0); 10], PhantomData)
    }

    /// a·b.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn product(a: Lanes<M>, b: Lanes<M>) -> Self {
        let mut t = Self::zero();
        t.add_product(a, b);
        t
    }

    /// `self += a·b`.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn add_product(&mut self, a: Lanes<M>, b: Lanes<M>) {
        for i in 0..5 {
            add_row(&mut self.0, i, a.0[i], b.0);
        }
    }

    /// a²: products of different limbs once, doubled, and the squares.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn square(a: Lanes<M>) -> Self {
        let a = a.0;
        let mut t = [splat(0); 10];
        for i in 0..5 {
            for j in i + 1..5 {
                t[i + j] = low(t[i + j], a[i], a[j]);
                t[i + j + 1] = high(t[i + j + 1], a[i], a[j]);
            }
        }
        for t in &mut t {
            *t = _mm512_add_epi64(*t, *t);
        }
        for i in 0..5 {
            t[2 * i] = low(t[2 * i], a[i], a[i]);
            t[2 * i + 1] = high(t[2 * i + 1], a[i], a[i]);
        }
        Columns(t, PhantomData)
    }

    /// Propagates carries, which makes room for more products.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn settle(&mut self) {
        self.0 = carry(self.0);
    }

    /// t·2^-260 mod p, below t/2^260 + p, for t < 2^520.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn reduce(self) -> Lanes<M> {
        let t = self.0;
        let [l0, l1, l2, t3] = carry([t[0], t[1], t[2], t[3]]);
        let mut h = [t3, t[4], t[5], t[6], t[7], t[8], t[9]];
        for (l, fold) in [l0, l1, l2].into_iter().zip(M::FOLD) {
            add_row(&mut h, 0, l, fold.map(|f| splat(f)));
        }
        remove_limb::<M, 0>(&mut h);
        remove_limb::<M, 1>(&mut h);
        Lanes::from_limbs(carry([h[2], h[3], h[4], h[5], h[6]]))
    }

    /// The sum over the lanes, as an integer of nine words.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn total(mut self) -> [u64; 9] {
        self.settle();
        let mut total = [0; 9];
        for (k, column) in self.0.into_iter().enumerate() {
            // Eight lanes below 2^52, or for the top column as small as the number of products allows.
            add_at(&mut total, 52 * k, _mm512_reduce_add_epi64(column).cast_unsigned());
        }
        total
    }
}

/// Adds the multiple of p that makes column K zero modulo 2^52, and carries it on.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn remove_limb<M: Modulus, const K: usize>(h: &mut [__m512i; 7]) {
    let q = low(splat(0), h[K], splat(M::NEG_INVERSE));
    // h[K] + low(q·p[0]) is the next multiple of 2^52.
    let up = _mm512_srli_epi64::<52>(_mm512_add_epi64(h[K], splat(MASK)));
    h[K + 1] = _mm512_add_epi64(h[K + 1], up);
    h[K + 1] = high(h[K + 1], q, splat(M::P[0]));
    for j in 1..5 {
        h[K + j] = low(h[K + j], q, splat(M::P[j]));
        h[K + j + 1] = high(h[K + j + 1], q, splat(M::P[j]));
    }
}

/// `total += value·2^shift`.
pub fn add_at(total: &mut [u64; 9], shift: usize, value: u64) {
    let wide = u128::from(value) << (shift % 64);
    let mut carry = false;
    for (i, word) in total.iter_mut().enumerate().skip(shift / 64) {
        let add = match i - shift / 64 {
            0 => wide as u64,
            1 => (wide >> 64) as u64,
            _ => 0,
        };
        (*word, carry) = word.carrying_add(add, carry);
    }
}
