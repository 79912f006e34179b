//! Each decode invariant refuses a table that breaks it, and every built program satisfies all.

use rand::{Rng, SeedableRng, rngs::StdRng};
use std::collections::HashSet;
use zkvm_isa::invariants::{InvariantError, Rule, check};
use zkvm_isa::program::{Image, MemoryConfig, Program, Segment};
use zkvm_isa::row::{Flags, Row, SINK, WRAP};
use zkvm_isa::table::TableId;
use zkvm_isa::{Opcode, Operands};

const TEXT: u32 = zkvm_abi::IMAGE_BASE;

fn program(words: &[u32]) -> Program {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mem_size = bytes.len() as u32;
    let segments = vec![Segment { addr: TEXT, mem_size, bytes, executable: true }];
    Program::new(Image { entry: TEXT, segments }, MemoryConfig::default()).expect("program")
}

/// Every instruction once, an illegal word, one more instruction.
fn sample() -> Program {
    let operands = Operands { rd: 5, rs1: 6, rs2: 7, imm: 8 };
    let mut words: Vec<u32> = Opcode::ALL.iter().map(|op| op.instruction().encode(operands)).collect();
    words.extend([0, words[0]]);
    program(&words)
}

/// The first row of the sample's instruction `opcode`, and its place.
fn first(program: &Program, opcode: Opcode) -> usize {
    program.row_of(TEXT + 4 * opcode as u32).expect("in the sample") as usize
}

/// Requires that `rule` refuses the table after `change`, which names the row it changed.
fn refused(rule: Rule, change: impl Fn(&Program, &mut [Row]) -> usize) -> Rule {
    let program = sample();
    let mut rows = program.rows().to_vec();
    let row = change(&program, &mut rows);
    assert_eq!(check(&rows, program.halt()), Err(InvariantError { rule, row }));
    rule
}

/// [`refused`], of row `offset` of the instruction `opcode`.
fn row_refused(rule: Rule, opcode: Opcode, offset: usize, change: impl Fn(&mut Row)) -> Rule {
    refused(rule, |program, rows| {
        let row = first(program, opcode) + offset;
        change(&mut rows[row]);
        row
    })
}

fn set(flags: Flags) -> impl Fn(&mut Row) {
    move |row| row.flags = row.flags.with(flags)
}

fn clear(flags: Flags) -> impl Fn(&mut Row) {
    move |row| row.flags.0 &= !flags.0
}

#[test]
fn a_program_of_every_instruction_satisfies_all_rules() {
    let program = sample();
    assert_eq!(check(program.rows(), program.halt()), Ok(()));
}

