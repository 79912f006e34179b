//! Both verifiers refuse proofs of runs that did not happen: here every message is what the protocol asks for, the
//! witness alone is wrong.

use crate::support::{Subject, echo};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_emulator::Trace;
use zkvm_prover::PublicIo;
use zkvm_second_verifier::Error;

const INPUT: &[u8] = b"eight byte";

fn refuses(what: &str, alter: impl FnOnce(&mut Trace, &mut PublicIo)) {
    let subject = Subject::new(&echo(4, 0));
    let (mut io, mut trace) = subject.run(INPUT, &[3; 80]);
    alter(&mut trace, &mut io);
    let proof = subject.prove(&io, trace, 8, Some(8));
    let verdict = subject.verdict(what, INPUT, &proof);
    assert!(matches!(verdict, Err(Error::SumCheck(_))), "{what}: {verdict:?}");
}

#[test]
fn a_word_written_that_the_instruction_does_not_give_is_refused() {
    let rng = &mut StdRng::seed_from_u64(7);
    for _ in 0..4 {
        refuses("another value of rd", |trace, _| {
            let steps: Vec<usize> = (0..trace.len()).filter(|step| trace.rd_new[*step] != 0).collect();
            trace.rd_new[steps[rng.gen_range(0..steps.len())]] ^= 1 << rng.gen_range(0..32);
        });
    }
}

#[test]
fn an_output_that_was_not_written_is_refused() {
    refuses("another output", |_, io| io.output[3] ^= 1);
    refuses("another exit code", |_, io| io.exit_code = 7);
    refuses("another input", |_, io| io.input[3] ^= 1);
}
