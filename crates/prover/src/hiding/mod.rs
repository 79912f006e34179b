//! Zero knowledge, computing side (see [`zkvm_verifier::hiding`] for what is proven).

mod fixed_bases;

use crate::pcs::msm;
use ark_ff::UniformRand;
use fixed_bases::FixedBases;
use rand::rngs::StdRng;
use rayon::prelude::*;
use std::sync::Arc;
use zkvm_algebra::univariate::lagrange_basis;
use zkvm_algebra::{Field, Fr, G1Affine, Univariate};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::hiding::{FOLDED, MASK_CHALLENGE};
use zkvm_pcs::{Basis, Point};
use zkvm_protocol::{Check, Statement};
use zkvm_transcript::{Channel, TapeWriter, Writer};
use zkvm_verifier::VerifyError;
use zkvm_verifier::hiding::{
    BLINDINGS, COEFFICIENTS, COMMITMENTS, COMPARISON, LINE, LINES, MASK_VALUE, MASKS, Record, VALUES,
};

/// Bits of a digit of scalars in messages: their tables are made for every proof.
const MESSAGE_BITS: u32 = 4;
/// Bits of a digit of the rows' blindings.
const ROW_BITS: u32 = 8;

/// A message of scalars that is on the tape as a commitment.
struct Message {
    values: Vec<Fr>,
    blinding: Fr,
}

/// Writes messages of scalars as commitments, and keeps what was in them.
pub struct HidingTape {
    tape: TapeWriter,
    rng: StdRng,
    basis: Arc<Basis>,
    /// Tables over H and the first bases of a row.
    bases: FixedBases,
    longest: usize,
    messages: Vec<Message>,
    record: Record,
    rows: Rows,
}

/// What hides the columns.
#[derive(Default)]
struct Rows {
    /// Of every row, the mask last.
    blindings: Vec<Fr>,
    mask: Vec<Fr>,
}

impl HidingTape {
    /// A tape for messages of at most `longest` scalars, with the randomness of `rng`.
    pub fn new(tape: TapeWriter, basis: Arc<Basis>, longest: usize, rng: StdRng) -> Self {
        let bases: Vec<Point> =
            [basis.blinding()].into_iter().chain(basis.points().iter().take(longest).copied()).collect();
        let bases = FixedBases::new(MESSAGE_BITS, &bases);
        let (messages, record, rows) = (Vec::new(), Record::default(), Rows::default());
        HidingTape { tape, rng, basis, bases, longest, messages, record, rows }
    }

    /// `count` uniform scalars.
    fn random(&mut self, count: usize) -> Vec<Fr> {
        (0..count).map(|_| Fr::rand(&mut self.rng)).collect()
    }

    /// Σ values\[i\]·G_i + blinding·H.
    fn commit(&self, message: &Message) -> G1Affine {
        assert!(message.values.len() <= self.longest, "a message of {} scalars", message.values.len());
        let scalars: Vec<Fr> = [message.blinding].into_iter().chain(message.values.iter().copied()).collect();
        self.bases.sum(&scalars).into()
    }

    /// Takes note of relations that are proven.
    pub fn note(&mut self, relations: &[&dyn Check]) {
        self.record.note(relations);
    }

    /// Writes `rows` with blindings, and a mask of `length` entries.
    pub fn write_rows(&mut self, label: &'static str, rows: &[G1Affine], length: usize) {
        self.rows = Rows { blindings: self.random(rows.len() + 1), mask: self.random(length) };
        let mask = msm::msm(&self.basis.points()[..length], &self.rows.mask);
        let mut points: Vec<Point> = rows.iter().copied().chain([mask.into()]).map(Point::from).collect();
        FixedBases::new(ROW_BITS, &[self.basis.blinding()]).add_multiples(&mut points, &self.rows.blindings);
        self.tape.write_points(label, &points.into_iter().map(G1Affine::from).collect::<Vec<_>>());
    }

    /// Writes how the columns are folded to a vector that may be known, at `point`, of which `high` coordinates choose
    /// a row. `fold` gives the columns' part of the vector for the weights of their rows. Gives the vector and the
    /// tape on which its value is to be proven.
    pub fn write_folded<E>(
        &mut self,
        columns: usize,
        (high, low): (&[Fr], &[Fr]),
        fold: impl FnOnce(&[Fr]) -> Result<Vec<Fr>, E>,
    ) -> Result<(Vec<Fr>, &mut TapeWriter), E> {
        let mask_value = zkvm_algebra::multilinear::evaluate(&self.rows.mask, low);
        self.write_scalars(MASK_VALUE, &[mask_value]);
        let mut weights = powers(self.tape.challenge(COLUMN_CHALLENGE), columns);
        let of_rows = row_weights(&weights, high);
        let zeta = self.tape.challenge(MASK_CHALLENGE);
        let mut u = fold(&of_rows)?;
        u.par_iter_mut().zip(&self.rows.mask).for_each(|(u, mask)| *u += zeta * mask);
        let blinding = of_rows.iter().chain([&zeta]).zip(&self.rows.blindings).map(|(w, s)| *w * s).sum();
        let value = zkvm_algebra::multilinear::evaluate(&u, low);
        self.tape.write_scalars(FOLDED, &[value, blinding]);
        weights.push(zeta);
        (self.record.weights, self.record.value) = (weights, value);
        Ok((u, &mut self.tape))
    }

