//! A draft takes memory in proportion to its image, of which the table can be more than a hundred times.
//!
//! The mark read is the process's, so this is the only test of its program.

use zkvm_isa::program::{Draft, Image, MemoryConfig, Segment};
use zkvm_isa::{Opcode, Operands};

/// Instructions of the program; each takes several rows.
const INSTRUCTIONS: usize = 100_000;
/// Bytes that drafting and encoding may take: a few for each instruction.
const BOUND: u64 = 10 * INSTRUCTIONS as u64;

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().strip_suffix(" kB").and_then(|text| text.parse::<u64>().ok()).expect("a number") << 10
}

#[test]
fn a_draft_is_made_and_encoded_row_by_row() {
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let text = |addr, instructions| {
        let bytes = [divide.to_le_bytes()].repeat(instructions).concat();
        Segment { addr, mem_size: bytes.len() as u32, bytes, executable: true }
    };
    let entry = zkvm_abi::IMAGE_BASE;
    // A gap, so that not all instructions follow one another.
    let image = Image { entry, segments: vec![text(entry, 1), text(entry + 0x100, INSTRUCTIONS)] };
    let before = peak();
    let draft = Draft::new(image, MemoryConfig::default()).expect("a draft");
    let mut length = 0;
    draft.encode(&mut |part| length += part.len()).expect("an encoding");
    let taken = peak() - before;
    assert!(taken < BOUND, "{taken} bytes for an encoding of {length}");
    let program = draft.build().expect("a program");
    assert_eq!(program.log_rows(), 20);
    assert!(peak() - before > 30 * BOUND, "the table shows in what is measured");
}
