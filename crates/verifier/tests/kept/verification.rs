//! [`verify`] and what it is made of: what it says of the kept proof, and of that proof with any one thing changed.

use crate::{INPUT, KEY, LOG_ROW, OUTPUT, PROOF, altered, check};
use sha3::{Digest, Keccak256};
use zkvm_pcs::{Basis, InnerScheme, OpeningError, basis};
use zkvm_protocol::Shape;
use zkvm_protocol::statement::PublicIo;
use zkvm_transcript::TapeError;
use zkvm_verifier::{Policy, Proof, VerifyError, precheck, statement, verify};

/// Bytes of a scalar or point.
const ELEMENT: usize = 32;

/// The messages of the kept tape: label, number of elements, and the sum-check that fails if one of them
/// is another. Without one, the elements are those of the opening.
const MESSAGES: [(&str, usize, Option<&str>); 14] = [
    ("rows", 100, Some("constraints")),
    ("skip", 10, Some("constraints")),
    ("round", 27, Some("constraints")),
    ("values", 19, Some("constraints")),
    ("round", 176, Some("reads")),
    ("values", 14, Some("reads")),
    ("round", 24, Some("values")),
    ("values", 4, Some("values")),
    ("round", 70, Some("columns")),
    ("values", 53, Some("columns")),
    ("round", 8, Some("addresses")),
    ("values", 25, Some("addresses")),
    ("inner product: cross terms", 20, None),
    ("inner product: last entry", 1, None),
];

/// What the messages are made of.
fn is_point(label: &str) -> bool {
    ["rows", "inner product: cross terms"].contains(&label)
}

/// Every element of the tape: where it is, its label, the sum-check that it breaks.
fn elements() -> impl Iterator<Item = (usize, &'static str, Option<&'static str>)> {
    let labels = MESSAGES.into_iter().flat_map(|(label, count, stage)| (0..count).map(move |_| (label, stage)));
    labels.enumerate().map(|(number, (label, stage))| (number * ELEMENT, label, stage))
}

fn tape_error(label: &str, error: TapeError) -> VerifyError {
    match label.starts_with("inner product") {
        true => VerifyError::Opening(OpeningError::Tape(error)),
        false => VerifyError::Tape(error),
    }
}

fn result(input: &[u8], change: impl FnOnce(&mut Proof)) -> Result<(), VerifyError> {
    check(input, &altered(change), &Policy::default())
}

#[test]
fn a_proof_made_earlier_is_accepted() {
    assert_eq!(check(INPUT, &PROOF, &Policy::default()), Ok(()));
    assert_eq!((PROOF.program, PROOF.exit_code, &PROOF.output[..]), (KEY.id(), 0, OUTPUT));
    let elements: usize = MESSAGES.iter().map(|(_, count, _)| count).sum();
    assert_eq!(PROOF.tape.len(), elements * ELEMENT);
}

#[test]
fn a_basis_may_be_larger_but_not_smaller_than_a_row() {
    let verify = |log_size| verify(&KEY, &Basis::new(log_size).unwrap(), INPUT, &PROOF, &Policy::default());
    assert_eq!(verify(LOG_ROW + 1), Ok(()));
    let small = OpeningError::BasisTooSmall { basis: LOG_ROW - 1, row: LOG_ROW };
    assert_eq!(verify(LOG_ROW - 1), Err(VerifyError::Opening(small)));
}

#[test]
fn another_public_value_is_refused() {
    let refused = Err(VerifyError::Sumcheck("constraints"));
    assert_eq!(check(&392u32.to_le_bytes(), &PROOF, &Policy::default()), refused);
    assert_eq!(check(&[INPUT, &[0]].concat(), &PROOF, &Policy::default()), refused);
    assert_eq!(check(&INPUT[..3], &PROOF, &Policy::default()), refused);
    assert_eq!(check(&[], &PROOF, &Policy::default()), refused);
    assert_eq!(result(INPUT, |proof| proof.output[3] ^= 0x80), refused);
    assert_eq!(result(INPUT, |proof| proof.output.push(0)), refused);
    assert_eq!(result(INPUT, |proof| proof.output.truncate(3)), refused);
    assert_eq!(result(INPUT, |proof| proof.output.clear()), refused);
    let policy = Policy { exit_codes: vec![0, 1], ..Policy::default() };
    assert_eq!(check(INPUT, &PROOF, &policy), Ok(()));
    assert_eq!(check(INPUT, &altered(|proof| proof.exit_code = 1), &policy), refused);
}

