//! Suffix sums: Q_s\[b\] = Σ u(t)·suffix_s(low bits of t) over the steps t of a class whose bits of the
//! phase are b.

use super::automaton::{SUFFIXES, Term};
use super::phases::{BUCKETS, Phase};
use crate::kernels::fr::{self, DigitProducts, Digits};
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_isa::table::Index;

/// Steps that go through each loop together.
const BLOCK: usize = SUFFIXES;

/// Steps of a class: the words of their indices and their weights u(t).
pub struct Piece<'a> {
    /// Number of the class.
    pub class: usize,
    /// Its kind of index.
    pub kind: Index,
    /// The words of the lookup indices, the first one in the high half.
    pub words: &'a [u64],
    /// u(t) = eq(r1, t)·eq(bound challenges, high bits of the index).
    pub weights: &'a mut [Fr],
}

/// Q of a class for each bucket of the phase, where it is not a multiple of the first sum.
pub struct Sums {
    /// Σ u(t).
    pub plain: Vec<Fr>,
    /// One for each state asked for.
    pub varying: Vec<Vec<Fr>>,
}

/// Sums of weights times suffixes, in the order low words, high words of the absolute values; first
/// of those that are not below zero. Empty as long as there are none.
#[derive(Default)]
struct Signed([[Vec<DigitProducts>; 2]; 2]);

impl Piece<'_> {
    /// The sums of `phase`. `bound` has for each bucket of the phase before the factor by which its
    /// weights are multiplied first.
    pub fn sums(&mut self, phase: Phase, bound: Option<&[Fr]>, states: &[(Term, usize)]) -> Sums {
        let mut plain = vec![Digits::default(); BUCKETS];
        let mut varying: Vec<Signed> = states.iter().map(|_| Signed::default()).collect();
        let (mut buckets, mut low) = ([0u32; BLOCK], [(0, 0); BLOCK]);
        for (words, weights) in self.words.chunks(BLOCK).zip(self.weights.chunks_mut(BLOCK)) {
            let (buckets, low) = (&mut buckets[..words.len()], &mut low[..words.len()]);
            if let Some((before, table)) = phase.before().zip(bound) {
                scale(self.kind, before, words, table, weights);
            }
            for ((bucket, low), words) in buckets.iter_mut().zip(&mut *low).zip(words) {
                *bucket = phase.bucket(self.kind, *words) as u32;
                *low = phase.low(self.kind, *words);
            }
            fr::add_by_key(&mut plain, buckets, weights);
            for ((term, state), sums) in states.iter().zip(&mut varying) {
                sums.add(*term, *state, phase.low_bits, low, buckets, weights);
            }
        }
        Sums {
            plain: plain.iter().map(Digits::reduce).collect(),
            varying: varying.iter().map(Signed::reduce).collect(),
        }
    }
}

/// Multiplies the weights by the entries of `table` for their buckets.
fn scale(kind: Index, phase: Phase, words: &[u64], table: &[Fr], weights: &mut [Fr]) {
    let mut factors = [Fr::ZERO; BLOCK];
    let factors = &mut factors[..words.len()];
    factors.iter_mut().zip(words).for_each(|(factor, words)| *factor = table[phase.bucket(kind, *words)]);
    fr::mul_assign(weights, factors);
}

impl Signed {
    fn add(&mut self, term: Term, state: usize, bits: usize, low: &[(u32, u32)], buckets: &[u32], weights: &[Fr]) {
        let mut suffixes = [0; BLOCK];
        let suffixes = &mut suffixes[..low.len()];
        let Some(negative) = term.suffixes(state, bits, low, suffixes) else {
            return add_words(&mut self.0[0], suffixes, buckets, weights);
        };
        for (sign, sums) in [false, true].into_iter().zip(&mut self.0) {
            let mut own = [0; BLOCK];
            let chosen = suffixes.iter().zip(&negative).map(|(s, negative)| if *negative == sign { *s } else { 0 });
            own.iter_mut().zip(chosen).for_each(|(own, suffix)| *own = suffix);
            add_words(sums, &own[..low.len()], buckets, weights);
        }
    }

    fn reduce(&self) -> Vec<Fr> {
        let word = Fr::from(1u64 << 32);
        let mut sums = vec![Fr::ZERO; BUCKETS];
        for (signed, sign) in self.0.iter().zip([Fr::ONE, -Fr::ONE]) {
            for (products, scale) in signed.iter().zip([sign, sign * word]) {
                for (sum, product) in sums.iter_mut().zip(products).filter(|(_, product)| !product.is_zero()) {
                    *sum += scale * product.reduce();
                }
            }
        }
        sums
    }
}

/// Adds the weights times the low and the high words of integers.
fn add_words(sums: &mut [Vec<DigitProducts>; 2], integers: &[u64], buckets: &[u32], weights: &[Fr]) {
    let mut words = [0; BLOCK];
    let words = &mut words[..integers.len()];
    for (shift, sums) in [0, 32].into_iter().zip(sums) {
        if integers.iter().all(|integer| integer >> shift == 0) {
            return;
        }
        words.iter_mut().zip(integers).for_each(|(word, integer)| *word = (integer >> shift) as u32);
        sums.resize(BUCKETS, DigitProducts::default());
        fr::add_products_by_key(sums, buckets, weights, words);
    }
}
