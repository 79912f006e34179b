//! Asks an SMT solver whether the rows of an instruction have one outcome at 32 bits.

use crate::process::{cargo, run as run_command};
use crate::{Error, setup};

/// The task. It takes minutes.
pub fn run() -> Result<(), Error> {
    setup::solver();
    run_command(&mut cargo(["run", "--package", "zkvm-protocol", "--example", "sequences"]))
}
