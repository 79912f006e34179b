//! The script: the order of all messages, run by both parties.
//!
//! Points: r1 (constraints), r2 (reads), r3 (increments), r4 (committed columns) are cycle points;
//! each is drawn after everything claimed at the one before.

use crate::constraints::Column;
use crate::party::{Batch, Takes};
use crate::relation::{Point, Stage};
use crate::relations::bytecode::{self, Batcher, Functional};
use crate::relations::{booleanity, control, dense, lookups, ram, reduction, registers, spartan};
use crate::shape::{DENSE, INDEX_BITS, LOG_REGISTERS, Shape};
use crate::statement::{Statement, bit_of};
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use core::slice::from_ref;
use zkvm_algebra::multilinear::eq_table;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_isa::row::Flags;
use zkvm_isa::table::TableId;

macro_rules! engine {
    ($($relation:ty),* $(,)?) => {
        /// A party with a part in every relation.
        pub trait Engine<'a>: $(Takes<$relation> +)* {}
        impl<'a, P> Engine<'a> for P where P: $(Takes<$relation> +)* {}
    };
}

engine!(
    spartan::Zerocheck,
    lookups::Read,
    ram::Read,
    registers::Read,
    control::Next,
    ram::Output,
    ram::Val,
    registers::Val,
    bytecode::Read<'a>,
    lookups::Chunks,
    ram::Chunks,
    booleanity::Booleanity,
    dense::Dense,
    reduction::Addresses,
);

/// Runs the protocol on `statement`.
pub fn run<'a, P: Engine<'a>>(party: &mut P, statement: &Statement<'a>) -> Result<(), P::Error> {
    statement.absorb(party);
    party.commit(&statement.shape)?;
    let constraints = prove_constraints(party, &statement.shape)?;
    let reads = prove_reads(party, statement, &constraints)?;
    let values = prove_values(party, statement, &reads)?;
    let columns = prove_columns(party, statement, &constraints, &reads, &values)?;
    open_columns(party, &statement.shape, columns)
}

/// What the constraints leave to prove, at r1.
struct Constraints {
    zerocheck: spartan::Zerocheck,
    /// The group coordinate of the final point.
    group: Fr,
    r1: Vec<Fr>,
    z: spartan::Claims,
}

fn prove_constraints<'a, P: Engine<'a>>(party: &mut P, shape: &Shape) -> Result<Constraints, P::Error> {
    let skip = spartan::Skip { tau: party.challenges("τ", shape.log_t.saturating_add(1)) };
    let quotient = party.skip(&skip)?;
    let zerocheck = spartan::Zerocheck::new(&skip, &quotient, party.challenge("y"));
    let stage = Stage { name: "constraints", index: 1, cycle: shape.log_t };
    let batch = (zerocheck,);
    let (point, (z,)) = batch.run(party, &stage)?;
    let group = point.index.first().copied().unwrap_or(Fr::ZERO);
    Ok(Constraints { zerocheck: batch.0, group, r1: point.cycle, z })
}

/// What the reads leave to prove, at r2.
struct Reads {
    /// The 64 index coordinates; RAM and registers end with the last of them.
    index: Vec<Fr>,
    r2: Vec<Fr>,
    lookup_gamma: Fr,
    lookups: lookups::ReadClaims,
    ram: ram::ReadClaims,
    registers_gamma: Fr,
    registers: registers::ReadClaims,
    control_gamma: Fr,
    /// row + γ·addr.
    control: Fr,
    final_memory: Fr,
}

impl Reads {
    fn last_index(&self, count: usize) -> &[Fr] {
        self.index.get(self.index.len().saturating_sub(count)..).unwrap_or_default()
    }
    /// The byte address point of RAM.
    fn ram_address(&self, shape: &Shape) -> &[Fr] {
        self.last_index(shape.ram_bits())
    }
    /// The word point of RAM.
    fn ram_word(&self, shape: &Shape) -> &[Fr] {
        self.ram_address(shape).get(..shape.log_ram).unwrap_or_default()
    }
    /// The register point.
    fn cell(&self) -> &[Fr] {
        self.last_index(LOG_REGISTERS)
    }
}