    /// Proves that the hidden messages pass the comparisons of the script on `statement`; the finished tape.
    ///
    /// # Errors
    /// If the messages are not those of the script.
    pub fn finish(mut self, statement: &Statement<'_>) -> Result<Vec<u8>, VerifyError> {
        let degree = self.record.degree;
        let masks = self.random(degree.saturating_sub(1));
        self.write_scalars(MASKS, &masks);
        let sizes: Vec<usize> = self.messages.iter().map(|message| message.values.len()).collect();
        let lines: Vec<Message> = sizes
            .into_iter()
            .map(|size| Message { values: self.random(size), blinding: Fr::rand(&mut self.rng) })
            .collect();
        let commitments: Vec<G1Affine> = lines.par_iter().map(|line| self.commit(line)).collect();
        self.tape.write_points(LINES, &commitments);

        let chi = self.tape.challenge(COMPARISON);
        let coefficients = self.coefficients(statement, &lines, chi)?;
        self.tape.write_scalars(COEFFICIENTS, &coefficients);
        let x = self.tape.challenge(LINE);
        let at_x = |line: &Fr, value: &Fr| *line + x * value;
        let opened = lines.iter().zip(&self.messages).flat_map(|(line, m)| line.values.iter().zip(&m.values));
        let values: Vec<Fr> = opened.map(|(line, value)| at_x(line, value)).collect();
        self.tape.write_scalars(VALUES, &values);
        let blindings = lines.iter().zip(&self.messages).map(|(line, m)| at_x(&line.blinding, &m.blinding));
        self.tape.write_scalars(BLINDINGS, &blindings.collect::<Vec<_>>());
        self.tape.challenge(COMMITMENTS);
        Ok(self.tape.into_bytes())
    }

    /// The lower coefficients of X^D·Σ χ^i·F_i(m + m'/X) + Σ X^k·(μ'_k + X·μ_k), of which the first sum is
    /// known by its values at 1 … D. The last message is μ.
    fn coefficients(&self, statement: &Statement<'_>, lines: &[Message], chi: Fr) -> Result<Vec<Fr>, VerifyError> {
        let degree = self.record.degree;
        let (Some((masks, messages)), Some((mask_lines, lines))) = (self.messages.split_last(), lines.split_last())
        else {
            return Err(VerifyError::Hidden);
        };
        let points: Vec<Fr> = (1..).take(degree).map(|point: u64| Fr::from(point)).collect();
        let values: Vec<Fr> = points
            .par_iter()
            .map(|point| {
                let inverse = point.inverse().expect("the points are small and not zero");
                let pairs = messages.iter().zip(lines).flat_map(|(m, line)| m.values.iter().zip(&line.values));
                let scalars: Vec<Fr> = pairs.map(|(value, line)| *value + inverse * line).collect();
                Ok(self.record.compare(statement, &scalars, chi)? * point.pow([degree as u64]))
            })
            .collect::<Result<_, VerifyError>>()?;
        let mut polynomial = Univariate(vec![Fr::from(0u64); degree]);
        for (basis, value) in lagrange_basis(&points).iter().zip(values) {
            polynomial.add_scaled(basis, value);
        }
        for (k, (mask, line)) in masks.values.iter().zip(&mask_lines.values).enumerate() {
            polynomial.0[k] += line;
            polynomial.0[k + 1] += mask;
        }
        Ok(polynomial.0)
    }
}

impl Channel for HidingTape {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.tape.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        let challenge = self.tape.challenge(label);
        self.record.challenges.push(challenge);
        challenge
    }
}

/// Scalars are hidden, points are not.
impl Writer for HidingTape {
    fn write_scalars(&mut self, label: &'static str, values: &[Fr]) {
        let message = Message { values: values.to_vec(), blinding: Fr::rand(&mut self.rng) };
        let commitment = self.commit(&message);
        self.tape.write_points(label, &[commitment]);
        self.messages.push(message);
    }
    fn write_points(&mut self, label: &'static str, values: &[G1Affine]) {
        self.tape.write_points(label, values);
    }
}
