//! Zero knowledge: the checking party of a proof whose messages are hidden.
//!
//! The script runs twice. In the first run every message of scalars is a commitment ([`zkvm_pcs::hiding`])
//! in place of the scalars: challenges are drawn after it as ever, but the comparisons at the ends of the
//! stages and of the opening cannot be made. Given the challenges, each is a polynomial in the hidden
//! scalars m that must be zero; let F be their sum with powers of a challenge χ drawn after all of m, and D
//! its degree, which the declarations of the relations tell.
//!
//! To prove F(m) = 0, the prover commits to a line m' + X·m with a uniform m'. With the homogeneous
//! F^h(v, h) = h^D·F(v/h), the polynomial F^h(m' + X·m, X) has the coefficient F(m) of X^D, so that an honest
//! one has degree D - 1. The prover shows its coefficients and, after them, the point m'' = m' + x·m of
//! the line at a challenge x. The verifier checks that they agree: it runs the script a second time, on the
//! scalars m''/x, with the challenges of the first run, and multiplies what the comparisons give by x^D.
//! No other code than that of the script is needed for it (QuickSilver, eprint 2021/076, section 4, proves
//! polynomials in this way; Pedersen's commitments stand for its correlated randomness).
//!
//! m'' is uniform. The coefficients are so, but for the value at x that m'' implies, because D - 1
//! further hidden scalars μ_k, with lines of their own, add X^k·(μ'_k + X·μ_k) to the polynomial.

use crate::messages::Messages;
use crate::party::{ROWS, SKIP, commitment_shape};
use crate::{VerifyError, sumcheck};
use alloc::vec::Vec;
use core::slice;
use zkvm_algebra::{AdditiveGroup, Field, Fr, G1Affine, Univariate};
use zkvm_pcs::basis::MAX_LOG_SIZE;
use zkvm_pcs::hiding::{self, Opened};
use zkvm_pcs::{Equation, InnerScheme, OpeningError};
use zkvm_protocol::relation::batch;
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point, Relation, Shape, Stage, Statement, Takes, script};
use zkvm_transcript::{Channel, Reader, TapeError};

/// Label of the mask's value y at the point of the opening.
pub const MASK_VALUE: &str = "opening: mask value";
/// Label of the scalars μ.
pub const MASKS: &str = "hidden: masks";
/// Label of the commitments to m'.
pub const LINES: &str = "hidden: lines";
/// Label of the challenge χ.
pub const COMPARISON: &str = "hidden: comparison";
/// Label of the polynomial's coefficients.
pub const COEFFICIENTS: &str = "hidden: coefficients";
/// Label of the challenge x.
pub const LINE: &str = "hidden: line";
/// Label of m''.
pub const VALUES: &str = "hidden: values";
/// Label of the blindings of m''.
pub const BLINDINGS: &str = "hidden: blindings";
/// Label of the challenge ω.
pub const COMMITMENTS: &str = "hidden: commitments";

/// What the comparisons of a run depend on besides the statement and the hidden scalars.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The challenges of the script.
    pub challenges: Vec<Fr>,
    /// Degree of the comparisons in the hidden scalars.
    pub degree: usize,
    /// Weights of the columns' values and of the mask's in the opening.
    pub weights: Vec<Fr>,
    /// Their weighted sum.
    pub value: Fr,
}

impl Record {
    /// Takes note of relations that are proven.
    pub fn note(&mut self, relations: &[&dyn Check]) {
        let degrees = relations.iter().map(|relation| relation.witness_degree());
        self.degree = degrees.fold(self.degree.max(1), usize::max);
    }

    /// The sum of all comparisons with powers of `chi`, on the hidden scalars `scalars`.
    ///
    /// # Errors
    /// If the number of challenges or of scalars is not that of a run of the script on `statement`.
    pub fn compare(&self, statement: &Statement<'_>, scalars: &[Fr], chi: Fr) -> Result<Fr, VerifyError> {
        let mut replay =
            Replay { record: self, challenges: self.challenges.iter(), drawn: 0, scalars, differences: Vec::new() };
        script::run(&mut replay, statement)?;
        let is_whole = replay.drawn == self.challenges.len() && replay.scalars.is_empty();
        if is_whole { Ok(batch(chi, &replay.differences)) } else { Err(VerifyError::Hidden) }
    }
}

