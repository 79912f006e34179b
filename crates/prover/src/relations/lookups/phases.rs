//! The index rounds of the instruction lookups: a prefix-suffix sum-check (eprint 2025/611, appendix).
//!
//! V is a sum of linear automata, so V(high ‖ low) = Σ_s P_s(high)·Q_s(low) over their states. The
//! 64 rounds are cut into phases. At the start of a phase one pass over the steps folds everything
//! that depends on the bits below the phase into sums Q_s\[b\], one for each value b of the bits of the
//! phase; with P_s\[b\] from the challenges so far, the rounds of the phase are a sum-check of
//! Σ_b Σ_s Q_s\[b\]·P_s\[b\], whose size does not depend on the number of steps.

use super::automaton::Term;
use super::classes::{Class, Classes};
use super::sums::{Piece, Sums};
use crate::kernels::fr;
use crate::relations::products::index_sum::IndexSum;
use crate::relations::split_eq::SplitEq;
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_isa::table::{Index, interleave};
use zkvm_protocol::shape::INDEX_BITS;

/// Index bits of a phase; even and a divisor of [`INDEX_BITS`].
pub const PHASE_BITS: usize = 8;
/// Fewest steps of a piece of work.
const MIN_PIECE: usize = 1 << 12;

/// Values of the bits of a phase, each with a bucket.
pub const BUCKETS: usize = 1 << PHASE_BITS;

/// Where a phase stands in the index.
///
/// An index is at hand as its two words, one above the other: the index itself if it is linear, x and
/// y if it is interleaved. The bucket of an interleaved index has the bits of x above those of y.
#[derive(Clone, Copy)]
pub struct Phase {
    /// Index bits below those of the phase.
    pub low_bits: usize,
}

impl Phase {
    /// The bucket of an index.
    #[inline(always)]
    pub fn bucket(self, kind: Index, words: u64) -> usize {
        match kind {
            Index::Linear => (words >> self.low_bits) as usize & (BUCKETS - 1),
            Index::Interleaved => {
                let half = |word: u64| (word >> (self.low_bits / 2)) as usize & ((1 << (PHASE_BITS / 2)) - 1);
                half(words >> 32) << (PHASE_BITS / 2) | half(words)
            }
        }
    }

    /// The words of the bits below the phase.
    #[inline(always)]
    pub fn low(self, kind: Index, words: u64) -> (u32, u32) {
        let low = match kind {
            Index::Linear => words & ((1 << self.low_bits) - 1),
            Index::Interleaved => words & (((1 << (self.low_bits / 2)) - 1) * 0x1_0000_0001),
        };
        ((low >> 32) as u32, low as u32)
    }

    /// The phase before, if there is one.
    pub fn before(self) -> Option<Phase> {
        let low_bits = self.low_bits + PHASE_BITS;
        (low_bits < INDEX_BITS).then_some(Phase { low_bits })
    }

    /// Number of the first bit pair of the phase.
    fn first_pair(self) -> usize {
        (self.low_bits + PHASE_BITS) / 2 - 1
    }
}

/// The bits of the phase, as they stand in the index, that a bucket holds.
fn bits_of_bucket(kind: Index, bucket: usize) -> usize {
    match kind {
        Index::Linear => bucket,
        Index::Interleaved => {
            let half = PHASE_BITS / 2;
            interleave((bucket >> half) as u32, (bucket & ((1 << half) - 1)) as u32) as usize
        }
    }
}

/// The index rounds.
pub struct Phases {
    classes: Classes,
    /// The words of the lookup indices, sorted by class.
    words: Vec<u64>,
    /// u(t) of the steps in the same order.
    weights: Vec<Fr>,
    /// All challenges.
    challenges: Vec<Fr>,
    /// The sum over the current phase; none before its first round.
    sum: Option<IndexSum>,
}

