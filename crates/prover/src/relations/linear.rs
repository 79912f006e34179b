//! Sum-checks that are linear in small integer columns, by two passes over the steps.
//!
//! The sum is Σ_t Σ_k high_k(h)·low_k(l)·v_k(t), where t = (h, l) and each v_k is a combination of
//! integer columns. While the low variables are bound, only U_k(l) = Σ_h high_k(h)·v_k(h, l) matters:
//! the sum is Σ_k Σ_l low_k(l)·U_k(l). Once they are bound, at ρ, it is Σ_h Σ_j W_j(h)·c_j(h), with the
//! columns c_j(h) = Σ_l eq(ρ,l)·c_j(h, l) and their weights from all k. Both U and the c_j are sums of
//! field elements times small integers with one reduction each, and nothing of the size of the
//! trace is stored. (The prefix-suffix sum-check of eprint 2025/611, with one cut.)

use crate::kernels::fr::{self, Integers};
use ark_ff::{One, Zero};
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{Fr, Univariate};

/// Most high variables: few enough for the second pass to have long rows.
const HIGH_BITS: usize = 9;
/// High values whose rows are combined together.
const ROWS: usize = 16;
/// Steps of a row that are read together: the integers of all rows stay in cache.
const CHUNK: usize = 1 << 8;

/// How 2^`log_t` steps are cut: the number of high variables.
pub fn high_bits(log_t: usize) -> usize {
    HIGH_BITS.min(log_t / 2)
}

/// high(h)·low(l) multiplies Σ_j weights\[j\]·column_j(h, l).
pub struct Factor<const N: usize> {
    /// Over the high variables, 2^[`high_bits`] values.
    pub high: Vec<Fr>,
    /// Over the low variables.
    pub low: Vec<Fr>,
    /// Weights of the columns.
    pub weights: [Fr; N],
}

/// `N` columns of small integers.
pub trait Columns<const N: usize>: Send + Sync {
    /// Their values at step `t`.
    fn at(&self, t: usize) -> [i64; N];
}

/// The sum-check of Σ_k factor_k.
pub struct Linear<const N: usize, C> {
    columns: C,
    factors: Vec<Factor<N>>,
    /// Challenges of the low variables, in round order.
    challenges: Vec<Fr>,
    /// Products whose sum is proven: (low_k, U_k), then (W_j, c_j).
    products: Vec<[Vec<Fr>; 2]>,
    low_bits: usize,
}

impl<const N: usize, C: Columns<N>> Linear<N, C> {
    /// The sum-check before its first round. All factors have tables of the same sizes.
    pub fn new(factors: Vec<Factor<N>>, columns: C) -> Self {
        let low_bits = factors.first().map_or(0, |factor| factor.low.len().ilog2() as usize);
        let mut kernel = Linear { columns, factors, challenges: Vec::new(), products: Vec::new(), low_bits };
        kernel.products = kernel.fold_high();
        kernel.cross();
        kernel
    }

    /// (low_k, U_k) for each factor.
    fn fold_high(&self) -> Vec<[Vec<Fr>; 2]> {
        let (count, size) = (self.factors.len(), 1 << self.low_bits);
        let highs = self.factors.first().map_or(0, |factor| factor.high.len());
        let empty = || vec![Fr::zero(); count * size];
        let sums = (0..highs.div_ceil(ROWS))
            .into_par_iter()
            .fold(empty, |mut sums, group| {
                self.add_rows(group * ROWS..highs.min((group + 1) * ROWS), &mut sums);
                sums
            })
            .reduce(empty, |mut a, b| {
                a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
                a
            });
        let folded = self.factors.iter().zip(sums.chunks_exact(size));
        folded.map(|(factor, sums)| [factor.low.clone(), sums.to_vec()]).collect()
    }

    /// Adds Σ_h high_k(h)·v_k(h, ·) over `highs` to the sums of each factor k.
    fn add_rows(&self, highs: Range<usize>, sums: &mut [Fr]) {
        let size = 1 << self.low_bits;
        let width = CHUNK.min(size);
        let mut values = vec![0i64; highs.len() * N * width];
        let mut part = vec![Fr::zero(); width];
        for first in (0..size).step_by(width) {
            for (h, values) in highs.clone().zip(values.chunks_exact_mut(N * width)) {
                for l in 0..width {
                    let step = self.columns.at(h * size + first + l);
                    step.into_iter().enumerate().for_each(|(j, value)| values[j * width + l] = value);
                }
            }
            for (factor, sums) in self.factors.iter().zip(sums.chunks_exact_mut(size)) {
                let weights = highs.clone().flat_map(|h| factor.weights.map(|weight| weight * factor.high[h]));
                let columns = values.chunks_exact(width).map(Integers::Signed);
                let terms: Vec<(Fr, Integers)> = weights.zip(columns).filter(|(weight, _)| !weight.is_zero()).collect();
                fr::combine(Fr::zero(), &terms, &mut part);
                sums[first..first + width].iter_mut().zip(&part).for_each(|(sum, part)| *sum += part);
            }
        }
    }

