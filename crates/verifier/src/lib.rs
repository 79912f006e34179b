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
pub mod hiding;
mod key;
pub mod messages;
pub mod party;
mod policy;
mod proof;
pub mod sumcheck;

pub use error::{InvalidProgramId, KeyError, ProofError, VerifyError};
pub use key::{Key, ProgramId};
pub use policy::Policy;
pub use proof::{Proof, Sizes};

use core::ops::Deref;
use party::Checker;
use zkvm_pcs::kernel::{Kernel, Scalar};
use zkvm_pcs::{Basis, Equation, InnerScheme};
use zkvm_protocol::statement::{PublicIo, Statement};
use zkvm_protocol::{Shape, script};
use zkvm_transcript::{TapeError, TapeReader, Transcript};

/// Domain of the transcript.
pub const DOMAIN: &str = "zkvm: jolt over bn254, folded rows";

/// Verifies that `proof` proves a run of the program of `key` on the public input `input`, within
/// the bounds of `policy`. The output and exit code proven are in the proof.
///
/// `basis` must have at least 2^c points, c the row size of the proof. Use [`verify_with`] where it
/// would have to be made.
pub fn verify(key: &Key, basis: &Basis, input: &[u8], proof: &Proof, policy: &Policy) -> Result<(), VerifyError> {
    verify_with(Scalar, key, |_| Ok(basis), input, proof, policy)
}

/// [`verify`] with bases found when they are needed, and with the additions of `kernel`.
///
/// `bases` is asked for 2^c bases, c its argument, after every other check has passed: a proof that is
/// not valid costs no bases unless its prover did about as much work as a verifier. Most of the remaining time
/// is spent in `kernel`; what is accepted rests on that code too.
pub fn verify_with<K: Kernel, B: Deref<Target = Basis>, E: From<VerifyError>>(
    kernel: K,
    key: &Key,
    bases: impl FnOnce(usize) -> Result<B, E>,
    input: &[u8],
    proof: &Proof,
    policy: &Policy,
) -> Result<(), E> {
    let (equation, log_row) = check_tape(key, input, proof, policy)?;
    let basis = bases(log_row)?;
    equation.check(kernel, &basis).map_err(|error| VerifyError::Opening(error).into())
}

/// All checks but the equation returned, over bases of 2^c positions, c returned too.
fn check_tape(key: &Key, input: &[u8], proof: &Proof, policy: &Policy) -> Result<(Equation, usize), VerifyError> {
    let shape = precheck(key, input, proof, policy)?;
    let io = PublicIo { input: input.to_vec(), exit_code: proof.exit_code, output: proof.output.clone() };
    let statement = statement(key, &io, shape, policy.scheme, proof.zero_knowledge)?;
    let mut reader = TapeReader::new(Transcript::new(DOMAIN), &proof.tape);
    let equation = if proof.zero_knowledge {
        let equation = hiding::check(&mut reader, &statement, policy.scheme)?;
        reader.finish()?;
        equation
    } else {
        let mut checker = Checker::new(reader, policy.scheme);
        script::run(&mut checker, &statement)?;
        checker.finish()?
    };
    Ok((equation, shape.log_row))
}

/// What costs nothing to check: identity, exit code, sizes, and that the tape holds the rows
/// that the sizes demand. Gives the shape of the instance.
pub fn precheck(key: &Key, input: &[u8], proof: &Proof, policy: &Policy) -> Result<Shape, VerifyError> {
    let shape = policy.shape(key, input, proof)?;
    let rows = party::commitment_shape(&shape)?.rows().saturating_add(usize::from(proof.zero_knowledge));
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
    zero_knowledge: bool,
) -> Result<Statement<'a>, VerifyError> {
    let scheme = key::scheme_digest(scheme, zero_knowledge, shape.log_row)?;
    Ok(Statement { program: key.program(), digest: key.id().0, io, shape, scheme })
}
