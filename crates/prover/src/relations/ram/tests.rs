use super::{OutputKernel, ReadKernel, ValKernel};
use crate::reference::compare;
use crate::relations::twist::conclusion::{assert_concludes, long_run};
use crate::testing::{Run, mixed_run};
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_algebra::multilinear::{eq_index, eq_table};
use zkvm_protocol::Shape;
use zkvm_protocol::constraints::Column;
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
            base: witness.statement.program.layout().base,
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

/// Reads of a run with many blocks of steps.
#[test]
fn a_long_run_concludes() {
    let rng = &mut StdRng::seed_from_u64(4);
    let run = long_run();
    let shape = run.shape(4);
    let witness = run.witness(shape);
    let (gamma, r1) = (Fr::rand(rng), random(rng, shape.log_t));
    let weights = eq_table(&r1);
    let value = |column: Column| {
        let place = Column::ALL.iter().position(|c| *c == column).expect("every column is listed");
        let terms = weights.iter().enumerate().map(|(t, weight)| *weight * Fr::from(witness.columns(t)[place]));
        terms.sum::<Fr>()
    };
    let columns = [Column::RamRead, Column::RamWrite, Column::RamAddress, Column::Offset, Column::Memory];
    let base = witness.statement.program.layout().base;
    let read = Read { gamma, r1, values: columns.map(value), base, log_ram: shape.log_ram };
    for segments in [1, 5] {
        assert_concludes(&read, shape.log_t, &mut ReadKernel::segmented(&read, &witness, segments));
    }

    let rho = random(rng, witness.statement.log_output());
    let value = witness.statement.output_at(&rho);
    let output = Output { point: witness.statement.output_place().into_iter().chain(rho).collect(), value };
    assert_concludes(&output, shape.log_t, &mut OutputKernel::new(&output, &witness));

    let (r2, word) = (random(rng, shape.log_t), random(rng, shape.log_ram));
    let mut changed = [Fr::from(0u64); 2];
    let before = eq_table(&r2);
    // What is still to come at r2 after step t: the weight of all later steps.
    let mut later = Fr::from(1u64);
    for (t, weight) in before.into_iter().enumerate() {
        later -= weight;
        if let Some(byte) = witness.ram_byte(t) {
            let change = eq_index(&word, (byte / 4).into()) * Fr::from(witness.ram_inc(t));
            changed[0] += change * later;
            changed[1] += change;
        }
    }
    let init = Fr::rand(rng);
    let [val, val_final] = changed.map(|change| init + change);
    let values = Val { gamma, r2, val, val_final, init, word };
    assert_concludes(&values, shape.log_t, &mut ValKernel::new(&values, &witness));
}
