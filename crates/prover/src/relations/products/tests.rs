//! What the tests of sums of products share, and runs of more than one block.

use crate::kernel::Kernel;
use crate::reference::{Oracle, Reference, bits};
use crate::relations::{bytecode, lookups, products};
use crate::testing::{mixed, run};
use crate::witness::Witness;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::multilinear::bind_low;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::relation::{Check, Point};
use zkvm_protocol::relations::bytecode::{Batcher, Functional};
use zkvm_protocol::relations::{lookups as lookup_relations, ram};

/// Random points of these numbers of coordinates.
pub fn points<const N: usize>(seed: u64, lengths: [usize; N]) -> [Vec<Fr>; N] {
    let rng = &mut StdRng::seed_from_u64(seed);
    lengths.map(|length| (0..length).map(|_| Fr::rand(rng)).collect())
}

/// What the relation claims, by its declaration.
pub fn sum<R: Oracle + Clone + Sync + Send>(relation: &R, witness: &Witness) -> Fr {
    let first = Reference::new(relation.clone(), witness).round(Fr::ZERO);
    first.evaluate(Fr::ZERO) + first.evaluate(Fr::ONE)
}

/// The claimed sum, step by step: `key` gives the index at which a step counts.
fn sum_of_steps<R: Oracle>(relation: &R, witness: &Witness, key: impl Fn(usize) -> u64) -> Fr {
    let log_t = witness.statement.shape.log_t;
    let step = |t: usize| {
        let index = bits(key(t), Check::rounds(relation).index);
        let values = relation.witness(witness, &index, t);
        relation.summand(&relation.public(&Point { index, cycle: bits(t as u64, log_t) }), &values)
    };
    (0..witness.steps()).map(step).sum()
}

/// Runs the kernel alone and checks it like a verifier: its final claims are the values of the
/// columns, and the last message agrees with them.
fn check<R: Oracle>(relation: &R, witness: &Witness, kernel: &mut dyn Kernel, sum: Fr) {
    let (index, log_t) = (Check::rounds(relation).index, witness.statement.shape.log_t);
    let [challenges] = points(99, [index + log_t]);
    let mut claim = sum;
    for challenge in &challenges {
        let message = kernel.round(claim);
        assert_eq!(message.evaluate(Fr::ZERO) + message.evaluate(Fr::ONE), claim);
        claim = message.evaluate(*challenge);
        kernel.bind(*challenge);
    }
    let (index, cycle) = challenges.split_at(index);
    let steps: Vec<Vec<Fr>> = (0..witness.steps()).map(|t| relation.witness(witness, index, t)).collect();
    let column = |i: usize| {
        let mut column: Vec<Fr> = steps.iter().map(|step| step[i]).collect();
        cycle.iter().for_each(|r| bind_low(&mut column, *r));
        column[0]
    };
    let claims: Vec<Fr> = (0..steps[0].len()).map(column).collect();
    assert_eq!(kernel.claims(), claims, "{}", Check::name(relation));
    let point = Point { index: index.to_vec(), cycle: cycle.iter().rev().copied().collect() };
    assert_eq!(relation.evaluate(&point, &claims), claim, "{}", Check::name(relation));
}

#[test]
fn runs_of_many_blocks_pass_the_check_of_the_verifier() {
    let run = run(&mixed(150), b"", &[7; 600]);
    for log_k in [2, 4, 8] {
        let shape = run.shape(log_k);
        assert!(shape.log_t > 12, "more cycles than a block has");
        let witness = run.witness(shape);
        let [gamma, index, address, r1, r2, r3] =
            points(5, [1, 64, shape.ram_bits(), shape.log_t, shape.log_t, shape.log_t]);
        let gamma = gamma[0];

        let read = lookup_relations::Read { gamma, r1: r1.clone(), values: [Fr::ZERO; 5] };
        let claim = sum_of_steps(&read, &witness, |t| witness.index[t]);
        check(&read, &witness, &mut lookups::ReadKernel::new(&read, &witness), claim);

        let chunks = lookup_relations::Chunks::new(&shape, gamma, &index, &r2, &[Fr::ZERO; 4]);
        let claim = sum_of_steps(&chunks, &witness, |_| 0);
        check(&chunks, &witness, &mut lookups::ChunksKernel::new(&chunks, &witness), claim);

        let mut chunks = ram::Chunks::new(&shape, gamma, &address, &r2, &r3, [Fr::ZERO; 2]);
        let claim = sum_of_steps(&chunks, &witness, |_| 0);
        chunks.values[0] = sum_of_steps(&ram::Chunks { gamma: Fr::ZERO, ..chunks.clone() }, &witness, |_| 0);
        check(&chunks, &witness, &mut products::ram::RamChunksKernel::new(&chunks, &witness), claim);

        let mut batch = Batcher::new(gamma);
        let functional = Functional { imm: gamma, addr: Fr::ONE, rd: [gamma; 64], ..Functional::default() };
        for point in [r1, r2, vec![Fr::ZERO; shape.log_t]] {
            batch.at(&point).claim(&functional, Fr::ZERO);
        }
        let read = batch.finish(witness.statement.program.rows(), &shape);
        let claim = sum_of_steps(&read, &witness, |t| witness.rows[t].into());
        check(&read, &witness, &mut bytecode::ReadKernel::new(&read, &witness), claim);
    }
}
