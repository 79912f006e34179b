//! The verifier of a batched sum-check.
//!
//! An instance with n_i of the stage's n rounds enters with α_i times its claim times 2^(n - n_i); in a
//! round that is not its own it contributes half of its claim as a constant. At the end the claim
//! must be Σ α_i·(summand of instance i at the final point).

use crate::VerifyError;
use crate::messages::Messages;
use alloc::vec::Vec;
use zkvm_algebra::{AdditiveGroup, Fr, Univariate};
use zkvm_protocol::{Check, Point, Stage};

/// Label of the batching coefficients.
pub const BATCH: &str = "α";
/// Label of a round message.
pub const ROUND: &str = "round";
/// Label of a round challenge.
pub const CHALLENGE: &str = "r";
/// Label of the witness values at the final point.
pub const VALUES: &str = "values";

/// Number of scalars in the message of `round`: the largest degree among the relations whose round it is.
pub fn message_length(stage: &Stage, relations: &[&dyn Check], round: usize) -> usize {
    let variable = |relation: &&dyn Check| Some(relation.degree(relation.rounds().variable(stage, round)?));
    relations.iter().filter_map(variable).max().unwrap_or(0).max(1)
}

/// The claim with which a relation enters the batch, without its coefficient: 2^(foreign rounds) · claim.
pub fn scaled_claim(stage: &Stage, relation: &dyn Check) -> Fr {
    let rounds = 0..stage.index.saturating_add(stage.cycle);
    let foreign = rounds.filter(|round| relation.rounds().variable(stage, *round).is_none()).count();
    (0..foreign).fold(relation.claim(), |claim, _| claim.double())
}

/// Reads and checks the sum-check of `relations`; gives the final point and the witness values there.
pub fn verify<M: Messages>(
    messages: &mut M,
    stage: &Stage,
    relations: &[&dyn Check],
) -> Result<(Point, Vec<Vec<Fr>>), VerifyError> {
    let alphas = messages.challenges(BATCH, relations.len());
    let mut claim: Fr = relations.iter().zip(&alphas).map(|(r, alpha)| scaled_claim(stage, *r) * alpha).sum();
    let mut point = Point::default();
    for round in 0..stage.index.saturating_add(stage.cycle) {
        let message = messages.scalars(ROUND, message_length(stage, relations, round))?;
        let challenge = messages.challenge(CHALLENGE);
        claim = Univariate::decompress(&message, claim).evaluate(challenge);
        let bound = if round < stage.index { &mut point.index } else { &mut point.cycle };
        bound.push(challenge);
    }
    // Cycle variables are bound from the lowest.
    point.cycle.reverse();
    let values = relations.iter().map(|r| messages.scalars(VALUES, r.witnesses())).collect::<Result<Vec<_>, _>>()?;
    messages.compare(stage.name, || {
        let relations = relations.iter().zip(&values).zip(&alphas);
        relations.map(|((relation, witness), alpha)| relation.evaluate(&point, witness) * alpha).sum::<Fr>() - claim
    })?;
    Ok((point, values))
}
