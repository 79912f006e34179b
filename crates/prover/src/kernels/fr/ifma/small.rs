//! Sums of scalars times small integers, without transpositions.
//!
//! The sum runs over elements, so a vector can hold two scalars as they lie in memory, and the 32-bit
//! halves of its words are multiplied by 16-bit digits of the small integers: products below 2^48, of
//! which 2^15 fit into a lane before the sums of all digits are put together.

use super::*;
use crate::kernels::fr::wide::Narrow;
use crate::kernels::ifma::columns::add_at;
use ark_ff::AdditiveGroup;

/// Elements per sum of digits, two to a vector.
const BLOCK: usize = 1 << 16;

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn weighted_sum<S: Small>(w: &[Fr], s: &[S]) -> Fr {
    let mut sum = Fr::ZERO;
    for (w, s) in w.chunks(BLOCK).zip(s.chunks(BLOCK)) {
        sum += match S::DIGITS {
            1 => block::<S, 1>(w, s),
            2 => block::<S, 2>(w, s),
            _ => block::<S, 4>(w, s),
        };
    }
    sum
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn block<S: Small, const DIGITS: usize>(w: &[Fr], s: &[S]) -> Fr {
    let (w, w_rest) = w.as_chunks::<8>();
    let (s, s_rest) = s.as_chunks::<8>();
    // Per digit, the sums for the lower and the upper halves of the words; and the sum of the halves.
    let mut sums = [[_mm512_setzero_si512(); 2]; DIGITS];
    let mut plain = [_mm512_setzero_si512(); 2];
    for (w, s) in w.iter().zip(s) {
        let mut factors = [0; 8];
        for (factor, s) in factors.iter_mut().zip(s) {
            *factor = s.biased();
        }
        let factors = words::load(&factors);
        for (i, pair) in words::load_pairs(w).into_iter().enumerate() {
            let i = 2 * i as i64;
            let both = _mm512_setr_epi64(i, i, i, i, i + 1, i + 1, i + 1, i + 1);
            let factor = _mm512_permutexvar_epi64(both, factors);
            let halves = [pair, _mm512_srli_epi64::<32>(pair)];
            if S::BIAS != 0 {
                let low = _mm512_and_si512(pair, _mm512_set1_epi64(u32::MAX.into()));
                plain[0] = _mm512_add_epi64(plain[0], low);
                plain[1] = _mm512_add_epi64(plain[1], halves[1]);
            }
            for (e, sums) in sums.iter_mut().enumerate() {
                let digit = digit::<DIGITS>(factor, e);
                for (sum, half) in sums.iter_mut().zip(halves) {
                    *sum = _mm512_add_epi64(*sum, _mm512_mul_epu32(half, digit));
                }
            }
        }
    }
    let mut total = Narrow::default();
    for (e, sums) in sums.into_iter().enumerate() {
        add_halves(&mut total, 16 * e, sums);
    }
    let mut bias = Narrow::default();
    add_halves(&mut bias, 0, plain);
    total.reduce() - bias.reduce() * Fr::from(S::BIAS) + scalar::weighted_sum(w_rest, s_rest)
}

/// The 16-bit digit e of each lane, where the lanes have as many digits as said.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn digit<const DIGITS: usize>(v: __m512i, e: usize) -> __m512i {
    let mask = _mm512_set1_epi64(0xffff);
    match e {
        0 if DIGITS == 1 => v,
        0 => _mm512_and_si512(v, mask),
        1 => _mm512_and_si512(_mm512_srli_epi64::<16>(v), mask),
        2 => _mm512_and_si512(_mm512_srli_epi64::<32>(v), mask),
        _ => _mm512_srli_epi64::<48>(v),
    }
}

/// Adds sums over lower and upper halves of words, two scalars side by side, times 2^shift.
#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_halves(total: &mut Narrow, shift: usize, halves: [__m512i; 2]) {
    for (h, half) in halves.into_iter().enumerate() {
        let mut lanes = [0; 8];
        words::store(&mut lanes, half);
        for (l, lane) in lanes.into_iter().enumerate() {
            add_at(&mut total.0, 64 * (l % 4) + 32 * h + shift, lane);
        }
    }
}
