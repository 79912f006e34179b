//! The folded row u = Σ_i Σ_row w_{i,row}·M_i\[row\], in one pass over the columns.
//!
//! Most entries are ones, so most of the work is adding weights. They are added as integers of 320
//! bits, without reduction; each entry of u is reduced once.

use super::column::{Addresses, Column, Values};
use ark_ff::{BigInt, PrimeField};
use rayon::prelude::*;
use zkvm_algebra::Fr;
use zkvm_pcs::Shape;

/// Positions of u that one task sums: their wide integers stay in the second-level cache.
const BLOCK: usize = 4096;

/// An integer below 2^320. Rows number at most 2^24 and weighted values stay below 2^(254+40), so
/// sums fit.
type Wide = [u64; 5];

/// `weights` are those of all rows, column after column.
pub fn folded_row(shape: &Shape, columns: &[Column<'_>], weights: &[Fr]) -> Vec<Fr> {
    let mut u = vec![Fr::from(0u64); shape.row_length()];
    let log_k = shape.log_k();
    let row_cycles = shape.row_length() >> log_k;
    let block = BLOCK.max(1 << log_k);
    u.par_chunks_mut(block).enumerate().for_each(|(i, u)| {
        let first = (i * block) >> log_k;
        let cycles = u.len() >> log_k;
        let mut sums: Vec<Wide> = vec![[0; 5]; u.len()];
        for (column, weights) in columns.iter().zip(weights.chunks(shape.rows_per_column())) {
            for (row, weight) in weights.iter().enumerate() {
                let start = row * row_cycles + first;
                match column {
                    Column::OneHot(addresses) => add_one_hot(&mut sums, addresses.part(start, cycles), log_k, weight),
                    Column::Dense(packed) => {
                        for (k, values) in packed.iter().enumerate() {
                            add_dense(&mut sums, values.part(start, cycles), log_k, k, weight);
                        }
                    }
                }
            }
        }
        for (u, sum) in u.iter_mut().zip(&sums) {
            *u = reduce(sum);
        }
    });
    u
}

fn add_one_hot(sums: &mut [Wide], cycles: Addresses<'_>, log_k: u32, weight: &Fr) {
    let weight = weight.0.0;
    for (cycle, sums) in sums.chunks_exact_mut(1 << log_k).enumerate() {
        if let Some(address) = cycles.get(cycle) {
            let [a, b, c, d] = weight;
            add(&mut sums[address], [a, b, c, d, 0]);
        }
    }
}

fn add_dense(sums: &mut [Wide], values: Values<'_>, log_k: u32, k: usize, weight: &Fr) {
    let (plus, minus) = (weight.0.0, (-*weight).0.0);
    for (cycle, sums) in sums.chunks_exact_mut(1 << log_k).enumerate() {
        let value = values.get(cycle);
        if value != 0 {
            let weight = if value < 0 { &minus } else { &plus };
            add(&mut sums[k], product(weight, value.unsigned_abs()));
        }
    }
}

#[inline(always)]
fn add(sum: &mut Wide, term: Wide) {
    let mut carry = false;
    for (sum, term) in sum.iter_mut().zip(term) {
        let (partial, first) = sum.overflowing_add(term);
        let (limb, second) = partial.overflowing_add(u64::from(carry));
        *sum = limb;
        carry = first | second;
    }
}

#[inline(always)]
fn product(weight: &[u64; 4], factor: u64) -> Wide {
    let mut product = [0; 5];
    let mut carry = 0;
    for (limb, weight) in product.iter_mut().zip(weight) {
        let wide = u128::from(*weight) * u128::from(factor) + u128::from(carry);
        (*limb, carry) = (wide as u64, (wide >> 64) as u64);
    }
    product[4] = carry;
    product
}

/// The element whose Montgomery form, unreduced, is `sum`.
fn reduce(sum: &Wide) -> Fr {
    let [a, b, c, d, high] = *sum;
    let mut low = BigInt([a, b, c, d]);
    // 2^256 is below 6p.
    while low >= Fr::MODULUS {
        ark_ff::BigInteger::sub_with_borrow(&mut low, &Fr::MODULUS);
    }
    // The Montgomery form of `high` is high·2^256 modulo p.
    Fr::new_unchecked(low) + Fr::from(high)
}
