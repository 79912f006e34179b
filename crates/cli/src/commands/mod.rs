//! The commands, one file each.

pub mod build;
pub mod doctor;
pub mod execute;
pub mod id;
pub mod inspect;
pub mod prove;
pub mod verify;

use crate::args::{Cli, Command};
use crate::failure::Failure;
use crate::guest::Context;
use crate::report::Reporter;

/// Runs the command.
pub fn run(cli: &Cli, reporter: &Reporter) -> Result<(), Failure> {
    let context = Context { reporter, verbose: cli.verbose };
    match &cli.command {
        Command::Build(command) => command.run(&context),
        Command::Execute(command) => command.run(&context),
        Command::Prove(command) => command.run(&context),
        Command::Verify(command) => command.run(&context),
        Command::Id(command) => command.run(&context),
        Command::Inspect(command) => command.run(&context),
        Command::Doctor(command) => command.run(&context),
    }
}
