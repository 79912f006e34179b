//! A stage as the liar runs it: honest kernels, and what the claims exceed their sums by.

use crate::kernel::Kernel;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::{Check, Point, Stage};
use zkvm_verifier::sumcheck::message_length;

/// One relation in the batch.
pub struct Instance<'k> {
    pub kernel: Box<dyn Kernel + 'k>,
    /// The true claim so far.
    pub claim: Fr,
    /// Coefficient, times 2 for every foreign round ahead.
    pub weight: Fr,
    pub polynomial: Univariate,
}

/// A stage with its batching coefficients.
pub struct Batch<'r> {
    pub stage: &'r Stage,
    pub relations: &'r [&'r dyn Check],
    pub alphas: Vec<Fr>,
}

impl Batch<'_> {
    pub fn is_own(&self, relation: usize, round: usize) -> bool {
        self.relations[relation].rounds().variable(self.stage, round).is_some()
    }

    pub fn rounds(&self) -> usize {
        self.stage.index + self.stage.cycle
    }

    /// What the claims exceed the sums by.
    pub fn debt(&self, sums: &[Fr]) -> Fr {
        let debt = |i: usize| {
            let foreign = (0..self.rounds()).filter(|round| !self.is_own(i, *round)).count();
            self.alphas[i] * Fr::from(2u64).pow([foreign as u64]) * (self.relations[i].claim() - sums[i])
        };
        (0..sums.len()).map(debt).sum()
    }

    /// Σ α·summand.
    pub fn sum(&self, point: &Point, values: &[Vec<Fr>]) -> Fr {
        let terms = self.relations.iter().zip(values).zip(&self.alphas);
        terms.map(|((relation, values), alpha)| relation.evaluate(point, values) * alpha).sum()
    }

    pub fn instances<'k>(&self, parts: Vec<Lazy<'k>>) -> Vec<Instance<'k>> {
        let instance = |(i, part): (usize, Lazy<'k>)| {
            let mut kernel = part();
            let first = kernel.round(Fr::ZERO);
            let claim = first.evaluate(Fr::ZERO) + first.evaluate(Fr::ONE);
            let foreign = (0..self.rounds()).filter(|round| !self.is_own(i, *round)).count();
            let weight = self.alphas[i] * Fr::from(2u64).pow([foreign as u64]);
            Instance { kernel, claim, weight, polynomial: first }
        };
        parts.into_iter().enumerate().map(instance).collect()
    }

    /// The honest message of a round.
    pub fn message(&self, instances: &mut [Instance], round: usize) -> Vec<Fr> {
        let half = Fr::from(2u64).inverse().expect("2 is a unit");
        let mut message = Univariate(vec![Fr::ZERO; 1 + message_length(self.stage, self.relations, round)]);
        for (i, instance) in instances.iter_mut().enumerate() {
            if self.is_own(i, round) {
                instance.polynomial = instance.kernel.round(Fr::ZERO);
            } else {
                instance.weight *= half;
                instance.polynomial = Univariate(vec![instance.claim]);
            }
            message.add_scaled(&instance.polynomial, instance.weight);
        }
        message.compress()
    }

    pub fn bind(&self, instances: &mut [Instance], round: usize, r: Fr) {
        for (i, instance) in instances.iter_mut().enumerate() {
            instance.claim = instance.polynomial.evaluate(r);
            if self.is_own(i, round) {
                instance.kernel.bind(r);
            }
        }
    }
}

/// A kernel, when it is needed.
pub type Lazy<'k> = Box<dyn FnOnce() -> Box<dyn Kernel + 'k> + 'k>;
