//! What can go wrong when a program runs, is proven or verified.

use thiserror::Error;
#[cfg(feature = "prove")]
use zkvm_prover::ProveError;
use zkvm_verifier::VerifyError;

use crate::backend::SetupError;
#[cfg(feature = "prove")]
use crate::guest::Trapped;

/// Why arguments are no input.
#[derive(Error)]
#[non_exhaustive]
pub enum InputError {
    /// An argument cannot be encoded.
    #[error("an argument has no postcard encoding: {0}")]
    Encode(#[from] postcard::Error),
    /// The input does not fit.
    #[cfg(feature = "prove")]
    #[error(transparent)]
    Size(#[from] zkvm_emulator::InputError),
}

/// Why a run or a proof failed.
#[derive(Error)]
#[non_exhaustive]
pub enum Error {
    /// The arguments are no input.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The guest trapped.
    #[cfg(feature = "prove")]
    #[error(transparent)]
    Trap(#[from] Trapped),
    /// The guest panicked.
    #[cfg(feature = "prove")]
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
    #[cfg(feature = "prove")]
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The proof does not verify.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// There are no bases for the proof's row size.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The key is for another program than the id.
    #[error("the key is for program {found}, not for {expected}")]
    OtherKey {
        /// Id of the key.
        found: zkvm_verifier::ProgramId,
        /// The id asked for.
        expected: zkvm_verifier::ProgramId,
    },
}

crate::readable::debug_as_display!(InputError, Error);
