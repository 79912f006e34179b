//! The reference prover: a slow kernel derived from a relation's declaration alone.
//!
//! It evaluates the summand along lines through the hypercube, over the points at which it may be
//! nonzero. Every optimised kernel is tested against it ([`compare`]).

mod engine;
mod oracles;
mod skip;

pub use engine::ByDefinition;
pub use skip::skip;

use crate::kernel::Kernel;
use crate::witness::Witness;
use std::collections::BTreeSet;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relation::{Check, Variable};
use zkvm_protocol::{Point, Relation};

/// A relation whose witness polynomials are known.
pub trait Oracle: Relation {
    /// A superset of the points (index, step) of the hypercube at which the summand is not zero.
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)>;
    /// The witness polynomials at an index point and a step.
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr>;
}

/// The reference kernel of a relation.
pub struct Reference<'a, R> {
    relation: R,
    witness: &'a Witness<'a>,
    support: Vec<(u64, usize)>,
    index: Vec<Fr>,
    /// Challenges of the cycle rounds, in round order.
    cycle: Vec<Fr>,
    /// The witness polynomials over the unbound cycle variables, once the index is bound.
    tables: Vec<Vec<Fr>>,
}

impl<'a, R: Oracle> Reference<'a, R> {
    /// The kernel before the first round.
    pub fn new(relation: R, witness: &'a Witness<'a>) -> Self {
        let support = relation.support(witness);
        let mut kernel =
            Reference { relation, witness, support, index: Vec::new(), cycle: Vec::new(), tables: Vec::new() };
        kernel.tabulate();
        kernel
    }

    /// The number of own rounds.
    pub fn rounds(&self) -> usize {
        let rounds = Relation::rounds(&self.relation);
        rounds.index + if rounds.cycle { self.log_t() } else { 0 }
    }

    fn log_t(&self) -> usize {
        self.witness.statement.shape.log_t
    }

    fn in_index(&self) -> bool {
        self.index.len() < Relation::rounds(&self.relation).index
    }

    fn tabulate(&mut self) {
        if self.in_index() {
            return;
        }
        let steps = if Relation::rounds(&self.relation).cycle { self.witness.steps() } else { 1 };
        self.tables = vec![Vec::with_capacity(steps); self.relation.witness_support().len()];
        for t in 0..steps {
            let values = self.relation.witness(self.witness, &self.index, t);
            for (table, value) in self.tables.iter_mut().zip(values) {
                table.push(value);
            }
        }
    }

    fn index_sum(&self, x: Fr) -> Fr {
        let below = Relation::rounds(&self.relation).index - self.index.len() - 1;
        let mask = if below == 64 { u64::MAX } else { (1 << below) - 1 };
        let distinct: BTreeSet<(u64, usize)> = self.support.iter().map(|(k, t)| (k & mask, *t)).collect();
        let value = |(k, t): (u64, usize)| {
            let mut index = self.index.clone();
            index.push(x);
            index.extend(bits(k, below));
            let cycle = if Relation::rounds(&self.relation).cycle { bits(t as u64, self.log_t()) } else { Vec::new() };
            let witness = self.relation.witness(self.witness, &index, t);
            self.relation.summand(&self.relation.public(&Point { index, cycle }), &witness)
        };
        distinct.into_iter().map(value).sum()
    }

    fn cycle_sum(&self, x: Fr) -> Fr {
        let half = self.tables[0].len() / 2;
        let above = self.log_t() - self.cycle.len() - 1;
        let value = |t: usize| {
            let mut cycle = bits(t as u64, above);
            cycle.push(x);
            cycle.extend(self.cycle.iter().rev());
            let line = |table: &Vec<Fr>| table[2 * t] + x * (table[2 * t + 1] - table[2 * t]);
            let witness: Vec<Fr> = self.tables.iter().map(line).collect();
            self.relation.summand(&self.relation.public(&Point { index: self.index.clone(), cycle }), &witness)
        };
        (0..half).map(value).sum()
    }
}

/// The `count` low bits of `value`, most significant first.
pub fn bits(value: u64, count: usize) -> Vec<Fr> {
    (0..count).rev().map(|bit| Fr::from(value >> bit & 1)).collect()
}

impl<R: Oracle + Send> Kernel for Reference<'_, R> {
    fn round(&mut self, _: Fr) -> Univariate {
        let variable = if self.in_index() { Variable::Index(self.index.len()) } else { Variable::Cycle };
        let points = (0..=Check::degree(&self.relation, variable) as u64).map(Fr::from);
        let sum = |x| if self.in_index() { self.index_sum(x) } else { self.cycle_sum(x) };
        Univariate::interpolate(&points.map(sum).collect::<Vec<_>>())
    }

    fn bind(&mut self, challenge: Fr) {
        if self.in_index() {
            self.index.push(challenge);
            self.tabulate();
        } else {
            self.cycle.push(challenge);
            for table in &mut self.tables {
                zkvm_algebra::multilinear::bind_low(table, challenge);
            }
        }
    }

    fn claims(&self) -> Vec<Fr> {
        self.tables.iter().map(|table| table[0]).collect()
    }
}

/// Runs `kernel` beside the reference kernel of `relation` with pseudo-random challenges and
/// asserts that all messages and the final claims agree.
pub fn compare<R: Oracle + Clone + Send>(relation: &R, witness: &Witness, kernel: &mut dyn Kernel) {
    let mut reference = Reference::new(relation.clone(), witness);
    let mut challenge = Fr::from(0x9e37_79b9_7f4a_7c15u64);
    let mut claim = None;
    for round in 0..reference.rounds() {
        let expected = reference.round(Fr::ZERO);
        let sum = expected.evaluate(Fr::ZERO) + expected.evaluate(Fr::ONE);
        if let Some(claim) = claim {
            assert_eq!(sum, claim, "{}: the reference is inconsistent in round {round}", Relation::name(relation));
        }
        let actual = kernel.round(sum);
        assert!(actual.0.len() <= expected.0.len(), "{}: degree in round {round}", Relation::name(relation));
        for x in 0..expected.0.len() as u64 {
            let x = Fr::from(x);
            assert_eq!(actual.evaluate(x), expected.evaluate(x), "{}: round {round}", Relation::name(relation));
        }
        challenge = challenge.square() + Fr::ONE;
        claim = Some(expected.evaluate(challenge));
        reference.bind(challenge);
        kernel.bind(challenge);
    }
    assert_eq!(kernel.claims(), reference.claims(), "{}: final claims", Relation::name(relation));
}
