//! Kernel of [`ram::Read`]: rounds over the word bits ([`WordRounds`]), two over the offset bits,
//! then the cycle rounds.
//!
//! Val does not depend on the offset, so the offset rounds are sums over four classes of accesses.
//! In the cycle rounds, ra(t)·v(t) with v = (1+γ)·Val + γ·inc + key is a product of two columns, of
//! which ra is zero in steps without access and v changes only at writes.

use super::access::Accesses;
use super::first_cycle::FirstCycle;
use super::index::{Bound, WordRounds};
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::split_eq::{GruenEq, LOW_BITS, SplitEq};
use crate::relations::twist::quadratic::{Product, Quadratic, of_products};
use crate::relations::twist::word::SignedSum;
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::ram;
use zkvm_protocol::shape::OFFSET_BITS;

/// Fewest accesses that are worth a scan of their own.
const SEGMENT: usize = 1 << 12;

/// See the module's documentation.
pub struct ReadKernel<'a> {
    witness: &'a Witness<'a>,
    accesses: Accesses,
    gamma: Fr,
    eq: GruenEq,
    /// The bound address coordinates.
    address: Vec<Fr>,
    /// The bound cycle coordinates, the lowest first.
    cycle: Vec<Fr>,
    /// γ²·address + γ³·offset + γ⁴ at the address point.
    key: Fr,
    phase: Phase,
}

enum Phase {
    Word(WordRounds),
    Offset(Bound, OffsetRounds),
    FirstCycle(FirstCycle),
    /// ra and v over the unbound cycles.
    Cycle([Vec<Fr>; 2]),
    /// Between two phases only.
    Moving,
}

impl<'a> ReadKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &ram::Read, witness: &'a Witness<'a>) -> Self {
        let accesses = Accesses::new(witness);
        let segments = accesses.len().div_ceil(SEGMENT).min(rayon::current_num_threads());
        Self::with_segments(relation, witness, accesses, segments)
    }

    /// With at most `segments` scans running at the same time.
    fn with_segments(relation: &ram::Read, witness: &'a Witness<'a>, accesses: Accesses, segments: usize) -> Self {
        let words = WordRounds::new(relation, witness, &accesses, segments);
        ReadKernel {
            witness,
            accesses,
            gamma: relation.gamma,
            eq: GruenEq::new(&relation.r1, Fr::ONE),
            address: Vec::new(),
            cycle: Vec::new(),
            key: Fr::ZERO,
            phase: Phase::Word(words),
        }
    }

    fn bind_index(&mut self, challenge: Fr) {
        self.address.push(challenge);
        self.phase = match std::mem::replace(&mut self.phase, Phase::Moving) {
            Phase::Word(mut words) => {
                words.bind(challenge);
                match words.done() {
                    false => Phase::Word(words),
                    true => {
                        let bound = words.finish();
                        let offsets = OffsetRounds::new(self.witness, &self.accesses, &bound, self.gamma);
                        Phase::Offset(bound, offsets)
                    }
                }
            }
            Phase::Offset(bound, mut offsets) => {
                offsets.bind(challenge);
                match offsets.key() {
                    None => Phase::Offset(bound, offsets),
                    Some(key) => {
                        self.key = key;
                        let first = FirstCycle::new(&self.accesses, &self.address, bound, self.gamma, key);
                        Phase::FirstCycle(first)
                    }
                }
            }
            other => other,
        };
    }

    /// inc at the cycle point.
    fn increment(&self) -> Fr {
        let point: Vec<Fr> = self.cycle.iter().rev().copied().collect();
        let eq = SplitEq::new(&point, Fr::ONE, LOW_BITS);
        let block = |(block, high): (usize, &Fr)| {
            let steps = block * eq.low.len()..(block + 1) * eq.low.len();
            let mut sum = SignedSum::default();
            for access in self.accesses.of_steps(&steps) {
                let step = self.accesses.steps[access] as usize;
                sum.add(&eq.low[step - steps.start], self.witness.ram_inc(step));
            }
            *high * sum.reduce()
        };
        eq.high.par_iter().enumerate().map(block).sum()
    }
}

