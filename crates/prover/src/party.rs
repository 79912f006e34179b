//! The computing party.

use crate::engine::{Engine, SkipEngine};
use crate::hiding::HidingTape;
use crate::observer::{Observer, observe};
use crate::sumcheck::{self, Part};
use crate::witness::Witness;
use rand::rngs::StdRng;
use std::marker::PhantomData;
use std::sync::Arc;
use zkvm_algebra::{Fr, G1Affine};
use zkvm_pcs::Basis;
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point, Relation, Shape, Stage, Takes};
use zkvm_transcript::{Channel, TapeWriter, Writer};
use zkvm_verifier::VerifyError;
use zkvm_verifier::party::{ROWS, SKIP};

/// What the party commits and opens with.
pub trait Commitment {
    /// Why it failed.
    type Error;
    /// The bases.
    fn basis(&self) -> Arc<Basis>;
    /// The rows of all columns of `witness`.
    fn commit(&mut self, witness: &Witness) -> Result<Vec<G1Affine>, Self::Error>;
    /// Σ weights·rows.
    fn fold(&self, witness: &Witness, weights: &[Fr]) -> Result<Vec<Fr>, Self::Error>;
    /// Proves the value that the vector `u` has at `point`.
    fn prove(&self, u: Vec<Fr>, point: &[Fr], tape: &mut TapeWriter) -> Result<(), Self::Error>;
}

/// Where messages go.
enum Tape {
    Clear(TapeWriter),
    Hiding(Box<HidingTape>),
}

impl Channel for Tape {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        match self {
            Tape::Clear(tape) => tape.absorb(label, bytes),
            Tape::Hiding(tape) => tape.absorb(label, bytes),
        }
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        match self {
            Tape::Clear(tape) => tape.challenge(label),
            Tape::Hiding(tape) => tape.challenge(label),
        }
    }
}

impl Writer for Tape {
    fn write_scalars(&mut self, label: &'static str, values: &[Fr]) {
        match self {
            Tape::Clear(tape) => tape.write_scalars(label, values),
            Tape::Hiding(tape) => tape.write_scalars(label, values),
        }
    }
    fn write_points(&mut self, label: &'static str, values: &[G1Affine]) {
        match self {
            Tape::Clear(tape) => tape.write_points(label, values),
            Tape::Hiding(tape) => tape.write_points(label, values),
        }
    }
}

/// Computes the messages and writes the tape. `E` gives the kernels.
pub struct Computer<'a, C, E> {
    witness: &'a Witness<'a>,
    commitment: C,
    tape: Tape,
    observer: &'a mut dyn Observer,
    engine: PhantomData<E>,
}

impl<'a, C: Commitment, E> Computer<'a, C, E> {
    /// A party before its first message on `tape`. With `hiding`, the randomness of a zero-knowledge proof.
    pub fn new(
        witness: &'a Witness<'a>,
        commitment: C,
        tape: TapeWriter,
        hiding: Option<StdRng>,
        observer: &'a mut dyn Observer,
    ) -> Self {
        let tape = match hiding {
            None => Tape::Clear(tape),
            Some(rng) => {
                let longest = longest_message(&witness.statement.shape);
                Tape::Hiding(Box::new(HidingTape::new(tape, commitment.basis(), longest, rng)))
            }
        };
        Computer { witness, commitment, tape, observer, engine: PhantomData }
    }

    /// The finished tape.
    ///
    /// # Errors
    /// If the script has not been run.
    pub fn finish(self) -> Result<Vec<u8>, VerifyError> {
        match self.tape {
            Tape::Clear(tape) => Ok(tape.into_bytes()),
            Tape::Hiding(tape) => observe(self.observer, "hide", || tape.finish(&self.witness.statement)),
        }
    }
}

impl<C, E> Channel for Computer<'_, C, E> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.tape.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.tape.challenge(label)
    }
}

impl<'a, C: Commitment, E: SkipEngine> Party for Computer<'a, C, E> {
    type Error = C::Error;
    type Part = Part<'a>;

    fn commit(&mut self, shape: &Shape) -> Result<(), C::Error> {
        let rows = observe(self.observer, "commit", || self.commitment.commit(self.witness))?;
        match &mut self.tape {
            Tape::Clear(tape) => tape.write_points(ROWS, &rows),
            Tape::Hiding(tape) => {
                observe(self.observer, "blind rows", || tape.write_rows(ROWS, &rows, 1 << shape.log_row))
            }
        }
        Ok(())
    }

    fn skip(&mut self, skip: &Skip) -> Result<Vec<Fr>, C::Error> {
        let quotient = observe(self.observer, "skip", || E::skip(skip, self.witness));
        self.tape.write_scalars(SKIP, &quotient);
        Ok(quotient)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        parts: Vec<Part<'a>>,
    ) -> Result<(Point, Vec<Vec<Fr>>), C::Error> {
        if let Tape::Hiding(tape) = &mut self.tape {
            tape.note(relations);
        }
        Ok(sumcheck::prove(&mut self.tape, stage, relations, parts, self.observer))
    }

    fn open(&mut self, shape: &Shape, point: &[Fr], claims: &[Fr]) -> Result<(), C::Error> {
        let (commitment, witness, tape) = (&self.commitment, self.witness, &mut self.tape);
        let (high, low) = point.split_at(point.len() - shape.log_row);
        observe(self.observer, "open", || match tape {
            Tape::Clear(tape) => {
                let columns = powers(tape.challenge(COLUMN_CHALLENGE), claims.len());
                let u = commitment.fold(witness, &row_weights(&columns, high))?;
                commitment.prove(u, low, tape)
            }
            Tape::Hiding(tape) => {
                let fold = |weights: &[Fr]| commitment.fold(witness, weights);
                let (u, tape) = tape.write_folded(claims.len(), (high, low), fold)?;
                commitment.prove(u, low, tape)
            }
        })
    }
}

/// No message of scalars is longer than this: each has one value per column, or fewer than 32.
pub fn longest_message(shape: &Shape) -> usize {
    shape.columns().len().max(32)
}

impl<'a, R: Relation + 'a, C: Commitment, E: SkipEngine + Engine<R>> Takes<R> for Computer<'a, C, E> {
    fn part(&mut self, relation: &R) -> Part<'a> {
        Part::prepare(|| E::kernel(relation, self.witness))
    }
}
