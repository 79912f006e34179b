//! Every instruction, proven, with the results of an independent machine.
//!
//! The programs are the brief ones of `zkvm_emulator::testing::conformance`: their public output is
//! the results of their instructions and all registers. What the verifier accepts as that output is
//! compared with what QEMU computes. These tests run in debug and release builds; the fingerprint of
//! a proof ties the two to each other.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use zkvm_abi::{OUTPUT_ADDRESS, output};
use zkvm_emulator::testing::conformance::{self, Case};
use zkvm_emulator::testing::{A0, A1, Asm, ElfWriter, qemu};
use zkvm_emulator::{Console, Elf, Execution, Input, Limits, trace};
use zkvm_isa::Opcode;
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_prover::{Options, PublicIo, Setup, prove};
use zkvm_transcript::{Channel, Transcript};
use zkvm_verifier::{Key, Policy, Proof, verify};

static SETUP: LazyLock<Setup> = LazyLock::new(Setup::default);

/// More than any program here takes.
const LIMITS: Limits = Limits { max_cycles: 1 << 20 };

/// Proves a run and verifies the proof, which must name the output; the names of the instructions
/// executed and the proof.
fn check(name: &str, elf: &ElfWriter, private: &[u8], expected: &[u8]) -> (BTreeSet<&'static str>, Proof) {
    let image = Elf::parse(&elf.write()).expect("a valid file").image;
    let key = Key::new(Program::new(image, MemoryConfig::default()).expect("the program fits"));
    let input = Input::new(Vec::new(), private.to_vec()).expect("the input fits");
    let traced = trace(key.program(), &input, &LIMITS, &mut Console::default());
    let (Execution { exit_code, output, statistics }, trace) = traced.unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let io = PublicIo { input: Vec::new(), exit_code, output };
    let proof = prove(&SETUP, &key, &io, trace, &Options::default(), &mut ()).expect("a proof");
    let basis = SETUP.basis(proof.sizes.log_row.into()).expect("a basis");
    assert_eq!(verify(&key, &basis, &[], &proof, &Policy::default()), Ok(()), "{name}");
    assert!(proof.output == expected, "{name}: the output proven is not the one expected");
    (statistics.mix.into_keys().collect(), proof)
}

fn check_case(case: &Case) -> (BTreeSet<&'static str>, Proof) {
    let expected = qemu::run(&case.for_linux()).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
    check(case.name(), &case.for_machine(), &[], &expected)
}

/// Outputs two words of the private input: its length and its first bytes.
fn check_advice() -> BTreeSet<&'static str> {
    let mut asm = Asm::new();
    asm.li(A0, OUTPUT_ADDRESS);
    for word in 0..2 {
        asm.advice(A1);
        asm.sw(A1, A0, 4 * (output::DATA as i32 + word));
    }
    asm.li(A1, 8);
    asm.sw(A1, A0, 4 * output::LENGTH as i32);
    asm.li(A0, 0);
    asm.exit();
    let private = [0xff, 0xfe, 0xfd, 0xfc];
    check("advice", &asm.elf(), &private, &[4, 0, 0, 0, 0xff, 0xfe, 0xfd, 0xfc]).0
}

#[test]
fn every_instruction_is_proven_with_the_results_of_qemu() {
    let mut executed = check_advice();
    let random = (1..4).map(conformance::random);
    for case in conformance::brief().into_iter().chain(random) {
        executed.extend(check_case(&case).0);
    }
    let all: BTreeSet<_> = Opcode::ALL.iter().map(|opcode| opcode.instruction().name).collect();
    assert_eq!(executed, all);
}

/// A proof of a program of many instructions, in few bytes.
const FINGERPRINT: &str = "17043847916226986742807422984821423405303263130204391066295717758626217421059";

/// Fails with every change of rows, trace, protocol or encoding. If the change is meant, so is the
/// new fingerprint.
#[test]
fn proofs_of_debug_and_release_builds_are_the_same() {
    let (_, proof) = check_case(&conformance::random(0));
    let mut transcript = Transcript::new("fingerprint of a proof");
    transcript.absorb("proof", &proof.to_bytes());
    assert_eq!(transcript.challenge("fingerprint").to_string(), FINGERPRINT);
}
