//! A forger who knows no run can still satisfy every sum-check: the last message of a stage holds values that the stage
//! itself cannot check, and one of them can be solved for. The opening alone then refuses. As all other scalars are
//! random, both verifiers come that far only if they read the same messages and compute the same claims and sums.
//!
//! In a zero-knowledge proof all comparisons are one, and the last message before the blindings holds values that it
//! cannot check.

use ark_ff::{BigInteger, Field, PrimeField};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_emulator::testing::Asm;
use zkvm_isa::program::MemoryConfig;
use zkvm_second_verifier::{Error, F, shape::Shape};

use crate::layout::{Message, SKIP, degree, messages, stages};
use crate::support::{SECOND_POLICY, Subject, echo};

/// The proof file's bytes before the tape.
pub fn head(subject: &Subject, sizes: [u8; 4], zero_knowledge: bool, output: &[u8]) -> Vec<u8> {
    let mut head = b"zkvmprf\n\x02\0\0\0".to_vec();
    head.extend(subject.program.digest());
    head.extend(sizes);
    head.push(u8::from(zero_knowledge));
    head.extend(7u32.to_le_bytes());
    head.extend((output.len() as u32).to_le_bytes());
    head.extend(output);
    head
}

/// The stages, by what is proven.
pub const NAMES: [&str; 5] = ["constraints", "reads", "values", "columns", "addresses"];

/// A value of each stage in which its sum is linear: A°, V, ram_inc, a bytecode chunk, a column.
pub const LINEAR: [usize; 5] = [17, 0, 0, 0, 0];

struct Forger<'a> {
    subject: &'a Subject,
    input: &'a [u8],
    proof: Vec<u8>,
}

impl Forger<'_> {
    fn put(&mut self, place: usize, value: F) {
        self.proof[place..place + 32].copy_from_slice(&value.into_bigint().to_bytes_le());
    }

    /// By how much the sum of a stage exceeds the claim.
    fn excess(&self, stage: &str) -> F {
        match self.subject.second(self.input, &self.proof) {
            Err(Error::SumCheck { stage: failed, claim, sum }) if failed == stage => sum - claim,
            other => panic!("{stage}: {other:?}"),
        }
    }

    /// Chooses the value at `place` such that the stage holds.
    fn solve(&mut self, stage: &str, place: usize) {
        self.put(place, F::from(0u64));
        let at_zero = self.excess(stage);
        self.put(place, F::from(1u64));
        let slope = self.excess(stage) - at_zero;
        self.put(place, -at_zero * slope.inverse().expect("the value matters"));
    }
}

/// Messages of the right form: points are the identity, scalars are random.
fn tape(messages: &[Message], rng: &mut StdRng) -> Vec<u8> {
    let mut identity = [0; 32];
    identity[31] = 1 << 6;
    let mut element = |point| {
        let scalar = F::from(rng.r#gen::<u128>()).into_bigint().to_bytes_le();
        if point { identity.to_vec() } else { scalar }
    };
    messages
        .iter()
        .flat_map(|message| message.elements.clone().flat_map(|_| element(message.points)).collect::<Vec<u8>>())
        .collect()
}

fn forge(subject: &Subject, input: &[u8], output: &[u8], sizes: [u8; 4], rng: &mut StdRng) {
    let shape = Shape::new(sizes, &subject.program, &SECOND_POLICY).expect("sizes within bounds");
    let mut proof = head(subject, sizes, false, output);
    let mut next = proof.len() + 32 * SKIP;
    let messages = messages(&shape, false);
    next += 32 * messages[0].elements.len();
    proof.extend(tape(&messages, rng));

    let mut forger = Forger { subject, input, proof };
    for ((name, stage), linear) in NAMES.into_iter().zip(stages(&shape)).zip(LINEAR) {
        subject.refused(name, input, &forger.proof);
        next += 32 * stage.rounds.iter().sum::<usize>();
        forger.solve(name, next + 32 * linear);
        next += 32 * stage.values.iter().sum::<usize>();
    }
    assert_eq!(subject.verdict("all sum-checks hold", input, &forger.proof), Err(Error::Opening), "{sizes:?}");
}

/// Chooses μ''_0 such that the comparisons hold.
fn forge_hidden(subject: &Subject, input: &[u8], output: &[u8], sizes: [u8; 4], rng: &mut StdRng) {
    let shape = Shape::new(sizes, &subject.program, &SECOND_POLICY).expect("sizes within bounds");
    let mut proof = head(subject, sizes, true, output);
    let messages = messages(&shape, true);
    let mask = proof.len() + 32 * (messages[messages.len() - 1].elements.start - (degree(&shape) - 1));
    proof.extend(tape(&messages, rng));

    let mut forger = Forger { subject, input, proof };
    forger.put(mask, F::from(0u64));
    match subject.verdict("random scalars", input, &forger.proof) {
        Err(Error::Comparisons { coefficients, values }) => forger.put(mask, coefficients - values),
        other => panic!("{sizes:?}: {other:?}"),
    }
    assert_eq!(subject.verdict("the comparisons hold", input, &forger.proof), Err(Error::Opening), "{sizes:?}");
}

/// Calls `forge` with many sizes; messages of a zero-knowledge proof need rows of at least 2^`least_c`(κ).
fn of_all_sizes(
    rng: &mut StdRng,
    least_c: impl Fn(u8) -> u8,
    forge: impl Fn(&Subject, &[u8], &[u8], [u8; 4], &mut StdRng),
) {
    let subjects = [Subject::with_memory(&Asm::new_exit(), MemoryConfig::default()), Subject::new(&echo(4, 0))];
    for subject in &subjects {
        let (least, largest) = (subject.program.layout.least_m, subject.program.layout.largest_m);
        for kappa in [1, 2, 4, 8] {
            for t in [1u8, 2, 5, 9, 14] {
                let m = rng.gen_range(least..=largest) as u8;
                let most = (t + kappa).min((t + kappa) / 2 + 6).min(13);
                let fewest = kappa.max((t + kappa).saturating_sub(9)).max(least_c(kappa));
                if fewest > most {
                    continue;
                }
                let c = rng.gen_range(fewest..=most);
                let input: Vec<u8> = (0..rng.gen_range(0..9)).map(|_| rng.r#gen()).collect();
                let output: Vec<u8> = (0..rng.gen_range(0..9)).map(|_| rng.r#gen()).collect();
                forge(subject, &input, &output, [t, kappa, m, c], rng);
            }
        }
    }
}

#[test]
fn a_proof_whose_sum_checks_hold_fails_in_the_opening_for_all_sizes() {
    of_all_sizes(&mut StdRng::seed_from_u64(12), |_| 0, forge);
}

#[test]
fn a_zero_knowledge_proof_whose_comparisons_hold_fails_in_the_opening_for_all_sizes() {
    let least_c = |kappa| [7, 6, 5, 5][usize::from(kappa).ilog2() as usize];
    of_all_sizes(&mut StdRng::seed_from_u64(13), least_c, forge_hidden);
}
