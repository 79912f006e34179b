//! Every RV32IM instruction against an independent machine, QEMU.
//!
//! The programs are those of `zkvm_emulator::testing::conformance`. Each runs in three ways, and the
//! outputs, which hold every result and all registers, must be the same: `execute`, `trace`, whose
//! entries must satisfy the constraints of their rows, and QEMU. The same words are instructions in
//! both machines. Left out is what they do differently on purpose: misaligned accesses, which trap
//! here, environment calls, and `advice`.

mod support;

use std::collections::BTreeSet;
use support::{load, run_with};
use zkvm_emulator::testing::conformance::{self, Case, decoding};
use zkvm_emulator::testing::qemu;
use zkvm_emulator::{Input, Limits};
use zkvm_isa::{Opcode, decode};

/// More than any case takes.
const LIMITS: Limits = Limits { max_cycles: 1 << 20 };

/// Runs a case in all ways; the names of the instructions that it executed.
fn check(case: &Case) -> BTreeSet<&'static str> {
    let name = case.name();
    let expected = qemu::run(&case.for_linux()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let program = load(&case.for_machine());
    let result = run_with(&program, &Input::default(), &LIMITS);
    let (execution, ..) = result.unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(execution.exit_code, 0, "{name}");
    assert_eq!(execution.output.len(), expected.len(), "{name}");
    let words = |bytes: &[u8]| -> Vec<u32> {
        bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().expect("whole words"))).collect()
    };
    for (at, (ours, theirs)) in words(&execution.output).into_iter().zip(words(&expected)).enumerate() {
        assert_eq!(ours, theirs, "{name}: word {at} of the results, {ours:#x} here, {theirs:#x} in QEMU");
    }
    execution.statistics.mix.into_keys().collect()
}

/// All instructions that another machine has.
fn all_instructions() -> BTreeSet<&'static str> {
    Opcode::ALL.iter().map(|opcode| opcode.instruction().name).filter(|name| *name != "advice").collect()
}

#[test]
fn every_instruction_does_what_it_does_in_qemu() {
    let executed: BTreeSet<_> = conformance::directed().iter().flat_map(check).collect();
    assert_eq!(executed, all_instructions());
}

#[test]
fn brief_programs_have_every_instruction() {
    let executed: BTreeSet<_> = conformance::brief().iter().flat_map(check).collect();
    assert_eq!(executed, all_instructions());
}

#[test]
fn random_programs_do_what_they_do_in_qemu() {
    for seed in 0..300 {
        check(&conformance::random(seed));
    }
}

#[test]
fn the_same_words_are_instructions_in_qemu() {
    let words = decoding::words();
    let case = decoding::decoding(&words);
    let output = qemu::run(&case.for_linux()).unwrap_or_else(|error| panic!("{error}"));
    let results = decoding::results(&output);
    assert_eq!(results.len(), words.len());
    for (word, result) in words.iter().zip(results) {
        let ours = decode(*word);
        assert_eq!(ours.is_none(), *result == decoding::ILLEGAL, "{word:#010x}, {ours:?}: {result} in QEMU");
    }
    let executed = results.iter().filter(|result| **result == decoding::EXECUTED).count();
    assert!(executed > 1000 && results.contains(&decoding::ILLEGAL), "{executed} words were executed");
}
