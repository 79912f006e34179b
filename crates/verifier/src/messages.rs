//! Where the scalars of the script's messages come from.

use crate::VerifyError;
use alloc::vec::Vec;
use zkvm_algebra::{AdditiveGroup, Fr};
use zkvm_transcript::{Channel, Reader, TapeError};

/// A source of messages of scalars, and the judge of what follows from them.
pub trait Messages: Channel {
    /// The next message, of `count` scalars.
    fn scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, VerifyError>;
    /// Takes note of a difference that must be zero.
    fn compare(&mut self, stage: &'static str, difference: impl FnOnce() -> Fr) -> Result<(), VerifyError>;
}

/// Messages in the clear.
impl<R: Reader<Error = TapeError>> Messages for R {
    fn scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, VerifyError> {
        Ok(self.read_scalars(label, count)?)
    }

    fn compare(&mut self, stage: &'static str, difference: impl FnOnce() -> Fr) -> Result<(), VerifyError> {
        if difference() == Fr::ZERO { Ok(()) } else { Err(VerifyError::Sumcheck(stage)) }
    }
}
