//! A forger of zero-knowledge proofs who commits to what it shows: no blindings, lines through zero (m' = 0), and hidden
//! scalars that satisfy every stage, as in [`forged`](crate::forged). So all that is left to both verifiers is that the
//! columns, which are zero, do not have the values claimed: they must see it in the last comparison or in the opening,
//! whichever the forger does not satisfy, and nowhere else.

use ark_bn254::G1Affine;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_emulator::testing::Asm;
use zkvm_second_verifier::channel::Channel;
use zkvm_second_verifier::multilinear::powers;
use zkvm_second_verifier::opening::multi_scalar_multiplication;
use zkvm_second_verifier::stages::Claims;
use zkvm_second_verifier::transcript::{Transcript, keccak};
use zkvm_second_verifier::{Error, F, Statement, file::VERSION, shape::Shape, stages};

use crate::forged::{LINEAR, NAMES, head};
use crate::layout::degree;
use crate::support::{SECOND_POLICY, Subject};

/// A proof of no input and no output, and the transcript of its messages.
struct Forger {
    transcript: Transcript,
    proof: Vec<u8>,
    /// The hidden messages.
    hidden: Vec<Vec<F>>,
    /// What to hide at [`LINEAR`] in each stage, in place of something random.
    solutions: Vec<F>,
    /// The stage.
    stage: usize,
    /// Whether it has sent values.
    has_values: bool,
    rng: StdRng,
}

fn bytes_of(scalars: &[F]) -> Vec<u8> {
    scalars.iter().flat_map(|scalar| scalar.into_bigint().to_bytes_le()).collect()
}

fn bytes_of_point(point: G1Affine) -> Vec<u8> {
    let mut bytes = point.x().unwrap_or_default().into_bigint().to_bytes_le();
    bytes[31] |= match point.y() {
        Some(y) => u8::from(y.into_bigint().is_odd()) << 7,
        None => 1 << 6,
    };
    bytes
}

impl Forger {
    fn new(subject: &Subject, shape: &Shape, solutions: &[F]) -> Forger {
        let sizes = [shape.t, shape.kappa, shape.m, shape.c].map(|size| size as u8);
        let proof = head(subject, sizes, true, &[]);
        let mut transcript = Transcript::new();
        transcript.absorb("version", &VERSION.to_le_bytes());
        transcript.absorb("program", &subject.program.digest());
        for (label, size) in [("t", shape.t), ("κ", shape.kappa), ("b", shape.b), ("m", shape.m), ("c", shape.c)] {
            transcript.absorb(label, &(size as u64).to_le_bytes());
        }
        transcript.absorb("scheme", &keccak(&[b"hiding inner product", &SECOND_POLICY.bases.digest(shape.c)]));
        transcript.absorb("input", &[]);
        transcript.absorb("exit code", &7u32.to_le_bytes());
        transcript.absorb("output", &[]);
        let (hidden, solutions, rng) = (Vec::new(), solutions.to_vec(), StdRng::seed_from_u64(30));
        let mut forger = Forger { transcript, proof, hidden, solutions, stage: 0, has_values: false, rng };
        forger.identities("rows", shape.commitment_rows() + 1);
        forger
    }

    fn send(&mut self, label: &str, message: &[u8]) {
        self.transcript.absorb(label, message);
        self.proof.extend(message);
    }

    fn identities(&mut self, label: &str, number: usize) {
        self.send(label, &bytes_of_point(G1Affine::zero()).repeat(number));
    }

    fn hide(&mut self, label: &str, scalars: Vec<F>) {
        let commitment = multi_scalar_multiplication(SECOND_POLICY.bases.first(scalars.len()), &scalars);
        self.send(label, &bytes_of_point(commitment.into_affine()));
        self.hidden.push(scalars);
    }
}

impl Channel for Forger {
    fn challenge(&mut self, label: &'static str) -> F {
        self.transcript.challenge(label)
    }

