//! The computing party.

use crate::engine::{Engine, SkipEngine};
use crate::observer::{Observer, observe};
use crate::sumcheck::{self, Part};
use crate::witness::Witness;
use std::marker::PhantomData;
use zkvm_algebra::Fr;
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point, Relation, Shape, Stage, Takes};
use zkvm_transcript::{Channel, TapeWriter, Writer};
use zkvm_verifier::party::{ROWS, SKIP};

/// What the party commits and opens with.
pub trait Commitment {
    /// Why it failed.
    type Error;
    /// The rows of all columns of `witness`.
    fn commit(&mut self, witness: &Witness) -> Result<Vec<zkvm_algebra::G1Affine>, Self::Error>;
    /// Opens all columns at `point`.
    fn open(
        &mut self,
        witness: &Witness,
        point: &[Fr],
        claims: &[Fr],
        writer: &mut TapeWriter,
    ) -> Result<(), Self::Error>;
}

/// Computes the messages and writes the tape. `E` gives the kernels.
pub struct Computer<'a, C, E> {
    witness: &'a Witness<'a>,
    commitment: C,
    writer: TapeWriter,
    observer: &'a mut dyn Observer,
    engine: PhantomData<E>,
}

impl<'a, C: Commitment, E> Computer<'a, C, E> {
    /// A party before its first message.
    pub fn new(witness: &'a Witness<'a>, commitment: C, writer: TapeWriter, observer: &'a mut dyn Observer) -> Self {
        Computer { witness, commitment, writer, observer, engine: PhantomData }
    }

    /// The tape.
    pub fn into_tape(self) -> Vec<u8> {
        self.writer.into_bytes()
    }
}

impl<C, E> Channel for Computer<'_, C, E> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.writer.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.writer.challenge(label)
    }
}

impl<'a, C: Commitment, E: SkipEngine> Party for Computer<'a, C, E> {
    type Error = C::Error;
    type Part = Part<'a>;

    fn commit(&mut self, _: &Shape) -> Result<(), C::Error> {
        let rows = observe(self.observer, "commit", || self.commitment.commit(self.witness))?;
        self.writer.write_points(ROWS, &rows);
        Ok(())
    }

    fn skip(&mut self, skip: &Skip) -> Result<Vec<Fr>, C::Error> {
        let quotient = observe(self.observer, "skip", || E::skip(skip, self.witness));
        self.writer.write_scalars(SKIP, &quotient);
        Ok(quotient)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        parts: Vec<Part<'a>>,
    ) -> Result<(Point, Vec<Vec<Fr>>), C::Error> {
        Ok(sumcheck::prove(&mut self.writer, stage, relations, parts, self.observer))
    }

    fn open(&mut self, _: &Shape, point: &[Fr], claims: &[Fr]) -> Result<(), C::Error> {
        let (commitment, writer) = (&mut self.commitment, &mut self.writer);
        observe(self.observer, "open", || commitment.open(self.witness, point, claims, writer))
    }
}

impl<'a, R: Relation + 'a, C: Commitment, E: SkipEngine + Engine<R>> Takes<R> for Computer<'a, C, E> {
    fn part(&mut self, relation: &R) -> Part<'a> {
        Part::prepare(|| E::kernel(relation, self.witness))
    }
}
