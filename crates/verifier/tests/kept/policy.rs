//! [`Policy`] and [`precheck`]: every bound at its limits and beyond, and what is said of it.

use crate::{INPUT, KEY, PROOF, altered};
use zkvm_abi::{MAX_INPUT_BYTES, MAX_OUTPUT_BYTES};
use zkvm_pcs::{InnerScheme, ShapeError};
use zkvm_protocol::Shape;
use zkvm_transcript::TapeError;
use zkvm_verifier::party::commitment_shape;
use zkvm_verifier::{Policy, ProgramId, Proof, Sizes, VerifyError, precheck};

/// A tape for as many rows as any instance here has.
const LONG_TAPE: usize = 32 << 17;

/// The sizes of the kept proof.
const SIZES: Sizes = Sizes { log_t: 8, log_k: 4, log_ram: 20, log_row: 10 };
/// Binary logarithm of the rows of its bytecode table.
const LOG_BYTECODE: usize = 5;

fn with_sizes(sizes: Sizes, policy: &Policy) -> Result<Shape, VerifyError> {
    precheck(&KEY, INPUT, &altered(|proof| (proof.sizes, proof.tape) = (sizes, vec![0; LONG_TAPE])), policy)
}

/// Requires that exactly the sizes `least` to `most` that `change` sets are within the bounds.
#[track_caller]
fn assert_bounds(what: &'static str, [least, most]: [usize; 2], policy: &Policy, change: impl Fn(&mut Sizes, u8)) {
    for found in [0, least - 1, least, most, most + 1, 255] {
        let mut sizes = SIZES;
        change(&mut sizes, found as u8);
        let outcome = with_sizes(sizes, policy);
        if (least..=most).contains(&found) {
            let Sizes { log_t, log_k, log_ram, log_row } = sizes;
            let [log_t, log_k, log_ram, log_row] = [log_t, log_k, log_ram, log_row].map(usize::from);
            assert_eq!(outcome, Ok(Shape { log_t, log_k, log_bytecode: LOG_BYTECODE, log_ram, log_row }));
        } else {
            assert_eq!(outcome, Err(VerifyError::Size { what, found, least, most }));
        }
    }
}

#[test]
fn the_default_policy_is_the_documented_one() {
    let Policy { exit_codes, max_log_t, max_log_row, scheme } = Policy::default();
    assert_eq!((&exit_codes[..], max_log_t, max_log_row, scheme), (&[0][..], 28, 20, InnerScheme::InnerProduct));
}

#[test]
fn the_shape_has_the_sizes_of_the_proof() {
    assert_eq!(PROOF.sizes, SIZES);
    let expected = Shape { log_t: 8, log_k: 4, log_bytecode: LOG_BYTECODE, log_ram: 20, log_row: 10 };
    assert_eq!(precheck(&KEY, INPUT, &PROOF, &Policy::default()), Ok(expected));
}

#[test]
fn the_number_of_steps_has_bounds() {
    // Long rows, so that the tape has room for all.
    let steps = |sizes: &mut Sizes, log_t: u8| (sizes.log_t, sizes.log_row) = (log_t, log_t.clamp(4, 20));
    assert_bounds("steps", [1, 28], &Policy::default(), steps);
    assert_bounds("steps", [1, 8], &Policy { max_log_t: 8, ..Policy::default() }, steps);
}

#[test]
fn the_memory_has_the_bounds_of_the_program() {
    let layout = KEY.program().layout();
    assert_eq!((layout.min_log_words, layout.max_log_words), (20, 21));
    assert_bounds("words of memory", [20, 21], &Policy::default(), |sizes, log_ram| sizes.log_ram = log_ram);
}

#[test]
fn rows_have_a_cycle_at_least_and_are_not_much_longer_than_columns_have_rows() {
    // t, κ; the largest c. 2^c ≤ 2^(t + κ), and 2^6 times its square root at most.
    for (log_t, log_k, most) in [(9, 4, 12), (10, 4, 13), (5, 4, 9), (8, 4, 12), (9, 2, 11), (9, 8, 14)] {
        let rows = |sizes: &mut Sizes, log_row| (sizes.log_t, sizes.log_k, sizes.log_row) = (log_t, log_k, log_row);
        assert_bounds("row", [log_k.into(), most], &Policy::default(), rows);
    }
    let long = |log_row| with_sizes(Sizes { log_t: 26, log_row, ..SIZES }, &Policy::default()).map(|s| s.log_row);
    assert_eq!(long(20), Ok(20));
    assert_eq!(long(21), Err(VerifyError::Size { what: "row", found: 21, least: 4, most: 20 }));
    let short = Policy { max_log_row: 7, ..Policy::default() };
    assert_bounds("row", [4, 7], &short, |sizes, log_row| sizes.log_row = log_row);
}

