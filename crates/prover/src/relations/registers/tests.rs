use super::{ReadKernel, ValKernel};
use crate::reference::compare;
use crate::relations::twist::conclusion::{assert_concludes, long_run};
use crate::testing::mixed_run;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_algebra::multilinear::eq_table;
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

/// Reads and values of a run with many blocks of steps.
#[test]
fn a_long_run_concludes() {
    let rng = &mut StdRng::seed_from_u64(3);
    let run = long_run();
    let shape = run.shape(4);
    let witness = run.witness(shape);
    let (gamma, r1) = (Fr::rand(rng), random(rng, shape.log_t));
    let weights = eq_table(&r1);
    let value = |column: &Vec<u32>| weights.iter().zip(column).map(|(w, value)| *w * Fr::from(*value)).sum::<Fr>();
    let values = [&witness.rs1, &witness.rs2, &witness.rd_new].map(value);
    let read = Read { gamma, r1, values };
    assert_concludes(&read, shape.log_t, &mut ReadKernel::new(&read, &witness));

    let (r2, cell) = (random(rng, shape.log_t), random(rng, LOG_REGISTERS));
    let (before, cells) = (eq_table(&r2), eq_table(&cell));
    let (mut val, mut later) = (Fr::from(0u64), Fr::from(1u64));
    for (t, weight) in before.into_iter().enumerate() {
        later -= weight;
        val += later * cells[usize::from(witness.row(t).rd)] * Fr::from(witness.rd_inc(t));
    }
    let values = Val { r2, val, cell };
    assert_concludes(&values, shape.log_t, &mut ValKernel::new(&values, &witness));
}
