//! What can go wrong when a program runs, is proven or verified.

use thiserror::Error;
use zkvm_prover::ProveError;
use zkvm_verifier::VerifyError;

use crate::guest::Trapped;

/// Why arguments are no input.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InputError {
    /// An argument cannot be encoded.
    #[error("an argument has no postcard encoding: {0}")]
    Encode(#[from] postcard::Error),
    /// The input does not fit.
    #[error(transparent)]
    Size(#[from] zkvm_emulator::InputError),
}

/// Why a run or a proof failed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The arguments are no input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The guest trapped.
    #[error(transparent)]
    Trap(#[from] Trapped),
    /// The guest panicked.
    #[error("the guest panicked: {message}")]
    Panic {
        /// Message and location.
        message: String,
    },
    /// The guest exited with a code other than zero.
    #[error("the guest exited with code {0}")]
    Exit(u32),
    /// The guest's output is not a value of the return type.
    #[error("the output is no value of the return type: {0}")]
    Output(postcard::Error),
    /// The run cannot be proven.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The proof does not verify.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The bases for the proof's row size are not available.
    #[error(transparent)]
    Setup(#[from] zkvm_prover::SetupError),
    /// The key is for another program than the id.
    #[error("the key is for program {found}, not for {expected}")]
    OtherKey {
        /// Id of the key.
        found: zkvm_verifier::ProgramId,
        /// The id asked for.
        expected: zkvm_verifier::ProgramId,
    },
}
