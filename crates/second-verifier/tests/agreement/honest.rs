//! Both verifiers accept honest proofs.

use crate::support::{Subject, echo};
use rand::{SeedableRng, rngs::StdRng};
use zkvm_emulator::testing::random::{self, Mix};
use zkvm_emulator::testing::{A0, Asm, DATA};
use zkvm_second_verifier::Error;

#[test]
fn the_shortest_program_is_accepted_for_every_chunk_size() {
    let subject = Subject::new(&Asm::new_exit());
    // In a zero-knowledge proof the longest message must fit a row.
    for (log_k, log_row, hidden) in [
        (1, 1, false),
        (2, 2, false),
        (4, 4, false),
        (8, 8, false),
        (1, 7, true),
        (2, 6, true),
        (4, 6, true),
        (8, 8, true),
    ] {
        let (io, trace) = subject.run(b"", b"");
        let proof = subject.prove(&io, trace, (log_k, Some(log_row)), hidden);
        let outcome = subject.verdict("an honest proof", b"", &proof).expect("it is accepted");
        assert_eq!((outcome.exit_code, outcome.output.len()), (0, 0));
    }
}

#[test]
fn input_and_output_are_accepted_for_every_row_size() {
    let subject = Subject::new(&echo(20, 7));
    let clear = [(1, None), (2, Some(5)), (4, Some(4)), (4, Some(9)), (4, None), (8, Some(13))];
    let hidden = [(1, None), (2, Some(7)), (4, Some(9)), (4, None), (8, Some(13))];
    for (sizes, hidden) in clear.map(|sizes| (sizes, false)).into_iter().chain(hidden.map(|sizes| (sizes, true))) {
        let (io, trace) = subject.run(b"eight byte", &[3; 80]);
        let proof = subject.prove(&io, trace, sizes, hidden);
        let outcome = subject.verdict("an honest proof", b"eight byte", &proof).expect("it is accepted");
        assert_eq!((outcome.exit_code, &outcome.output), (7, &io.output));
        assert_eq!(io.output.len(), 8);
    }
}

#[test]
fn programs_of_all_instructions_are_accepted() {
    for seed in 0..3 {
        let rng = &mut StdRng::seed_from_u64(seed);
        let mut asm = Asm::new();
        asm.data(DATA, &[0x91; 3000]);
        random::program(&mut asm, rng, 300, DATA + 2048, Mix::Machine);
        asm.li(A0, 0);
        asm.exit();
        let subject = Subject::new(&asm);
        for hidden in [false, true] {
            let (io, trace) = subject.run(b"x", &[0xc3; 10_000]);
            let proof = subject.prove(&io, trace, (4, Some(11)), hidden);
            assert!(subject.verdict("an honest proof", b"x", &proof).is_ok());
        }
    }
}

#[test]
fn an_exit_code_outside_the_policy_is_refused() {
    let subject = Subject::new(&echo(3, 101));
    for hidden in [false, true] {
        let (io, trace) = subject.run(b"eight byte", &[3; 80]);
        let proof = subject.prove(&io, trace, (4, Some(8)), hidden);
        assert_eq!(subject.verdict("a panic", b"eight byte", &proof), Err(Error::ExitCode(101)));
    }
}
