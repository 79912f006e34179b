//! `cargo zkvm id`

use std::fmt;

use clap::Args;
use serde::Serialize;

use crate::args::GuestArgs;
use crate::failure::Failure;
use crate::guest::Context;

/// Prints the program id: the digest of what a proof is about.
#[derive(Args, Debug)]
pub struct Id {
    #[command(flatten)]
    guest: GuestArgs,
}

#[derive(Serialize)]
struct Report {
    program: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.program)
    }
}

impl Id {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let program = context.load(&self.guest)?.guest.id().to_string();
        context.reporter.print(&Report { program })
    }
}
