//! A program that only verifies: `verifier ID KEY PROOF N` prints the Fibonacci number that is proven.

use std::env;
use std::error::Error;

use zkvm_host::{ProgramId, Proof, Verifier, load_key_of};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [id, key, proof, n] = &arguments[..] else { return Err("four arguments expected".into()) };
    let id: ProgramId = id.parse()?;
    let verifier = Verifier::<u64, (u32,)>::new(load_key_of(id, key)?);
    println!("{}", verifier.verify((n.parse()?,), &Proof::load(proof)?)?);
    Ok(())
}
