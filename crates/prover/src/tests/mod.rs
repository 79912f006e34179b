//! End to end: what an honest prover writes, the verifier accepts; what a cheating one writes, it
//! refuses.

mod absorption;
mod accesses;
mod arithmetic;
mod claims;
mod constraints;
mod control;
mod faults;
mod hiding;
mod hiding_attacks;
mod hiding_liar;
mod hiding_randomness;
mod liar;
mod programs;
mod random;
mod setting;
mod simulation;
mod simulator;
mod trial;
mod walk;
mod weak;
mod wire;

pub use simulator::Forged;

use crate::party::Computer;
use crate::reference::ByDefinition;
use crate::testing::{ClearCommitment, Run, mixed_run};
use crate::witness::Witness;
use rand::rngs::StdRng;
use zkvm_pcs::InnerScheme;
use zkvm_protocol::{Shape, script};
use zkvm_transcript::{TapeWriter, Transcript};
use zkvm_verifier::{DOMAIN, Key, Policy, Proof, Sizes, VerifyError, verify};

/// The proof of a witness by the reference prover, opened in the clear.
fn prove(key: &Key, witness: &Witness) -> Proof {
    prove_with(DOMAIN, key, witness, None)
}

/// The proof by the reference prover in the protocol with this name, in zero knowledge if there is
/// randomness for it.
fn prove_with(domain: &'static str, key: &Key, witness: &Witness, hiding: Option<StdRng>) -> Proof {
    let zero_knowledge = hiding.is_some();
    let statement = &witness.statement;
    let Shape { log_t, log_k, log_ram, log_row, .. } = statement.shape;
    let tape = TapeWriter::new(Transcript::new(domain));
    let observer = &mut ();
    let commitment = ClearCommitment::new(log_row);
    let mut computer = Computer::<_, ByDefinition>::new(witness, commitment, tape, hiding, observer);
    match script::run(&mut computer, statement) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    let [log_t, log_k, log_ram, log_row] = [log_t, log_k, log_ram, log_row].map(|size| size as u8);
    Proof {
        program: key.id(),
        sizes: Sizes { log_t, log_k, log_ram, log_row },
        zero_knowledge,
        exit_code: statement.io.exit_code,
        output: statement.io.output.clone(),
        tape: computer.finish().unwrap(),
    }
}

fn check(key: &Key, input: &[u8], proof: &Proof) -> Result<(), VerifyError> {
    let policy = Policy { scheme: InnerScheme::Clear, exit_codes: vec![proof.exit_code], ..Policy::default() };
    let basis = ClearCommitment::new(proof.sizes.log_row.into());
    verify(key, basis.basis(), input, proof, &policy)
}

#[test]
fn every_step_satisfies_every_constraint() {
    let run = mixed_run(3);
    let witness = run.witness(run.shape(4));
    for t in 0..witness.steps() {
        let violated = zkvm_protocol::constraints::violated(witness.row(t), witness.rows[t], &witness.columns(t));
        assert!(violated.is_empty(), "step {t}: {violated:?} {:?}", witness.row(t));
    }
}

#[test]
fn the_reference_prover_convinces_the_verifier() {
    let run: Run = mixed_run(1);
    for log_k in [2, 4] {
        let witness = run.witness(run.shape(log_k));
        assert_eq!(check(&run.key, &run.io.input, &prove(&run.key, &witness)), Ok(()));
    }
}
