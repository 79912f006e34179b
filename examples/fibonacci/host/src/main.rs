//! Proves a Fibonacci number: `cargo run --release -p fibonacci [N]`.

use std::env;
use std::error::Error;
use std::time::Instant;

use zkvm_host::Host;

zkvm_host::program!(fibonacci);

fn main() -> Result<(), Box<dyn Error>> {
    let n = env::args().nth(1).map_or(Ok(20_000), |n| n.parse());
    let n: u32 = n.map_err(|error| format!("N is a number: {error}"))?;
    let host = Host::new(fibonacci::program()?);

    let run = host.execute((n,))?;
    println!("fibonacci({n}) is {} modulo 2^64: {} cycles", run.output, run.statistics.cycles);

    let start = Instant::now();
    let proof = host.prove((n,)).run()?;
    println!("proven in {:.2?}: a proof of {} bytes", start.elapsed(), proof.to_bytes().len());

    // The verifier knows the program and n; it learns the number from the proof.
    let verifier = host.verifier();
    let start = Instant::now();
    let number = verifier.verify((n,), &proof)?;
    println!("verified in {:.2?}: fibonacci({n}) is {number}", start.elapsed());

    assert!(verifier.verify((n + 1,), &proof).is_err());
    println!("for fibonacci({}) the proof is refused", n + 1);
    Ok(())
}
