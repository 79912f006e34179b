//! A program under the name of another: the rows and the image that a run uses are those of the
//! program that the verifier knows.

use super::trial::Trial;
use super::{check, prove};
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, A5, Asm, DATA, EmitB, ZERO};
use zkvm_protocol::{PublicIo, Statement};
use zkvm_verifier::{Key, Proof, VerifyError};

/// A part of a program.
type Part = fn(&mut Asm);

fn program(part: Part, data: &[u8]) -> Asm {
    let mut asm = Asm::new();
    asm.data(DATA, data);
    asm.li(A4, DATA);
    asm.li(A1, 5);
    asm.li(A2, 9);
    part(&mut asm);
    asm.li(A0, 0);
    asm.exit();
    asm
}

/// The verdict on a run of `other` that is proven honestly, but for saying that it is one of `named`,
/// with the memory that its own image or that of `named` begins with.
fn verdict_on_run(other: &Trial, named: &Trial, own_image: bool) -> Result<(), VerifyError> {
    let mut witness = other.honest();
    witness.statement = Statement { digest: named.key.id().0, ..witness.statement };
    if !own_image {
        witness.forged.words = named.key.program().initial_words().collect();
    }
    check(&named.key, &[], &prove(&named.key, &witness))
}

/// A branch, taken if it compares a register with itself, over so many instructions.
fn branch_over(asm: &mut Asm, emit: EmitB, rs2: u32, count: usize) {
    let past = asm.label();
    emit(asm, A1, rs2, past);
    for skipped in 0..3 {
        if skipped == count {
            asm.place(past);
        }
        asm.addi(A3, A3, 1);
    }
}

/// Pairs of instructions whose rows differ in one field.
const PAIRS: [(&str, Part, Part); 16] = [
    ("immediate", |asm| asm.addi(A3, A1, 3), |asm| asm.addi(A3, A1, 4)),
    ("constant", |asm| asm.lui(A3, 0x3000), |asm| asm.lui(A3, 0x4000)),
    ("displacement", |asm| asm.lw(A3, A4, 0), |asm| asm.lw(A3, A4, 4)),
    ("destination", |asm| asm.add(A3, A1, A2), |asm| asm.add(A5, A1, A2)),
    ("first operand", |asm| asm.add(A3, A1, A2), |asm| asm.add(A3, A4, A2)),
    ("second operand", |asm| asm.add(A3, A1, A2), |asm| asm.add(A3, A1, A4)),
    ("register for immediate", |asm| asm.addi(A3, A1, 0), |asm| asm.add(A3, A1, A2)),
    ("table", |asm| asm.xor(A3, A1, A2), |asm| asm.and(A3, A1, A2)),
    ("sign of the second operand", |asm| asm.add(A3, A1, A2), |asm| asm.sub(A3, A1, A2)),
    ("advice for computation", |asm| asm.addi(A3, A1, 3), |asm| asm.advice(A3)),
    ("nothing for an instruction", |asm| asm.addi(A3, A1, 3), |asm| asm.fence()),
    ("load for store", |asm| asm.sw(A3, A4, 0), |asm| asm.lw(A3, A4, 0)),
    ("sign of a load", |asm| asm.lb(A3, A4, 3), |asm| asm.lbu(A3, A4, 3)),
    ("branch target", |asm| branch_over(asm, Asm::beq, A1, 1), |asm| branch_over(asm, Asm::beq, A1, 2)),
    ("branch condition", |asm| branch_over(asm, Asm::beq, A2, 1), |asm| branch_over(asm, Asm::bne, A2, 1)),
    ("high product for low", |asm| asm.mul(A3, A2, A1), |asm| asm.mulhu(A3, A2, A1)),
];

#[test]
fn a_row_other_than_the_programs_is_refused() {
    for (name, part, other) in PAIRS {
        let [named, other] = [part, other].map(|part| Trial::new(&program(part, &[1, 2, 3, 0x84, 5, 6, 7, 8])));
        assert_eq!(verdict_on_run(&named, &named, true), Ok(()), "{name}");
        assert_eq!(named.shape, other.shape, "{name}");
        assert_eq!(verdict_on_run(&other, &named, false), Err(VerifyError::Sumcheck("columns")), "{name}");
        // The text is part of memory.
        assert_eq!(verdict_on_run(&other, &named, true), Err(VerifyError::Sumcheck("values")), "{name}");
    }
}

#[test]
fn an_image_other_than_the_programs_is_refused() {
    let load: Part = |asm| asm.lw(A3, A4, 0);
    let [named, other] = [[1, 2, 3, 4], [1, 2, 3, 5]].map(|data| Trial::new(&program(load, &data)));
    assert_eq!(verdict_on_run(&other, &named, true), Err(VerifyError::Sumcheck("values")));
    // A word of zeros that the file does not hold.
    let [named, other] = [&[1, 2, 3, 4][..], &[1, 2, 3, 4, 0, 0, 0, 7]].map(|data| {
        let later: Part = |asm| asm.lw(A3, A4, 4);
        Trial::new(&program(later, data))
    });
    assert_eq!(verdict_on_run(&other, &named, true), Err(VerifyError::Sumcheck("values")));
}

/// What the two differ in plays no part in the run: the digest alone tells them apart.
#[test]
fn a_proof_for_a_program_that_runs_alike_is_refused() {
    let unused = |word: u32, data: u8| {
        let mut asm = program(|asm| asm.addi(A3, A1, 3), &[data]);
        asm.word(word);
        Trial::new(&asm)
    };
    let trial = unused(0x13, 1);
    let proof = prove(&trial.key, &trial.honest());
    assert_eq!(check(&trial.key, &[], &proof), Ok(()));
    for (name, other) in [("an instruction", unused(0x33, 1)), ("a byte", unused(0x13, 2))] {
        let refused = check(&other.key, &[], &proof);
        assert!(matches!(refused, Err(VerifyError::OtherProgram { .. })), "{name}: {refused:?}");
        let renamed = Proof { program: other.key.id(), ..proof.clone() };
        assert_eq!(check(&other.key, &[], &renamed), Err(VerifyError::Sumcheck("constraints")), "{name}");
    }
}

/// Proves under one transcript what the verifier reads under its own.
#[test]
fn a_proof_for_another_protocol_or_with_other_public_values_is_refused() {
    let mut asm = Asm::new();
    asm.addi(ZERO, ZERO, 0);
    asm.li(A0, 0);
    asm.exit();
    let io = PublicIo { input: b"ab".to_vec(), ..PublicIo::default() };
    let trial = Trial::claiming(&asm, io);
    let key: &Key = &trial.key;
    let honest = trial.honest();
    let proof = prove(key, &honest);
    assert_eq!(check(key, b"ab", &proof), Ok(()));
    for other in [&b"ab\0"[..], b"a", b"ba", b"abab", b""] {
        assert_eq!(check(key, other, &proof), Err(VerifyError::Sumcheck("constraints")), "{other:?}");
    }
    let elsewhere = super::prove_with("another protocol", key, &honest, None);
    assert_eq!(check(key, b"ab", &elsewhere), Err(VerifyError::Sumcheck("constraints")));
}
