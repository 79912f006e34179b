//! The proofs kept beside the first verifier's tests: made once, accepted for as long as the protocol has this version.

use zkvm_second_verifier::{Bases, Error, Outcome, Policy, Program, verify};

const KEY: &[u8] = include_bytes!("../../verifier/tests/golden/multiply.key");
const CLEAR: &[u8] = include_bytes!("../../verifier/tests/golden/multiply.proof");
const HIDDEN: &[u8] = include_bytes!("../../verifier/tests/golden/multiply-hidden.proof");

/// What the verifier says of a proof of the run on the word `input`.
fn verdict(input: u32, proof: &[u8]) -> Result<Outcome, Error> {
    let policy = Policy { exit_codes: vec![0], max_log_t: 20, bases: Bases::find(12) };
    let program = Program::from_key(KEY).expect("the key is of a program");
    verify(&program, &input.to_le_bytes(), &policy, proof)
}

#[test]
fn kept_proofs_are_accepted() {
    let output = (391u32 * 1_000_003).to_le_bytes().to_vec();
    for proof in [CLEAR, HIDDEN] {
        assert_eq!(verdict(391, proof), Ok(Outcome { exit_code: 0, output: output.clone() }));
    }
}

#[test]
fn kept_proofs_are_of_their_input_alone() {
    assert!(matches!(verdict(392, CLEAR), Err(Error::SumCheck { stage: "constraints", .. })));
    assert!(matches!(verdict(392, HIDDEN), Err(Error::Comparisons { .. })));
}
