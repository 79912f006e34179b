//! Sums of products by key: the eight 32-bit digits of one scalar side by side.

use super::*;
use crate::kernels::fr::keyed::DigitProducts;

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn add_products_by_key(sums: &mut [DigitProducts], keys: &[u32], w: &[Fr], s: &[u32]) {
    let mask = _mm512_set1_epi64(u32::MAX.into());
    for ((key, w), s) in keys.iter().zip(w).zip(s) {
        let [a, b, c, d] = w.0.0.map(u64::cast_signed);
        let digits = _mm512_cvtepu32_epi64(_mm256_setr_epi64x(a, b, c, d));
        let products = _mm512_mul_epu32(digits, _mm512_set1_epi64((*s).into()));
        let sum = &mut sums[*key as usize];
        let low = _mm512_add_epi64(words::load(&sum.low), _mm512_and_si512(products, mask));
        let high = _mm512_add_epi64(words::load(&sum.high), _mm512_srli_epi64::<32>(products));
        words::store(&mut sum.low, low);
        words::store(&mut sum.high, high);
    }
}
