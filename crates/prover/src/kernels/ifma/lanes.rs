//! Eight residues: limbs, additions, conditional subtractions.

use super::columns::Columns;
use super::{MASK, Modulus, limbs};
use core::arch::x86_64::*;
use core::marker::PhantomData;

/// Eight non-negative integers below 2^260, as limbs below 2^52.
#[derive(Clone, Copy)]
pub struct Lanes<M>(pub [__m512i; 5], PhantomData<M>);

/// A vector with `word` in each lane.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn splat(word: u64) -> __m512i {
    _mm512_set1_epi64(word.cast_signed())
}

/// Propagates signed carries; the top limb keeps what is left.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn carry<const N: usize>(mut l: [__m512i; N]) -> [__m512i; N] {
    for i in 0..N - 1 {
        l[i + 1] = _mm512_add_epi64(l[i + 1], _mm512_srai_epi64::<52>(l[i]));
        l[i] = _mm512_and_si512(l[i], splat(MASK));
    }
    l
}

/// k·p as limbs, of which the top one is not bounded.
const fn multiple<M: Modulus>(k: u64) -> [u64; 5] {
    let p = M::P;
    let mut out = [0; 5];
    let mut carry = 0;
    let mut i = 0;
    while i < 5 {
        let t = p[i] as u128 * k as u128 + carry;
        out[i] = if i < 4 { t as u64 & MASK } else { t as u64 };
        carry = t >> 52;
        i += 1;
    }
    out
}

