//! Proof files.

use zkvm_verifier::Proof;

use crate::Target;
use crate::encodings::accepts;
use crate::example::{HIDDEN, PROOF, is_honest};

/// What decodes has one encoding.
pub const FILE: Target = Target { name: "proof-file", check: file, seeds, everyday: 20_000 };

/// Nothing verifies but the proofs themselves.
pub const VERIFY: Target = Target { name: "verify", check: verify, seeds, everyday: 1500 };

fn seeds() -> Vec<Vec<u8>> {
    let proof = PROOF.clone();
    vec![proof.to_bytes(), Proof { output: b"output".to_vec(), ..proof }.to_bytes(), HIDDEN.to_bytes()]
}

fn file(data: &[u8]) {
    if let Ok(proof) = Proof::from_bytes(data) {
        assert!(proof.to_bytes() == data);
    }
    // The host's reading is the same.
    assert_eq!(zkvm_host::Proof::from_bytes(data).is_ok(), Proof::from_bytes(data).is_ok());
}

/// The bytes are a whole file or, if they are none, a tape.
fn verify(data: &[u8]) {
    let is_judged = |bytes: &[u8]| assert_eq!(accepts(bytes), is_honest(bytes));
    match Proof::from_bytes(data) {
        Ok(_) => is_judged(data),
        Err(_) => {
            for proof in [&PROOF, &HIDDEN] {
                is_judged(&Proof { tape: data.to_vec(), ..(*proof).clone() }.to_bytes());
            }
        }
    }
}
