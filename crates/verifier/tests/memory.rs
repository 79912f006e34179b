//! A key of unknown origin costs memory in proportion to its bytes until its id is known to be the one expected.
//!
//! The mark read is the process's, so this is the only test of its program.

use zkvm_isa::{Opcode, Operands};
use zkvm_verifier::{Key, KeyError, ProgramId};

/// Instructions of the program; each takes several rows.
const INSTRUCTIONS: usize = 100_000;
/// Bytes that decoding may take, where the table takes four times as many.
const BOUND: u64 = 10 << 20;

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
    line.trim().strip_suffix(" kB").and_then(|text| text.parse::<u64>().ok()).expect("a number") << 10
}

/// The encoding of a key whose table is much larger than itself.
fn key() -> Vec<u8> {
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let (addr, length) = (zkvm_abi::IMAGE_BASE, 4 * INSTRUCTIONS as u32);
    let words = [1, 1 << 16, 1 << 16, addr, 1, addr, length, 1, length].into_iter().chain([divide; INSTRUCTIONS]);
    b"zkvmkey\n".iter().copied().chain(words.flat_map(u32::to_le_bytes)).collect()
}

#[test]
fn the_table_is_built_only_for_the_program_expected() {
    let bytes = key();
    let before = peak();
    let expected = ProgramId([0; 32]);
    let Err(KeyError::OtherProgram { found, .. }) = Key::from_bytes_of(expected, &bytes) else {
        panic!("the id is another");
    };
    let refused = peak() - before;
    assert!(refused < BOUND, "{refused} bytes for a key of {}", bytes.len());
    let key = Key::from_bytes_of(found, &bytes).expect("the key");
    assert_eq!(key.program().log_rows(), 20);
    assert!(peak() - before > 4 * BOUND, "the table shows in what is measured");
}
