//! The invariants of ARCHITECTURE.md that a program can check.

mod closure;
mod exceptions;
mod imports;
mod quotes;
mod sources;

use crate::Error;
use crate::process::{self, cargo};

/// The task.
pub fn run() -> Result<(), Error> {
    let mut findings = imports::check()?;
    findings.extend(closure::check()?);
    findings.extend(sources::check()?);
    findings.extend(quotes::check()?);
    for finding in &findings {
        println!("tidy: {finding}");
    }
    process::run(&mut cargo(["fmt", "--all", "--", "--check", "-l"]))?;
    match findings.len() {
        0 => Ok(()),
        count => Err(format!("{count} findings").into()),
    }
}
