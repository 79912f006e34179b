//! Nothing in a zero-knowledge proof is without randomness of its own. A reader who knows the run takes
//! everything that it determines off the elements of a proof; what is left are the prover's coins, and none
//! is missing or used twice.

use super::hiding::{honest, shape};
use crate::engine::{Engine, SkipEngine};
use crate::reference::ByDefinition;
use crate::sumcheck::{self, Part};
use crate::testing::{mixed, mixed_run, rows, run};
use crate::witness::Witness;
use ark_ff::PrimeField;
use std::collections::BTreeSet;
use std::convert::Infallible;
use zkvm_algebra::multilinear::evaluate;
use zkvm_algebra::univariate::lagrange_basis;
use zkvm_algebra::{AdditiveGroup, Field, Fr, G1Affine, G1Projective, Univariate, encoding};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::hiding::MASK_CHALLENGE;
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::{Basis, InnerScheme, clear, msm::msm};
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point, Relation, Shape, Stage, Statement, Takes, script};
use zkvm_transcript::{Channel, Reader, TapeError, TapeReader, Transcript, Writer};
use zkvm_verifier::hiding::{self, COEFFICIENTS, COMPARISON, LINE, LINES, MASK_VALUE, MASKS, Record, VALUES};
use zkvm_verifier::party::{ROWS, SKIP};
use zkvm_verifier::sumcheck::{ROUND, VALUES as SCRIPT_VALUES};
use zkvm_verifier::{DOMAIN, Proof};

/// All that a verifier sees.
struct Listener<'a> {
    tape: TapeReader<'a>,
    challenges: Vec<(&'static str, Fr)>,
    points: Vec<(&'static str, Vec<G1Affine>)>,
    scalars: Vec<(&'static str, Vec<Fr>)>,
}

impl Listener<'_> {
    /// Listens to the verification of `proof`.
    fn of<'a>(proof: &'a Proof, statement: &Statement, basis: &Basis) -> Listener<'a> {
        let tape = TapeReader::new(Transcript::new(DOMAIN), &proof.tape);
        let mut listener = Listener { tape, challenges: Vec::new(), points: Vec::new(), scalars: Vec::new() };
        let equation = hiding::check(&mut listener, statement, InnerScheme::Clear).expect("a proof");
        assert_eq!(equation.check::<_, Infallible>(Scalar, basis), Ok(()));
        listener
    }

    fn challenge(&self, label: &str) -> Fr {
        self.challenges.iter().find(|(of, _)| *of == label).expect("it was drawn").1
    }

    fn scalars(&self, label: &str) -> &[Fr] {
        &self.scalars.iter().find(|(of, _)| *of == label).expect("it was read").1
    }

    fn points(&self, label: &str) -> &[G1Affine] {
        &self.points.iter().find(|(of, _)| *of == label).expect("it was read").1
    }

    /// The challenges of the script: those before the opening's.
    fn script(&self) -> Vec<Fr> {
        self.challenges.iter().take_while(|(label, _)| *label != COLUMN_CHALLENGE).map(|(_, c)| *c).collect()
    }

    /// The commitments of the hidden messages.
    fn messages(&self) -> Vec<G1Affine> {
        let hidden = [SKIP, ROUND, SCRIPT_VALUES, MASK_VALUE, MASKS];
        self.points.iter().filter(|(label, _)| hidden.contains(label)).flat_map(|(_, points)| points).copied().collect()
    }
}

impl Channel for Listener<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.tape.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        let challenge = self.tape.challenge(label);
        self.challenges.push((label, challenge));
        challenge
    }
}

impl Reader for Listener<'_> {
    type Error = TapeError;
    fn read_scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, TapeError> {
        let scalars = self.tape.read_scalars(label, count)?;
        self.scalars.push((label, scalars.clone()));
        Ok(scalars)
    }
    fn read_points(&mut self, label: &'static str, count: usize) -> Result<Vec<G1Affine>, TapeError> {
        let points = self.tape.read_points(label, count)?;
        self.points.push((label, points.clone()));
        Ok(points)
    }
}

/// An honest prover whose challenges are given: what the messages of the script hide.
struct Revealed<'a> {
    witness: &'a Witness<'a>,
    challenges: std::vec::IntoIter<Fr>,
    messages: Vec<Vec<Fr>>,
    degree: usize,
    /// The point of the opening.
    point: Vec<Fr>,
}

impl Channel for Revealed<'_> {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}
    fn challenge(&mut self, _: &'static str) -> Fr {
        self.challenges.next().expect("as many challenges as in the proof")
    }
}

impl Writer for Revealed<'_> {
    fn write_scalars(&mut self, _: &'static str, values: &[Fr]) {
        self.messages.push(values.to_vec());
    }
    fn write_points(&mut self, _: &'static str, _: &[G1Affine]) {}
}

