//! Unreduced products and sums of products.

use super::lanes::{Lanes, carry, splat};
use super::{MASK, Modulus};
use core::arch::x86_64::*;
use core::marker::PhantomData;

/// Eight unreduced products: column k, of weight 2^52k, holds up to 64 bits.
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

/// The same limbs in each lane.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn broadcast(l: [u64; 5]) -> [__m512i; 5] {
    [splat(l[0]), splat(l[1]), splat(l[2]), splat(l[3]), splat(l[4])]
}

impl<M: Modulus> Columns<M> {
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn zero() -> Self {
        Columns([splat(0); 10], PhantomData)
    }

    /// Column k, of weight 2^52k, for all k.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn limbs(&self) -> [__m512i; 10] {
        self.0
    }

    /// `self += a·2^52K·b` for the low 52 bits of a. There is room for a thousand such products.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn add_limb<const K: usize>(&mut self, a: __m512i, b: Lanes<M>) {
        add_row(&mut self.0, K, a, b.0);
    }

    /// a·b.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn product(a: Lanes<M>, b: Lanes<M>) -> Self {
        let mut t = Self::zero();
        t.add_product(a, b);
        t
    }

    /// `self += a·b`. There is room for a hundred such products.
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

    /// t·2^-260 mod p, below t/2^260 + p, for t < 2^520.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn reduce(self) -> Lanes<M> {
        Lanes::from_limbs(carry(self.reduce_loose()))
    }

    /// [`Columns::reduce`] without the last carries: limbs below 2^57.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn reduce_loose(self) -> [__m512i; 5] {
        let t = self.0;
        let [l0, l1, l2, t3] = carry([t[0], t[1], t[2], t[3]]);
        let mut h = [t3, t[4], t[5], t[6], t[7], t[8], t[9]];
        add_row(&mut h, 0, l0, broadcast(M::FOLD[0]));
        add_row(&mut h, 0, l1, broadcast(M::FOLD[1]));
        add_row(&mut h, 0, l2, broadcast(M::FOLD[2]));
        remove_two::<M>(h)
    }
}

/// a·c·2^-156 mod p for c < 2^156, below a·c/2^156 + p, as limbs below 2^57.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn mul_short<M: Modulus>(a: Lanes<M>, c: [__m512i; 3]) -> [__m512i; 5] {
    let mut t = [splat(0); 8];
    for (i, c) in c.into_iter().enumerate() {
        add_row(&mut t, i, c, a.0);
    }
    let [l0, t1] = carry([t[0], t[1]]);
    let mut h = [t1, t[2], t[3], t[4], t[5], t[6], t[7]];
    add_row(&mut h, 0, l0, broadcast(M::FOLD[2]));
    remove_two::<M>(h)
}

/// h·2^-104 mod p by two quotients.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn remove_two<M: Modulus>(mut h: [__m512i; 7]) -> [__m512i; 5] {
    remove_limb::<M, 0>(&mut h);
    remove_limb::<M, 1>(&mut h);
    [h[2], h[3], h[4], h[5], h[6]]
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

/// Eight sums of any number of products, reduced once at the end.
#[derive(Clone, Copy)]
pub struct Sum<M> {
    columns: Columns<M>,
    over: __m512i,
    room: usize,
}

impl<M: Modulus> Sum<M> {
    /// Products between two propagations of carries: each adds less than 10·2^52 to a column.
    const ROOM: usize = 256;

    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn zero() -> Self {
        Sum { columns: Columns::zero(), over: splat(0), room: Self::ROOM }
    }

    /// `self += a·b`.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn add_product(&mut self, a: Lanes<M>, b: Lanes<M>) {
        if self.room == 0 {
            self.settle();
        }
        self.room -= 1;
        self.columns.add_product(a, b);
    }

    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn settle(&mut self) {
        let t = carry(self.columns.0);
        self.over = _mm512_add_epi64(self.over, _mm512_srli_epi64::<52>(t[9]));
        self.columns.0 = t;
        self.columns.0[9] = _mm512_and_si512(t[9], splat(MASK));
        self.room = Self::ROOM;
    }

    /// The sum over the lanes, as an integer of nine words.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn total(&self) -> [u64; 9] {
        let mut sum = *self;
        sum.settle();
        let mut total = [0; 9];
        for (k, column) in sum.columns.0.into_iter().chain([sum.over]).enumerate() {
            add_at(&mut total, 52 * k, _mm512_reduce_add_epi64(column).cast_unsigned());
        }
        total
    }
}

/// `total += value·2^shift`.
pub fn add_at<const N: usize>(total: &mut [u64; N], shift: usize, value: u64) {
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
