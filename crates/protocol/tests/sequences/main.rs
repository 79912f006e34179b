//! The rows of an instruction have one outcome, whatever the prover chooses.
//!
//! What an instruction computes from two registers is proven by a sequence of rows. A prover is free
//! in every value that the rows do not fix, above all in advice. Shown here is that the destination
//! is fixed nevertheless, for every such instruction and so for division, remainder, high products
//! and shifts, whose sequences need an argument.
//!
//! **How.** Nothing in rows, constraints or tables depends on words having 32 bits but for some
//! constants: 2^32 in rows and tables, the place of the sign, the length of an index. Here words have
//! W bits and indices 2W. The rows are those of the instruction, the constraints those of the
//! protocol; tables and results ([`width`]) are written for any W, and at W = 32 compared with those
//! of the machine. For W from 2 to 5 *everything* is tried ([`step`]): all operands, all choices of
//! registers, and in every row all 2^(2W) lookup indices. The index is what a step commits to; it
//! determines the columns that the lookup claims, so what satisfies the constraints is all that a
//! prover can do.
//!
//! **What that shows for W = 32.** The logic of the sequences, which is the same for every W:
//! a quotient q with p = min(q·b, 2^W) ≤ a and a - p < b has q·b = p, for 2^W > a, and is then unique
//! by Euclid's division; the products' corrections and the signs are identities modulo 2^W. Shifts
//! have W = 2 and 4 only, for an amount is taken modulo W by its low bits.
//!
//! **What it does not show.** Here equations hold over the integers, in a proof over the field.
//! That this is the same is [`no_constraint_wraps_in_the_field`]: with registers and words below 2^32
//! and indices below 2^64, which `zkvm_isa::invariants` and the lookup argument ensure, both sides of
//! a constraint stay far below the modulus. Nor does it show that the tables' 32-bit entries are what
//! their names say beyond the operands compared here; `zkvm_isa` tests that.

mod step;
mod width;

use std::collections::BTreeSet;
use step::{Cells, Relations};
use width::Width;
use zkvm_isa::code::Code;
use zkvm_isa::row::{Row, SCRATCH, SINK};
use zkvm_isa::table::{Index, TableId};
use zkvm_isa::{Decoded, Opcode, Operands, Semantics};
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, Term};

/// The instructions that compute a register from two.
fn instructions() -> impl Iterator<Item = (Opcode, fn(u32, u32) -> u32)> {
    Opcode::ALL.iter().filter_map(|&opcode| match opcode.instruction().semantics {
        Semantics::Register(f) => Some((opcode, f)),
        _ => None,
    })
}

fn rows(opcode: Opcode, [rd, rs1, rs2]: [u8; 3]) -> Vec<Row> {
    let mut code = Code::default();
    let operands = Operands { rd, rs1, rs2, imm: 0 };
    code.instruction(0x1000, &Decoded { opcode, instruction: opcode.instruction(), operands });
    code.resolve(|_| panic!("no row here jumps"))
}

fn is_shift(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::SLL | Opcode::SRL | Opcode::SRA)
}

fn divides(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::DIV | Opcode::DIVU | Opcode::REM | Opcode::REMU)
}

/// Requires one outcome of the instruction on all operands of the width.
fn check(relations: &mut Relations, opcode: Opcode, registers: [u8; 3]) {
    let (width, rows) = (relations.width(), rows(opcode, registers));
    let [rd, rs1, rs2] = registers.map(usize::from);
    for a in 0..1 << width.bits() {
        for b in 0..1 << width.bits() {
            let mut cells: Cells = [0; 64];
            (cells[rs1], cells[rs2]) = (a, b);
            cells[0] = 0;
            let (a, b) = (cells[rs1], cells[rs2]);
            let ends = relations.run(&rows, cells);
            let what = format!("{opcode:?} x{rd}, x{rs1}, x{rs2} of {a} and {b}, {} bits", width.bits());
            // x0 is never written: its rows do nothing.
            if rd != 0 {
                cells[rd] = width.result(opcode, a, b);
            }
            let architectural = |end: &Cells| end[..usize::from(SCRATCH)] == cells[..usize::from(SCRATCH)];
            assert!(!ends.is_empty(), "{what}: no witness");
            assert!(ends.iter().all(architectural), "{what}: another outcome");
            // Divided by zero, any quotient leaves the remainder that is the dividend.
            let free = matches!(opcode, Opcode::REM | Opcode::REMU) && b == 0 && rd != 0;
            let expected = if free { 1 << width.bits() } else { 1 };
            assert_eq!(ends.len(), expected, "{what}: ways to fill the scratch cells");
        }
    }
}

