//! Formulas that prover and verifier share, so that a wrong one would not set them against each other.

use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_isa::row::{Flags, Row};
use zkvm_isa::table::TableId;
use zkvm_protocol::relation::{Relation, batch, horner, powers};
use zkvm_protocol::relations::booleanity::Booleanity;
use zkvm_protocol::relations::bytecode::{Batcher, Functional, evaluate};
use zkvm_protocol::shape::Shape;

fn scalars(from: u64, count: usize) -> Vec<Fr> {
    (from..).take(count).map(|i| Fr::from(i * i + 17 * i + 3)).collect()
}

/// A row of which every field differs from its neighbours'.
fn row(i: u8) -> Row {
    let number = u64::from(i);
    Row {
        addr: 0x1_0000_0000 + number,
        rs1: 3 * i + 1,
        rs2: 3 * i + 2,
        rd: 3 * i + 3,
        imm: 100 + number,
        disp: i64::from(i) - 2,
        target: 50 + u32::from(i),
        flags: Flags::ALL[usize::from(i)].0,
        table: Some(TableId::ALL[usize::from(i)]),
        advice: None,
    }
}

/// A weight for every field, all different.
fn functional() -> Functional {
    let [one, imm, disp, target, row, addr] = scalars(1, 6).try_into().expect("six");
    let fill = |from| move |i: usize| scalars(from, i + 1)[i];
    Functional {
        one,
        imm,
        disp,
        target,
        row,
        addr,
        flags: core::array::from_fn(fill(10)),
        tables: core::array::from_fn(fill(100)),
        rs1: core::array::from_fn(fill(200)),
        rs2: core::array::from_fn(fill(300)),
        rd: core::array::from_fn(fill(400)),
    }
}

#[test]
fn batches_weigh_by_powers_of_their_challenge() {
    let gamma = Fr::from(7u64);
    let weights: Vec<Fr> = powers(gamma).take(4).collect();
    assert_eq!(weights, [1u64, 7, 49, 343].map(Fr::from));
    let values = scalars(5, 4);
    let sum: Fr = weights.iter().zip(&values).map(|(weight, value)| *weight * value).sum();
    assert_eq!(batch(gamma, &values), sum);
    assert_eq!(horner(gamma, values.iter().copied()), sum);
}

#[test]
fn claims_on_the_bytecode_weigh_by_powers_across_points() {
    let gamma = Fr::from(7u64);
    let (f, values) = (functional(), scalars(5, 3));
    let mut batcher = Batcher::new(gamma);
    batcher.at(&[Fr::ONE]).claim(&f, values[0]).claim(&f, values[1]);
    batcher.at(&[Fr::ZERO]).claim(&f, values[2]);
    let shape = Shape { log_t: 4, log_k: 4, log_bytecode: 4, log_ram: 4, log_row: 4 };
    let read = batcher.finish(&[], &shape);
    assert_eq!(read.value, batch(gamma, &values));
    let weights: Vec<Fr> = read.claimed.iter().map(|claimed| claimed.functional.imm).collect();
    assert_eq!(weights, [f.imm * Fr::from(8u64), f.imm * Fr::from(49u64)]);
}

#[test]
fn a_functional_of_a_row_is_that_of_the_fields_extended_to_it() {
    let (f, rows) = (functional(), (0..4).map(row).collect::<Vec<_>>());
    for (index, row) in (0u32..).zip(&rows) {
        let point = [index >> 1, index & 1].map(Fr::from);
        assert_eq!(f.apply(&evaluate(&rows, &point)), f.of_row(row, index), "row {index}");
        let i = index as usize;
        let cell = |cells: &[Fr], cell: u8| cells[usize::from(cell)];
        let products = f.imm * Fr::from(row.imm)
            + f.disp * Fr::from(row.disp)
            + f.target * Fr::from(row.target)
            + f.row * Fr::from(index)
            + f.addr * Fr::from(row.addr);
        let entries = cell(&f.rs1, row.rs1) + cell(&f.rs2, row.rs2) + cell(&f.rd, row.rd);
        assert_eq!(f.of_row(row, index), f.one + products + f.flags[i] + f.tables[i] + entries);
    }
}

#[test]
fn booleanity_weighs_by_both_eqs() {
    let relation = Booleanity { gamma: Fr::ZERO, rho: Vec::new(), r2: Vec::new(), columns: 2 };
    let public = [3u64, 5, 7].map(Fr::from);
    let witness = [2u64, 4].map(Fr::from);
    // 3·5·((2² − 2) + 7·(4² − 4)).
    assert_eq!(relation.summand(&public, &witness), Fr::from(15u64 * (2 + 7 * 12)));
}
