//! Kernel of [`ram::Val`]: Σ_t inc(t)·a(t)·(lt(t, r2) + γ), a = 4·ra the weight of the word that step
//! t accesses, over the accesses until the first variable is bound.

use super::access::{Accesses, AddressWeights};
use crate::kernels::fr;
use crate::relations::twist::increments::{Increments, LessThan, Lines};
use crate::relations::twist::val::{self, Steps};
use crate::relations::twist::word::Prepared;
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::relations::ram;

/// See the module's documentation.
pub type ValKernel<'a> = val::ValKernel<Writes<'a>>;

impl<'a> ValKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &ram::Val, witness: &'a Witness<'a>) -> Self {
        let accesses = Accesses::new(witness);
        let table = AddressWeights::new(&relation.word, Prepared::shift());
        let weights = (0..accesses.len()).into_par_iter().map(|access| table.at(accesses.word(access))).collect();
        Self::from_steps(Writes { witness, accesses, weights }, LessThan::new(&relation.r2, relation.gamma))
    }
}

/// The memory accesses of the steps.
pub struct Writes<'a> {
    witness: &'a Witness<'a>,
    accesses: Accesses,
    /// a of each access, as [`Prepared`] keeps it.
    weights: Vec<Fr>,
}

impl Writes<'_> {
    /// Weight and increment of both steps of every pair in a range of steps that has an access.
    fn pairs(&self, steps: &Range<usize>) -> impl Iterator<Item = (usize, [Fr; 2], [i64; 2])> + '_ {
        let Range { start: mut access, end } = self.accesses.of_steps(steps);
        std::iter::from_fn(move || {
            let pair = (access < end).then(|| self.accesses.steps[access] as usize / 2)?;
            let (mut weights, mut increments) = ([Fr::ZERO; 2], [0; 2]);
            while access < end && self.accesses.steps[access] as usize / 2 == pair {
                let step = self.accesses.steps[access] as usize;
                weights[step & 1] = self.weights[access];
                increments[step & 1] = self.witness.ram_inc(step);
                access += 1;
            }
            Some((pair, weights, increments))
        })
    }
}

impl Steps for Writes<'_> {
    fn first_round(&self, block: usize, pairs: usize, lines: &mut Lines) {
        let first = block * pairs;
        lines.clear();
        for (pair, [a0, a1], [inc0, inc1]) in self.pairs(&(2 * first..2 * (first + pairs))) {
            if [inc0, inc1] != [0; 2] {
                let [from, to] = [a0, a1].map(Prepared::from_shifted);
                let (change, last) = (inc1 - inc0, 2 * inc1 - inc0);
                let at_two = Prepared::dot([&to, &from], [2 * last, -last]);
                let leading = Prepared::dot([&to, &from], [change, -change]);
                lines.push(pair - first, from.times(inc0), at_two, leading);
            }
        }
    }

    fn bind_first(&self, challenge: Fr, block: usize) -> Increments {
        let pairs = self.witness.steps() / 2;
        let factors = [Fr::ONE - challenge, challenge];
        let weights = factors.map(Prepared::new);
        let unshift = Prepared::shift().inverse().unwrap_or(Fr::ZERO);
        let factors = factors.map(|factor| factor * unshift);
        let mut columns = Increments { inc: fr::zeros(pairs), ra: fr::zeros(pairs) };
        let blocks = columns.inc.par_chunks_mut(block).zip(columns.ra.par_chunks_mut(block)).enumerate();
        blocks.for_each(|(i, (inc, ra))| {
            let first = i * block;
            for (pair, own, increments) in self.pairs(&(2 * first..2 * (first + block))) {
                // Most pairs have one access.
                let present = factors.iter().zip(own).filter(|(_, a)| *a != Fr::ZERO);
                ra[pair - first] = present.map(|(factor, a)| *factor * a).sum();
                inc[pair - first] = Prepared::dot(weights.each_ref(), increments);
            }
        });
        columns
    }

    /// a is 4·ra.
    fn claimed(&self, a: Fr) -> Fr {
        a * Fr::from(4u64).inverse().unwrap_or(Fr::ZERO)
    }
}
