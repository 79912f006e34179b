//! Programs from images: rows, targets, layouts, initial memory, encoding.

mod code;
mod encoding;
mod layout;
mod text;

use zkvm_abi::{INPUT_BYTES, OUTPUT_BYTES};
use zkvm_isa::program::{Image, MemoryConfig, Program, ProgramError, Segment};
use zkvm_isa::row::{Flags, Row};
use zkvm_isa::{Opcode, Operands};

const TEXT: u32 = zkvm_abi::IMAGE_BASE;
const ILLEGAL: u32 = 0;

fn word(opcode: Opcode, rd: u8, rs1: u8, imm: i32) -> u32 {
    opcode.instruction().encode(Operands { rd, rs1, rs2: 0, imm })
}

fn nop() -> u32 {
    word(Opcode::ADDI, 0, 0, 0)
}

fn text(addr: u32, words: &[u32]) -> Segment {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    Segment { addr, mem_size: bytes.len() as u32, bytes, executable: true }
}

fn data(addr: u32, bytes: &[u8], mem_size: u32) -> Segment {
    Segment { addr, bytes: bytes.to_vec(), mem_size, executable: false }
}

fn build(entry: u32, segments: Vec<Segment>) -> Result<Program, ProgramError> {
    Program::new(Image { entry, segments }, MemoryConfig::default())
}

fn program(words: &[u32]) -> Program {
    build(TEXT, vec![text(TEXT, words)]).expect("program")
}

fn encoding(program: &Program) -> Vec<u8> {
    let mut bytes = Vec::new();
    program.encode(&mut |part| bytes.extend_from_slice(part));
    bytes
}

#[test]
fn rows_stand_in_order_prologue_text_trap_exit_halt_padding() {
    let program = program(&[nop(), word(Opcode::ECALL, 0, 0, 0)]);
    let rows = program.rows();
    assert_eq!((rows.len(), program.log_rows(), program.halt()), (16, 4, 8));
    assert_eq!((rows[0].rd, rows[0].disp), (2, i64::from(program.layout().stack_pointer)));
    assert_eq!((rows[1].flags, rows[1].target), (Flags::JUMP, 2));
    assert_eq!((rows[2].address(), rows[3].address()), (Some(TEXT), Some(TEXT + 4)));
    assert!(rows[4].is_trap());
    assert_eq!(rows[3].target, 5, "ecall leads to the first exit row");
    let output = i64::from(program.layout().output);
    assert_eq!((rows[5].rs2, rows[5].disp), (10, output + 4));
    assert_eq!((rows[6].rd, rows[6].disp), (32, 1));
    assert_eq!((rows[7].rs2, rows[7].disp), (32, output));
    assert_eq!((rows[8].flags, rows[8].target), (Flags::JUMP, 8));
    assert!(rows[9..].iter().all(|row| row.is_trap()));
}

#[test]
fn a_run_of_illegal_words_is_one_trap_row_that_nothing_reaches_by_address() {
    let program = program(&[nop(), ILLEGAL, ILLEGAL, ILLEGAL, nop()]);
    assert_eq!(program.row_of(TEXT), Some(2));
    assert!(program.rows()[3].is_trap());
    assert_eq!(program.row_of(TEXT + 16), Some(4));
    for addr in [TEXT + 2, TEXT + 4, TEXT + 8, TEXT + 12, TEXT + 20, TEXT - 4, 0, u32::MAX] {
        assert_eq!(program.row_of(addr), None, "{addr:#x}");
    }
}

#[test]
fn a_gap_in_the_text_is_a_trap_row_and_adjacent_segments_are_not() {
    let far = TEXT + 0x1000;
    let gap = build(TEXT, vec![text(TEXT, &[nop()]), text(far, &[nop()])]).expect("gap");
    assert!(gap.rows()[3].is_trap());
    assert_eq!((gap.row_of(TEXT), gap.row_of(TEXT + 4), gap.row_of(far)), (Some(2), None, Some(4)));
    let near = TEXT + 4;
    let adjacent = build(TEXT, vec![text(TEXT, &[nop()]), text(near, &[nop()])]).expect("adjacent");
    assert_eq!((adjacent.row_of(TEXT), adjacent.row_of(near)), (Some(2), Some(3)));
}

