//! Which words are text, which row each instruction begins with, and how long tables are.

use super::{ILLEGAL, TEXT, build, data, nop, program, text, word};
use zkvm_isa::program::{Draft, Image, MAX_LOG_ROWS, MIN_LOG_ROWS, MemoryConfig, Program, ProgramError, Segment};
use zkvm_isa::row::{Flags, Row};
use zkvm_isa::{Opcode, Operands};

/// Rows besides those of the text: prologue, the trap row after the text, exit, halt.
const OTHER_ROWS: usize = 2 + 1 + 3 + 1;

#[test]
fn words_of_segments_that_are_not_executable_are_no_text() {
    let bytes = text(TEXT + 8, &[nop(), nop()]).bytes;
    let program = build(TEXT, vec![text(TEXT, &[nop()]), data(TEXT + 8, &bytes, 8)]).expect("a program");
    assert_eq!((program.row_of(TEXT), program.row_of(TEXT + 8), program.row_of(TEXT + 12)), (Some(2), None, None));
    assert_eq!(program.halt() as usize + 1, OTHER_ROWS + 1);
}

#[test]
fn a_program_without_text_has_the_smallest_table() {
    let program = build(TEXT, vec![data(TEXT, &[0x13, 0, 0, 0], 4)]).expect("a program");
    assert_eq!((program.rows().len(), program.log_rows()), (1 << MIN_LOG_ROWS, MIN_LOG_ROWS));
    assert_eq!(program.halt() as usize + 1, OTHER_ROWS);
    assert_eq!(program.rows()[1].target, 2, "the entry is off the text: the trap row");
    assert!(program.rows()[2].is_trap() && program.rows()[7..].iter().all(Row::is_trap));
    let addresses = program.rows().iter().map(|row| row.addr - Row::SYNTHETIC);
    assert!(addresses.eq(0..16));
    assert_eq!(program.row_of(TEXT), None);
}

#[test]
fn tables_have_the_least_power_of_two_of_rows() {
    for (instructions, log_rows) in [(1, 4), (9, 4), (10, 5), (25, 5), (26, 6)] {
        let program = program(&vec![nop(); instructions]);
        assert_eq!(program.log_rows(), log_rows, "{instructions} instructions");
        assert_eq!(program.rows().len(), 1 << log_rows);
        assert_eq!(program.halt() as usize, OTHER_ROWS + instructions - 1);
        assert!(program.rows()[program.halt() as usize + 1..].iter().all(Row::is_trap));
    }
}

#[test]
fn the_largest_table_is_full_and_a_row_more_is_refused() {
    // Ten rows an instruction keep the image small.
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let rows = program(&[divide]).halt() as usize + 1 - OTHER_ROWS;
    let rest = (1 << MAX_LOG_ROWS) - OTHER_ROWS;
    let mut words = vec![divide; rest / rows];
    words.extend(vec![nop(); rest % rows]);
    let draft = |words: &[u32]| {
        let image = Image { entry: TEXT, segments: vec![text(TEXT, words)] };
        Draft::new(image, MemoryConfig::default()).map(drop)
    };
    assert_eq!(draft(&words), Ok(()));
    words.push(nop());
    assert_eq!(draft(&words), Err(ProgramError::TooManyRows));
    words.extend(vec![divide; 10]);
    assert_eq!(draft(&words), Err(ProgramError::TooManyRows));
}

