//! Combinations of columns of small integers, sums of columns, and sums by key.

use super::*;
use crate::kernels::fr::integers::{Digits, Integers};
use crate::kernels::fr::wide::Narrow;
use crate::kernels::ifma::columns::add_at;
use ark_ff::{AdditiveGroup, One};

/// Makes a signed integer non-negative.
const BIAS: u64 = 1 << 63;
/// Blocks of eight scalars that are prepared together: they fit into the first-level cache, and the
/// columns of 512 products have room.
const TILE: usize = 64;

/// Block number `i`.
#[inline(always)]
fn eight<S: Copy>(values: &[S], i: usize) -> [S; 8] {
    values.as_chunks::<8>().0[i]
}

/// Adds products with integers below 2^64, of which few have more than 52 bits.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_double(sum: &mut Columns<Scalars>, integers: __m512i, weight: Eight) {
    sum.add_limb::<0>(integers, weight);
    let high = _mm512_srli_epi64::<52>(integers);
    if _mm512_test_epi64_mask(high, high) != 0 {
        sum.add_limb::<1>(high, weight);
    }
}

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
            add_double(&mut sum, words::load(&integers), *weight);
        }
        store(out, Eight::canonical_from::<1>(sum.reduce_loose()));
    }
    let done = 8 * blocks.len();
    let tail: Vec<(Fr, Integers)> = terms.iter().map(|(weight, values)| (*weight, values.from(done))).collect();
    scalar::combine(constant, &tail, rest);
}

/// The sums of one column, as integers: of its products with the weights, and what is to be
/// subtracted.
#[derive(Clone, Copy, Default)]
struct Total {
    products: [u64; 6],
    negative: [u64; 6],
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn weighted_sums(w: &[Fr], columns: &[Integers], sums: &mut [Fr]) {
    let blocks = w.as_chunks::<8>().0;
    let mut totals = vec![Total::default(); columns.len()];
    let mut weights = [Eight::zero(); TILE];
    for (tile, scalars) in blocks.chunks(TILE).enumerate() {
        for (weight, scalars) in weights.iter_mut().zip(scalars) {
            *weight = load(scalars);
        }
        let weights = &weights[..scalars.len()];
        for (total, values) in totals.iter_mut().zip(columns) {
            match values {
                Integers::Words(values) => total.add_words(weights, tile_of(values, tile)),
                Integers::Doubles(values) => total.add_doubles(weights, tile_of(values, tile)),
                Integers::Signed(values) => total.add_signed(weights, tile_of(values, tile)),
            }
        }
    }
    let done = 8 * blocks.len();
    let tail: Vec<Integers> = columns.iter().map(|values| values.from(done)).collect();
    scalar::weighted_sums(&w[done..], &tail, sums);
    for (sum, total) in sums.iter_mut().zip(totals) {
        *sum += Narrow(total.products).reduce() - Narrow(total.negative).reduce();
    }
}

#[inline(always)]
fn tile_of<S>(values: &[S], tile: usize) -> &[[S; 8]] {
    &values.as_chunks::<8>().0[TILE * tile..]
}

impl Total {
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn add_words(&mut self, weights: &[Eight], values: &[[u32; 8]]) {
        let mut sum = Columns::zero();
        for (weight, values) in weights.iter().zip(values) {
            sum.add_limb::<0>(words::load(&values.map(u64::from)), *weight);
        }
        add_lanes(&mut self.products, &sum);
    }

    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn add_doubles(&mut self, weights: &[Eight], values: &[[u64; 8]]) {
        let mut sum = Columns::zero();
        for (weight, values) in weights.iter().zip(values) {
            add_double(&mut sum, words::load(values), *weight);
        }
        add_lanes(&mut self.products, &sum);
    }

    /// The magnitudes of the negative integers go to a sum of their own.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn add_signed(&mut self, weights: &[Eight], values: &[[i64; 8]]) {
        let (mut sum, mut negative) = (Columns::zero(), Columns::zero());
        for (weight, values) in weights.iter().zip(values) {
            let values = words::load(&values.map(i64::cast_unsigned));
            let below_zero = _mm512_cmplt_epi64_mask(values, _mm512_setzero_si512());
            add_double(&mut sum, _mm512_maskz_mov_epi64(!below_zero, values), *weight);
            if below_zero != 0 {
                let magnitudes = _mm512_maskz_sub_epi64(below_zero, _mm512_setzero_si512(), values);
                add_double(&mut negative, magnitudes, *weight);
            }
        }
        add_lanes(&mut self.products, &sum);
        add_lanes(&mut self.negative, &negative);
    }
}

/// Adds the sums over the lanes of the columns.
#[target_feature(enable = "avx512ifma,avx512vl")]
fn add_lanes(total: &mut [u64; 6], sum: &Columns<Scalars>) {
    for (k, column) in sum.limbs().into_iter().enumerate().take(7) {
        add_at(total, 52 * k, _mm512_reduce_add_epi64(column).cast_unsigned());
    }
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