fn prove_reads<'a, P: Engine<'a>>(
    party: &mut P,
    statement: &Statement<'a>,
    constraints: &Constraints,
) -> Result<Reads, P::Error> {
    let shape = &statement.shape;
    let (r1, z) = (&constraints.r1, |column| constraints.z.column(column));
    let [lookup_gamma, ram_gamma, registers_gamma, control_gamma] = core::array::from_fn(|_| party.challenge("γ"));
    let rho = party.challenges("ρ", statement.log_output());
    let batch = (
        lookups::Read {
            gamma: lookup_gamma,
            r1: r1.clone(),
            values: [Column::Output, Column::X, Column::Y, Column::Linear, Column::Product].map(z),
        },
        ram::Read {
            gamma: ram_gamma,
            r1: r1.clone(),
            values: [Column::RamRead, Column::RamWrite, Column::RamAddress, Column::Offset, Column::Memory].map(z),
            base: statement.program.layout().base,
            log_ram: shape.log_ram,
        },
        registers::Read {
            gamma: registers_gamma,
            r1: r1.clone(),
            values: [Column::Rs1, Column::Rs2, Column::Rd].map(z),
        },
        control::Next {
            gamma: control_gamma,
            r1: r1.clone(),
            values: [Column::NextRow, Column::NextAddress].map(z),
            halt: halt(statement),
        },
        ram::Output {
            value: statement.output_at(&rho),
            point: statement.output_place().into_iter().chain(rho).collect(),
        },
    );
    let stage = Stage { name: "reads", index: INDEX_BITS, cycle: shape.log_t };
    let (Point { index, cycle: r2 }, (lookups, ram, registers, control, final_memory)) = batch.run(party, &stage)?;
    Ok(Reads {
        index,
        r2,
        lookup_gamma,
        lookups,
        ram,
        registers_gamma,
        registers,
        control_gamma,
        control,
        final_memory,
    })
}

/// Index and address of the halt row.
fn halt(statement: &Statement) -> [Fr; 2] {
    let halt = statement.program.halt();
    let row = usize::try_from(halt).ok().and_then(|halt| statement.program.rows().get(halt));
    [Fr::from(halt), row.map_or(Fr::ZERO, |row| Fr::from(row.addr))]
}

/// What the value relations leave to prove, at r3.
struct Values {
    r3: Vec<Fr>,
    ram: ram::ValClaims,
    registers: registers::ValClaims,
}

fn prove_values<'a, P: Engine<'a>>(
    party: &mut P,
    statement: &Statement<'a>,
    reads: &Reads,
) -> Result<Values, P::Error> {
    let shape = &statement.shape;
    let word = reads.ram_word(shape);
    let batch = (
        ram::Val {
            gamma: party.challenge("γ"),
            r2: reads.r2.clone(),
            val: reads.ram.val,
            val_final: reads.final_memory,
            init: statement.initial_memory_at(word),
            word: word.to_vec(),
        },
        registers::Val { r2: reads.r2.clone(), val: reads.registers.val, cell: reads.cell().to_vec() },
    );
    let stage = Stage { name: "values", index: 0, cycle: shape.log_t };
    let (Point { cycle: r3, .. }, (ram, registers)) = batch.run(party, &stage)?;
    Ok(Values { r3, ram, registers })
}

/// Claims on committed columns, all at r4.
struct Columns {
    r4: Vec<Fr>,
    claims: Vec<reduction::ColumnClaim>,
}

fn prove_columns<'a, P: Engine<'a>>(
    party: &mut P,
    statement: &Statement<'a>,
    constraints: &Constraints,
    reads: &Reads,
    values: &Values,
) -> Result<Columns, P::Error> {
    let shape = &statement.shape;
    let bytecode = bytecode_claims(party.challenge("γ"), statement, constraints, reads, values);
    let lookups = lookups::Chunks::new(shape, party.challenge("γ"), &reads.index, &reads.r2, &reads.lookups.groups);
    let ram = ram::Chunks::new(
        shape,
        party.challenge("γ"),
        reads.ram_address(shape),
        &reads.r2,
        &values.r3,
        [reads.ram.ra, values.ram.ra],
    );
    let booleanity = booleanity::Booleanity {
        gamma: party.challenge("γ"),
        rho: party.challenges("ρ", shape.log_k),
        r2: reads.r2.clone(),
        columns: shape.one_hot_columns(),
    };
    let dense = dense::Dense {
        gamma: party.challenge("γ"),
        points: [constraints.r1.clone(), reads.r2.clone(), values.r3.clone()],
        values: [
            constraints.z.column(Column::MulLeft),
            constraints.z.column(Column::Taken),
            reads.registers.inc,
            reads.ram.inc,
            values.registers.inc,
            values.ram.inc,
        ],
    };
    let batch = (bytecode, lookups, ram, booleanity, dense);
    let stage = Stage { name: "columns", index: shape.log_bytecode.max(shape.log_k), cycle: shape.log_t };
    let (point, claims) = batch.run(party, &stage)?;
    let last = |count: usize| point.index.get(point.index.len().saturating_sub(count)..).unwrap_or_default();

    let (bytecode, lookups, ram, booleanity, dense) = claims;
    let mut columns = ColumnClaims(Vec::new());
    columns.add(shape.lookup_range(), &batch.1.points, &lookups);
    columns.add(shape.bytecode_range(), &batch.0.chunk_points(last(shape.log_bytecode)), &bytecode);
    let Range { start, end } = shape.ram_range();
    let tail = end.saturating_sub(batch.2.tail.len());
    columns.add(start..tail, &batch.2.shared, &ram.shared);
    columns.add(tail..end, &batch.2.tail, &ram.tail);
    columns.add(tail..end, &batch.2.half_tail, &ram.half_tail);
    let one_hot = 0..shape.one_hot_columns();
    columns.add(one_hot.clone(), &vec![last(shape.log_k).to_vec(); one_hot.len()], &booleanity);
    columns.add_dense(shape, &dense);
    Ok(Columns { r4: point.cycle, claims: columns.0 })
}

