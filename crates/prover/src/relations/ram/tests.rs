use super::{OutputKernel, ReadKernel, ValKernel};
use crate::reference::compare;
use crate::testing::{Run, mixed_run};
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_protocol::Shape;
use zkvm_protocol::relations::ram::{Output, Read, Val};

fn random(rng: &mut StdRng, count: usize) -> Vec<Fr> {
    (0..count).map(|_| Fr::rand(rng)).collect()
}

/// The run's shape, and one with a larger memory.
fn shapes(run: &Run) -> [Shape; 2] {
    let shape = run.shape(4);
    [shape, Shape { log_ram: shape.log_ram + 2, ..shape }]
}

#[test]
fn reads_agree_with_the_reference_in_any_number_of_segments() {
    let rng = &mut StdRng::seed_from_u64(1);
    let run = mixed_run(1);
    for (shape, segments) in shapes(&run).into_iter().zip([1, 3]) {
        let witness = run.witness(shape);
        let relation = Read {
            gamma: Fr::rand(rng),
            r1: random(rng, shape.log_t),
            values: [Fr::from(0u64); 5],
            base: witness.statement.program.layout.base,
            log_ram: shape.log_ram,
        };
        compare(&relation, &witness, &mut ReadKernel::segmented(&relation, &witness, segments));
    }
}

#[test]
fn the_output_agrees_with_the_reference() {
    let rng = &mut StdRng::seed_from_u64(2);
    let run = mixed_run(1);
    for shape in shapes(&run) {
        let witness = run.witness(shape);
        let rho = random(rng, witness.statement.log_output());
        let point = witness.statement.output_place().into_iter().chain(rho).collect();
        let relation = Output { point, value: Fr::from(0u64) };
        compare(&relation, &witness, &mut OutputKernel::new(&relation, &witness));
    }
}

#[test]
fn values_agree_with_the_reference() {
    let rng = &mut StdRng::seed_from_u64(3);
    for rounds in [1, 3] {
        let run = mixed_run(rounds);
        let shape = run.shape(4);
        let witness = run.witness(shape);
        let relation = Val {
            gamma: Fr::rand(rng),
            r2: random(rng, shape.log_t),
            val: Fr::rand(rng),
            val_final: Fr::rand(rng),
            init: Fr::rand(rng),
            word: random(rng, shape.log_ram),
        };
        compare(&relation, &witness, &mut ValKernel::new(&relation, &witness));
    }
}
