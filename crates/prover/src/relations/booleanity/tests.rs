use super::BooleanityKernel;
use crate::reference::compare;
use crate::testing::mixed_run;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_protocol::relations::booleanity::Booleanity;

fn check(rounds: u32, log_k: usize) {
    let rng = &mut StdRng::seed_from_u64(1);
    let run = mixed_run(rounds);
    let witness = run.witness(run.shape(log_k));
    let shape = &witness.statement.shape;
    let mut random = |count: usize| (0..count).map(|_| Fr::rand(rng)).collect::<Vec<_>>();
    let (rho, r2, gamma) = (random(log_k), random(shape.log_t), random(1)[0]);
    let relation = Booleanity { gamma, rho, r2, columns: shape.one_hot_columns() };
    compare(&relation, &witness, &mut BooleanityKernel::new(&relation, &witness));
}

#[test]
fn it_agrees_with_the_reference_for_every_chunk_size() {
    for log_k in [1, 2, 4, 8] {
        check(1, log_k);
    }
}

#[test]
fn it_agrees_with_the_reference_on_more_steps() {
    check(8, 4);
}
