//! `cargo zkvm`: builds, executes, proves, verifies and inspects guests.
//!
//! Each command is a file in [`commands`]. A command gives a report, which [`report`] prints as text
//! or JSON, or a [`failure::Failure`], whose class is the exit code.

mod args;
mod bases;
mod commands;
mod failure;
mod guest;
mod inputs;
mod output;
mod progress;
mod report;
mod run;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use args::Cli;
use clap::Parser;
use failure::Class;
use report::Reporter;

fn main() -> ExitCode {
    let arguments = arguments();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, arguments.iter().any(|argument| argument == "--json")),
    };
    let reporter = Reporter { json: cli.json };
    match commands::run(&cli, &reporter) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => reporter.failed(failure),
    }
}

/// The arguments; cargo repeats the name of the subcommand in front of them.
fn arguments() -> Vec<OsString> {
    let mut arguments: Vec<OsString> = env::args_os().collect();
    if arguments.get(1).is_some_and(|argument| argument == "zkvm") {
        arguments.remove(1);
    }
    arguments
}

/// Shows what clap has to say: help, or an error in the arguments.
fn refuse(error: &clap::Error, json: bool) -> ExitCode {
    if json && error.use_stderr() {
        let text = error.to_string();
        let message = text.split("\n\n").next().unwrap_or(&text);
        return Reporter { json }.failed(Class::Input.because(message.trim_start_matches("error: ")));
    }
    // Nobody is left to be told if this cannot be printed.
    let _ = error.print();
    if error.use_stderr() { Class::Input.into() } else { ExitCode::SUCCESS }
}
