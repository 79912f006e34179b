//! The party that checks.
//!
//! [`verify`] accepts exactly if the program with the given key, run on the given public input,
//! exits with the code and output that the proof states (up to the soundness error of the
//! protocol). Its memory and time are in proportion to the key, the proof and the 2^c bases of a row,
//! and it does not panic on any bytes.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
extern crate alloc;

mod error;
mod key;
pub mod party;
mod policy;
mod proof;
pub mod sumcheck;

pub use error::{InvalidProgramId, KeyError, ProofError, VerifyError};
pub use key::{Key, ProgramId};
pub use policy::Policy;
pub use proof::{Proof, Sizes};

use party::Checker;
use zkvm_pcs::kernel::{Kernel, Scalar};
use zkvm_pcs::{Basis, InnerScheme};
use zkvm_protocol::statement::{PublicIo, Statement};
use zkvm_protocol::{Shape, script};
use zkvm_transcript::{TapeError, TapeReader, Transcript};

/// Domain of the transcript.
pub const DOMAIN: &str = "zkvm: jolt over bn254, folded rows";

/// Verifies that `proof` proves a run of the program of `key` on the public input `input`, within
/// the bounds of `policy`. The output and exit code proven are in the proof.
///
/// `basis` must have at least 2^c points, c the row size of the proof; make it after [`precheck`].
pub fn verify(key: &Key, basis: &Basis, input: &[u8], proof: &Proof, policy: &Policy) -> Result<(), VerifyError> {
    verify_with(Scalar, key, basis, input, proof, policy)
}

/// [`verify`] with the additions of `kernel`, on which most of the time is spent. What is accepted
/// then rests on that code too.
pub fn verify_with<K: Kernel>(
    kernel: K,
    key: &Key,
    basis: &Basis,
    input: &[u8],
    proof: &Proof,
    policy: &Policy,
) -> Result<(), VerifyError> {
    let shape = precheck(key, input, proof, policy)?;
    let io = PublicIo { input: input.to_vec(), exit_code: proof.exit_code, output: proof.output.clone() };
    let statement = statement(key, &io, shape, policy.scheme)?;
    let reader = TapeReader::new(Transcript::new(DOMAIN), &proof.tape);
    let mut checker = Checker::new(kernel, reader, basis, policy.scheme);
    script::run(&mut checker, &statement)?;
    checker.finish()
}

/// All that costs nothing to check: identity, exit code, sizes, and that the tape holds the rows
/// that the sizes demand. Gives the shape of the instance.
pub fn precheck(key: &Key, input: &[u8], proof: &Proof, policy: &Policy) -> Result<Shape, VerifyError> {
    let shape = policy.shape(key, input, proof)?;
    let rows = party::commitment_shape(&shape)?.rows();
    if proof.tape.len() / zkvm_algebra::encoding::BYTES < rows {
        return Err(VerifyError::Tape(TapeError::Truncated { label: party::ROWS }));
    }
    Ok(shape)
}

/// The statement that both parties run the script on.
pub fn statement<'a>(
    key: &'a Key,
    io: &'a PublicIo,
    shape: Shape,
    scheme: InnerScheme,
) -> Result<Statement<'a>, VerifyError> {
    let scheme = key::scheme_digest(scheme, shape.log_row)?;
    Ok(Statement { program: key.program(), digest: key.id().0, io, shape, scheme })
}
