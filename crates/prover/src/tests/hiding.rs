//! Zero-knowledge proofs: accepted if honest, refused otherwise.

use super::setting::sample;
use super::simulator::{Change, Script, simulate};
use super::{check, prove_with};
use crate::party::Computer;
use crate::reference::ByDefinition;
use crate::testing::{ClearCommitment, Run, mixed_run};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rayon::prelude::*;
use zkvm_algebra::{Fr, encoding};
use zkvm_isa::row::Flags;
use zkvm_pcs::{Basis, InnerScheme};
use zkvm_protocol::{Shape, script};
use zkvm_transcript::{TapeWriter, Transcript};
use zkvm_verifier::{DOMAIN, Policy, Proof, VerifyError, verify};

/// The shape of zero-knowledge proofs here.
pub fn shape(run: &Run, log_k: usize) -> Shape {
    Shape { log_row: 7, ..run.shape(log_k) }
}

/// An honest proof with the coins of `seed`.
pub fn honest(run: &Run, log_k: usize, seed: u64) -> Proof {
    prove_with(DOMAIN, &run.key, &run.hidden_witness(shape(run, log_k)), Some(StdRng::seed_from_u64(seed)))
}

#[test]
fn honest_proofs_are_accepted_for_every_chunk_size() {
    let run = mixed_run(1);
    for log_k in [1, 2, 4, 8] {
        let mut witness_shape = shape(&run, log_k);
        witness_shape.log_row = witness_shape.log_row.max(log_k);
        let witness = run.hidden_witness(witness_shape);
        let proof = prove_with(DOMAIN, &run.key, &witness, Some(StdRng::seed_from_u64(log_k as u64)));
        assert_eq!(check(&run.key, &run.io.input, &proof), Ok(()), "κ = {log_k}");
    }
}

#[test]
fn two_proofs_of_one_run_have_nothing_in_common() {
    let run = mixed_run(1);
    let [a, b] = [1, 2].map(|seed| honest(&run, 4, seed).tape);
    assert_eq!(a.len(), b.len());
    let elements =
        |tape: &[u8]| -> std::collections::BTreeSet<[u8; 32]> { tape.as_chunks().0.iter().copied().collect() };
    assert_eq!(elements(&a).len() * 32, a.len(), "an element occurs twice");
    assert!(elements(&a).is_disjoint(&elements(&b)));
}

#[test]
fn the_kind_of_a_proof_is_part_of_what_is_proven() {
    let run = mixed_run(1);
    let hidden = honest(&run, 4, 1);
    let clear = prove_with(DOMAIN, &run.key, &run.witness(shape(&run, 4)), None);
    for proof in [hidden, clear] {
        assert_eq!(check(&run.key, &run.io.input, &proof), Ok(()));
        let other = Proof { zero_knowledge: !proof.zero_knowledge, ..proof };
        assert!(check(&run.key, &run.io.input, &other).is_err());
    }
}

#[test]
fn forged_runs_are_refused() {
    let run = mixed_run(1);
    let honest = run.hidden_witness(shape(&run, 4));
    let words: Vec<u32> = std::iter::once(64).chain([0x0707_0707; 16]).collect();
    let rows = run.key.program().rows();
    let step = run.trace.rows.iter().position(|row| rows[*row as usize].flags.has(Flags::ADD)).expect("it adds");
    let changes: [Option<Change>; 4] =
        [None, Some(Change::Rd(12345)), Some(Change::Rs1(1)), Some(Change::Next(run.trace.rows[step]))];
    for change in changes {
        let script =
            Script { changes: change.map(|change| (step, vec![change])).into_iter().collect(), ..Script::default() };
        let proof =
            prove_with(DOMAIN, &run.key, &simulate(honest.statement, &words, &script), Some(StdRng::seed_from_u64(5)));
        let verdict = check(&run.key, &run.io.input, &proof);
        let expected = if change.is_none() { Ok(()) } else { Err(VerifyError::Hidden) };
        assert_eq!(verdict, expected, "{change:?}");
    }
}

#[test]
fn a_row_shorter_than_a_message_is_refused_whatever_the_bases() {
    let run = mixed_run(1);
    let witness = run.hidden_witness(Shape { log_row: 4, ..run.shape(4) });
    let commitment = ClearCommitment::new(7);
    let tape = TapeWriter::new(Transcript::new(DOMAIN));
    let hiding = Some(StdRng::seed_from_u64(1));
    let mut observer = ();
    let mut computer = Computer::<_, ByDefinition>::new(&witness, commitment, tape, hiding, &mut observer);
    match script::run(&mut computer, &witness.statement) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    let mut proof = honest(&run, 4, 1);
    (proof.sizes.log_row, proof.tape) = (4, computer.finish().unwrap());
    let policy = Policy { scheme: InnerScheme::Clear, ..Policy::default() };
    let refused = Err(VerifyError::Size { what: "row", found: 4, least: 5, most: 20 });
    for log_size in [4, 7] {
        let basis = Basis::new(log_size).expect("a supported size");
        assert_eq!(verify(&run.key, &basis, &run.io.input, &proof, &policy), refused);
    }
}

#[test]
fn another_statement_is_refused() {
    let run = mixed_run(1);
    let proof = honest(&run, 4, 1);
    assert!(check(&run.key, b"publix", &proof).is_err());
    assert!(check(&run.key, &run.io.input, &Proof { exit_code: 1, ..proof.clone() }).is_err());
    assert!(check(&run.key, &run.io.input, &Proof { output: vec![0], ..proof.clone() }).is_err());
    assert!(check(&mixed_run(2).key, &run.io.input, &proof).is_err());
}

/// Other encodings of the type of `element`, which may be a scalar or a point.
fn others(element: &[u8; 32]) -> Vec<[u8; 32]> {
    let mut others = Vec::new();
    if let Some(scalar) = encoding::scalar_from_bytes(element) {
        others.push(encoding::scalar_to_bytes(&(scalar + Fr::from(1u64))));
    }
    if let Some(point) = encoding::point_from_bytes(element) {
        others.push(encoding::point_to_bytes(&-point));
        others.push(encoding::point_to_bytes(&zkvm_algebra::G1Affine::identity()));
    }
    others
}

#[test]
fn every_altered_element_is_refused() {
    let run = mixed_run(1);
    let proof = honest(&run, 4, 1);
    let rows = zkvm_verifier::party::commitment_shape(&shape(&run, 4)).expect("a shape").rows() + 1;
    let (elements, []) = proof.tape.as_chunks::<32>() else { panic!("a tape of elements") };
    // Rows are many, and all alike.
    let some_rows = (0..rows).step_by(101).chain([rows - 1]);
    let places: Vec<usize> = some_rows.chain(sample((rows..elements.len()).collect(), 5)).collect();
    places.par_iter().for_each(|&i| {
        let others = others(&elements[i]);
        assert!(!others.is_empty(), "element {i}");
        for other in others {
            let mut tape = proof.tape.clone();
            tape[32 * i..32 * (i + 1)].copy_from_slice(&other);
            let altered = Proof { tape, ..proof.clone() };
            assert!(check(&run.key, &run.io.input, &altered).is_err(), "element {i}");
        }
    });
    for length in [proof.tape.len() - 32, proof.tape.len() - 1, proof.tape.len() + 32] {
        let mut tape = proof.tape.clone();
        tape.resize(length, 0);
        assert!(check(&run.key, &run.io.input, &Proof { tape, ..proof.clone() }).is_err(), "{length} bytes");
    }
}