impl Kernel for ReadKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        let sums = match &self.phase {
            Phase::Word(words) => return words.round(claim),
            Phase::Offset(_, offsets) => return offsets.round(claim),
            Phase::FirstCycle(first) => first.round(self.witness, &self.accesses, &self.eq),
            Phase::Cycle([ra, v]) => {
                of_products(&self.eq.above(), &[Product { coefficient: Fr::ONE, factors: [ra, v] }])
            }
            Phase::Moving => Quadratic::default(),
        };
        self.eq.cubic(claim, sums.at_zero, sums.leading)
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.phase {
            Phase::FirstCycle(first) => {
                self.phase = Phase::Cycle(first.bind(self.witness, &self.accesses, challenge));
            }
            Phase::Cycle(columns) => columns.iter_mut().for_each(|column| fr::bind_low(column, challenge)),
            _ => return self.bind_index(challenge),
        }
        self.cycle.push(challenge);
        self.eq.bind(challenge);
    }

    fn claims(&self) -> Vec<Fr> {
        let Phase::Cycle(columns) = &self.phase else { return Vec::new() };
        let [ra, v] = columns.each_ref().map(|column| column.first().copied().unwrap_or(Fr::ZERO));
        let inc = self.increment();
        // 1 + γ is zero with negligible probability.
        let scale = (Fr::ONE + self.gamma).inverse().unwrap_or(Fr::ZERO);
        vec![ra, (v - self.gamma * inc - self.key) * scale, inc]
    }
}

/// The rounds over the offset bits: tables over the offsets.
struct OffsetRounds {
    /// Σ w·((1+γ)·Val + γ·inc) of the accesses at each offset.
    values: Vec<Fr>,
    /// Σ w.
    weights: Vec<Fr>,
    /// γ²·address + γ³·offset + γ⁴.
    keys: Vec<Fr>,
}

impl OffsetRounds {
    fn new(witness: &Witness, accesses: &Accesses, bound: &Bound, gamma: Fr) -> Self {
        let mut values = vec![Fr::ZERO; 1 << OFFSET_BITS];
        let mut weights = values.clone();
        let mut increments = [SignedSum::default(); 1 << OFFSET_BITS];
        let mut class = [Vec::new(), Vec::new()];
        for (offset, increments) in increments.iter_mut().enumerate() {
            class.iter_mut().for_each(Vec::clear);
            for access in (0..accesses.len()).filter(|a| accesses.bytes[*a] as usize & 3 == offset) {
                let weight = &bound.weights[access];
                increments.add(weight, witness.ram_inc(accesses.steps[access] as usize));
                class[0].push(*weight);
                class[1].push(bound.values[access]);
            }
            values[offset] = (Fr::ONE + gamma) * fr::inner_product(&class[0], &class[1]) + gamma * increments.reduce();
            weights[offset] = class[0].iter().sum();
        }
        let step = gamma.square() * (Fr::ONE + gamma);
        let keys = (0..1u64 << OFFSET_BITS).map(|offset| bound.key + step * Fr::from(offset)).collect();
        OffsetRounds { values, weights, keys }
    }

    fn round(&self, claim: Fr) -> Univariate {
        let half = self.keys.len() / 2;
        let at_zero = (0..half).map(|o| self.values[o] + self.weights[o] * self.keys[o]).sum::<Fr>();
        let slopes = |o: usize| (self.weights[o + half] - self.weights[o]) * (self.keys[o + half] - self.keys[o]);
        let leading = (0..half).map(slopes).sum::<Fr>();
        Univariate(vec![at_zero, claim - at_zero - at_zero - leading, leading])
    }

    fn bind(&mut self, challenge: Fr) {
        for table in [&mut self.values, &mut self.weights, &mut self.keys] {
            fr::bind_high(table, challenge);
        }
    }

    /// The key at the address point, once both bits are bound.
    fn key(&self) -> Option<Fr> {
        match self.keys[..] {
            [key] => Some(key),
            _ => None,
        }
    }
}

#[cfg(test)]
impl<'a> ReadKernel<'a> {
    /// With that many segments, however few accesses there are.
    pub fn segmented(relation: &ram::Read, witness: &'a Witness<'a>, segments: usize) -> Self {
        Self::with_segments(relation, witness, Accesses::new(witness), segments)
    }
}
