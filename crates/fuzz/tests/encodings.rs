//! No second encoding of a proof: a sample. `zkvm-fuzz encodings` takes every byte and every bit.

use zkvm_fuzz::encodings::{accepted_changes, accepted_cuts, accepted_insertions, accepts};
use zkvm_fuzz::example::PROOF;

/// Bytes in front of the tape: magic, version, program, sizes, exit code, length of the empty output.
const HEADER: usize = 56;

/// The header, and a byte of each field element and point, at all places in them.
fn offsets() -> Vec<usize> {
    let length = PROOF.to_bytes().len();
    (0..HEADER).chain((HEADER..length).step_by(33)).collect()
}

#[test]
fn the_proof_itself_is_accepted() {
    let bytes = PROOF.to_bytes();
    assert!(accepts(&bytes));
    assert_eq!((bytes.len() - HEADER) % 32, 0);
}

#[test]
fn a_changed_bit_is_refused() {
    assert_eq!(accepted_changes(&offsets(), 2), [""; 0]);
}

#[test]
fn bytes_less_are_refused() {
    assert_eq!(accepted_cuts(&offsets()), [""; 0]);
}

#[test]
fn bytes_more_are_refused() {
    assert_eq!(accepted_insertions(0), [""; 0]);
    assert_eq!(accepted_insertions(1), [""; 0]);
}