/// The party of the second run.
struct Replay<'r> {
    record: &'r Record,
    challenges: slice::Iter<'r, Fr>,
    /// How many challenges were asked for.
    drawn: usize,
    scalars: &'r [Fr],
    differences: Vec<Fr>,
}

impl Channel for Replay<'_> {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}
    fn challenge(&mut self, _: &'static str) -> Fr {
        self.drawn = self.drawn.saturating_add(1);
        self.challenges.next().copied().unwrap_or(Fr::ZERO)
    }
}

impl Messages for Replay<'_> {
    fn scalars(&mut self, _: &'static str, count: usize) -> Result<Vec<Fr>, VerifyError> {
        let (message, rest) = self.scalars.split_at_checked(count).ok_or(VerifyError::Hidden)?;
        self.scalars = rest;
        Ok(message.to_vec())
    }

    fn compare(&mut self, _: &'static str, difference: impl FnOnce() -> Fr) -> Result<(), VerifyError> {
        self.differences.push(difference());
        Ok(())
    }
}

impl Party for Replay<'_> {
    type Error = VerifyError;
    type Part = ();

    fn commit(&mut self, _: &Shape) -> Result<(), VerifyError> {
        Ok(())
    }

    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, VerifyError> {
        self.scalars(SKIP, Skip::COEFFICIENTS)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Point, Vec<Vec<Fr>>), VerifyError> {
        sumcheck::verify(self, stage, relations)
    }

    fn open(&mut self, _: &Shape, _: &[Fr], values: &[Fr]) -> Result<(), VerifyError> {
        let mask = self.scalars(MASK_VALUE, 1)?;
        let weighted =
            self.record.weights.iter().zip(values.iter().chain(&mask)).map(|(weight, value)| *weight * value);
        let difference = weighted.sum::<Fr>() - self.record.value;
        self.compare(MASK_VALUE, || difference)
    }
}

impl<R: Relation> Takes<R> for Replay<'_> {
    fn part(&mut self, _: &R) {}
}

/// Refuses a message for which a row has too few bases, also where the verifier has more.
fn check_length(count: usize, log_row: usize) -> Result<(), VerifyError> {
    let size = |log: u32| usize::try_from(log).unwrap_or(usize::MAX);
    let least = size(count.checked_next_power_of_two().map_or(usize::BITS, usize::ilog2));
    let most = size(MAX_LOG_SIZE);
    if log_row < least { Err(VerifyError::Size { what: "row", found: log_row, least, most }) } else { Ok(()) }
}

/// Checks all of a zero-knowledge proof of `statement` but the equation returned, which needs the bases.
pub fn check<R: Reader<Error = TapeError>>(
    reader: &mut R,
    statement: &Statement<'_>,
    scheme: InnerScheme,
) -> Result<Equation, VerifyError> {
    let (rows, messages) = (Vec::new(), Vec::new());
    let log_row = statement.shape.log_row;
    let mut hidden = Hidden { reader, scheme, log_row, rows, messages, record: Record::default(), equation: None };
    script::run(&mut hidden, statement)?;
    hidden.finish(statement)
}

/// The party of the first run: reads commitments, and does not learn what is in them.
struct Hidden<'r, R> {
    reader: &'r mut R,
    scheme: InnerScheme,
    log_row: usize,
    rows: Vec<G1Affine>,
    /// The commitment of each message, and its number of scalars.
    messages: Vec<(G1Affine, usize)>,
    record: Record,
    equation: Option<Equation>,
}

