use super::{ReadKernel, ValKernel};
use crate::reference::compare;
use crate::testing::mixed_run;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_protocol::relations::registers::{Read, Val};
use zkvm_protocol::shape::LOG_REGISTERS;

fn random(rng: &mut StdRng, count: usize) -> Vec<Fr> {
    (0..count).map(|_| Fr::rand(rng)).collect()
}

#[test]
fn reads_agree_with_the_reference() {
    let rng = &mut StdRng::seed_from_u64(1);
    for rounds in [1, 3] {
        let run = mixed_run(rounds);
        let witness = run.witness(run.shape(4));
        let r1 = random(rng, witness.statement.shape.log_t);
        let relation = Read { gamma: Fr::rand(rng), r1, values: [Fr::from(0u64); 3] };
        compare(&relation, &witness, &mut ReadKernel::new(&relation, &witness));
    }
}

#[test]
fn values_agree_with_the_reference() {
    let rng = &mut StdRng::seed_from_u64(2);
    for rounds in [1, 3] {
        let run = mixed_run(rounds);
        let witness = run.witness(run.shape(4));
        let r2 = random(rng, witness.statement.shape.log_t);
        let relation = Val { r2, val: Fr::rand(rng), cell: random(rng, LOG_REGISTERS) };
        compare(&relation, &witness, &mut ValKernel::new(&relation, &witness));
    }
}