    fn scalars(&mut self, label: &'static str, number: usize) -> Result<Vec<F>, Error> {
        let mut scalars: Vec<F> = (0..number).map(|_| F::from(self.rng.r#gen::<u128>())).collect();
        if label == "values" && !self.has_values {
            self.has_values = true;
            let solution = self.solutions.get(self.stage);
            scalars[LINEAR[self.stage]] = *solution.expect("the stages before hold");
        }
        self.hide(label, scalars.clone());
        Ok(scalars)
    }

    fn compare(&mut self, stage: &'static str, claim: F, sum: F) -> Result<(), Error> {
        self.stage += 1;
        self.has_values = false;
        if claim == sum { Ok(()) } else { Err(Error::SumCheck { stage, claim, sum }) }
    }
}

/// What the stages need in addition to random scalars.
fn solutions(subject: &Subject, shape: &Shape, statement: &Statement) -> Vec<F> {
    let mut solutions = Vec::new();
    for name in NAMES {
        let excess = |value: u64| {
            let tried = [solutions.as_slice(), &[F::from(value)]].concat();
            match stages::verify(&mut Forger::new(subject, shape, &tried), statement) {
                Err(Error::SumCheck { stage, claim, sum }) if stage == name => sum - claim,
                other => panic!("{name}: {:?}", other.err()),
            }
        };
        let at_zero = excess(0);
        let slope = excess(1) - at_zero;
        solutions.push(-at_zero * slope.inverse().expect("the value matters"));
    }
    solutions
}

/// A proof in which the last comparison holds, or the opening does.
fn forge(subject: &Subject, shape: &Shape, comparison_holds: bool) -> Vec<u8> {
    let statement =
        Statement { program: &subject.program, shape: shape.clone(), input: b"", exit_code: 7, output: b"" };
    let mut forger = Forger::new(subject, shape, &[]);
    forger.solutions = solutions(subject, shape, &statement);
    let Claims { columns, .. } = stages::verify(&mut forger, &statement).expect("every stage is solved");
    let y = forger.scalars("opening: mask value", 1).expect("it is sent")[0];

    let rho = forger.challenge("opening: column");
    let zeta = forger.challenge("opening: mask");
    let claimed = powers(rho).zip(&columns).map(|(power, claim)| power * claim).sum::<F>() + zeta * y;
    let value = if comparison_holds { claimed } else { F::from(0u64) };
    forger.send("opening: folded", &bytes_of(&[value, F::from(0u64)]));
    forger.challenge("inner product: value base");
    for _ in 0..shape.c {
        forger.identities("inner product: cross terms", 2);
        forger.challenge("inner product: round");
    }
    forger.send("inner product: last entry", &bytes_of(&[F::from(0u64)]));
    forger.finish(degree(shape));
    forger.proof
}

impl Forger {
    /// The messages about the line X·m.
    fn finish(&mut self, degree: usize) {
        let masks = self.scalars("hidden: masks", degree - 1).expect("they are sent");
        self.identities("hidden: lines", self.hidden.len());
        self.challenge("hidden: comparison");
        self.send("hidden: coefficients", &bytes_of(&[[F::from(0u64)].as_slice(), &masks].concat()));
        let x = self.challenge("hidden: line");
        let values: Vec<F> = self.hidden.concat().into_iter().map(|scalar| x * scalar).collect();
        self.send("hidden: values", &bytes_of(&values));
        self.send("hidden: blindings", &bytes_of(&vec![F::from(0u64); self.hidden.len()]));
    }
}

#[test]
fn false_claims_on_columns_are_refused_in_the_comparison_or_in_the_opening() {
    let subject = Subject::new(&Asm::new_exit());
    for [t, kappa, c] in [[7, 1, 7], [5, 2, 6], [5, 4, 6], [2, 8, 8]] {
        let sizes = [t, kappa, subject.program.layout.least_m as u8, c];
        let shape = Shape::new(sizes, &subject.program, &SECOND_POLICY).expect("sizes within bounds");
        let opening_fails = subject.verdict("the comparison holds", b"", &forge(&subject, &shape, true));
        assert_eq!(opening_fails, Err(Error::Opening), "{sizes:?}");
        let comparison_fails = subject.verdict("the opening holds", b"", &forge(&subject, &shape, false));
        assert!(matches!(comparison_fails, Err(Error::Comparisons { .. })), "{sizes:?}: {comparison_fails:?}");
    }
}
