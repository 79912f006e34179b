//! Two examples from source to a verified proof.

use crate::process;
use crate::{Error, setup};

/// The task.
pub fn run() -> Result<(), Error> {
    setup::run()?;
    println!("\nA Fibonacci number: the verifier learns it without computing it.");
    example("fibonacci", &["100000"])?;
    println!("\nA chain of SHA-256 hashes, by the crate `sha2` in plain software.");
    example("sha2-chain", &["100", "a message of your own"])?;
    println!("\nThe sources are in examples/: a guest and a host each.");
    Ok(())
}

/// Compiles and runs an example: it executes its guest, proves the run and verifies the proof.
pub fn example(name: &str, arguments: &[&str]) -> Result<(), Error> {
    let command = ["run", "--release", "--package", name, "--"];
    process::run(process::cargo(command).args(arguments))
}
