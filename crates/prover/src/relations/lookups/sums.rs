//! Suffix sums: Q_s\[b\] = Σ u(t)·suffix_s(low bits of t) over the steps t of a class whose bits of the
//! phase are b.

use super::automaton::Term;
use super::phases::{PHASE_BITS, Phase};
use crate::kernels::fr::{self, wide::Narrow};
use crate::relations::histogram::Digits;
use zkvm_algebra::{AdditiveGroup, Fr};

/// Values of the bits of a phase.
pub const BUCKETS: usize = 1 << PHASE_BITS;
/// Steps that go through each loop together.
const BLOCK: usize = 1 << 10;

/// Steps of a class: their indices and their weights u(t).
pub struct Piece<'a> {
    /// Number of the class.
    pub class: usize,
    /// The lookup indices.
    pub index: &'a [u64],
    /// u(t) = eq(r1, t)·eq(bound challenges, high bits of the index).
    pub weights: &'a mut [Fr],
}

/// Q of a class, where it is not a multiple of the first sum.
pub struct Sums {
    /// Σ u(t).
    pub plain: Vec<Fr>,
    /// One for each state asked for.
    pub varying: Vec<Vec<Fr>>,
}

impl Piece<'_> {
    /// The sums of `phase`. `bound` is the eq table of the challenges of the phase before, by which
    /// the weights are multiplied first.
    pub fn sums(&mut self, phase: Phase, bound: Option<&[Fr]>, states: &[(Term, usize)]) -> Sums {
        let mut plain = vec![Digits::default(); BUCKETS];
        let mut varying = vec![vec![Narrow::default(); 2 * BUCKETS]; states.len()];
        let (mut bits, mut factors) = ([0u16; BLOCK], [Fr::ZERO; BLOCK]);
        for (index, weights) in self.index.chunks(BLOCK).zip(self.weights.chunks_mut(BLOCK)) {
            if let Some(table) = bound {
                let factors = &mut factors[..index.len()];
                factors.iter_mut().zip(index).for_each(|(f, index)| *f = table[phase.bits_before(*index)]);
                fr::mul_assign(weights, factors);
            }
            for ((bits, index), weight) in bits.iter_mut().zip(index).zip(&*weights) {
                *bits = phase.bits(*index) as u16;
                plain[usize::from(*bits)].add(weight);
            }
            for ((term, state), sums) in states.iter().zip(&mut varying) {
                for ((index, bits), weight) in index.iter().zip(&bits).zip(&*weights) {
                    let (magnitude, negative) = term.suffix(*state, phase.low(*index), phase.low_bits);
                    sums[2 * usize::from(*bits) + usize::from(negative)].add_product(weight, magnitude);
                }
            }
        }
        Sums {
            plain: plain.iter().map(Digits::reduce).collect(),
            varying: varying.iter().map(|sums| sums.chunks_exact(2).map(difference).collect()).collect(),
        }
    }
}

/// Positive less negative part.
fn difference(sums: &[Narrow]) -> Fr {
    let [positive, negative] = [0, 1].map(|sign| sums[sign]);
    positive.reduce() - negative.reduce()
}
