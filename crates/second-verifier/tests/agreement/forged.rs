//! A forger who knows no run can still satisfy every sum-check: the last message of a stage holds values that the stage
//! itself cannot check, and one of them can be solved for. The opening alone then refuses. As all other scalars are
//! random, both verifiers come that far only if they read the same messages and compute the same claims and sums.

use ark_ff::{BigInteger, Field, PrimeField};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_emulator::testing::Asm;
use zkvm_isa::program::MemoryConfig;
use zkvm_second_verifier::{Error, F, shape::Shape};

use crate::support::{SECOND_POLICY, Subject, echo};

/// The proof file's bytes before the tape.
fn head(subject: &Subject, sizes: [u8; 4], output: &[u8]) -> Vec<u8> {
    let mut head = b"zkvmprf\n\x01\0\0\0".to_vec();
    head.extend(subject.program.digest());
    head.extend(sizes);
    head.extend(7u32.to_le_bytes());
    head.extend((output.len() as u32).to_le_bytes());
    head.extend(output);
    head
}

/// Messages of a stage in scalars: those of the rounds, and all values.
fn stages(shape: &Shape) -> [(usize, usize); 5] {
    let (t, kappa, b) = (shape.t, shape.kappa, shape.b);
    let one_hot = shape.one_hot_columns();
    let widest = [16 / kappa, shape.bytecode_chunks(), shape.ram_chunks(), 2].into_iter().max().expect("four");
    let columns = shape.bytecode_chunks() + shape.lookup_chunks() + shape.ram_chunks() + shape.ram_tail() + one_hot + 4;
    [
        (3 * (1 + t), 19),
        (2 * 64 + 6 * t, 5 + 3 + 4 + 1 + 1),
        (3 * t, 4),
        (2 * (b.max(kappa) - kappa) + 3 * kappa + (1 + widest) * t, columns),
        (2 * kappa, shape.columns()),
    ]
}

/// A value of each stage in which its sum is linear: A°, V, ram_inc, a bytecode chunk, a column.
const LINEAR: [usize; 5] = [17, 0, 0, 0, 0];

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

fn forge(subject: &Subject, input: &[u8], output: &[u8], sizes: [u8; 4], rng: &mut StdRng) {
    let shape = Shape::new(sizes, &subject.program, &SECOND_POLICY).expect("sizes within bounds");
    let mut proof = head(subject, sizes, output);
    let mut identity = [0; 32];
    identity[31] = 1 << 6;
    proof.extend(std::iter::repeat_n(identity, shape.commitment_rows()).flatten());
    let mut next = proof.len() + 32 * 10;
    let scalars = 10 + stages(&shape).iter().map(|(rounds, values)| rounds + values).sum::<usize>();
    proof.extend((0..scalars).flat_map(|_| F::from(rng.r#gen::<u128>()).into_bigint().to_bytes_le()));
    proof.extend(std::iter::repeat_n(identity, 2 * shape.c).flatten());
    proof.extend([1; 31].into_iter().chain([0]));

    let mut forger = Forger { subject, input, proof };
    let names = ["constraints", "reads", "values", "columns", "addresses"];
    for ((name, (rounds, values)), linear) in names.into_iter().zip(stages(&shape)).zip(LINEAR) {
        subject.refused(name, input, &forger.proof);
        next += 32 * rounds;
        forger.solve(name, next + 32 * linear);
        next += 32 * values;
    }
    assert_eq!(subject.verdict("all sum-checks hold", input, &forger.proof), Err(Error::Opening), "{sizes:?}");
}

#[test]
fn a_proof_whose_sum_checks_hold_fails_in_the_opening_for_all_sizes() {
    let rng = &mut StdRng::seed_from_u64(12);
    let subjects = [Subject::with_memory(&Asm::new_exit(), MemoryConfig::default()), Subject::new(&echo(4, 0))];
    for subject in &subjects {
        let (least, largest) = (subject.program.layout.least_m, subject.program.layout.largest_m);
        for kappa in [1, 2, 4, 8] {
            for t in [1u8, 2, 5, 9, 14] {
                let m = rng.gen_range(least..=largest) as u8;
                let most = (t + kappa).min((t + kappa) / 2 + 6).min(13);
                let c = rng.gen_range(kappa.max((t + kappa).saturating_sub(9))..=most);
                let input: Vec<u8> = (0..rng.gen_range(0..9)).map(|_| rng.r#gen()).collect();
                let output: Vec<u8> = (0..rng.gen_range(0..9)).map(|_| rng.r#gen()).collect();
                forge(subject, &input, &output, [t, kappa, m, c], rng);
            }
        }
    }
}
