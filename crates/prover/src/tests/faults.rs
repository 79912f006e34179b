//! Forged runs: one change each, everything after it honest. See docs/soundness.md for the classes.

use super::simulator::{Change, Script, simulate};
use super::{check, prove};
use crate::testing::{Run, run};
use zkvm_emulator::testing::{A0, A1, A2, Asm, ZERO};
use zkvm_isa::row::Flags;

/// a1 = 5; a2 = a1 + 6; branches over an instruction; returns a2 - 11.
fn program() -> Run {
    let mut asm = Asm::new();
    let end = asm.label();
    asm.li(A1, 5);
    asm.addi(A2, A1, 6);
    asm.bne(A1, A2, end);
    asm.li(A2, 99);
    asm.place(end);
    asm.addi(A0, A2, -11);
    asm.beq(A0, ZERO, end);
    asm.exit();
    run(&asm, b"in", &[])
}

/// Whether the verifier accepts the run that `script` makes of `run`.
fn accepts(run: &Run, script: &Script) -> bool {
    let honest = run.witness(run.shape(4));
    let forged = simulate(honest.statement, &[], script);
    check(&run.key, &run.io.input, &prove(&run.key, &forged)).is_ok()
}

#[test]
fn the_simulator_without_changes_runs_like_the_emulator() {
    let run = crate::testing::mixed_run(2);
    let honest = run.witness(run.shape(4));
    let words: Vec<u32> = std::iter::once(64).chain([0x0707_0707; 16]).collect();
    let simulated = simulate(honest.statement, &words, &Script::default());
    assert_eq!(format!("{simulated:?}"), format!("{honest:?}"));
}
