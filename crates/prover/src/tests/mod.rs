//! End to end: what the reference prover writes, the verifier accepts.

use crate::engine::ByDefinition;
use crate::party::Computer;
use crate::testing::{ClearCommitment, Run, mixed_run};
use zkvm_pcs::InnerScheme;
use zkvm_protocol::Shape;
use zkvm_protocol::script;
use zkvm_transcript::{TapeWriter, Transcript};
use zkvm_verifier::{DOMAIN, Policy, Proof, Sizes, VerifyError, verify};

fn prove(run: &Run, shape: Shape) -> Proof {
    let witness = run.witness(shape);
    let commitment = ClearCommitment::new(shape.log_row);
    let writer = TapeWriter::new(Transcript::new(DOMAIN));
    let observer = &mut ();
    let mut computer = Computer::<_, ByDefinition>::new(&witness, commitment, writer, observer);
    script::run(&mut computer, &witness.statement).expect("the prover does not fail");
    let [log_t, log_k, log_ram, log_row] =
        [shape.log_t, shape.log_k, shape.log_ram, shape.log_row].map(|size| size as u8);
    Proof {
        program: run.key.id(),
        sizes: Sizes { log_t, log_k, log_ram, log_row },
        exit_code: run.io.exit_code,
        output: run.io.output.clone(),
        tape: computer.into_tape(),
    }
}

fn check(run: &Run, proof: &Proof) -> Result<(), VerifyError> {
    let policy = Policy { scheme: InnerScheme::Clear, ..Policy::default() };
    let basis = ClearCommitment::new(proof.sizes.log_row.into());
    verify(&run.key, basis.basis(), &run.io.input, proof, &policy)
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
    let run = mixed_run(1);
    for log_k in [4] {
        let proof = prove(&run, run.shape(log_k));
        assert_eq!(check(&run, &proof), Ok(()));
    }
}
