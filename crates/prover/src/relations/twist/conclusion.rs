//! A check of kernels on runs that are too long for the reference prover.

use crate::kernel::Kernel;
use crate::testing::{Run, mixed, run};
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_protocol::relation::Check;
use zkvm_protocol::{Point, Relation};

/// Runs `kernel` from the relation's claim, which must be true, and asserts that every round
/// polynomial has the claimed sum and that the final claims satisfy the relation.
pub fn assert_concludes<R: Relation>(relation: &R, log_t: usize, kernel: &mut dyn Kernel) {
    let rng = &mut StdRng::seed_from_u64(1);
    let rounds = Relation::rounds(relation);
    let mut point = Point::default();
    let mut claim = Relation::claim(relation);
    for round in 0..rounds.index + if rounds.cycle { log_t } else { 0 } {
        let polynomial = kernel.round(claim);
        let sum = polynomial.evaluate(Fr::from(0u64)) + polynomial.evaluate(Fr::from(1u64));
        assert_eq!(sum, claim, "{}: round {round}", Relation::name(relation));
        let challenge = Fr::rand(rng);
        claim = polynomial.evaluate(challenge);
        kernel.bind(challenge);
        let bound = if round < rounds.index { &mut point.index } else { &mut point.cycle };
        bound.push(challenge);
    }
    // Rounds after its own are not the relation's.
    point.index.resize(rounds.index + rounds.idle, Fr::from(0u64));
    point.cycle.reverse();
    let claims = kernel.claims();
    assert_eq!(Check::evaluate(relation, &point, &claims), claim, "{}: final claims", Relation::name(relation));
}

/// A run of some thousand steps.
pub fn long_run() -> Run {
    run(&mixed(150), b"public", &[7; 4 * 150])
}
