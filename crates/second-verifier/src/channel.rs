//! What the stages see of a proof: challenges, scalars, and a place for what must be equal.
//!
//! In a proof without zero knowledge all of it comes from the [`Tape`]. In a zero-knowledge one (section 8) the stages run
//! twice, with the channels of [`hiding`](crate::hiding).

use crate::tape::Tape;
use crate::{Error, F};

/// The other side of a stage.
pub trait Channel {
    /// The next challenge.
    fn challenge(&mut self, label: &'static str) -> F;

    /// The scalars of the prover's next message.
    fn scalars(&mut self, label: &'static str, number: usize) -> Result<Vec<F>, Error>;

    /// Asks that at the end of a stage the last claim is what the values give.
    fn compare(&mut self, stage: &'static str, claim: F, sum: F) -> Result<(), Error>;

    /// One challenge after the other.
    fn challenges(&mut self, label: &'static str, number: usize) -> Vec<F> {
        (0..number).map(|_| self.challenge(label)).collect()
    }
}

impl Channel for Tape<'_> {
    fn challenge(&mut self, label: &'static str) -> F {
        self.transcript.challenge(label)
    }

    fn scalars(&mut self, label: &'static str, number: usize) -> Result<Vec<F>, Error> {
        self.scalars(label, number)
    }

    fn compare(&mut self, stage: &'static str, claim: F, sum: F) -> Result<(), Error> {
        if claim == sum { Ok(()) } else { Err(Error::SumCheck { stage, claim, sum }) }
    }
}
