//! Every check.

use crate::process::{cargo, run as run_command};
use crate::{Error, demo, fuzz, setup, template, tidy};

const EXAMPLES: [&str; 5] = ["fibonacci", "sha2-chain", "sha3-chain", "merkle", "ledger"];

/// The task.
pub fn run() -> Result<(), Error> {
    setup::for_tests()?;
    tidy::run()?;
    run_command(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    run_command(&mut cargo(["test", "--workspace"]))?;
    // What is refused must be refused, without a panic, in optimised code too.
    // What is computed must be the same.
    let packages = ["--package", "zkvm-prover", "--package", "zkvm-emulator"];
    let tests = ["--test", "proofs", "--test", "conformance"];
    run_command(cargo(["test", "--release"]).args(packages).args(tests))?;
    fuzz::bounded()?;
    for example in EXAMPLES {
        demo::example(example, &[])?;
    }
    template::run()?;
    println!("all checks passed");
    Ok(())
}