#[test]
fn programs_of_random_words_satisfy_all_rules() {
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..200 {
        let words: Vec<u32> = (0..rng.gen_range(1..200))
            .map(|_| {
                let opcode = Opcode::ALL[rng.gen_range(0..Opcode::ALL.len())].instruction();
                let fields = rng.r#gen::<u32>() & !opcode.mask;
                if rng.gen_ratio(1, 10) { rng.r#gen() } else { opcode.fixed | fields }
            })
            .collect();
        program(&words);
    }
}

#[test]
fn tables_of_a_wrong_shape_are_refused() {
    let program = sample();
    let (rows, halt) = (program.rows(), program.halt());
    let refuses = |rows: &[Row], halt: u32| {
        assert!(matches!(check(rows, halt), Err(InvariantError { rule: Rule::Shape, .. })));
    };
    refuses(&[], 0);
    refuses(&rows[..rows.len() - 1], halt);
    refuses(&rows[..8], 7);
    refuses(rows, rows.len() as u32);
    refuses(rows, 0);
    assert!(check(rows, halt + 1).is_err());
    assert!(check(rows, halt - 1).is_err());
}

/// Rules about where rows stand and what they may reach.
fn refused_by_place() -> Vec<Rule> {
    use Opcode::*;
    vec![
        refused(Rule::Address, |program, rows| {
            let row = first(program, JAL) + 1;
            rows[row].addr = rows[row - 1].addr;
            row
        }),
        refused(Rule::Shape, |program, rows| {
            rows[program.halt() as usize].flags = Flags::NONE;
            program.halt() as usize
        }),
        refused(Rule::Shape, |_, rows| {
            let last = rows.len() - 1;
            rows[last] = Row { addr: rows[last].addr, ..Row::EMPTY };
            last
        }),
        refused(Rule::Shape, |_, rows| {
            let last = rows.len() - 1;
            rows[last].imm = 1;
            last
        }),
        refused(Rule::Shape, |program, rows| {
            let trap = program.halt() as usize - 4;
            rows[trap] = Row { addr: rows[trap].addr, ..Row::EMPTY };
            trap
        }),
        refused(Rule::Shape, |program, rows| {
            let exit = program.halt() as usize - 3;
            rows[exit].addr = u64::from(TEXT) + 0x1000;
            exit
        }),
        row_refused(Rule::Address, BEQ, 0, |row| row.addr += 1),
        row_refused(Rule::Address, BEQ, 0, |row| row.addr -= 8),
        row_refused(Rule::Address, SLL, 1, |row| row.addr += 1),
        row_refused(Rule::Address, ADD, 0, |row| row.addr = Row::SYNTHETIC + 1),
        row_refused(Rule::Flags, ADD, 0, |row| row.flags.0 |= 1 << Flags::COUNT),
        row_refused(Rule::Target, BEQ, 0, |row| row.target += 1000),
        row_refused(Rule::Target, ADD, 0, |row| row.target = 2),
        refused(Rule::Target, |program, rows| {
            let (row, middle) = (first(program, JAL), first(program, SLL) + 1);
            rows[row].target = middle as u32;
            row
        }),
        refused(Rule::Target, |program, rows| {
            let row = first(program, BNE);
            rows[row].target = program.halt();
            row
        }),
        refused(Rule::Target, |program, rows| {
            let row = first(program, ECALL);
            rows[row].target = program.halt() - 1;
            row
        }),
        refused(Rule::Target, |program, rows| {
            let row = program.halt() as usize;
            rows[row].target = first(program, ADD) as u32;
            row
        }),
        refused(Rule::FallThrough, |program, rows| {
            // The instruction after the illegal word moves down: no trap row before it any more.
            let trap = first(program, ADVICE) + 1;
            assert!(rows[trap].is_trap());
            rows[trap] = Row { addr: u64::from(TEXT) + 0x1000, ..Row::EMPTY };
            rows[trap + 1].addr = u64::from(TEXT) + 0x2000;
            trap - 1
        }),
        row_refused(Rule::Jump, JALR, 0, set(Flags::JUMP)),
    ]
}

/// Rules about the flags of a row.
fn refused_by_flags() -> Vec<Rule> {
    use Opcode::*;
    vec![
        row_refused(Rule::Destination, ADD, 0, clear(Flags::OUT)),
        row_refused(Rule::Destination, ADD, 0, set(Flags::CONST)),
        row_refused(Rule::Destination, LW, 0, set(Flags::CONST)),
        row_refused(Rule::Destination, ADD, 0, |row| row.rd = SINK),
        row_refused(Rule::Destination, SW, 0, |row| row.rd = 5),
        row_refused(Rule::Memory, LW, 0, set(Flags::SW)),
        row_refused(Rule::Memory, LW, 0, clear(Flags::MEM)),
        row_refused(Rule::Memory, ADD, 0, set(Flags::MEM)),
        row_refused(Rule::Offset, LW, 0, clear(Flags::BYTE)),
        row_refused(Rule::Offset, LB, 0, set(Flags::HALF)),
        row_refused(Rule::Offset, SB, 1, set(Flags::BYTE)),
        row_refused(Rule::Offset, ADD, 0, set(Flags::BYTE)),
        row_refused(Rule::Load, SB, 0, |row| {
            row.flags.0 ^= Flags::LOAD.0 | Flags::SW.0;
        }),
        row_refused(Rule::Load, SW, 0, |row| {
            (row.flags, row.rd) = (row.flags.with(Flags::LW), 5);
        }),
        row_refused(Rule::WordIn, LB, 0, |row| {
            row.flags.0 ^= Flags::LOAD.0 | Flags::SW.0;
        }),
        row_refused(Rule::WordIn, ADD, 0, set(Flags::WORD_IN)),
        row_refused(Rule::Mode, ADD, 0, set(Flags::SUB)),
        row_refused(Rule::Mode, MUL, 0, set(Flags::ADD)),
        row_refused(Rule::Mode, ADD, 0, set(Flags::ALU)),
        row_refused(Rule::Mode, FENCE, 0, set(Flags::Y)),
        row_refused(Rule::Operands, XOR, 0, clear(Flags::Y)),
        row_refused(Rule::Operands, LB, 0, set(Flags::ALU)),
        row_refused(Rule::Operands, LB, 0, set(Flags::Y)),
    ]
}

/// Rules about lookups.
fn refused_by_table() -> Vec<Rule> {
    use Opcode::*;
    vec![
        row_refused(Rule::Table, FENCE, 0, |row| row.table = Some(TableId::And)),
        row_refused(Rule::Table, XOR, 0, |row| row.table = Some(TableId::Low)),
        row_refused(Rule::Table, ADD, 0, |row| row.table = Some(TableId::And)),
        row_refused(Rule::Table, MUL, 0, |row| row.table = Some(TableId::And)),
        row_refused(Rule::Output, ADD, 0, |row| row.table = None),
        row_refused(Rule::Output, BEQ, 0, |row| row.table = None),
        row_refused(Rule::Output, JALR, 0, |row| row.table = None),
        row_refused(Rule::Output, SB, 1, |row| row.table = None),
        row_refused(Rule::Boolean, BEQ, 0, |row| row.table = Some(TableId::And)),
        row_refused(Rule::Boolean, REMU, 3, |row| row.table = Some(TableId::And)),
        row_refused(Rule::Boolean, REMU, 3, |row| row.table = None),
        row_refused(Rule::Boolean, FENCE, 0, set(Flags::ASSERT.with(Flags::JUMP))),
        row_refused(Rule::Advice, ADVICE, 0, |row| row.table = Some(TableId::High)),
        row_refused(Rule::Advice, ADVICE, 0, set(Flags::JUMP)),
        row_refused(Rule::Advice, ADVICE, 0, set(Flags::JALR)),
        row_refused(Rule::Advice, ADVICE, 0, |row| {
            (row.flags, row.rd) = (Flags::ADVICE, SINK);
        }),
        row_refused(Rule::Saturated, MUL, 0, |row| row.table = Some(TableId::SatLow)),
        row_refused(Rule::Saturated, ADD, 0, |row| row.table = Some(TableId::SatLow)),
        row_refused(Rule::Saturated, REMU, 1, |row| row.rd += 1),
        row_refused(Rule::Mask, SLLI, 0, |row| row.imm -= 1),
        row_refused(Rule::Mask, SRAI, 0, |row| row.imm = 0),
        row_refused(Rule::Mask, SRL, 1, |row| (row.rs1, row.rs2) = (7, 6)),
        row_refused(Rule::Mask, SRL, 1, |row| row.table = Some(TableId::Sll)),
        row_refused(Rule::Mask, XOR, 0, |row| row.table = Some(TableId::Sra)),
        row_refused(Rule::Merge, SB, 1, |row| row.rs1 = 5),
        row_refused(Rule::Merge, SB, 1, |row| row.disp += 4),
        row_refused(Rule::Merge, SB, 1, |row| row.rs2 = 7),
        row_refused(Rule::Merge, SB, 1, |row| row.table = Some(TableId::MergeHalf)),
        row_refused(Rule::Merge, SH, 1, |row| row.table = Some(TableId::MergeByte)),
        row_refused(Rule::RightOperand, SB, 1, |row| row.imm = 1),
    ]
}

/// Rules about rows that belong together: a change to the row before or after is found at the row itself.
fn refused_by_neighbour() -> Vec<Rule> {
    use Opcode::*;
    let near = |rule: Rule, opcode: Opcode, offset: usize, change: fn(&mut [Row], usize)| {
        refused(rule, |program, rows| {
            let row = first(program, opcode) + offset;
            change(rows, row);
            row
        })
    };
    vec![
        near(Rule::Saturated, REMU, 1, |rows, row| rows[row + 1].imm = WRAP),
        near(Rule::Saturated, REMU, 1, |rows, row| rows[row + 1].flags = Flags::ADD.with(Flags::OUT)),
        near(Rule::Saturated, REMU, 1, |rows, row| rows[row + 1].rs1 = rows[row].rd),
        near(Rule::Saturated, REMU, 1, |rows, row| rows[row].flags = rows[row].flags.with(Flags::JALR)),
        near(Rule::Merge, SB, 1, |rows, row| (rows[row - 1].rd, rows[row].rs2) = (7, 7)),
        near(Rule::Merge, SB, 1, |rows, row| rows[row - 1].table = Some(TableId::PrepareHalf)),
        near(Rule::Merge, SB, 1, |rows, row| rows[row - 1].flags.0 ^= Flags::BYTE.0 | Flags::HALF.0),
        near(Rule::Mask, SRL, 1, |rows, row| rows[row - 1].table = Some(TableId::MaskLow)),
        near(Rule::Destination, ADD, 0, |rows, row| {
            (rows[row].flags, rows[row].rd) = (rows[row].flags.with(Flags::CONST), SINK);
        }),
        refused(Rule::Shape, |program, rows| {
            let exit = program.halt() as usize - 3;
            rows[exit] = Row { addr: rows[exit].addr, ..Row::TRAP };
            exit
        }),
    ]
}

/// Rules about the numbers of a row.
fn refused_by_value() -> Vec<Rule> {
    use Opcode::*;
    vec![
        row_refused(Rule::Cells, ADD, 0, |row| row.rd = 0),
        row_refused(Rule::Cells, ADD, 0, |row| row.rd = 64),
        row_refused(Rule::Cells, ADD, 0, |row| row.rs1 = SINK),
        row_refused(Rule::Cells, ADD, 0, |row| row.rs2 = SINK),
        row_refused(Rule::Scratch, ADD, 0, |row| row.rs1 = 32),
        row_refused(Rule::Scratch, SLL, 1, |row| row.rs2 = 33),
        row_refused(Rule::Scratch, REM, 0, |row| row.rs1 = 32),
        row_refused(Rule::Immediate, ADDI, 0, |row| row.imm = WRAP),
        row_refused(Rule::Immediate, SUB, 0, |row| row.imm = 1),
        row_refused(Rule::Immediate, SUB, 0, |row| row.imm = WRAP + 1),
        row_refused(Rule::RightOperand, XORI, 0, |row| row.rs2 = 7),
        row_refused(Rule::RightOperand, MUL, 0, |row| row.imm = 1),
        row_refused(Rule::Constant, LUI, 0, |row| row.disp = -1),
        row_refused(Rule::Constant, LUI, 0, |row| row.disp = 1 << 32),
        row_refused(Rule::Displacement, LW, 0, |row| row.disp = 2048),
        row_refused(Rule::Displacement, SW, 0, |row| row.disp = -2049),
        row_refused(Rule::Displacement, LW, 0, |row| (row.rs1, row.disp) = (0, 1 << 32)),
        row_refused(Rule::Displacement, ADD, 0, |row| row.disp = 1),
    ]
}

#[test]
fn every_rule_refuses_rows_that_break_it() {
    let lists =
        [refused_by_place(), refused_by_flags(), refused_by_table(), refused_by_neighbour(), refused_by_value()];
    let tested: HashSet<Rule> = lists.concat().into_iter().collect();
    let untested: Vec<_> = Rule::ALL.iter().filter(|rule| !tested.contains(rule)).collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn a_scratch_cell_does_not_outlive_its_sequence() {
    let program = sample();
    let mut rows = program.rows().to_vec();
    let merge = first(&program, Opcode::SB) + 1;
    let next = merge + 1;
    rows[next].rs1 = rows[merge].rs2;
    assert_eq!(check(&rows, program.halt()), Err(InvariantError { rule: Rule::Scratch, row: next }));
}