    /// Passes on to the high variables once the low ones are bound.
    fn cross(&mut self) {
        if self.challenges.len() == self.low_bits && !self.factors.is_empty() {
            let columns = self.fold_low();
            let lows: Vec<Fr> = self.products.iter().map(|[low, _]| low[0]).collect();
            let factors = std::mem::take(&mut self.factors);
            let weights = |j: usize| {
                let mut sum = vec![Fr::zero(); factors[0].high.len()];
                for (factor, low) in factors.iter().zip(&lows) {
                    fr::add_scaled(&mut sum, *low * factor.weights[j], &factor.high);
                }
                sum
            };
            self.products = columns.into_iter().enumerate().map(|(j, column)| [weights(j), column]).collect();
        }
    }

    /// Every column with the low variables bound.
    fn fold_low(&self) -> [Vec<Fr>; N] {
        let point: Vec<Fr> = self.challenges.iter().rev().copied().collect();
        let eq = fr::eq_table(&point);
        let highs = self.factors[0].high.len();
        let at = |h: usize| -> [Fr; N] {
            let mut sums = [Fr::zero(); N];
            let mut values = [[0i64; CHUNK]; N];
            for (start, eq) in (h * eq.len()..).step_by(CHUNK).zip(eq.chunks(CHUNK)) {
                for i in 0..eq.len() {
                    let step = self.columns.at(start + i);
                    values.iter_mut().zip(step).for_each(|(values, value)| values[i] = value);
                }
                let columns = values.each_ref().map(|values| Integers::Signed(&values[..eq.len()]));
                fr::weighted_sums(eq, &columns, &mut sums);
            }
            sums
        };
        let rows: Vec<[Fr; N]> = (0..highs).into_par_iter().map(at).collect();
        std::array::from_fn(|j| rows.iter().map(|row| row[j]).collect())
    }

    /// The columns at the final point.
    pub fn values(&self) -> [Fr; N] {
        std::array::from_fn(|j| self.products[j][1][0])
    }

    /// The round polynomial.
    pub fn round(&self, claim: Fr) -> Univariate {
        product_round(&self.products, claim, |table| table.chunks_exact(2).map(|pair| (pair[0], pair[1])))
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        self.products.iter_mut().flatten().for_each(|table| fr::bind_low(table, challenge));
        if !self.factors.is_empty() {
            self.challenges.push(challenge);
            self.cross();
        }
    }
}

/// The round polynomial, with g(0) + g(1) = `claim`, of a sum of products of two tables. `pairs`
/// gives the values that merge when the round's variable is bound.
pub fn product_round<'a, I: Iterator<Item = (Fr, Fr)>>(
    products: &'a [[Vec<Fr>; 2]],
    claim: Fr,
    pairs: impl Fn(&'a [Fr]) -> I,
) -> Univariate {
    let (mut at_zero, mut leading) = (Fr::zero(), Fr::zero());
    for [a, b] in products {
        for ((a0, a1), (b0, b1)) in pairs(a).zip(pairs(b)) {
            at_zero += a0 * b0;
            leading += (a1 - a0) * (b1 - b0);
        }
    }
    Univariate::decompress(&[at_zero, leading], claim)
}

/// The table of eq⁺¹(point, y) over all y: that of eq one place later, as y = x + 1.
pub fn successor_table(point: &[Fr]) -> Vec<Fr> {
    let mut table = fr::eq_table(point);
    table.rotate_right(1);
    table[0] = Fr::zero();
    table
}

/// The table of \[y = 0\]·Π point: the carry out of the coordinates.
pub fn carry_table(point: &[Fr]) -> Vec<Fr> {
    let mut table = vec![Fr::zero(); 1 << point.len()];
    table[0] = point.iter().fold(Fr::one(), |product, r| product * r);
    table
}