impl<R: Reader<Error = TapeError>> Hidden<'_, R> {
    /// Reads the proof of the comparisons, which ends the tape.
    fn finish(mut self, statement: &Statement<'_>) -> Result<Equation, VerifyError> {
        let degree = self.record.degree;
        self.scalars(MASKS, degree.saturating_sub(1))?;
        let Hidden { reader, messages, record, equation, .. } = self;
        let lines = reader.read_points(LINES, messages.len())?;
        let chi = reader.challenge(COMPARISON);
        let coefficients = Univariate(reader.read_scalars(COEFFICIENTS, degree)?);
        let x = reader.challenge(LINE);
        let inverse = x.inverse().ok_or(OpeningError::ZeroChallenge)?;
        let count = messages.iter().fold(0usize, |sum, (_, count)| sum.saturating_add(*count));
        let values = reader.read_scalars(VALUES, count)?;
        let blindings = reader.read_scalars(BLINDINGS, messages.len())?;
        let omega = reader.challenge(COMMITMENTS);

        let masks = values.len().saturating_sub(degree.saturating_sub(1));
        let (scalars, masks) = values.split_at_checked(masks).ok_or(VerifyError::Hidden)?;
        let scaled: Vec<Fr> = scalars.iter().map(|value| *value * inverse).collect();
        let scale: Fr = core::iter::repeat_n(x, degree).product();
        let expected = record.compare(statement, &scaled, chi)? * scale + batch(x, masks);
        if coefficients.evaluate(x) != expected {
            return Err(VerifyError::Hidden);
        }
        let mut rest = values.as_slice();
        let mut opened = Vec::with_capacity(messages.len());
        for (((commitment, count), line), blinding) in messages.into_iter().zip(lines).zip(blindings) {
            let (values, after) = rest.split_at_checked(count).ok_or(VerifyError::Hidden)?;
            rest = after;
            opened.push(Opened { commitment, line, values, blinding });
        }
        let equation = equation.ok_or(OpeningError::Mismatch)?;
        Ok(equation.and(hiding::equation(&opened, x, omega)))
    }
}

impl<R: Reader<Error = TapeError>> Channel for Hidden<'_, R> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.reader.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        let challenge = self.reader.challenge(label);
        self.record.challenges.push(challenge);
        challenge
    }
}

/// Scalars that are not known are zero: only their number matters to what follows in this run.
impl<R: Reader<Error = TapeError>> Messages for Hidden<'_, R> {
    fn scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, VerifyError> {
        check_length(count, self.log_row)?;
        let commitment = self.reader.read_points(label, 1)?;
        self.messages.extend(commitment.into_iter().map(|commitment| (commitment, count)));
        Ok(core::iter::repeat_n(Fr::ZERO, count).collect())
    }

    fn compare(&mut self, _: &'static str, _: impl FnOnce() -> Fr) -> Result<(), VerifyError> {
        Ok(())
    }
}

impl<R: Reader<Error = TapeError>> Party for Hidden<'_, R> {
    type Error = VerifyError;
    type Part = ();

    fn commit(&mut self, shape: &Shape) -> Result<(), VerifyError> {
        let rows = commitment_shape(shape)?.rows().saturating_add(1);
        self.rows = self.reader.read_points(ROWS, rows)?;
        Ok(())
    }

    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, VerifyError> {
        self.scalars(SKIP, Skip::COEFFICIENTS)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Point, Vec<Vec<Fr>>), VerifyError> {
        self.record.note(relations);
        sumcheck::verify(self, stage, relations)
    }

    fn open(&mut self, shape: &Shape, point: &[Fr], _: &[Fr]) -> Result<(), VerifyError> {
        self.scalars(MASK_VALUE, 1)?;
        let shape = commitment_shape(shape)?;
        let opening = hiding::read_opening(self.scheme, &shape, &self.rows, point, self.reader)?;
        (self.record.weights, self.record.value) = (opening.weights, opening.value);
        self.equation = Some(opening.equation);
        Ok(())
    }
}

impl<S: Reader<Error = TapeError>, R: Relation> Takes<R> for Hidden<'_, S> {
    fn part(&mut self, _: &R) {}
}
