//! Weights of symbols, summed over the places of a symbol and over the columns.

use super::symbols::{Alphabet, BLOCK, Symbol, Symbols, Table, with_table};
use crate::kernels::fr::{self, Digits};
use crate::relations::split_eq::SplitEq;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::relation::powers;

/// Pairs of places that are counted together for all columns.
const CHUNK: usize = BLOCK / 2;

/// For even and for odd places j: Σ_i γ^i·Σ_j eq(point above the lowest coordinate, j/2) over the
/// places at which column i has a given symbol.
pub fn count(symbols: &Symbols, alphabet: &Alphabet, point: &[Fr], gamma: Fr) -> [Vec<Fr>; 2] {
    let above = point.split_last().map_or(&[][..], |(_, above)| above);
    let blocks = rayon::current_num_threads().next_power_of_two().ilog2() as usize;
    let eq = SplitEq::new(above, Fr::ONE, above.len() - blocks.min(above.len()));
    let empty = || [vec![Fr::ZERO; alphabet.len()], vec![Fr::ZERO; alphabet.len()]];
    let block = |(block, high): (usize, &Fr)| {
        let first = 2 * block * eq.low.len();
        let buckets = with_table!(symbols, |table| count_block(table, alphabet, first, &eq.low));
        let mut counts = empty();
        for (buckets, weight) in buckets.iter().zip(powers(gamma)) {
            for (parity, counts) in counts.iter_mut().enumerate() {
                let of_parity = buckets.iter().skip(parity).step_by(2);
                counts.iter_mut().zip(of_parity).for_each(|(count, digits)| *count += weight * digits.reduce());
            }
        }
        counts.iter_mut().for_each(|counts| fr::scale(counts, *high));
        counts
    };
    let add = |mut a: [Vec<Fr>; 2], b: [Vec<Fr>; 2]| {
        a.iter_mut().flatten().zip(b.iter().flatten()).for_each(|(a, b)| *a += b);
        a
    };
    eq.high.par_iter().enumerate().map(block).reduce(empty, add)
}

/// For each column, the sum of `weights` by symbol and parity of the place, two places per weight.
fn count_block<S: Symbol>(table: &Table<S>, alphabet: &Alphabet, first: usize, weights: &[Fr]) -> Vec<Vec<Digits>> {
    let mut buckets = vec![vec![Digits::default(); 2 * alphabet.len()]; table.columns];
    let mut digits = vec![Digits::default(); CHUNK.min(weights.len())];
    for (chunk, weights) in weights.chunks(CHUNK).enumerate() {
        digits.fill(Digits::default());
        digits.iter_mut().zip(weights).for_each(|(digits, weight)| digits.add(weight));
        let start = first + 2 * CHUNK * chunk;
        for (column, buckets) in buckets.iter_mut().enumerate() {
            let (pairs, _) = table.read(column, start..start + 2 * weights.len()).as_chunks::<2>();
            for ([even, odd], digits) in pairs.iter().zip(&digits) {
                buckets[2 * even.index()].append(digits);
                buckets[2 * odd.index() + 1].append(digits);
            }
        }
    }
    buckets
}

/// The counts at even and odd places together, weighted with the lowest coordinate above the
/// symbols of `r2`.
pub fn both(counts: &[Vec<Fr>; 2], alphabet: &Alphabet, r2: &[Fr]) -> Vec<Fr> {
    let r = r2[r2.len() - alphabet.log_steps - 1];
    let [even, odd] = counts;
    even.iter().zip(odd).map(|(even, odd)| *even + r * (*odd - even)).collect()
}

/// F(k) = Σ_i γ^i·Σ_t eq(r2, t)·\[address_i(t) = k\].
pub fn by_address(counts: &[Vec<Fr>; 2], alphabet: &Alphabet, r2: &[Fr]) -> Vec<Fr> {
    let weights = fr::eq_table(&r2[r2.len() - alphabet.log_steps..]);
    let mut addresses = vec![Fr::ZERO; alphabet.digits];
    for (symbol, count) in both(counts, alphabet, r2).iter().enumerate() {
        for (digit, weight) in alphabet.split(symbol).into_iter().zip(&weights) {
            addresses[digit] += *count * weight;
        }
    }
    // The last digit is "none".
    addresses.pop();
    addresses
}
