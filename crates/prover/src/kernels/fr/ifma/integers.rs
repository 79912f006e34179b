//! Combinations of columns of small integers, and sums by key.

use super::*;
use crate::kernels::fr::integers::{Digits, Integers};
use ark_ff::{AdditiveGroup, One};

/// Makes a signed integer non-negative.
const BIAS: u64 = 1 << 63;

/// Eight integers of each column at a time; a weight's products with them need no carries.
#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn combine(constant: Fr, terms: &[(Fr, Integers)], out: &mut [Fr]) {
    // A reduction divides by 2^260.
    let radix = (0..260).fold(Fr::one(), |power, _| power.double());
    let scaled = |weight: Fr| Eight::broadcast_words((weight * radix).0.0);
    let bias = |(weight, values): &(Fr, Integers)| match values {
        Integers::Signed(_) => *weight * Fr::from(BIAS),
        Integers::Words(_) | Integers::Doubles(_) => Fr::ZERO,
    };
    let start = scaled(constant - terms.iter().map(bias).sum::<Fr>());
    let weights: Vec<Eight> = terms.iter().map(|(weight, _)| scaled(*weight)).collect();
    let (blocks, rest) = out.as_chunks_mut::<8>();
    for (i, out) in blocks.iter_mut().enumerate() {
        let mut sum = Columns::zero();
        sum.add_limb::<0>(_mm512_set1_epi64(1), start);
        for (weight, (_, values)) in weights.iter().zip(terms) {
            let integers = match values {
                Integers::Words(values) => {
                    sum.add_limb::<0>(words::load(&eight(values, i).map(u64::from)), *weight);
                    continue;
                }
                Integers::Doubles(values) => eight(values, i),
                Integers::Signed(values) => eight(values, i).map(|value| value.cast_unsigned() ^ BIAS),
            };
            let integers = words::load(&integers);
            sum.add_limb::<0>(integers, *weight);
            sum.add_limb::<1>(_mm512_srli_epi64::<52>(integers), *weight);
        }
        store(out, Eight::canonical_from::<1>(sum.reduce_loose()));
    }
    let done = 8 * blocks.len();
    let tail: Vec<(Fr, Integers)> = terms.iter().map(|(weight, values)| (*weight, values.from(done))).collect();
    scalar::combine(constant, &tail, rest);
}

/// Block number `i`.
#[inline(always)]
fn eight<S: Copy>(values: &[S], i: usize) -> [S; 8] {
    values.as_chunks::<8>().0[i]
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn add_by_key(sums: &mut [Digits], keys: &[u32], w: &[Fr]) {
    for (key, w) in keys.iter().zip(w) {
        let [a, b, c, d] = w.0.0.map(u64::cast_signed);
        let digits = _mm512_cvtepu32_epi64(_mm256_setr_epi64x(a, b, c, d));
        let sum = &mut sums[*key as usize].0;
        let total = _mm512_add_epi64(words::load(sum), digits);
        words::store(sum, total);
    }
}
