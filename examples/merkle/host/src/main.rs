//! Proves that somebody is on a list of which the verifier knows only the Merkle root:
//! `cargo run --release -p merkle [NAME]`. The proof is zero-knowledge: it does not show name and place.

use std::env;
use std::error::Error;
use std::time::Instant;

use merkle_guest::Tree;
use zkvm_host::Host;

zkvm_host::program!(merkle);

const MEMBERS: [&str; 8] = ["Ada", "Alan", "Barbara", "Edsger", "Grace", "John", "Kurt", "Margaret"];

fn main() -> Result<(), Box<dyn Error>> {
    let name = env::args().nth(1).unwrap_or_else(|| "Grace".to_owned());
    let tree = Tree::new(MEMBERS.map(str::as_bytes));
    let root = tree.root();
    // Somebody who is not on the list can only try a place of somebody else: the output is then false.
    let position = MEMBERS.iter().position(|member| *member == name).unwrap_or(0) as u32;
    let path = tree.path(position).unwrap_or_default();
    let arguments = (root, name.into_bytes(), position, path);
    let host = Host::new(merkle::program()?);

    let run = host.execute(arguments.clone())?;
    println!("on the list: {}; {} cycles", run.output, run.statistics.cycles);

    let start = Instant::now();
    let proof = host.prove(arguments).run()?;
    println!("proven in {:.2?}: a zero-knowledge proof of {} bytes", start.elapsed(), proof.to_bytes().len());

    // The verifier has the program and the root.
    let start = Instant::now();
    let is_member = host.verifier().verify((root,), &proof)?;
    println!("verified in {:.2?}: the prover knows a member: {is_member}", start.elapsed());
    Ok(())
}