/// Collects claims on committed columns. A column is named by its number, taken from the ranges of
/// the shape.
struct ColumnClaims(Vec<reduction::ColumnClaim>);

impl ColumnClaims {
    /// One claim on each of `columns`, at its own point. Columns, points and values are as many; were
    /// they not, there would still be a claim for each, which no honest proof fulfils: none can be
    /// left out without notice.
    fn add(&mut self, columns: Range<usize>, points: &[Vec<Fr>], values: &[Fr]) {
        for i in 0..columns.len().max(points.len()).max(values.len()) {
            self.0.push(reduction::ColumnClaim {
                column: columns.start.saturating_add(i),
                point: points.get(i).cloned().unwrap_or_default(),
                value: values.get(i).copied().unwrap_or_default(),
            });
        }
    }

    /// The dense sub-columns stand at the hypercube points 0, 1, … of the dense columns.
    fn add_dense(&mut self, shape: &Shape, values: &[Fr; DENSE]) {
        let point = |address: u64| (0..shape.log_k).rev().map(|bit| Fr::from(bit_of(address, bit))).collect();
        let size = DENSE.div_ceil(shape.dense_columns());
        for (column, values) in (shape.dense_range().start..).zip(values.chunks(size)) {
            for (point, value) in (0..).map(point).zip(values) {
                self.add(column..column.saturating_add(1), from_ref(&point), from_ref(value));
            }
        }
    }
}

/// All claims on the bytecode: the list must be complete.
fn bytecode_claims<'a>(
    gamma: Fr,
    statement: &Statement<'a>,
    constraints: &Constraints,
    reads: &Reads,
    values: &Values,
) -> bytecode::Read<'a> {
    let zerocheck = &constraints.zerocheck;
    let one = Functional { one: Fr::ONE, ..Functional::default() };
    let mut memory = Functional::default();
    memory.set_flags(|flag| Fr::from(u64::from(flag == Flags::MEM)));
    let first_row = Functional { row: Fr::ONE, ..Functional::default() };
    let control = Functional { row: Fr::ONE, addr: reads.control_gamma, ..Functional::default() };
    let cells: Vec<Fr> = eq_table(reads.cell());
    let cells: [Fr; 1 << LOG_REGISTERS] = core::array::from_fn(|i| cells.get(i).copied().unwrap_or(Fr::ZERO));
    let ra = Functional { rs1: cells, rs2: cells.map(|c| c * reads.registers_gamma), ..Functional::default() };
    let wa = Functional { rd: cells, ..Functional::default() };

    let mut batch = Batcher::new(gamma);
    batch
        .at(&constraints.r1)
        .claim(&zerocheck.bytecode_part(spartan::Side::A, constraints.group), constraints.z.a)
        .claim(&zerocheck.bytecode_part(spartan::Side::B, constraints.group), constraints.z.b)
        .claim(&memory, constraints.z.column(Column::Memory))
        .claim(&one, Fr::ONE);
    batch
        .at(&reads.r2)
        .claim(&lookup_value(reads.lookup_gamma, &reads.index), reads.lookups.value)
        .claim(&ra, reads.registers.ra)
        .claim(&wa, reads.registers.wa)
        .claim(&control, reads.control);
    batch.at(&values.r3).claim(&wa, values.registers.wa);
    // The first step is row 0, the prologue.
    batch.at(&vec![Fr::ZERO; statement.shape.log_t]).claim(&first_row, Fr::ZERO);
    batch.finish(statement.program.rows(), &statement.shape)
}

/// V of the lookups at an index point, as a functional of a row.
fn lookup_value(gamma: Fr, index: &[Fr]) -> Functional {
    let [x, y, identity] = lookups::operands(index);
    let square = gamma.square();
    let (interleaved, linear) = (gamma * x + square * y, square * gamma * identity);
    let mut value = Functional { one: square.square() * gamma, ..Functional::default() };
    value.set_flags(|flag| match flag {
        Flags::ALU | Flags::WORD_IN | Flags::PREP => interleaved,
        Flags::ADD | Flags::SUB | Flags::ADVICE => linear,
        Flags::MUL => linear * gamma,
        _ => Fr::ZERO,
    });
    for (slot, table) in value.tables.iter_mut().zip(TableId::ALL) {
        *slot = table.evaluate(index);
    }
    value
}

