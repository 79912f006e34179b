//! A kept zero-knowledge proof: accepted as it is, refused for the right reason when anything is altered.

use crate::{BASIS, INPUT, KEY, LOG_ROW, OUTPUT, check};
use std::sync::LazyLock;
use zkvm_algebra::{Fr, encoding};
use zkvm_pcs::OpeningError;
use zkvm_transcript::TapeError;
use zkvm_verifier::{Policy, Proof, VerifyError, precheck, verify};

static PROOF: LazyLock<Proof> =
    LazyLock::new(|| Proof::from_bytes(include_bytes!("../golden/multiply-hidden.proof")).expect("a proof"));

const ELEMENT: usize = 32;
/// Hidden messages of the kept tape: the script's, the mask's value and the masks.
const HIDDEN: usize = SCRIPT + 2;
const SCRIPT: usize = 1 + (1 + 8 + 1) + (64 + 8 + 5) + (8 + 2) + (5 + 8 + 5) + (4 + 1);
/// Degree of the comparisons.
const DEGREE: usize = 6;
/// Scalars in the hidden messages: those of the clear proof, y, and the masks.
const SCALARS: usize = 10 + (27 + 19) + (176 + 14) + (24 + 4) + (70 + 53) + (8 + 25) + 1 + (DEGREE - 1);

/// The messages of the tape: label, number of elements, whether they are points, and what is refused if
/// an element is another.
const MESSAGES: [(&str, usize, bool, Reason); 11] = [
    ("rows", 101, true, Reason::Comparison),
    ("script", SCRIPT, true, Reason::Comparison),
    ("opening: mask value", 1, true, Reason::Comparison),
    ("opening: folded", 2, false, Reason::Comparison),
    ("inner product: cross terms", 20, true, Reason::Comparison),
    ("inner product: last entry", 1, false, Reason::Comparison),
    ("hidden: masks", 1, true, Reason::Comparison),
    ("hidden: lines", HIDDEN, true, Reason::Comparison),
    ("hidden: coefficients", DEGREE, false, Reason::Comparison),
    ("hidden: values", SCALARS, false, Reason::Comparison),
    ("hidden: blindings", HIDDEN, false, Reason::Equation),
];

#[derive(Clone, Copy, PartialEq)]
enum Reason {
    /// The comparisons fail, or a challenge after the message is another.
    Comparison,
    /// Only the equation between points fails.
    Equation,
}

fn result(change: impl FnOnce(&mut Proof)) -> Result<(), VerifyError> {
    let mut proof = PROOF.clone();
    change(&mut proof);
    check(INPUT, &proof, &Policy::default())
}

/// Where the message of that label starts.
fn start(label: &str) -> usize {
    let before = MESSAGES.iter().take_while(|(name, ..)| *name != label);
    before.map(|(_, count, ..)| count * ELEMENT).sum()
}

fn scalar_at(at: usize) -> Fr {
    let element = PROOF.tape[at..].first_chunk().expect("an element");
    encoding::scalar_from_bytes(element).expect("a scalar")
}

#[test]
fn a_proof_made_earlier_is_accepted() {
    assert!(PROOF.zero_knowledge);
    assert_eq!(check(INPUT, &PROOF, &Policy::default()), Ok(()));
    assert_eq!((PROOF.program, PROOF.exit_code, &PROOF.output[..]), (KEY.id(), 0, OUTPUT));
    let elements: usize = MESSAGES.iter().map(|(_, count, ..)| count).sum();
    assert_eq!(PROOF.tape.len(), elements * ELEMENT);
}

#[test]
fn another_public_value_or_kind_is_refused() {
    assert_eq!(check(&392u32.to_le_bytes(), &PROOF, &Policy::default()), Err(VerifyError::Hidden));
    assert_eq!(result(|proof| proof.output[3] ^= 0x80), Err(VerifyError::Hidden));
    assert_eq!(result(|proof| proof.output.push(0)), Err(VerifyError::Hidden));
    assert!(result(|proof| proof.zero_knowledge = false).is_err());
}

#[test]
fn every_altered_element_is_refused_for_its_own_reason() {
    let mut at = 0;
    for (label, count, is_point, reason) in MESSAGES {
        for _ in 0..count {
            let refused = result(|proof| {
                let element = proof.tape[at..].first_chunk_mut().expect("an element");
                *element = match is_point {
                    true => encoding::point_to_bytes(&-encoding::point_from_bytes(element).expect("a point")),
                    false => encoding::scalar_to_bytes(&(scalar_at(at) + Fr::from(1u64))),
                };
            });
            let expected = match reason {
                Reason::Comparison => VerifyError::Hidden,
                Reason::Equation => VerifyError::Opening(OpeningError::Mismatch),
            };
            assert_eq!(refused, Err(expected), "{label} at {at}");
            at += ELEMENT;
        }
    }
}

#[test]
fn what_is_no_element_is_refused_in_its_message() {
    for (label, count, is_point, _) in MESSAGES {
        if label == "script" {
            continue;
        }
        let error = match is_point {
            true => TapeError::InvalidPoint { label },
            false => TapeError::NonCanonicalScalar { label },
        };
        for at in [0, count - 1].map(|number| start(label) + number * ELEMENT) {
            let refused = result(|proof| proof.tape[at..at + ELEMENT].fill(0xff));
            let expected = match label.starts_with("inner product") || label == "opening: folded" {
                true => VerifyError::Opening(OpeningError::Tape(error)),
                false => VerifyError::Tape(error),
            };
            assert_eq!(refused, Err(expected), "{label} at {at}");
        }
    }
}

#[test]
fn a_tape_that_ends_early_or_late_is_refused() {
    for at in (0..PROOF.tape.len()).step_by(7 * ELEMENT) {
        let refused = result(|proof| proof.tape.truncate(at));
        let is_truncated = |error: &VerifyError| {
            matches!(
                error,
                VerifyError::Tape(TapeError::Truncated { .. })
                    | VerifyError::Opening(OpeningError::Tape(TapeError::Truncated { .. }))
            )
        };
        assert!(refused.as_ref().is_err_and(is_truncated), "cut at {at}: {refused:?}");
    }
    let longer = result(|proof| proof.tape.extend([0; ELEMENT]));
    assert_eq!(longer, Err(VerifyError::Tape(TapeError::TrailingBytes { count: ELEMENT })));
    let mut rows = PROOF.clone();
    rows.tape.truncate(100 * ELEMENT);
    let truncated = VerifyError::Tape(TapeError::Truncated { label: "rows" });
    assert_eq!(precheck(&KEY, INPUT, &rows, &Policy::default()).err(), Some(truncated));
    rows.tape.extend([0; ELEMENT]);
    assert!(precheck(&KEY, INPUT, &rows, &Policy::default()).is_ok());
}

#[test]
fn a_basis_may_be_larger_but_not_smaller_than_a_row() {
    let verify = |basis: &zkvm_pcs::Basis| verify(&KEY, basis, INPUT, &PROOF, &Policy::default());
    assert_eq!(verify(&BASIS), Ok(()));
    assert_eq!(verify(&zkvm_pcs::Basis::new(LOG_ROW + 1).unwrap()), Ok(()));
    let small = OpeningError::BasisTooSmall { basis: LOG_ROW - 1, row: LOG_ROW };
    assert_eq!(verify(&zkvm_pcs::Basis::new(LOG_ROW - 1).unwrap()), Err(VerifyError::Opening(small)));
}