impl Phases {
    /// The rounds for claims at cycle point `r1`.
    pub fn new(witness: &Witness, r1: &[Fr], gamma: Fr) -> Self {
        let mut classes = Classes::new(witness.statement.program.rows(), gamma);
        let order = classes.sort(witness);
        let mut words: Vec<u64> = order.par_iter().map(|t| witness.index[*t as usize]).collect();
        for class in classes.classes.iter().filter(|class| class.kind == Index::Interleaved) {
            words[class.steps.clone()].par_iter_mut().for_each(|words| {
                let (x, y) = Index::Interleaved.split(*words);
                *words = Index::Linear.join(x, y);
            });
        }
        Phases { classes, words, weights: weights(&order, r1), challenges: Vec::new(), sum: None }
    }

    /// The next round polynomial.
    pub fn round(&mut self, claim: Fr) -> Univariate {
        if self.sum.is_none() {
            self.sum = Some(self.start_phase());
        }
        self.sum.as_ref().map(|sum| sum.round(claim)).unwrap_or_default()
    }

    /// Binds the round's variable.
    pub fn bind(&mut self, challenge: Fr) {
        self.challenges.push(challenge);
        if let Some(sum) = &mut self.sum {
            sum.bind(challenge);
        }
        if self.challenges.len().is_multiple_of(PHASE_BITS) {
            self.sum = None;
            let phase = Phase { low_bits: INDEX_BITS - self.challenges.len() };
            let own = &self.challenges[self.challenges.len() - PHASE_BITS..];
            let first = phase.first_pair();
            self.classes.automata.iter_mut().for_each(|automaton| automaton.bind(first, own));
        }
    }

    /// All challenges so far.
    pub fn challenges(&self) -> &[Fr] {
        &self.challenges
    }

    /// V on the rows of each class, once all rounds are done.
    pub fn values(&self) -> Vec<Fr> {
        let value = |class: &Class| class.terms.iter().map(|term| self.classes.automata[*term].value()).sum();
        self.classes.classes.iter().map(value).collect()
    }

    /// The class of every bytecode row.
    pub fn class_of_row(&self) -> &[u8] {
        &self.classes.of_row
    }

    fn start_phase(&mut self) -> IndexSum {
        let phase = Phase { low_bits: INDEX_BITS - PHASE_BITS - self.challenges.len() };
        let bound = |kind| self.bound(kind);
        let bound = [bound(Index::Linear), bound(Index::Interleaved)];
        let varying: Vec<Vec<(usize, usize)>> =
            self.classes.classes.iter().map(|class| self.varying(class, phase)).collect();
        let states: Vec<Vec<(Term, usize)>> = varying
            .iter()
            .map(|states| states.iter().map(|(term, state)| (self.classes.automata[*term].term, *state)).collect())
            .collect();
        let pieces = pieces(&self.classes.classes, &self.words, &mut self.weights);
        let sums: Vec<(usize, Sums)> = pieces
            .into_par_iter()
            .map(|mut piece| {
                let bound = &bound[usize::from(piece.kind == Index::Interleaved)];
                (piece.class, piece.sums(phase, bound.as_deref(), &states[piece.class]))
            })
            .collect();
        IndexSum::new(self.suffixes(phase, &varying, sums), self.prefixes(phase))
    }

    /// eq of the last phase's challenges and the bits of each bucket, once there is one.
    fn bound(&self, kind: Index) -> Option<Vec<Fr>> {
        let table = fr::eq_table(&self.challenges[self.challenges.len().checked_sub(PHASE_BITS)?..]);
        Some((0..BUCKETS).map(|bucket| table[bits_of_bucket(kind, bucket)]).collect())
    }

    /// The states (automaton, state) of a class whose suffix depends on the bits below the phase.
    fn varying(&self, class: &Class, phase: Phase) -> Vec<(usize, usize)> {
        let states = class.terms.iter().flat_map(|term| {
            let automaton = &self.classes.automata[*term];
            let varies = |state: &usize| automaton.constant(*state, phase.low_bits / 2).is_none();
            (0..automaton.states).filter(varies).map(|state| (*term, state))
        });
        states.collect()
    }

