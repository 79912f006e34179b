//! Executes the guest, proves the run, and verifies the proof.

use std::error::Error;

use zkvm_host::Host;

zkvm_host::program!(factors);

fn main() -> Result<(), Box<dyn Error>> {
    let host = Host::new(factors::program()?);

    let run = host.execute((391, 17, 23))?;
    println!("executed: {}, {} cycles", run.output, run.statistics.cycles);

    // The factors are private, so the proof is zero-knowledge.
    let proof =
        host.prove((391, 17, 23)).progress(|step| println!("  {} took {:.0?}", step.name, step.time.wall)).run()?;
    proof.save("factors.proof")?;
    println!("proven: factors.proof, {} bytes", proof.to_bytes().len());

    // The verifier has the program and the product.
    let output = host.verifier().verify((391,), &proof)?;
    println!("verified: the prover knows proper factors of 391: {output}");
    Ok(())
}
