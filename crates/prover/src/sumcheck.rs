//! The prover of a batched sum-check; see [`zkvm_verifier::sumcheck`] for the batching.

use crate::kernel::Kernel;
use crate::observer::{Observer, Step, Time, timed};
use zkvm_algebra::{Field, Fr, Univariate};
use zkvm_protocol::{Check, Point, Stage};
use zkvm_transcript::Writer;
use zkvm_verifier::sumcheck::{BATCH, CHALLENGE, ROUND, VALUES, message_length};

/// One instance in the batch.
struct Instance<'r, 'k> {
    relation: &'r dyn Check,
    kernel: Box<dyn Kernel + 'k>,
    /// Coefficient in the batch, times 2 for every foreign round still ahead.
    weight: Fr,
    /// Its own claim.
    claim: Fr,
    /// Its polynomial in the current round.
    polynomial: Univariate,
    /// Time of its kernel, its preparation included.
    time: Time,
}

/// A kernel, and the time that its preparation took.
pub struct Part<'k> {
    /// The kernel.
    pub kernel: Box<dyn Kernel + 'k>,
    /// Time of its preparation.
    pub time: Time,
}

impl<'k> Part<'k> {
    /// Prepares a kernel.
    pub fn prepare(kernel: impl FnOnce() -> Box<dyn Kernel + 'k>) -> Self {
        let mut time = Time::default();
        let kernel = timed(&mut time, kernel);
        Part { kernel, time }
    }
}

impl Instance<'_, '_> {
    fn is_own(&self, stage: &Stage, round: usize) -> bool {
        self.relation.rounds().variable(stage, round).is_some()
    }

    /// The instance's part of the round message.
    fn contribute(&mut self, stage: &Stage, round: usize, half: Fr) -> Univariate {
        if self.is_own(stage, round) {
            self.polynomial = timed(&mut self.time, || self.kernel.round(self.claim));
        } else {
            self.weight *= half;
            self.polynomial = Univariate(vec![self.claim]);
        }
        Univariate(self.polynomial.0.iter().map(|c| *c * self.weight).collect())
    }

    fn bind(&mut self, stage: &Stage, round: usize, challenge: Fr) {
        self.claim = self.polynomial.evaluate(challenge);
        if self.is_own(stage, round) {
            timed(&mut self.time, || self.kernel.bind(challenge));
        }
    }
}

/// Proves the claims of `relations` with their kernels; gives the final point and the witness
/// values there.
pub fn prove<'k>(
    channel: &mut impl Writer,
    stage: &Stage,
    relations: &[&dyn Check],
    parts: Vec<Part<'k>>,
    observer: &mut dyn Observer,
) -> (Point, Vec<Vec<Fr>>) {
    let half = Fr::from(2u64).inverse().expect("the characteristic is odd");
    let rounds = stage.index + stage.cycle;
    let alphas = channel.challenges(BATCH, relations.len());
    let mut instances: Vec<Instance> = Vec::with_capacity(relations.len());
    for ((relation, Part { kernel, time }), alpha) in relations.iter().zip(parts).zip(alphas) {
        let foreign = (0..rounds).filter(|round| relation.rounds().variable(stage, *round).is_none()).count();
        let weight = alpha * Fr::from(2u64).pow([foreign as u64]);
        let claim = relation.claim();
        instances.push(Instance {
            relation: *relation,
            kernel,
            weight,
            claim,
            polynomial: Univariate::default(),
            time,
        });
    }

    let mut point = Point::default();
    for round in 0..rounds {
        let mut message = Univariate(vec![Fr::from(0u64); 1 + message_length(stage, relations, round)]);
        for instance in &mut instances {
            message.add_scaled(&instance.contribute(stage, round, half), Fr::from(1u64));
        }
        channel.write_scalars(ROUND, &message.compress());
        let challenge = channel.challenge(CHALLENGE);
        for instance in &mut instances {
            instance.bind(stage, round, challenge);
        }
        let bound = if round < stage.index { &mut point.index } else { &mut point.cycle };
        bound.push(challenge);
    }
    point.cycle.reverse();
    let values: Vec<Vec<Fr>> = instances.iter().map(|instance| instance.kernel.claims()).collect();
    values.iter().for_each(|values| channel.write_scalars(VALUES, values));
    for instance in &instances {
        observer.finished(Step { name: instance.relation.name(), time: instance.time });
    }
    (point, values)
}
