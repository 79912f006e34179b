use super::*;
use crate::reference::compare;
use crate::relations::products::tests::points;
use crate::testing::mixed_run;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_protocol::relations::bytecode::{Batcher, Claimed, Functional};

/// Random weights of all fields or of a few.
fn functional(seed: u64, dense: bool) -> Functional {
    let rng = &mut StdRng::seed_from_u64(seed);
    let mut f = Functional { row: Fr::rand(rng), ..Functional::default() };
    if dense {
        [f.one, f.imm, f.disp, f.target, f.addr] = core::array::from_fn(|_| Fr::rand(rng));
        f.flags = f.flags.map(|_| Fr::rand(rng));
        f.tables = f.tables.map(|_| Fr::rand(rng));
        [f.rs1, f.rs2] = [f.rs1, f.rs2].map(|cells| cells.map(|_| Fr::rand(rng)));
    }
    f.rd = f.rd.map(|_| Fr::rand(rng));
    f
}

#[test]
fn the_kernel_agrees_with_the_declaration() {
    let run = mixed_run(1);
    for log_k in [1, 2, 4, 8, 16] {
        let shape = run.shape(log_k);
        let witness = run.witness(shape);
        let [r1, r2, gamma] = points(log_k as u64, [shape.log_t, shape.log_t, 1]);
        let mut batch = Batcher::new(gamma[0]);
        batch.at(&r1).claim(&functional(1, true), Fr::ZERO).claim(&functional(2, false), Fr::ZERO);
        batch.at(&r2).claim(&functional(3, false), Fr::ZERO);
        batch.at(&vec![Fr::ZERO; shape.log_t]).claim(&functional(4, true), Fr::ZERO);
        let relation = batch.finish(witness.statement.program.rows(), &shape);
        compare(&relation, &witness, &mut ReadKernel::new(&relation, &witness));
    }
}

#[test]
fn functionals_of_all_rows_are_those_of_each() {
    let run = mixed_run(1);
    let rows = run.key.program().rows();
    let claimed: Vec<Claimed> =
        [true, false].map(|dense| Claimed { point: Vec::new(), functional: functional(5, dense) }).into();
    let values = values::values(rows, run.key.program().log_rows(), &claimed);
    for ((index, row), values) in (0..).zip(rows).zip(values.chunks(2)) {
        assert_eq!(values, [&claimed[0], &claimed[1]].map(|c| c.functional.of_row(row, index)));
    }
}