#[test]
fn static_jumps_off_the_text_lead_to_the_shared_trap_row() {
    let jumps = [
        word(Opcode::JAL, 0, 0, 4),
        word(Opcode::JAL, 1, 0, 2),
        word(Opcode::BEQ, 0, 0, 0x100),
        word(Opcode::BEQ, 0, 0, 4),
        ILLEGAL,
    ];
    let program = program(&jumps);
    let trap = program.halt() - 4;
    assert!(program.rows()[trap as usize].is_trap());
    let targets: Vec<u32> = program.rows()[2..6].iter().map(|row| row.target).collect();
    assert_eq!(targets, [3, trap, trap, trap]);
    let outside = build(TEXT + 2, vec![text(TEXT, &[nop()])]).expect("program");
    assert_eq!(outside.rows()[1].target, outside.halt() - 4, "entry off the text");
}

#[test]
fn rows_belong_to_the_instruction_they_expand() {
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let program = program(&[nop(), divide, nop(), ILLEGAL]);
    let of = |row| program.instruction_address(row);
    assert_eq!((of(0), of(1), of(2)), (None, None, Some(TEXT)));
    assert!((3..12).all(|row| of(row) == Some(TEXT + 4)));
    assert_eq!(of(12), Some(TEXT + 8));
    assert!((13..program.rows().len() as u32 + 2).all(|row| of(row).is_none()));
}

#[test]
fn only_whole_aligned_words_of_file_bytes_are_text() {
    let mut segment = text(TEXT, &[nop(), nop(), nop()]);
    segment.addr += 2;
    segment.bytes = [&[0, 0], &segment.bytes[..11]].concat();
    segment.mem_size = 100;
    let program = build(TEXT + 4, vec![segment]).expect("program");
    let rows = |addr| program.row_of(addr);
    assert_eq!((rows(TEXT), rows(TEXT + 4), rows(TEXT + 8)), (None, Some(2), Some(3)));
    assert_eq!(rows(TEXT + 12), None, "three bytes of a word");
}

#[test]
fn sdk_guests_have_the_layout_of_the_abi() {
    let program = build(TEXT, vec![text(TEXT, &[nop()]), data(TEXT + 8, &[], 10)]).expect("program");
    let l = *program.layout();
    assert_eq!((l.input, l.output), (zkvm_abi::INPUT_ADDRESS, zkvm_abi::OUTPUT_ADDRESS));
    assert_eq!((l.stack_pointer, l.base), (l.output, l.output - zkvm_abi::STACK_BYTES));
    assert_eq!(l.heap, TEXT + 20);
    assert_eq!((l.min_log_words, l.max_log_words), (21, 25));
}

fn assert_layout_is_sound(program: &Program) {
    let l = *program.layout();
    assert!(l.base >= 1 << 11 && l.base.is_multiple_of(4));
    assert!(u64::from(l.base) + (4 << l.max_log_words) <= (1 << 32) - (1 << 11));
    assert!(l.min_log_words <= l.max_log_words);
    assert_eq!((l.output - l.base) % OUTPUT_BYTES, 0);
    assert_eq!(l.input, l.output + OUTPUT_BYTES);
    assert_eq!(l.stack_pointer % 16, 0);
    assert!(l.stack_pointer <= l.output && l.output - l.stack_pointer < 16);
    let end = u64::from(l.base) + (4 << l.min_log_words);
    assert!(u64::from(l.input) + u64::from(INPUT_BYTES) <= end && u64::from(l.heap) <= end);
    assert!(program.image().segments.iter().all(|s| s.addr >= l.base));
}

#[test]
fn layouts_are_sound_wherever_the_image_lies() {
    for addr in [0x800, 0x1_0000, 0x1_0002, 0x40_0000, 0x50_0000, 0x100_0004, 0x100_000a, 0x8000_0000] {
        let program = build(addr, vec![data(addr, &[1], 5), text(addr + 0x40, &[nop()])]).expect("program");
        assert_layout_is_sound(&program);
        let below = addr < 0x50_0000;
        assert_eq!(program.layout().output > addr, below, "{addr:#x}");
    }
}

#[test]
fn the_heap_limit_yields_to_the_end_of_the_address_space() {
    let high = 0xf000_0000;
    let program = build(high, vec![text(high, &[nop()])]).expect("program");
    assert_layout_is_sound(&program);
    let image = Image { entry: high, segments: vec![text(high, &[nop()])] };
    let config = MemoryConfig { heap_bytes: 1 << 31, ..MemoryConfig::default() };
    assert_layout_is_sound(&Program::new(image, config).expect("program"));
}

