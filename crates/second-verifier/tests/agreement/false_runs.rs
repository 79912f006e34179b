//! Both verifiers refuse proofs of runs that did not happen: here every message is what the protocol asks for, the
//! witness alone is wrong.

use crate::support::{Subject, echo};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_emulator::Trace;
use zkvm_prover::PublicIo;
use zkvm_second_verifier::Error;

const INPUT: &[u8] = b"eight byte";

fn refuses(what: &str, alter: impl Fn(&mut Trace, &mut PublicIo)) {
    let subject = Subject::new(&echo(4, 0));
    for hidden in [false, true] {
        let (mut io, mut trace) = subject.run(INPUT, &[3; 80]);
        alter(&mut trace, &mut io);
        let proof = subject.prove(&io, trace, (8, Some(8)), hidden);
        let verdict = subject.verdict(what, &io.input, &proof);
        let expected = match verdict {
            Err(Error::SumCheck { .. }) => !hidden,
            Err(Error::Comparisons { .. }) => hidden,
            _ => false,
        };
        assert!(expected, "{what}: {verdict:?}");
    }
}

/// A column of a trace.
type Column = fn(&mut Trace) -> &mut Vec<u32>;

#[test]
fn steps_that_did_not_happen_are_refused() {
    let columns: [(&str, Column); 6] = [
        ("rs1", |trace| &mut trace.rs1),
        ("rs2", |trace| &mut trace.rs2),
        ("rd before", |trace| &mut trace.rd_old),
        ("rd after", |trace| &mut trace.rd_new),
        ("memory before", |trace| &mut trace.ram_old),
        ("memory after", |trace| &mut trace.ram_new),
    ];
    let rng = &mut StdRng::seed_from_u64(7);
    for (what, column) in columns {
        for _ in 0..2 {
            let (place, bit) = (rng.r#gen::<usize>(), rng.gen_range(0..32));
            refuses(what, |trace, _| {
                // A zero may be of a step that has no such value.
                let column = column(trace);
                let steps: Vec<usize> = (0..column.len()).filter(|step| column[*step] != 0).collect();
                column[steps[place % steps.len()]] ^= 1 << bit;
            });
        }
    }
}

#[test]
fn another_path_is_refused() {
    refuses("a row twice", |trace, _| trace.rows[1] = trace.rows[0]);
    refuses("a row left out", |trace, _| trace.rows[2] += 1);
}

#[test]
fn public_values_that_are_not_of_the_run_are_refused() {
    refuses("another output", |_, io| io.output[3] ^= 1);
    refuses("another exit code", |_, io| io.exit_code = 7);
    refuses("another input", |_, io| io.input[3] ^= 1);
}