#[test]
fn another_size_is_refused() {
    assert_eq!(result(INPUT, |proof| proof.sizes.log_ram += 1), Err(VerifyError::Sumcheck("constraints")));
    // Fewer rows: scalars are read where there are points.
    let no_scalar = Err(VerifyError::Tape(TapeError::NonCanonicalScalar { label: "skip" }));
    assert_eq!(result(INPUT, |proof| proof.sizes.log_row += 1), no_scalar);
    assert_eq!(result(INPUT, |proof| proof.sizes.log_t -= 1), no_scalar);
    // More rows: points are read where there are scalars, if there is enough of anything.
    let no_point = Err(VerifyError::Tape(TapeError::InvalidPoint { label: "rows" }));
    assert_eq!(result(INPUT, |proof| proof.sizes.log_row -= 1), no_point);
    assert_eq!(result(INPUT, |proof| proof.sizes.log_t += 1), no_point);
    let truncated = Err(VerifyError::Tape(TapeError::Truncated { label: "rows" }));
    assert_eq!(result(INPUT, |proof| proof.sizes.log_row -= 3), truncated);
    assert_eq!(result(INPUT, |proof| proof.sizes.log_t += 3), truncated);
    assert_eq!(result(INPUT, |proof| proof.sizes.log_k = 8), truncated);
}

#[test]
fn the_other_opening_scheme_is_refused() {
    let policy = Policy { scheme: InnerScheme::Clear, ..Policy::default() };
    assert_eq!(check(INPUT, &PROOF, &policy), Err(VerifyError::Sumcheck("constraints")));
}

#[test]
fn another_scalar_breaks_the_next_check_that_depends_on_it() {
    for (at, label, stage) in elements().filter(|(_, label, _)| !is_point(label)) {
        let expected = stage.map_or(VerifyError::Opening(OpeningError::Mismatch), VerifyError::Sumcheck);
        assert_eq!(result(INPUT, |proof| proof.tape[at] ^= 1), Err(expected), "{label} at {at}");
    }
}

#[test]
fn another_point_breaks_the_next_check_that_depends_on_it() {
    let points: Vec<_> = elements().filter(|(_, label, _)| is_point(label)).collect();
    for pair in points.windows(2) {
        let [(at, label, stage), (next, ..)] = *pair else { continue };
        let source = PROOF.tape[next..next + ELEMENT].to_vec();
        if PROOF.tape[at..at + ELEMENT] == source {
            continue;
        }
        let expected = stage.map_or(VerifyError::Opening(OpeningError::Mismatch), VerifyError::Sumcheck);
        let replaced = result(INPUT, |proof| proof.tape[at..at + ELEMENT].copy_from_slice(&source));
        assert_eq!(replaced, Err(expected), "{label} at {at}");
    }
}

#[test]
fn an_element_that_is_none_is_refused() {
    let mut at = 0;
    for (label, count, _) in MESSAGES {
        let expected = match is_point(label) {
            true => TapeError::InvalidPoint { label },
            false => TapeError::NonCanonicalScalar { label },
        };
        for number in [0, count - 1] {
            let at = at + number * ELEMENT;
            let refused = result(INPUT, |proof| proof.tape[at..at + ELEMENT].fill(0xff));
            assert_eq!(refused, Err(tape_error(label, expected)), "{label} at {at}");
        }
        at += count * ELEMENT;
    }
}

#[test]
fn a_tape_that_ends_early_says_in_which_message() {
    for (at, label, _) in elements() {
        let expected = tape_error(label, TapeError::Truncated { label });
        let end = at + at / ELEMENT % ELEMENT;
        assert_eq!(result(INPUT, |proof| proof.tape.truncate(end)), Err(expected), "cut at {end}");
    }
}

#[test]
fn bytes_after_the_last_message_are_refused() {
    for count in [1, ELEMENT, 100] {
        let longer = result(INPUT, |proof| proof.tape.resize(PROOF.tape.len() + count, 0));
        assert_eq!(longer, Err(VerifyError::Tape(TapeError::TrailingBytes { count })));
    }
}

#[test]
fn the_statement_has_the_key_the_public_values_and_the_scheme() {
    let shape = precheck(&KEY, INPUT, &PROOF, &Policy::default()).unwrap();
    let io = PublicIo { input: INPUT.to_vec(), exit_code: 0, output: OUTPUT.to_vec() };
    let bases = basis::digest(LOG_ROW).unwrap();
    for (scheme, name) in [(InnerScheme::InnerProduct, "inner product"), (InnerScheme::Clear, "clear")] {
        for (zero_knowledge, kind) in [(false, ""), (true, "hiding ")] {
            let made = statement(&KEY, &io, shape, scheme, zero_knowledge).unwrap();
            assert_eq!((made.program, made.digest, made.io, made.shape), (KEY.program(), KEY.id().0, &io, shape));
            let digest = Keccak256::new().chain_update(kind).chain_update(name).chain_update(bases).finalize();
            assert_eq!(made.scheme[..], digest[..]);
        }
    }
}

#[test]
fn a_statement_about_rows_without_bases_is_refused() {
    let shape = precheck(&KEY, INPUT, &PROOF, &Policy::default()).unwrap();
    let with =
        |log_row| statement(&KEY, &PublicIo::default(), Shape { log_row, ..shape }, InnerScheme::Clear, false).err();
    assert_eq!((with(0), with(20)), (None, None));
    for found in [21, usize::MAX] {
        assert_eq!(with(found), Some(VerifyError::Size { what: "row", found, least: 0, most: 20 }));
    }
}