#[test]
fn every_instruction_of_several_segments_is_found_by_its_address() {
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let segments = vec![
        text(TEXT, &[nop(), divide, nop()]),
        // Adjacent, then a gap, then a hole in the text.
        text(TEXT + 12, &[nop(), nop()]),
        text(TEXT + 40, &[nop(), ILLEGAL, divide, nop()]),
        text(TEXT + 80, &[nop()]),
    ];
    let program = build(TEXT, segments).expect("a program");
    let found = |from: u32, to: u32| (from..to).filter_map(|offset| Some((offset, program.row_of(TEXT + offset)?)));
    let division = (1..).find(|row| program.rows()[2 + *row].addr < Row::SYNTHETIC && *row > 1).expect("the next one");
    let length = division as u32 - 1;
    let expected = [
        (0, 2),
        (4, 3),
        (8, 3 + length),
        (12, 4 + length),
        (16, 5 + length),
        (40, 7 + length),
        (48, 9 + length),
        (52, 9 + 2 * length),
        (80, 11 + 2 * length),
    ];
    assert!(found(0, 200).eq(expected), "{:?}", found(0, 200).collect::<Vec<_>>());
    for (offset, row) in expected {
        assert_eq!(program.rows()[row as usize].address(), Some(TEXT + offset));
    }
    for trap in [6 + length, 8 + length, 10 + 2 * length] {
        assert!(program.rows()[trap as usize].is_trap(), "row {trap}");
    }
}

#[test]
fn a_segment_that_begins_within_a_word_has_its_text_from_the_next_one() {
    for skip in 0..4u32 {
        let mut bytes = vec![0xff; skip as usize];
        bytes.extend(text(TEXT, &[nop(), nop()]).bytes);
        bytes.extend([0x13, 0, 0]);
        let addr = TEXT + 4 - skip;
        let segment = Segment { addr, mem_size: bytes.len() as u32, bytes, executable: true };
        let program = build(TEXT + 8, vec![segment]).expect("a program");
        let found: Vec<u32> = (0..24).filter(|offset| program.row_of(TEXT + offset).is_some()).collect();
        assert_eq!(found, [4, 8], "{skip} bytes before");
        assert_eq!(program.rows()[1].target, 3, "the entry");
    }
    let short = Segment { addr: TEXT + 1, bytes: vec![0x13, 0], mem_size: 2, executable: true };
    assert_eq!(build(TEXT, vec![short]).expect("a program").halt() as usize + 1, OTHER_ROWS);
}

#[test]
fn the_prologue_sets_the_stack_pointer_and_jumps_to_the_entry() {
    let program = build(TEXT + 4, vec![text(TEXT, &[nop(), nop()])]).expect("a program");
    let stack = i64::from(program.layout().stack_pointer);
    let constant = Row { addr: Row::SYNTHETIC, rd: 2, disp: stack, flags: Flags::CONST, ..Row::EMPTY };
    let jump = Row { addr: Row::SYNTHETIC + 1, flags: Flags::JUMP, target: 3, ..Row::EMPTY };
    assert_eq!(program.rows()[..2], [constant, jump]);
}

#[test]
fn the_exit_rows_store_the_code_then_the_status() {
    let program = program(&[word(Opcode::ECALL, 0, 0, 0)]);
    let (halt, output) = (program.halt() as usize, i64::from(program.layout().output));
    let store = Row { flags: Flags::MEM.with(Flags::SW).with(Flags::BYTE), ..Row::EMPTY };
    let addr = |row: usize| Row::SYNTHETIC + row as u64;
    let expected = [
        Row { addr: addr(halt - 3), rs2: 10, disp: output + 4, ..store },
        Row { addr: addr(halt - 2), rd: 32, disp: 1, flags: Flags::CONST, ..Row::EMPTY },
        Row { addr: addr(halt - 1), rs2: 32, disp: output, ..store },
        Row { addr: addr(halt), flags: Flags::JUMP, target: halt as u32, ..Row::EMPTY },
    ];
    assert_eq!(program.rows()[halt - 3..=halt], expected);
    assert!(program.rows()[halt - 4].is_trap());
}

#[test]
fn a_draft_is_the_program_without_its_table() {
    let image = Image { entry: TEXT, segments: vec![text(TEXT, &[nop(), ILLEGAL, nop()])] };
    let draft = Draft::new(image.clone(), MemoryConfig::default()).expect("a draft");
    let program = Program::new(image, MemoryConfig::default()).expect("a program");
    assert_eq!(draft.build().as_ref(), Ok(&program));
}
