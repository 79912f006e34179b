//! No second encoding of a proof: a sample. `zkvm-fuzz encodings` takes every byte and every bit.

use zkvm_fuzz::encodings::{accepted_changes, accepted_cuts, accepted_insertions, accepts};
use zkvm_fuzz::example::{HIDDEN, PROOF};

/// Bytes in front of the tape: magic, version, program, sizes, kind, exit code, length of the empty output.
const HEADER: usize = 57;

/// The proofs.
fn proofs() -> [Vec<u8>; 2] {
    [PROOF.to_bytes(), HIDDEN.to_bytes()]
}

/// The header, and a byte of each field element and point, at all places in them.
fn offsets(proof: &[u8]) -> Vec<usize> {
    (0..HEADER).chain((HEADER..proof.len()).step_by(33)).collect()
}

#[test]
fn the_proofs_themselves_are_accepted() {
    for proof in proofs() {
        assert!(accepts(&proof));
        assert_eq!((proof.len() - HEADER) % 32, 0);
    }
}

#[test]
fn a_changed_bit_is_refused() {
    for proof in proofs() {
        assert_eq!(accepted_changes(&proof, &offsets(&proof), 2), [""; 0]);
    }
}

#[test]
fn bytes_less_are_refused() {
    for proof in proofs() {
        assert_eq!(accepted_cuts(&proof, &offsets(&proof)), [""; 0]);
    }
}

#[test]
fn bytes_more_are_refused() {
    for proof in proofs() {
        assert_eq!(accepted_insertions(&proof, 0), [""; 0]);
        assert_eq!(accepted_insertions(&proof, 1), [""; 0]);
    }
}