impl<'a> Party for Revealed<'a> {
    type Error = Infallible;
    type Part = Part<'a>;

    fn commit(&mut self, _: &Shape) -> Result<(), Infallible> {
        Ok(())
    }

    fn skip(&mut self, skip: &Skip) -> Result<Vec<Fr>, Infallible> {
        let quotient = ByDefinition::skip(skip, self.witness);
        self.write_scalars(SKIP, &quotient);
        Ok(quotient)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        parts: Vec<Part<'a>>,
    ) -> Result<(Point, Vec<Vec<Fr>>), Infallible> {
        self.degree = relations.iter().map(|relation| relation.witness_degree()).fold(self.degree, usize::max);
        Ok(sumcheck::prove(self, stage, relations, parts, &mut ()))
    }

    fn open(&mut self, _: &Shape, point: &[Fr], _: &[Fr]) -> Result<(), Infallible> {
        self.point = point.to_vec();
        Ok(())
    }
}

impl<'a, R: Relation + 'a> Takes<R> for Revealed<'a>
where
    ByDefinition: Engine<R>,
{
    fn part(&mut self, relation: &R) -> Part<'a> {
        Part::prepare(|| ByDefinition::kernel(relation, self.witness))
    }
}

/// The coins of a prover: multiples of H, and scalars.
#[derive(Default)]
struct Coins {
    blindings: Vec<G1Affine>,
    scalars: Vec<Fr>,
}

impl Coins {
    /// What is left of a commitment without its vector.
    fn blinding(&mut self, basis: &Basis, commitment: G1Affine, vector: &[Fr]) {
        let vector: G1Projective = msm(Scalar, &basis.points()[..vector.len()], vector);
        self.blindings.push((G1Projective::from(commitment) - vector).into());
    }

    /// Takes `witness` off `proof`.
    fn of(proof: &Proof, witness: &Witness) -> Coins {
        let (statement, mut coins) = (&witness.statement, Coins::default());
        let basis = &Basis::new(statement.shape.log_row as u32).expect("a supported size");
        let seen = Listener::of(proof, statement, basis);
        let challenges = seen.script().into_iter();
        let mut script = Revealed { witness, challenges, messages: Vec::new(), degree: 0, point: Vec::new() };
        match script::run(&mut script, statement) {
            Ok(()) => {}
            Err(never) => match never {},
        }
        let mask = coins.of_rows(&seen, witness, basis, &script.point);
        let low = &script.point[script.point.len() - statement.shape.log_row..];
        let messages = [script.messages, vec![vec![evaluate(&mask, low)]]].concat();
        coins.of_messages(&seen, statement, basis, messages, script.degree);
        coins.scalars.extend(mask);
        coins
    }

    /// The blindings of the rows and of the mask; gives the mask.
    fn of_rows(&mut self, seen: &Listener, witness: &Witness, basis: &Basis, point: &[Fr]) -> Vec<Fr> {
        let shape = &witness.statement.shape;
        let (vectors, commitments) = (rows(witness), seen.points(ROWS));
        let high = &point[..point.len() - shape.log_row];
        let weights = row_weights(&powers(seen.challenge(COLUMN_CHALLENGE), shape.columns().len()), high);
        let zeta = seen.challenge(MASK_CHALLENGE);
        let mut mask = seen.scalars(clear::VECTOR).to_vec();
        for (vector, weight) in vectors.iter().zip(weights) {
            mask.iter_mut().zip(vector).for_each(|(entry, value)| *entry -= weight * value);
        }
        mask.iter_mut().for_each(|entry| *entry *= zeta.inverse().expect("not zero"));
        for (commitment, vector) in commitments.iter().zip(vectors.iter().chain([&mask])) {
            self.blinding(basis, *commitment, vector);
        }
        mask
    }

