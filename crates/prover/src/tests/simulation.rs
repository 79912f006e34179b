//! Zero knowledge: who knows the challenges in advance makes proofs without a run. What the verifier of a
//! real proof sees has the distribution of such a proof, so it tells nothing of the run.

use crate::testing::mixed_run;
use ark_ff::UniformRand;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::sync::Arc;
use zkvm_algebra::multilinear::evaluate;
use zkvm_algebra::{AdditiveGroup, Field, Fr, G1Affine, G1Projective, encoding};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::hiding::MASK_CHALLENGE;
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::{Basis, InnerScheme, Point, msm::msm};
use zkvm_protocol::relation::batch;
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point as Place, Relation, Shape, Stage, Statement, Takes, script};
use zkvm_transcript::{CHALLENGE_BITS, Channel, Reader, TapeError};
use zkvm_verifier::hiding::{self, COMPARISON, LINE, Record};
use zkvm_verifier::messages::Messages;
use zkvm_verifier::party::{SKIP, commitment_shape};
use zkvm_verifier::{VerifyError, sumcheck};

/// Challenges that do not depend on the messages.
struct Known(StdRng);

impl Known {
    fn new(seed: u64) -> Known {
        Known(StdRng::seed_from_u64(seed))
    }
}

impl Channel for Known {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}
    /// Of the form of a transcript's: 125 bits over 2^128.
    fn challenge(&mut self, _: &'static str) -> Fr {
        let bits = self.0.r#gen::<u128>() >> (128 - CHALLENGE_BITS);
        Fr::from(bits) * Fr::from(2u64).pow([128]).inverse().expect("not zero")
    }
}

/// Reads a tape; draws known challenges.
struct KnownReader<'a> {
    tape: &'a [u8],
    challenges: Known,
}

impl KnownReader<'_> {
    fn read<T>(&mut self, count: usize, decode: impl Fn(&[u8; 32]) -> Option<T>) -> Vec<T> {
        let (message, rest) = self.tape.split_at(32 * count);
        self.tape = rest;
        message.as_chunks().0.iter().map(|element| decode(element).expect("canonical")).collect()
    }
}

impl Channel for KnownReader<'_> {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.challenges.challenge(label)
    }
}

impl Reader for KnownReader<'_> {
    type Error = TapeError;
    fn read_scalars(&mut self, _: &'static str, count: usize) -> Result<Vec<Fr>, TapeError> {
        Ok(self.read(count, encoding::scalar_from_bytes))
    }
    fn read_points(&mut self, _: &'static str, count: usize) -> Result<Vec<G1Affine>, TapeError> {
        Ok(self.read(count, encoding::point_from_bytes))
    }
}

/// A hidden message: its commitment, which is any point, and what it is opened to.
struct Message {
    commitment: G1Affine,
    values: Vec<Fr>,
    blinding: Fr,
}

/// Makes a proof without a witness.
struct Simulator {
    challenges: Known,
    rng: StdRng,
    basis: Arc<Basis>,
    /// Rows, the mask last.
    rows: Vec<G1Affine>,
    messages: Vec<Message>,
    record: Record,
    /// v, s and the folded vector.
    opening: Vec<Fr>,
}

impl Simulator {
    fn new(basis: &Arc<Basis>) -> Simulator {
        Simulator {
            challenges: Known::new(1),
            rng: StdRng::seed_from_u64(2),
            basis: basis.clone(),
            rows: Vec::new(),
            messages: Vec::new(),
            record: Record::default(),
            opening: Vec::new(),
        }
    }

    fn scalars(&mut self, count: usize) -> Vec<Fr> {
        (0..count).map(|_| Fr::rand(&mut self.rng)).collect()
    }

    fn point(&mut self) -> G1Affine {
        (G1Projective::from(self.basis.points()[0]) * Fr::rand(&mut self.rng)).into()
    }

    fn hide(&mut self, count: usize) -> Vec<Fr> {
        let message =
            Message { commitment: self.point(), values: self.scalars(count), blinding: Fr::rand(&mut self.rng) };
        self.messages.push(message);
        vec![Fr::ZERO; count]
    }

    /// ⟨values, G⟩ + blinding·H.
    fn vector(&self, values: &[Fr], blinding: Fr) -> G1Projective {
        msm(Scalar, &self.basis.points()[..values.len()], values) + G1Projective::from(self.basis.blinding()) * blinding
    }

    /// The tape.
    fn finish(mut self, statement: &Statement) -> Vec<u8> {
        let degree = self.record.degree;
        let shown = self.messages.len();
        self.hide(degree - 1);
        let [chi, x] = [COMPARISON, LINE].map(|label| self.challenges.challenge(label));
        let lines = self.messages.iter().map(|m| self.vector(&m.values, m.blinding) - m.commitment * x);
        let lines: Vec<G1Affine> = lines.map(G1Affine::from).collect();
        let inverse = x.inverse().expect("not zero");
        let scalars: Vec<Fr> =
            self.messages[..shown].iter().flat_map(|m| m.values.iter().map(|v| *v * inverse)).collect();
        let compared = self.record.compare(statement, &scalars, chi).expect("the messages are those of the script");
        let expected = compared * x.pow([degree as u64]) + batch(x, &self.messages[shown].values);
        let mut coefficients = self.scalars(degree);
        let difference = expected - batch(x, &coefficients);
        coefficients[0] += difference;

        let commitments: Vec<G1Affine> = self.messages.iter().map(|m| m.commitment).collect();
        let (script, masks) = commitments.split_at(shown);
        let values: Vec<Fr> = self.messages.iter().flat_map(|m| m.values.iter().copied()).collect();
        let blindings: Vec<Fr> = self.messages.iter().map(|m| m.blinding).collect();
        let points = |points: &[G1Affine]| points.iter().flat_map(encoding::point_to_bytes).collect::<Vec<u8>>();
        let scalars = |scalars: &[Fr]| scalars.iter().flat_map(encoding::scalar_to_bytes).collect::<Vec<u8>>();
        let parts = [points(&self.rows), points(script), scalars(&self.opening), points(masks), points(&lines)];
        let rest = [scalars(&coefficients), scalars(&values), scalars(&blindings)];
        parts.into_iter().chain(rest).flatten().collect()
    }
}

