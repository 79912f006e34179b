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
use zkvm_algebra::{Fr, Univariate};

/// Most high variables: the columns over them, for [`STRIP`] low values, stay in cache.
const HIGH_BITS: usize = 9;
/// Low values that are summed together: their integers share cache lines.
const STRIP: usize = 16;
/// Steps that are summed together in the second pass.
const CHUNK: usize = 1 << 9;

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
        let size = 1 << self.low_bits;
        let strips: Vec<Vec<[Fr; STRIP]>> =
            (0..size).into_par_iter().step_by(STRIP).map(|first| self.strip(first)).collect();
        let folded = |k: usize| {
            let mut sums: Vec<Fr> = strips.iter().flat_map(|strip| strip[k]).collect();
            sums.truncate(size);
            sums
        };
        self.factors.iter().enumerate().map(|(k, factor)| [factor.low.clone(), folded(k)]).collect()
    }

    /// For each factor, U_k at the low values from `first` on.
    fn strip(&self, first: usize) -> Vec<[Fr; STRIP]> {
        let size = 1 << self.low_bits;
        let highs = self.factors.first().map_or(0, |factor| factor.high.len());
        let width = STRIP.min(size);
        // Columns whose distance is a power of two would lie in the same few lines of the cache.
        let stride = highs + 8;
        let mut values = vec![0i64; N * width * stride];
        for h in 0..highs {
            for l in 0..width {
                for (j, value) in self.columns.at(h * size + first + l).into_iter().enumerate() {
                    values[(j * width + l) * stride + h] = value;
                }
            }
        }
        let column = |j: usize, l: usize| Integers::Signed(&values[(j * width + l) * stride..][..highs]);
        let sums = |factor: &Factor<N>| {
            let used = || (0..N).filter(|j| !factor.weights[*j].is_zero());
            let columns: Vec<Integers> = used().flat_map(|j| (0..width).map(move |l| (j, l))).map(|(j, l)| column(j, l)).collect();
            let mut sums = vec![Fr::zero(); columns.len()];
            fr::weighted_sums(&factor.high, &columns, &mut sums);
            let mut total = [Fr::zero(); STRIP];
            for (j, sums) in used().zip(sums.chunks_exact(width)) {
                total.iter_mut().zip(sums).for_each(|(total, sum)| *total += factor.weights[j] * sum);
            }
            total
        };
        self.factors.iter().map(sums).collect()
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