impl<M: Modulus> Lanes<M> {
    /// Limbs that are below 2^52 already.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn from_limbs(limbs: [__m512i; 5]) -> Self {
        Lanes(limbs, PhantomData)
    }

    /// The same integer in each lane.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn broadcast(l: [u64; 5]) -> Self {
        Self::from_limbs([splat(l[0]), splat(l[1]), splat(l[2]), splat(l[3]), splat(l[4])])
    }

    /// Zero in each lane.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn zero() -> Self {
        Self::broadcast([0; 5])
    }

    /// The four-word integer w in each lane.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn broadcast_words(w: [u64; 4]) -> Self {
        Self::broadcast(limbs(w))
    }

    /// Sixteen times the four-word integer w < 2^256 in each lane.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn broadcast_words_times_16(w: [u64; 4]) -> Self {
        let shifted = [w[0] << 4, w[1] << 4 | w[0] >> 60, w[2] << 4 | w[1] >> 60, w[3] << 4 | w[2] >> 60];
        let mut l = limbs(shifted);
        l[4] |= w[3] >> 60 << 48;
        Self::broadcast(l)
    }

    /// Words to limbs.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn unpack(w: [__m512i; 4]) -> Self {
        Self::from_limbs([
            _mm512_and_si512(w[0], splat(MASK)),
            join::<52, 12>(w[0], w[1]),
            join::<40, 24>(w[1], w[2]),
            join::<28, 36>(w[2], w[3]),
            _mm512_srli_epi64::<16>(w[3]),
        ])
    }

    /// Words to the limbs of sixteen times the integer.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn unpack_times_16(w: [__m512i; 4]) -> Self {
        Self::from_limbs([
            _mm512_and_si512(_mm512_slli_epi64::<4>(w[0]), splat(MASK)),
            join::<48, 16>(w[0], w[1]),
            join::<36, 28>(w[1], w[2]),
            join::<24, 40>(w[2], w[3]),
            _mm512_srli_epi64::<12>(w[3]),
        ])
    }

    /// Limbs to words, of integers below 2^256.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn pack(self) -> [__m512i; 4] {
        let l = self.0;
        [
            _mm512_or_si512(l[0], _mm512_slli_epi64::<52>(l[1])),
            _mm512_or_si512(_mm512_srli_epi64::<12>(l[1]), _mm512_slli_epi64::<40>(l[2])),
            _mm512_or_si512(_mm512_srli_epi64::<24>(l[2]), _mm512_slli_epi64::<28>(l[3])),
            _mm512_or_si512(_mm512_srli_epi64::<36>(l[3]), _mm512_slli_epi64::<16>(l[4])),
        ]
    }

    /// a − b + k·p, for b ≤ k·p.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn sub<const K: u64>(self, b: Self) -> Self {
        Self::from_limbs(carry(sub_loose::<M, K>(self.0, b.0)))
    }

    /// The limbs, negated in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn negate_loose(self, mask: __mmask8) -> [__m512i; 5] {
        let mut l = self.0;
        for l in &mut l {
            *l = _mm512_mask_sub_epi64(*l, mask, splat(0), *l);
        }
        l
    }

    /// 2^S times the integer given by signed limbs.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn shifted_from<const S: u32>(mut loose: [__m512i; 5]) -> Self {
        for l in &mut loose {
            *l = _mm512_slli_epi64::<S>(*l);
        }
        Self::from_limbs(carry(loose))
    }

    /// a·b·2^-260, below (a·b/84 + 1)·p for factors in multiples of p.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn mul(self, b: Self) -> Self {
        Columns::product(self, b).reduce()
    }

    /// a²·2^-260.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn square(self) -> Self {
        Columns::square(self).reduce()
    }

    /// The canonical residue of an integer below 2p.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn canonical(self) -> Self {
        let (a, p) = (self.0, M::P);
        let less = carry([
            _mm512_sub_epi64(a[0], splat(p[0])),
            _mm512_sub_epi64(a[1], splat(p[1])),
            _mm512_sub_epi64(a[2], splat(p[2])),
            _mm512_sub_epi64(a[3], splat(p[3])),
            _mm512_sub_epi64(a[4], splat(p[4])),
        ]);
        let below = _mm512_cmplt_epi64_mask(less[4], splat(0));
        self.blend(below, less)
    }

    /// `self` in the lanes of the mask, `other` in the others.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn blend(self, mask: __mmask8, other: [__m512i; 5]) -> Self {
        let (a, b) = (self.0, other);
        Self::from_limbs([
            _mm512_mask_mov_epi64(b[0], mask, a[0]),
            _mm512_mask_mov_epi64(b[1], mask, a[1]),
            _mm512_mask_mov_epi64(b[2], mask, a[2]),
            _mm512_mask_mov_epi64(b[3], mask, a[3]),
            _mm512_mask_mov_epi64(b[4], mask, a[4]),
        ])
    }

    /// `self`, but `other` in the lanes of the mask.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn replace(self, mask: __mmask8, other: Self) -> Self {
        other.blend(mask, self.0)
    }

    /// The canonical residue of an integer in [0,(K + 2)·p) given by signed limbs below 2^56.
    ///
    /// The two top limbs say how often p can be subtracted, at worst once too few. That is seen in the
    /// result, and so rare for integers below (K + 1)·p that it is a branch.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub fn canonical_from<const K: u64>(loose: [__m512i; 5]) -> Self {
        /// Bound of the carries, in units of the top limb, that the estimate leaves out.
        const MARGIN: u64 = 32;
        let mut l = loose;
        let top = _mm512_add_epi64(l[4], _mm512_srai_epi64::<52>(l[3]));
        for k in 1..=K {
            let enough = _mm512_cmpgt_epi64_mask(top, splat(multiple::<M>(k)[4] + MARGIN));
            for (l, p) in l.iter_mut().zip(M::P) {
                *l = _mm512_mask_sub_epi64(*l, enough, *l, splat(p));
            }
        }
        let l = carry(l);
        if _mm512_cmpge_epi64_mask(l[4], splat(M::P[4])) != 0 {
            return Self::from_limbs(l).canonical();
        }
        Self::from_limbs(l)
    }
}

/// a − b + k·p limb by limb, without carries.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn sub_loose<M: Modulus, const K: u64>(a: [__m512i; 5], b: [__m512i; 5]) -> [__m512i; 5] {
    let kp = const { multiple::<M>(K) };
    let mut out = a;
    for i in 0..5 {
        out[i] = _mm512_add_epi64(_mm512_sub_epi64(a[i], b[i]), splat(kp[i]));
    }
    out
}

/// The limb that is `low >> R | high << L`.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn join<const R: u32, const L: u32>(low: __m512i, high: __m512i) -> __m512i {
    // (a | b) & c
    _mm512_ternarylogic_epi64::<0xa8>(_mm512_srli_epi64::<R>(low), _mm512_slli_epi64::<L>(high), splat(MASK))
}