    /// The blindings of the hidden messages and of their lines, the lines, and the scalars μ.
    fn of_messages(
        &mut self,
        seen: &Listener,
        statement: &Statement,
        basis: &Basis,
        messages: Vec<Vec<Fr>>,
        degree: usize,
    ) {
        let x = seen.challenge(LINE);
        let (shown, shown_masks) = seen.scalars(VALUES).split_at(seen.scalars(VALUES).len() - (degree - 1));
        let flat = messages.concat();
        let lines: Vec<Fr> = shown.iter().zip(&flat).map(|(shown, value)| *shown - x * value).collect();
        // The comparisons along the line; their coefficient of X^D is zero.
        let record = Record {
            challenges: seen.script(),
            degree,
            weights: {
                let columns = powers(seen.challenge(COLUMN_CHALLENGE), statement.shape.columns().len());
                columns.into_iter().chain([seen.challenge(MASK_CHALLENGE)]).collect()
            },
            value: seen.scalars(zkvm_pcs::hiding::FOLDED)[0],
        };
        let points: Vec<Fr> = (1u64..).take(degree).map(Fr::from).collect();
        let mut masked = Univariate(seen.scalars(COEFFICIENTS).to_vec());
        for (lagrange, point) in lagrange_basis(&points).iter().zip(&points) {
            let inverse = point.inverse().expect("not zero");
            let scalars: Vec<Fr> = flat.iter().zip(&lines).map(|(value, line)| *value + inverse * line).collect();
            let compared = record.compare(statement, &scalars, seen.challenge(COMPARISON)).expect("all messages");
            masked.add_scaled(lagrange, -compared * point.pow([degree as u64]));
        }
        let masks = quotient(&masked, shown_masks, x);
        let mask_lines: Vec<Fr> = shown_masks.iter().zip(&masks).map(|(shown, mask)| *shown - x * mask).collect();

        let (mut left, all_lines) = (&[lines, mask_lines].concat()[..], seen.points(LINES));
        for ((message, commitment), line) in messages.iter().chain([&masks]).zip(seen.messages()).zip(all_lines) {
            let (values, rest) = left.split_at(message.len());
            left = rest;
            self.blinding(basis, commitment, message);
            self.blinding(basis, *line, values);
            self.scalars.extend(values);
        }
        assert!(left.is_empty());
        self.scalars.extend(masks);
    }
}

/// μ with `masked`(X) = Σ X^k·(shown_k + (X - x)·μ_k).
fn quotient(masked: &Univariate, shown: &[Fr], x: Fr) -> Vec<Fr> {
    let mut rest = masked.clone();
    rest.add_scaled(&Univariate(shown.to_vec()), -Fr::ONE);
    let mut masks = vec![Fr::ZERO; shown.len()];
    for k in (0..shown.len()).rev() {
        masks[k] = rest.0[k + 1];
        let lower = x * masks[k];
        rest.0[k] += lower;
    }
    assert_eq!(rest.0[0], Fr::ZERO, "the coefficients agree with the values at x");
    masks
}

#[test]
fn every_coin_is_tossed_once() {
    let run = mixed_run(1);
    let shape = shape(&run, 4);
    let witness = run.hidden_witness(shape);
    let [first, second] = [1, 2].map(|seed| Coins::of(&honest(&run, 4, seed), &witness));
    for coins in [&first, &second] {
        let messages = 1 + (1 + 1 + shape.log_t) + (64 + shape.log_t + 5) + (shape.log_t + 2);
        let messages = messages + (shape.log_bytecode.max(4) + shape.log_t + 5) + (4 + 1) + 2;
        assert_eq!(coins.blindings.len(), rows(&witness).len() + 1 + 2 * messages);
        assert!(coins.scalars.len() > (1 << shape.log_row) + 400);
    }
    let points = first.blindings.iter().chain(&second.blindings).map(encoding::point_to_bytes);
    let scalars = first.scalars.iter().chain(&second.scalars).map(encoding::scalar_to_bytes);
    // No two are alike or opposite, and none is zero.
    let sign = |mut point: [u8; 32]| {
        point[31] &= 0x7f;
        point
    };
    let points: Vec<[u8; 32]> =
        points.map(sign).chain([sign(encoding::point_to_bytes(&G1Affine::identity()))]).collect();
    let scalars: Vec<[u8; 32]> = scalars.chain([encoding::scalar_to_bytes(&Fr::ZERO)]).collect();
    for elements in [points, scalars] {
        assert_eq!(elements.iter().collect::<BTreeSet<_>>().len(), elements.len());
    }
    // Scalars are of the whole field: each of eight parts has its share, within six standard deviations.
    let all: Vec<Fr> = first.scalars.iter().chain(&second.scalars).copied().collect();
    let eighth = Fr::MODULUS.0[3] / 8 + 1;
    for part in 0..8 {
        let count = all.iter().filter(|scalar| scalar.into_bigint().0[3] / eighth == part).count() as f64;
        let share = all.len() as f64 / 8.0;
        assert!((count - share).abs() < 6.0 * (share * 7.0 / 8.0).sqrt(), "part {part}: {count} of {}", all.len());
    }
}

#[test]
fn proofs_of_other_private_input_have_the_same_form() {
    // The program takes one word, the length.
    let [first, second] = [[7; 64].as_slice(), &[7; 60]].map(|private| run(&mixed(1), b"public", private));
    assert_ne!(rows(&first.witness(shape(&first, 4))), rows(&second.witness(shape(&second, 4))));
    let [first, second] = [first, second].map(|run| {
        let proof = honest(&run, 4, 1);
        (proof.tape.len(), Proof { tape: Vec::new(), ..proof })
    });
    assert_eq!(first, second);
}
