//! Zero-knowledge proofs (section 8): the stages' messages are commitments, and what the stages compare is checked at one
//! point of a line through the hidden scalars.
//!
//! The stages run twice. First they draw their challenges, which depend on the commitments alone: the scalars that they get
//! then are zeros, and what they make of them is forgotten. The second time they get m''/x, the same challenges, and a
//! place for the differences F_i. The commitments on the line are checked one by one, so that the challenge `hidden:
//! commitments` is not needed: but for few ω, the document's sum vanishes only if all of its terms do.

use ark_bn254::{G1Affine, G1Projective};
use ark_ff::{Field, Zero};

use crate::bases::Bases;
use crate::channel::Channel;
use crate::engine::evaluate;
use crate::multilinear::powers;
use crate::opening::{Masked, multi_scalar_multiplication, nonzero, verify_masked};
use crate::shape::Shape;
use crate::stages::{self, Claims};
use crate::tape::Tape;
use crate::{Error, F, Statement};

/// Reads and checks everything after the statement.
pub fn verify(mut tape: Tape, statement: &Statement, bases: &Bases) -> Result<(), Error> {
    let shape = &statement.shape;
    let mut rows = tape.points("rows", shape.commitment_rows() + 1)?;
    let mask = rows.pop().expect("the last row is the mask");

    let mut committed =
        Committed { tape: &mut tape, longest: 1 << shape.c, messages: Vec::new(), challenges: Vec::new() };
    let (Claims { point, .. }, _) = script(&mut committed, statement)?;
    let opening = verify_masked(committed.tape, shape, bases, (&rows, mask), &point)?;
    let degree = degree(shape);
    committed.scalars("hidden: masks", degree - 1)?;
    let Committed { messages, challenges, .. } = committed;

    let line = Line::read(&mut tape, messages, degree)?;
    tape.finish()?;
    line.check_comparisons(statement, challenges, &opening)?;
    opening.equation.check()?;
    line.check_commitments(bases)
}

/// The hidden messages but for the last one: those of the stages and the mask's value.
fn script(channel: &mut impl Channel, statement: &Statement) -> Result<(Claims, F), Error> {
    let claims = stages::verify(channel, statement)?;
    let mask_value = channel.scalars("opening: mask value", 1)?[0];
    Ok((claims, mask_value))
}

/// D, the largest number of values in a product of any summand.
fn degree(shape: &Shape) -> usize {
    let chunks = [16 / shape.kappa, shape.bytecode_chunks(), shape.ram_chunks()];
    chunks.into_iter().fold(5, usize::max)
}

/// A hidden message.
struct Message {
    commitment: G1Affine,
    scalars: usize,
}

/// The channel of the first run: messages are commitments, their scalars are unknown.
struct Committed<'a, 'b> {
    tape: &'a mut Tape<'b>,
    /// Number of bases.
    longest: usize,
    messages: Vec<Message>,
    challenges: Vec<F>,
}

impl Channel for Committed<'_, '_> {
    fn challenge(&mut self, label: &'static str) -> F {
        let challenge = self.tape.challenge(label);
        self.challenges.push(challenge);
        challenge
    }

    fn scalars(&mut self, label: &'static str, number: usize) -> Result<Vec<F>, Error> {
        if number > self.longest {
            return Err(Error::LongMessage(label));
        }
        let commitment = self.tape.points(label, 1)?[0];
        self.messages.push(Message { commitment, scalars: number });
        Ok(vec![F::zero(); number])
    }

    fn compare(&mut self, _: &'static str, _: F, _: F) -> Result<(), Error> {
        Ok(())
    }
}

/// The channel of the second run: challenges and scalars are known.
struct Known<C, S> {
    challenges: C,
    scalars: S,
    /// F_0, F_1, …
    differences: Vec<F>,
}

impl<C: Iterator<Item = F>, S: Iterator<Item = Vec<F>>> Channel for Known<C, S> {
    fn challenge(&mut self, _: &'static str) -> F {
        self.challenges.next().expect("as many challenges as in the first run")
    }

    fn scalars(&mut self, _: &'static str, number: usize) -> Result<Vec<F>, Error> {
        let scalars = self.scalars.next().expect("as many messages as in the first run");
        assert_eq!(scalars.len(), number, "the messages of the first run");
        Ok(scalars)
    }

    fn compare(&mut self, _: &'static str, claim: F, sum: F) -> Result<(), Error> {
        self.differences.push(sum - claim);
        Ok(())
    }
}

/// The hidden messages at the point x of the lines m' + X·m, and what they must satisfy.
struct Line {
    /// M.
    messages: Vec<Message>,
    /// M'.
    others: Vec<G1Affine>,
    /// χ.
    chi: F,
    coefficients: Vec<F>,
    x: F,
    /// m'', message by message.
    values: Vec<Vec<F>>,
    /// s''.
    blindings: Vec<F>,
}

impl Line {
    fn read(tape: &mut Tape, messages: Vec<Message>, degree: usize) -> Result<Line, Error> {
        let others = tape.points("hidden: lines", messages.len())?;
        let chi = tape.challenge("hidden: comparison");
        let coefficients = tape.scalars("hidden: coefficients", degree)?;
        let x = nonzero(tape.challenge("hidden: line"))?;
        let hidden = messages.iter().map(|message| message.scalars).sum();
        let mut all = tape.scalars("hidden: values", hidden)?.into_iter();
        let values = messages.iter().map(|message| all.by_ref().take(message.scalars).collect()).collect();
        let blindings = tape.scalars("hidden: blindings", messages.len())?;
        Ok(Line { messages, others, chi, coefficients, x, values, blindings })
    }

    /// Σ_k coefficient_k·x^k = x^D·Σ_i χ^i·F_i(m''/x) + Σ_k x^k·μ''_k.
    fn check_comparisons(&self, statement: &Statement, challenges: Vec<F>, opening: &Masked) -> Result<(), Error> {
        let (masks, values) = self.values.split_last().expect("the masks are hidden");
        let inverse = self.x.inverse().expect("x is not zero");
        let scaled = values.iter().map(|message| message.iter().map(|value| *value * inverse).collect());
        let mut known = Known { challenges: challenges.into_iter(), scalars: scaled, differences: Vec::new() };
        let (Claims { columns, .. }, mask_value) = script(&mut known, statement)?;
        known.compare("opening", opening.value, opening.combine(&columns, mask_value))?;

        let differences: F =
            powers(self.chi).zip(&known.differences).map(|(power, difference)| power * difference).sum();
        let homogeneous = self.x.pow([self.coefficients.len() as u64]) * differences;
        let coefficients = evaluate(&self.coefficients, self.x);
        let values = homogeneous + evaluate(masks, self.x);
        if coefficients == values { Ok(()) } else { Err(Error::Comparisons { coefficients, values }) }
    }

    /// M'_j + x·M_j commits to m''_j with the blinding s''_j, for every j.
    fn check_commitments(&self, bases: &Bases) -> Result<(), Error> {
        for (j, message) in self.messages.iter().enumerate() {
            let left: G1Projective = message.commitment * self.x + self.others[j];
            let right = multi_scalar_multiplication(bases.first(message.scalars), &self.values[j]);
            if left != right + bases.blinding() * self.blindings[j] {
                return Err(Error::Line(j));
            }
        }
        Ok(())
    }
}