/// Every choice of registers up to renaming, with x0 in every position.
fn register_choices() -> Vec<[u8; 3]> {
    let of = |at: u8| [0, 5, 6, 7].into_iter().filter(move |r| *r == 0 || *r <= 5 + at);
    of(2).flat_map(|rd| of(0).flat_map(move |rs1| of(1).map(move |rs2| [rd, rs1, rs2]))).collect()
}

#[test]
fn every_register_instruction_has_one_outcome() {
    for bits in 2..=5 {
        let mut relations = Relations::new(Width::new(bits));
        for (opcode, _) in instructions() {
            if is_shift(opcode) && !bits.is_power_of_two() {
                continue;
            }
            for registers in register_choices() {
                check(&mut relations, opcode, registers);
            }
        }
    }
}

/// The check can fail: without one of its assertions a division has other outcomes.
#[test]
fn every_assertion_of_a_division_is_needed() {
    let width = Width::new(3);
    let mut relations = Relations::new(width);
    for (opcode, _) in instructions().filter(|(opcode, _)| divides(*opcode)) {
        let all = rows(opcode, [7, 5, 6]);
        let asserts = all.iter().filter(|row| row.rd == SINK).count();
        assert_eq!(asserts, if matches!(opcode, Opcode::DIV | Opcode::DIVU) { 2 } else { 1 });
        for left_out in 0..asserts {
            let mut seen = 0..;
            let kept: Vec<Row> =
                all.iter().filter(|row| row.rd != SINK || seen.next() != Some(left_out)).copied().collect();
            let ambiguous = (0..64).any(|pair| {
                let mut cells: Cells = [0; 64];
                (cells[5], cells[6]) = (pair / 8, pair % 8);
                let ends = relations.run(&kept, cells);
                ends.iter().map(|end| end[7]).collect::<BTreeSet<_>>().len() > 1
            });
            assert!(ambiguous, "{opcode:?} without assertion {left_out}");
        }
    }
}

/// Words of 32 bits at which tables and instructions differ.
fn words() -> Vec<u32> {
    let powers = (0..32).map(|k| 1u32 << k);
    let mut words: Vec<u32> = powers.flat_map(|p| [p, p.wrapping_neg(), p - 1, !p, p ^ 0x5a5a_1234]).collect();
    words.push(0);
    words.sort_unstable();
    words.dedup();
    words
}

#[test]
fn results_and_tables_of_32_bits_are_those_of_the_machine() {
    let (width, words) = (Width::new(32), words());
    let tables: BTreeSet<TableId> =
        instructions().flat_map(|(opcode, _)| rows(opcode, [7, 5, 6])).filter_map(|row| row.table).collect();
    let pairs = || words.iter().flat_map(|a| words.iter().map(move |b| (*a, *b)));
    for (a, b) in pairs() {
        for (opcode, result) in instructions() {
            let expected = width.result(opcode, a.into(), b.into());
            assert_eq!(u64::from(result(a, b)), expected, "{opcode:?} of {a:#x} and {b:#x}");
        }
        for table in &tables {
            let index = table.kind().join(a, b);
            assert_eq!(table.entry(index), width.entry(*table, index), "{table:?} at {a:#x} and {b:#x}");
        }
    }
    let kinds: BTreeSet<bool> = tables.iter().map(|table| table.kind() == Index::Linear).collect();
    assert_eq!(kinds.len(), 2, "both kinds of index occur");
}

/// What a term can be at most, as the logarithm of its absolute value.
fn log_bound(term: &Term) -> u32 {
    match term {
        Term::One | Term::Flag(_) | Term::Column(Column::Memory | Column::Taken) => 0,
        Term::Column(Column::Linear | Column::Product) => 64,
        Term::Column(Column::Offset) => 2,
        Term::Column(Column::NextAddress) => 33,
        // Registers, words, tables' entries, operands of an index, addresses, rows.
        Term::Column(_) | Term::Imm | Term::Disp | Term::Target | Term::Row => 32,
    }
}

#[test]
fn no_constraint_wraps_in_the_field() {
    let bound = |form: Form| form.iter().map(|(c, term)| u128::from(c.unsigned_abs()) << log_bound(term)).sum::<u128>();
    for constraint in &CONSTRAINTS {
        let (a, b, c) = (bound(constraint.a), bound(constraint.b), bound(constraint.c));
        // The modulus has 254 bits.
        assert!(a * b + c < 1 << 68, "{}", constraint.name);
    }
}