    /// First column of each automaton, and the number of columns.
    fn columns(&self) -> (Vec<usize>, usize) {
        let mut count = 0;
        let mut offset = |states| {
            count += states;
            count - states
        };
        let offsets = self.classes.automata.iter().map(|automaton| offset(automaton.states)).collect();
        (offsets, count)
    }

    /// Entry (b, s): Q_s\[b\] over all classes.
    fn suffixes(&self, phase: Phase, varying: &[Vec<(usize, usize)>], sums: Vec<(usize, Sums)>) -> Vec<Fr> {
        let (offsets, count) = self.columns();
        let mut table = vec![Fr::ZERO; BUCKETS * count];
        for (class, sums) in sums {
            let kind = self.classes.classes[class].kind;
            let mut add = |column: usize, values: &[Fr], factor: Option<Fr>| {
                for (bucket, value) in values.iter().enumerate() {
                    let slot = &mut table[bits_of_bucket(kind, bucket) * count + column];
                    *slot += factor.map_or(*value, |factor| factor * value);
                }
            };
            for ((term, state), values) in varying[class].iter().zip(&sums.varying) {
                add(offsets[*term] + state, values, None);
            }
            for term in &self.classes.classes[class].terms {
                let automaton = &self.classes.automata[*term];
                for state in 0..automaton.states {
                    match automaton.constant(state, phase.low_bits / 2) {
                        None | Some((0, _)) => {}
                        Some((1, false)) => add(offsets[*term] + state, &sums.plain, None),
                        Some((magnitude, negative)) => {
                            let value = Fr::from(magnitude);
                            let value = if negative { -value } else { value };
                            add(offsets[*term] + state, &sums.plain, Some(value));
                        }
                    }
                }
            }
        }
        table
    }

    /// Entry (b, s): P_s\[b\].
    fn prefixes(&self, phase: Phase) -> Vec<Fr> {
        let (offsets, count) = self.columns();
        let mut table = vec![Fr::ZERO; BUCKETS * count];
        let prefixes: Vec<_> = self
            .classes
            .automata
            .par_iter()
            .map(|automaton| automaton.prefixes(phase.first_pair(), PHASE_BITS / 2))
            .collect();
        for ((automaton, offset), prefixes) in self.classes.automata.iter().zip(offsets).zip(prefixes) {
            for (row, state) in table.chunks_exact_mut(count).zip(prefixes) {
                row[offset..offset + automaton.states].copy_from_slice(&state[..automaton.states]);
            }
        }
        table
    }
}

/// eq(r1, t) of the steps in the order given.
fn weights(order: &[u32], r1: &[Fr]) -> Vec<Fr> {
    let eq = SplitEq::new(r1, Fr::ONE, r1.len() / 2);
    let size = eq.low.len();
    let mut weights = fr::zeros(order.len());
    weights.par_chunks_mut(MIN_PIECE).zip(order.par_chunks(MIN_PIECE)).for_each(|(weights, order)| {
        let low: Vec<Fr> = order.iter().map(|t| eq.low[*t as usize % size]).collect();
        weights.iter_mut().zip(order).for_each(|(weight, t)| *weight = eq.high[*t as usize / size]);
        fr::mul_assign(weights, &low);
    });
    weights
}

/// Cuts the steps of every class into pieces for the threads.
fn pieces<'a>(classes: &[Class], words: &'a [u64], mut weights: &'a mut [Fr]) -> Vec<Piece<'a>> {
    let size = words.len().div_ceil(8 * rayon::current_num_threads()).max(MIN_PIECE);
    let mut pieces = Vec::new();
    for (number, class) in classes.iter().enumerate() {
        for words in words[class.steps.clone()].chunks(size) {
            let (own, rest) = weights.split_at_mut(words.len());
            weights = rest;
            pieces.push(Piece { class: number, kind: class.kind, words, weights: own });
        }
    }
    pieces
}
