use super::BooleanityKernel;
use crate::reference::compare;
use crate::relations::twist::conclusion::{assert_concludes, long_run};
use crate::testing::{Run, mixed_run};
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_protocol::relations::booleanity::Booleanity;

fn relation(run: &Run, log_k: usize) -> Booleanity {
    let rng = &mut StdRng::seed_from_u64(1);
    let shape = run.shape(log_k);
    let mut random = |count: usize| (0..count).map(|_| Fr::rand(rng)).collect::<Vec<_>>();
    let (rho, r2, gamma) = (random(log_k), random(shape.log_t), random(1)[0]);
    Booleanity { gamma, rho, r2, columns: shape.one_hot_columns() }
}

#[test]
fn it_agrees_with_the_reference_for_every_chunk_size() {
    for (rounds, log_k) in [(1, 1), (1, 2), (1, 4), (1, 8), (8, 4)] {
        let run = mixed_run(rounds);
        let (relation, witness) = (relation(&run, log_k), run.witness(run.shape(log_k)));
        compare(&relation, &witness, &mut BooleanityKernel::new(&relation, &witness));
    }
}

#[test]
fn long_runs_and_large_chunks_conclude() {
    for (run, log_k) in [(long_run(), 1), (long_run(), 4), (long_run(), 8), (mixed_run(1), 16)] {
        let (relation, witness) = (relation(&run, log_k), run.witness(run.shape(log_k)));
        let log_t = witness.statement.shape.log_t;
        assert_concludes(&relation, log_t, &mut BooleanityKernel::new(&relation, &witness));
    }
}