impl Channel for Simulator {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}
    fn challenge(&mut self, label: &'static str) -> Fr {
        let challenge = self.challenges.challenge(label);
        self.record.challenges.push(challenge);
        challenge
    }
}

impl Messages for Simulator {
    fn scalars(&mut self, _: &'static str, count: usize) -> Result<Vec<Fr>, VerifyError> {
        Ok(self.hide(count))
    }
    fn compare(&mut self, _: &'static str, _: impl FnOnce() -> Fr) -> Result<(), VerifyError> {
        Ok(())
    }
}

impl Party for Simulator {
    type Error = VerifyError;
    type Part = ();

    fn commit(&mut self, shape: &Shape) -> Result<(), VerifyError> {
        self.rows = (0..commitment_shape(shape)?.rows()).map(|_| self.point()).collect();
        Ok(())
    }

    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, VerifyError> {
        Messages::scalars(self, SKIP, Skip::COEFFICIENTS)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Place, Vec<Vec<Fr>>), VerifyError> {
        self.record.note(relations);
        sumcheck::verify(self, stage, relations)
    }

    /// The vector that is shown comes first; the mask is what it needs to be.
    fn open(&mut self, shape: &Shape, point: &[Fr], claims: &[Fr]) -> Result<(), VerifyError> {
        self.hide(1);
        let (high, low) = point.split_at(point.len() - shape.log_row);
        let mut weights = powers(self.challenges.challenge(COLUMN_CHALLENGE), claims.len());
        let of_rows = row_weights(&weights, high);
        let zeta = self.challenges.challenge(MASK_CHALLENGE);
        weights.push(zeta);
        let (u, blinding) = (self.scalars(1 << shape.log_row), Fr::rand(&mut self.rng));
        let rows: Vec<Point> = self.rows.iter().copied().map(Point::from).collect();
        let mask = (self.vector(&u, blinding) - msm(Scalar, &rows, &of_rows)) * zeta.inverse().expect("not zero");
        self.rows.push(mask.into());
        (self.record.weights, self.record.value) = (weights, evaluate(&u, low));
        self.opening = [vec![self.record.value, blinding], u].concat();
        Ok(())
    }
}

impl<R: Relation> Takes<R> for Simulator {
    fn part(&mut self, _: &R) {}
}

/// What the verifier says to a simulated proof of `statement` if its challenges are those of `seed`.
fn verdict(statement: &Statement, basis: &Arc<Basis>, seed: u64) -> Result<(), VerifyError> {
    let mut simulator = Simulator::new(basis);
    script::run(&mut simulator, statement)?;
    let tape = simulator.finish(statement);
    let mut reader = KnownReader { tape: &tape, challenges: Known::new(seed) };
    let equation = hiding::check(&mut reader, statement, InnerScheme::Clear)?;
    assert!(reader.tape.is_empty());
    Ok(equation.check(Scalar, basis)?)
}

#[test]
fn a_simulator_without_a_witness_is_believed_by_a_verifier_whose_challenges_it_knows() {
    let run = mixed_run(1);
    let shape = Shape { log_row: 7, ..run.shape(4) };
    let witness = run.hidden_witness(shape);
    let basis = Arc::new(Basis::new(7).expect("a supported size"));
    assert_eq!(verdict(&witness.statement, &basis, 1), Ok(()));
    // Not even the statement need be true.
    let io = zkvm_protocol::PublicIo { output: StdRng::seed_from_u64(3).r#gen::<[u8; 8]>().to_vec(), ..run.io.clone() };
    let other = Statement { io: &io, ..witness.statement };
    assert_eq!(verdict(&other, &basis, 1), Ok(()));
    // With other challenges than expected it fails.
    assert!(verdict(&witness.statement, &basis, 4).is_err());
}

#[test]
fn comparisons_of_another_number_of_challenges_or_scalars_are_refused() {
    let run = mixed_run(1);
    let witness = run.hidden_witness(Shape { log_row: 7, ..run.shape(4) });
    let mut simulator = Simulator::new(&Arc::new(Basis::new(7).expect("a supported size")));
    script::run(&mut simulator, &witness.statement).expect("a simulator finds nothing wrong");
    let Simulator { record, messages, .. } = simulator;
    let scalars: Vec<Fr> = messages.into_iter().flat_map(|message| message.values).collect();
    let compare = |record: &Record, scalars: &[Fr]| record.compare(&witness.statement, scalars, Fr::ONE);
    assert!(compare(&record, &scalars).is_ok());
    let (fewer, more) = (&scalars[1..], [&scalars[..], &[Fr::ONE]].concat());
    assert_eq!(compare(&record, fewer), Err(VerifyError::Hidden));
    assert_eq!(compare(&record, &more), Err(VerifyError::Hidden));
    let (mut fewer, mut more) = (record.clone(), record);
    fewer.challenges.pop();
    more.challenges.push(Fr::ZERO);
    assert_eq!(compare(&fewer, &scalars), Err(VerifyError::Hidden));
    assert_eq!(compare(&more, &scalars), Err(VerifyError::Hidden));
}
