//! The constraints of a step, in integers: what the proof will require of each entry of a trace.

use std::collections::BTreeMap;
use zkvm_emulator::{Input, Memory, Trace};
use zkvm_isa::program::Program;
use zkvm_isa::row::{Flags, Mode, Row, SINK};

/// Requires every entry to satisfy its row, values to be the ones last written, rows to follow each
/// other as they must, and the touched words to be complete.
pub fn check(program: &Program, input: &Input, trace: &Trace) {
    let mut cells = [0; 64];
    let initial = Memory::new(program, input);
    let mut touched = BTreeMap::new();
    assert_eq!(trace.rows[0], 0);
    for at in 0..trace.len() {
        let row = &program.rows()[trace.rows[at] as usize];
        let (rd, rs1, rs2) = (usize::from(row.rd), usize::from(row.rs1), usize::from(row.rs2));
        assert_eq!((trace.rs1[at], trace.rs2[at]), (cells[rs1], cells[rs2]), "entry {at}");
        assert_eq!(trace.rd_old[at], cells[rd], "entry {at}");
        cells[rd] = trace.rd_new[at];
        assert!(row.rd != SINK || trace.rd_new[at] == 0, "entry {at}");
        let ram_addr = i64::from(trace.rs1[at]) + row.disp;
        if row.flags.has(Flags::MEM) {
            let index = (ram_addr - i64::from(program.layout().base)) as usize / 4;
            let word = touched.entry(index).or_insert(initial.words()[index]);
            assert_eq!(trace.ram_old[at], *word, "entry {at}");
            *word = trace.ram_new[at];
        } else {
            assert_eq!((trace.ram_old[at], trace.ram_new[at]), (0, 0), "entry {at}");
        }
        let violated = step(program, trace, at, row, ram_addr & 3);
        assert!(violated.is_empty(), "entry {at}: {row:?} violates {violated:?}");
    }
    assert_eq!(trace.rows.last(), Some(&program.halt()));
    let words = trace.touched.iter().map(|word| (word.index as usize, word.last));
    assert!(words.eq(touched));
    assert!(trace.touched.iter().all(|word| word.initial == initial.words()[word.index as usize]));
}

/// The constraints of one step that do not hold.
fn step(program: &Program, trace: &Trace, at: usize, row: &Row, offset: i64) -> Vec<&'static str> {
    let value = |column: &[u32]| i128::from(column[at]);
    let (rs1, rs2, rd_new) = (value(&trace.rs1), value(&trace.rs2), value(&trace.rd_new));
    let (ram_old, ram_new) = (value(&trace.ram_old), value(&trace.ram_new));
    let (imm, offset) = (i128::from(row.imm), i128::from(offset));
    let flag = |flags: Flags| row.flags.has(flags);

    let x = if flag(Flags::ALU) {
        rs1
    } else if flag(Flags::WORD_IN) {
        ram_old
    } else {
        rs2
    };
    let y = match (flag(Flags::Y), flag(Flags::HALF)) {
        (true, _) => rs2 + imm,
        (_, true) => offset / 2,
        (_, false) => offset,
    };
    let linear = match (flag(Flags::ADD), flag(Flags::SUB)) {
        (true, _) => rs1 + rs2 + imm,
        (_, true) => rs1 - rs2 + imm,
        _ => rd_new,
    };
    let index = match row.mode() {
        Mode::None => 0,
        Mode::Interleaved => row.table.map_or(0, |table| table.kind().join(x as u32, y as u32).into()),
        Mode::Linear => linear,
        Mode::Product => rs1 * rs2,
    };
    let index = u64::try_from(index).expect("the index is below 2^64");
    let out = row.table.map_or(0, |table| i128::from(table.entry(index)));
    let next = trace.rows.get(at + 1).copied().unwrap_or(program.halt());
    let next_addr = i128::from(program.rows()[next as usize].addr);
    let taken = flag(Flags::BRANCH) && out == 1;
    let goes_on = !taken && !flag(Flags::JUMP) && !flag(Flags::JALR);
    [
        ("operands", row.mode() != Mode::Interleaved || x >> 32 == 0 && y >> 32 == 0),
        ("half", !flag(Flags::HALF) || offset % 2 == 0),
        ("word", row.mode() == Mode::Interleaved || !flag(Flags::BYTE) || offset == 0),
        ("load", !flag(Flags::LOAD) || ram_new == ram_old),
        ("store word", !flag(Flags::SW) || ram_new == rs2),
        ("merge", !flag(Flags::MERGE) || ram_new == out),
        ("load word", !flag(Flags::LW) || rd_new == ram_old),
        ("out", !flag(Flags::OUT) || rd_new == out),
        ("constant", !flag(Flags::CONST) || rd_new == row.disp.into()),
        ("assert", !flag(Flags::ASSERT) || out == 1),
        ("target", !(taken || flag(Flags::JUMP)) || next == row.target),
        ("next address", !flag(Flags::JALR) || next_addr == out),
        ("next row", !goes_on || next == trace.rows[at] + 1),
    ]
    .into_iter()
    .filter_map(|(name, holds)| (!holds).then_some(name))
    .collect()
}