fn open_columns<'a, P: Engine<'a>>(party: &mut P, shape: &Shape, columns: Columns) -> Result<(), P::Error> {
    let addresses = reduction::Addresses {
        gamma: party.challenge("γ"),
        log_k: shape.log_k,
        columns: shape.columns().len(),
        r4: columns.r4.clone(),
        claims: columns.claims,
    };
    let stage = Stage { name: "addresses", index: shape.log_k, cycle: 0 };
    let (Point { index, .. }, (claims,)) = (addresses,).run(party, &stage)?;
    let point: Vec<Fr> = columns.r4.into_iter().chain(index).collect();
    party.open(shape, &point, &claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{self, Auditor};
    use crate::shape::OFFSET_BITS;
    use crate::statement::PublicIo;

    /// How often each column is claimed when the columns of `shape` are proven.
    fn claims_on_columns(shape: Shape) -> Vec<usize> {
        let (program, io) = (budget::tests::program(), PublicIo::default());
        let statement = Statement { program: &program, digest: [0; 32], io: &io, shape, scheme: [0; 32] };
        let party = &mut Auditor::default();
        let Ok(constraints) = prove_constraints(party, &shape);
        let Ok(reads) = prove_reads(party, &statement, &constraints);
        let Ok(values) = prove_values(party, &statement, &reads);
        let Ok(columns) = prove_columns(party, &statement, &constraints, &reads, &values);
        assert!(columns.claims.iter().all(|claim| claim.point.len() == shape.log_k));
        let on = |column| columns.claims.iter().filter(|claim| claim.column == column).count();
        assert_eq!((0..shape.columns().len()).map(on).sum::<usize>(), columns.claims.len(), "claims on no column");
        (0..shape.columns().len()).map(on).collect()
    }

    #[test]
    fn a_claim_without_counterpart_is_not_left_out() {
        let (point, value) = (vec![Fr::ZERO], Fr::from(7u64));
        for (columns, points, values) in [(3..6, 2, 2), (3..5, 3, 2), (3..5, 2, 3)] {
            let mut claims = ColumnClaims(Vec::new());
            claims.add(columns, &vec![point.clone(); points], &vec![value; values]);
            let columns: Vec<usize> = claims.0.iter().map(|claim| claim.column).collect();
            assert_eq!(columns, [3, 4, 5]);
        }
    }

    #[test]
    fn the_bytecode_is_claimed_at_r1_r2_r3_and_the_first_step() {
        let shape = Shape { log_t: 10, log_k: 4, log_bytecode: 9, log_ram: 17, log_row: 10 };
        let (program, io) = (budget::tests::program(), PublicIo::default());
        let statement = Statement { program: &program, digest: [0; 32], io: &io, shape, scheme: [0; 32] };
        let party = &mut Auditor::default();
        let Ok(mut constraints) = prove_constraints(party, &shape);
        let Ok(mut reads) = prove_reads(party, &statement, &constraints);
        let Ok(mut values) = prove_values(party, &statement, &reads);
        let points = [1u64, 2, 3, 0].map(|point| vec![Fr::from(point); shape.log_t]);
        [constraints.r1, reads.r2, values.r3] = [0, 1, 2].map(|i: usize| points[i].clone());
        let claimed = bytecode_claims(Fr::from(5u64), &statement, &constraints, &reads, &values).claimed;
        let found: Vec<&Vec<Fr>> = claimed.iter().map(|claimed| &claimed.point).collect();
        assert_eq!(found, points.each_ref());
        // The third claim at r1 is γ³ times "one", the last of all γ⁹ times the row.
        assert_eq!(claimed[3].functional.row, Fr::from(5u64.pow(9)));
    }

    #[test]
    fn every_column_is_claimed_as_a_chunk_and_as_boolean_or_as_dense() {
        for log_k in [1, 2, 4, 8] {
            let shape = Shape { log_t: 10, log_k, log_bytecode: 9, log_ram: 17, log_row: 10 };
            let tail = OFFSET_BITS.div_ceil(log_k);
            let mut expected = vec![2; shape.one_hot_columns()];
            // The offset bits of an address are read at two points.
            expected[shape.one_hot_columns() - tail..].fill(3);
            expected.resize(shape.columns().len(), DENSE / shape.dense_columns());
            assert_eq!(claims_on_columns(shape), expected, "κ = {log_k}");
        }
    }
}
