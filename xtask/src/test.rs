//! Every check.

use crate::process::{cargo, run as run_command};
use crate::{Error, demo, setup, template, tidy};

const EXAMPLES: [&str; 5] = ["fibonacci", "sha2-chain", "sha3-chain", "merkle", "ledger"];

/// The task.
pub fn run() -> Result<(), Error> {
    setup::for_tests()?;
    tidy::run()?;
    run_command(&mut cargo(["test", "--workspace"]))?;
    // What is refused must be refused, without a panic, in optimised code too.
    run_command(&mut cargo(["test", "--release", "--package", "zkvm-prover", "--test", "proofs"]))?;
    for example in EXAMPLES {
        demo::example(example, &[])?;
    }
    template::run()?;
    println!("all checks passed");
    Ok(())
}
