//! [`Proof`]: its encoding, field by field, and what is no encoding of a proof.

use crate::{INPUT, OUTPUT, PROOF, PROOF_FILE, check, with_word};
use zkvm_protocol::statement::VERSION;
use zkvm_transcript::TapeError;
use zkvm_verifier::{Policy, ProgramId, Proof, ProofError, Sizes, VerifyError};

/// Where the fields of an encoded proof are.
const VERSION_AT: usize = 8;
const KIND_AT: usize = 48;
const LENGTH_AT: usize = 53;
const OUTPUT_AT: usize = 57;

/// An encoding made by hand.
fn encoded(version: u32, length: u32, rest: &[u8]) -> Vec<u8> {
    let mut bytes = b"zkvmprf\n".to_vec();
    bytes.extend(version.to_le_bytes());
    bytes.extend(1..=32);
    bytes.extend([41, 42, 43, 44, 1]);
    bytes.extend(0x0403_0201u32.to_le_bytes());
    bytes.extend(length.to_le_bytes());
    bytes.extend(rest);
    bytes
}

/// The proof that [`encoded`] encodes.
fn decoded(output: &[u8], tape: &[u8]) -> Proof {
    Proof {
        program: ProgramId(std::array::from_fn(|byte| byte as u8 + 1)),
        sizes: Sizes { log_t: 41, log_k: 42, log_ram: 43, log_row: 44 },
        zero_knowledge: true,
        exit_code: 0x0403_0201,
        output: output.to_vec(),
        tape: tape.to_vec(),
    }
}

#[test]
fn the_kept_file_is_the_encoding_of_what_it_decodes_to() {
    assert_eq!(PROOF.to_bytes(), PROOF_FILE);
    assert_eq!(PROOF_FILE[VERSION_AT..VERSION_AT + 4], VERSION.to_le_bytes());
    assert_eq!(PROOF.output, OUTPUT);
    assert_eq!(PROOF.tape, PROOF_FILE[OUTPUT_AT + OUTPUT.len()..]);
}

#[test]
fn every_field_is_in_its_place() {
    let bytes = encoded(VERSION, 3, b"abctape");
    assert_eq!(Proof::from_bytes(&bytes), Ok(decoded(b"abc", b"tape")));
    assert_eq!(decoded(b"abc", b"tape").to_bytes(), bytes);
    let empty = encoded(VERSION, 0, &[]);
    assert_eq!(Proof::from_bytes(&empty), Ok(decoded(&[], &[])));
    assert_eq!(decoded(&[], &[]).to_bytes(), empty);
}

#[test]
fn the_kind_is_a_flag() {
    let mut bytes = encoded(VERSION, 3, b"abctape");
    bytes[KIND_AT] = 0;
    assert_eq!(Proof::from_bytes(&bytes), Ok(Proof { zero_knowledge: false, ..decoded(b"abc", b"tape") }));
    assert_eq!(Proof::from_bytes(&bytes).map(|proof| proof.to_bytes()), Ok(bytes.clone()));
    for kind in [2, 0x81, 0xff] {
        bytes[KIND_AT] = kind;
        assert_eq!(Proof::from_bytes(&bytes), Err(ProofError::Kind(kind)));
    }
}

#[test]
fn the_length_divides_the_rest_into_output_and_tape() {
    let with = |length| Proof::from_bytes(&encoded(VERSION, length, b"abctape"));
    assert_eq!(with(0), Ok(decoded(&[], b"abctape")));
    assert_eq!(with(2), Ok(decoded(b"ab", b"ctape")));
    assert_eq!(with(7), Ok(decoded(b"abctape", &[])));
    for length in [8, 1 << 16, u32::MAX] {
        assert_eq!(with(length), Err(ProofError::Truncated));
    }
}

#[test]
fn another_length_of_the_output_is_refused() {
    for (length, count) in [(0, 4), (3, 1)] {
        let proof = Proof::from_bytes(&with_word(PROOF_FILE, LENGTH_AT, length)).unwrap();
        assert_eq!(proof.tape.len(), PROOF.tape.len() + count);
        // The tape no longer begins where its first row does.
        let refused = VerifyError::Tape(TapeError::InvalidPoint { label: "rows" });
        assert_eq!(check(INPUT, &proof, &Policy::default()), Err(refused));
    }
    assert_eq!(Proof::from_bytes(&with_word(PROOF_FILE, LENGTH_AT, u32::MAX)), Err(ProofError::Truncated));
}

#[test]
fn bytes_with_another_beginning_are_no_proof() {
    for length in 0..VERSION_AT {
        assert_eq!(Proof::from_bytes(&PROOF_FILE[..length]), Err(ProofError::NotAProof), "{length} bytes");
        let mut other = PROOF_FILE.to_vec();
        other[length] ^= 1;
        assert_eq!(Proof::from_bytes(&other), Err(ProofError::NotAProof), "byte {length}");
    }
    assert_eq!(Proof::from_bytes(crate::KEY_FILE), Err(ProofError::NotAProof));
    assert_eq!(Proof::from_bytes(&PROOF_FILE[1..]), Err(ProofError::NotAProof));
}

#[test]
fn a_proof_of_another_version_names_both() {
    for found in [0, VERSION - 1, VERSION + 1, VERSION | 1 << 31, u32::MAX] {
        let refused = ProofError::Version { found, expected: VERSION };
        assert_eq!(Proof::from_bytes(&with_word(PROOF_FILE, VERSION_AT, found)), Err(refused.clone()));
        // Whatever follows.
        assert_eq!(Proof::from_bytes(&encoded(found, u32::MAX, &[])), Err(refused.clone()));
        assert_eq!(Proof::from_bytes(&encoded(found, 0, &[])[..VERSION_AT + 4]), Err(refused));
    }
}

#[test]
fn a_proof_that_ends_before_its_tape_is_truncated() {
    for length in VERSION_AT..OUTPUT_AT + OUTPUT.len() {
        assert_eq!(Proof::from_bytes(&PROOF_FILE[..length]), Err(ProofError::Truncated), "{length} bytes");
    }
    let proof = Proof::from_bytes(&PROOF_FILE[..OUTPUT_AT + OUTPUT.len()]).unwrap();
    assert_eq!((&proof.output[..], proof.tape.len()), (OUTPUT, 0));
}

#[test]
fn a_byte_more_or_less_belongs_to_the_tape() {
    let longer = Proof::from_bytes(&[PROOF_FILE, &[0]].concat()).unwrap();
    let trailing = VerifyError::Tape(TapeError::TrailingBytes { count: 1 });
    assert_eq!(check(INPUT, &longer, &Policy::default()), Err(trailing));
    let shorter = Proof::from_bytes(&PROOF_FILE[..PROOF_FILE.len() - 1]).unwrap();
    assert_eq!(shorter.tape, PROOF.tape[..PROOF.tape.len() - 1]);
    assert_eq!(longer.tape, [&PROOF.tape[..], &[0]].concat());
}
