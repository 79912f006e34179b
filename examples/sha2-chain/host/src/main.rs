//! Proves a chain of SHA-256 hashes: `cargo run --release -p sha2-chain [LENGTH [TEXT]]`.

use std::env;
use std::error::Error;
use std::time::Instant;

use sha2::{Digest, Sha256};
use zkvm_host::Host;

zkvm_host::program!(sha2_chain);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let length = arguments.next().map_or(Ok(64), |length| length.parse());
    let length: u32 = length.map_err(|error| format!("LENGTH is a number: {error}"))?;
    let text = arguments.next().unwrap_or_else(|| "the seed of the chain".to_owned());
    let seed: [u8; 32] = Sha256::digest(text).into();
    let host = Host::new(sha2_chain::program()?);

    let run = host.execute((seed, length))?;
    let expected = (0..length).fold(seed, |state, _| Sha256::digest(state).into());
    assert_eq!(run.output, expected, "the guest computes what this machine computes");
    println!("{length} hashes: {} cycles", run.statistics.cycles);

    let start = Instant::now();
    let proof = host.prove((seed, length)).run()?;
    println!("proven in {:.2?}: a proof of {} bytes", start.elapsed(), proof.to_bytes().len());

    // The verifier computes no hash of the chain.
    let start = Instant::now();
    let last = host.verifier().verify((seed, length), &proof)?;
    println!("verified in {:.2?}: the chain ends with {}", start.elapsed(), hex(&last));
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