#[test]
fn images_that_fit_nowhere_are_refused() {
    let error = |segments| build(TEXT, segments).expect_err("refused");
    assert_eq!(error(vec![]), ProgramError::Empty);
    assert_eq!(error(vec![data(TEXT, &[], 0)]), ProgramError::Empty);
    assert_eq!(error(vec![data(0x7fc, &[1], 4)]), ProgramError::TooLow { addr: 0x7fc });
    let overlap = vec![data(TEXT, &[], 8), data(TEXT + 4, &[], 8)];
    assert_eq!(error(overlap), ProgramError::Overlap { addr: TEXT + 4 });
    let unsorted = vec![data(TEXT + 8, &[], 8), data(TEXT, &[], 8)];
    assert_eq!(error(unsorted), ProgramError::Overlap { addr: TEXT });
    assert_eq!(error(vec![data(TEXT, &[1, 2], 1)]), ProgramError::SegmentSize { addr: TEXT });
    let beyond = 0xffff_fff0;
    assert_eq!(error(vec![data(beyond, &[], 17)]), ProgramError::SegmentSize { addr: beyond });
    assert!(matches!(error(vec![data(beyond, &[], 16)]), ProgramError::TooLarge { .. }));
    let all = vec![data(0x1000, &[], u32::MAX - 0x2000)];
    assert!(matches!(error(all), ProgramError::TooLarge { .. }));
    for (stack_bytes, heap_bytes) in [(u32::MAX, u32::MAX), (0, u32::MAX), (u32::MAX, 0)] {
        let image = Image { entry: 0x1000, segments: vec![data(0x1000, &[], 8)] };
        let config = MemoryConfig { stack_bytes, heap_bytes };
        assert!(matches!(Program::new(image, config), Err(ProgramError::TooLarge { .. })));
    }
}

#[test]
fn programs_with_too_many_rows_are_refused() {
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 7, rs1: 6, rs2: 7, imm: 0 });
    let words = vec![divide; (1 << 24) / 10 + 1];
    assert_eq!(build(TEXT, vec![text(TEXT, &words)]), Err(ProgramError::TooManyRows));
}

#[test]
fn initial_words_are_the_nonzero_words_of_all_segments() {
    let segments = vec![
        data(TEXT, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 2], 10),
        data(TEXT + 10, &[3, 4, 5], 3),
        data(TEXT + 0x20, &[0, 0, 0, 0], 64),
    ];
    let program = build(TEXT, segments).expect("program");
    let first = (TEXT - program.layout().base) / 4;
    let words: Vec<_> = program.initial_words().collect();
    assert_eq!(words, [(first, 1), (first + 2, 0x0403_0200), (first + 3, 5)]);
}

#[test]
fn encoding_changes_with_every_part_of_the_program_but_hints() {
    let words = [nop(), word(Opcode::REMU, 5, 6, 0), word(Opcode::ADVICE, 5, 0, 0)];
    let base = program(&words);
    let bytes = encoding(&base);
    let mut image = base.image().clone();
    image.entry += 4;
    let other_entry = build(image.entry, image.segments.clone()).expect("program");
    let mut other_data = image.segments.clone();
    other_data.push(data(TEXT + 0x100, &[1], 4));
    let other_data = build(TEXT, other_data).expect("program");
    let mut other_zeros = image.segments.clone();
    other_zeros.push(data(TEXT + 0x100, &[0], 4));
    let other_zeros = build(TEXT, other_zeros).expect("program");
    let other_word = program(&[nop(), word(Opcode::REMU, 5, 7, 0), word(Opcode::ADVICE, 5, 0, 0)]);
    for other in [&other_entry, &other_data, &other_zeros, &other_word] {
        assert_ne!(encoding(other), bytes);
    }

    let rows: Vec<u8> = base.rows()[..=base.halt() as usize].iter().flat_map(|row| row.to_bytes()).collect();
    assert_eq!(bytes[7 * 4 + 8..][..rows.len()], rows);
}

#[test]
fn the_bytes_of_a_row_change_with_every_field_but_hints() {
    let row = program(&[word(Opcode::ADVICE, 5, 0, 0)]).rows()[2];
    assert!(row.advice.is_some());
    let without_hint = Row { advice: None, ..row };
    assert_eq!(without_hint.to_bytes(), row.to_bytes());
    type Change = fn(&mut Row);
    let changes: [Change; 9] = [
        |row| row.addr += 4,
        |row| row.rs1 ^= 1,
        |row| row.rs2 ^= 1,
        |row| row.rd ^= 1,
        |row| row.imm ^= 1,
        |row| row.disp ^= 1,
        |row| row.target ^= 1,
        |row| row.flags.0 ^= 1 << 20,
        |row| row.table = None,
    ];
    for change in changes {
        let mut changed = row;
        change(&mut changed);
        assert_ne!(changed.to_bytes(), row.to_bytes());
    }
}