#[test]
fn chunks_have_a_power_of_two_of_bits_up_to_eight() {
    let with = |log_k| with_sizes(Sizes { log_k, log_row: 8, ..SIZES }, &Policy::default());
    for log_k in [1, 2, 4, 8] {
        assert_eq!(with(log_k).map(|shape| shape.log_k), Ok(log_k.into()));
    }
    for log_k in [0, 3, 5, 6, 7, 9, 10, 16, 32, 64, 128, 255] {
        let refused = VerifyError::Size { what: "addresses of a chunk", found: log_k.into(), least: 1, most: 8 };
        assert_eq!(with(log_k), Err(refused));
    }
}

#[test]
fn the_program_must_be_that_of_the_key() {
    for byte in [0, 31] {
        let mut found = KEY.id();
        found.0[byte] ^= 1;
        let refused = VerifyError::OtherProgram { found, expected: KEY.id() };
        let proof = altered(|proof| proof.program = found);
        assert_eq!(precheck(&KEY, INPUT, &proof, &Policy::default()), Err(refused));
    }
    let zero = altered(|proof| proof.program = ProgramId([0; 32]));
    assert!(matches!(precheck(&KEY, INPUT, &zero, &Policy::default()), Err(VerifyError::OtherProgram { .. })));
}

#[test]
fn only_exit_codes_of_the_policy_are_accepted() {
    let outcome = |exit_code, accepted: &[u32]| {
        let policy = Policy { exit_codes: accepted.to_vec(), ..Policy::default() };
        precheck(&KEY, INPUT, &altered(|proof| proof.exit_code = exit_code), &policy).map(drop)
    };
    assert_eq!(outcome(0, &[]), Err(VerifyError::ExitCode(0)));
    assert_eq!((outcome(0, &[0]), outcome(7, &[0, 7]), outcome(u32::MAX, &[u32::MAX])), (Ok(()), Ok(()), Ok(())));
    assert_eq!(outcome(1, &[0, 7]), Err(VerifyError::ExitCode(1)));
    assert_eq!(outcome(0, &[7]), Err(VerifyError::ExitCode(0)));
    let code = altered(|proof| proof.exit_code = 1);
    assert_eq!(precheck(&KEY, INPUT, &code, &Policy::default()), Err(VerifyError::ExitCode(1)));
}

#[test]
fn public_values_must_fit_their_blocks() {
    let input = |length| precheck(&KEY, &vec![0; length], &PROOF, &Policy::default()).map(drop);
    assert_eq!(input(MAX_INPUT_BYTES), Ok(()));
    let refused = VerifyError::InputTooLong { found: MAX_INPUT_BYTES + 1, most: MAX_INPUT_BYTES };
    assert_eq!(input(MAX_INPUT_BYTES + 1), Err(refused));
    let with = |length| altered(|proof| proof.output = vec![0; length]);
    let output = |length| precheck(&KEY, INPUT, &with(length), &Policy::default()).map(drop);
    assert_eq!(output(MAX_OUTPUT_BYTES), Ok(()));
    let refused = VerifyError::OutputTooLong { found: MAX_OUTPUT_BYTES + 1, most: MAX_OUTPUT_BYTES };
    assert_eq!(output(MAX_OUTPUT_BYTES + 1), Err(refused));
}

#[test]
fn the_tape_must_hold_the_rows() {
    let rows = commitment_shape(&precheck(&KEY, INPUT, &PROOF, &Policy::default()).unwrap()).unwrap().rows();
    assert_eq!(rows, 100);
    let outcome = |length| {
        let proof: Proof = altered(|proof| proof.tape.truncate(length));
        precheck(&KEY, INPUT, &proof, &Policy::default()).map(drop)
    };
    assert_eq!((outcome(32 * rows), outcome(32 * rows + 1)), (Ok(()), Ok(())));
    let truncated = Err(VerifyError::Tape(TapeError::Truncated { label: "rows" }));
    assert_eq!((outcome(32 * rows - 1), outcome(0)), (truncated.clone(), truncated));
}

#[test]
fn sizes_without_a_commitment_are_refused_by_any_policy() {
    let policy = Policy { max_log_t: 255, max_log_row: 255, ..Policy::default() };
    let outcome = |log_t, log_row| with_sizes(Sizes { log_t, log_row, ..SIZES }, &policy).map(drop);
    assert_eq!(outcome(33, 20), Err(VerifyError::Shape(ShapeError::TooLarge { log_t: 33, log_k: 4 })));
    assert_eq!(outcome(32, 21), Err(VerifyError::Shape(ShapeError::RowLength { log_row: 21, log_column: 36 })));
    assert_eq!(outcome(30, 10), Err(VerifyError::Shape(ShapeError::TooManyRows { columns: 25 })));
    let shape = precheck(&KEY, INPUT, &PROOF, &Policy::default()).unwrap();
    let refused = ShapeError::TooLarge { log_t: u32::MAX, log_k: 4 };
    assert_eq!(commitment_shape(&Shape { log_t: usize::MAX, ..shape }), Err(VerifyError::Shape(refused)));
}
