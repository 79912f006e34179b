//! Suffix sums: Q_s\[b\] = Σ u(t)·suffix_s(low bits of t) over the steps t of a class whose bits of the
//! phase are b.

use super::automaton::{SUFFIXES, Term};
use super::phases::{BUCKETS, Phase};
use crate::kernels::fr::{self, Digits, wide::Narrow};
use zkvm_algebra::{AdditiveGroup, Fr};
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

/// Sums of weights times suffixes, those below zero apart.
struct Signed {
    positive: Vec<Narrow>,
    /// Empty as long as there are none.
    negative: Vec<Narrow>,
}

impl Piece<'_> {
    /// The sums of `phase`. `bound` has for each bucket of the phase before the factor by which its
    /// weights are multiplied first.
    pub fn sums(&mut self, phase: Phase, bound: Option<&[Fr]>, states: &[(Term, usize)]) -> Sums {
        let mut plain = vec![Digits::default(); BUCKETS];
        let mut varying: Vec<Signed> = states.iter().map(|_| Signed::new()).collect();
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
    fn new() -> Self {
        Signed { positive: vec![Narrow::default(); BUCKETS], negative: Vec::new() }
    }

    fn add(&mut self, term: Term, state: usize, bits: usize, low: &[(u32, u32)], buckets: &[u32], weights: &[Fr]) {
        let mut suffixes = [0; BLOCK];
        let suffixes = &mut suffixes[..low.len()];
        let negative = term.suffixes(state, bits, low, suffixes);
        let steps = suffixes.iter().zip(buckets).zip(weights);
        match negative {
            None => {
                for ((suffix, bucket), weight) in steps {
                    self.positive[*bucket as usize].add_product(weight, *suffix);
                }
            }
            Some(negative) => {
                self.negative.resize(BUCKETS, Narrow::default());
                for (((suffix, bucket), weight), negative) in steps.zip(negative) {
                    let sums = if negative { &mut self.negative } else { &mut self.positive };
                    sums[*bucket as usize].add_product(weight, *suffix);
                }
            }
        }
    }

    fn reduce(&self) -> Vec<Fr> {
        let mut sums: Vec<Fr> = self.positive.iter().map(reduce).collect();
        sums.iter_mut().zip(&self.negative).for_each(|(sum, negative)| *sum -= reduce(negative));
        sums
    }
}

/// Many buckets of a small class are empty.
fn reduce(sum: &Narrow) -> Fr {
    if sum.0 == [0; 6] { Fr::ZERO } else { sum.reduce() }
}
