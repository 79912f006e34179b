//! The two parties of the protocol, as the script sees them.

use crate::relation::{Check, Point, Relation, Stage};
use crate::relations::spartan::Skip;
use crate::shape::Shape;
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::Fr;
use zkvm_transcript::Channel;

/// A party: the verifier checks, the prover computes. Message order exists only in the script.
pub trait Party: Channel {
    /// Why the run ended early.
    type Error;
    /// What the party keeps of a relation to take part in its sum-check: nothing, or a kernel.
    type Part;

    /// Commits to all columns of `shape`.
    fn commit(&mut self, shape: &Shape) -> Result<(), Self::Error>;
    /// The quotient of the univariate skip: [`Skip::COEFFICIENTS`] coefficients.
    fn skip(&mut self, skip: &Skip) -> Result<Vec<Fr>, Self::Error>;
    /// One batched sum-check. Gives the stage's point and each relation's witness values there.
    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        parts: Vec<Self::Part>,
    ) -> Result<(Point, Vec<Vec<Fr>>), Self::Error>;
    /// Opens every column at `point` (cycle coordinates, then address coordinates).
    fn open(&mut self, shape: &Shape, point: &[Fr], claims: &[Fr]) -> Result<(), Self::Error>;
}

/// A party that can take part in the sum-check of `R`.
pub trait Takes<R: Relation>: Party {
    /// Prepares its part.
    fn part(&mut self, relation: &R) -> Self::Part;
}

/// Relations that are proven together.
pub trait Batch<P: Party> {
    /// The claims of each relation.
    type Claims;
    /// Runs the batch as `stage`.
    fn run(&self, party: &mut P, stage: &Stage) -> Result<(Point, Self::Claims), P::Error>;
}

macro_rules! batch {
    ($($relation:ident $field:tt),*) => {
        impl<P: Party, $($relation: Relation),*> Batch<P> for ($($relation,)*)
        where
            $(P: Takes<$relation>),*
        {
            type Claims = ($($relation::Claims,)*);
            fn run(&self, party: &mut P, stage: &Stage) -> Result<(Point, Self::Claims), P::Error> {
                let parts = vec![$(party.part(&self.$field)),*];
                let relations: [&dyn Check; _] = [$(&self.$field),*];
                let (point, values) = party.sumcheck(stage, &relations, parts)?;
                let mut values = values.into_iter();
                Ok((point, ($(self.$field.claims(values.next().unwrap_or_default()),)*)))
            }
        }
    };
}

batch!(A 0);
batch!(A 0, B 1);
batch!(A 0, B 1, C 2, D 3, E 4);
