//! The checking party.

use crate::{VerifyError, sumcheck};
use alloc::vec::Vec;
use zkvm_algebra::{Fr, G1Affine};
use zkvm_pcs::{Claims, Equation, InnerScheme, OpeningError, read_opening};
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point, Relation, Shape, Stage, Takes};
use zkvm_transcript::{Channel, Reader, TapeReader};

/// Label of the row commitments.
pub const ROWS: &str = "rows";
/// Label of the univariate skip.
pub const SKIP: &str = "skip";

/// Reads the tape and checks it against the script.
pub(crate) struct Checker<'a> {
    reader: TapeReader<'a>,
    scheme: InnerScheme,
    rows: Vec<G1Affine>,
    equation: Option<Equation>,
}

impl<'a> Checker<'a> {
    pub(crate) fn new(reader: TapeReader<'a>, scheme: InnerScheme) -> Self {
        Checker { reader, scheme, rows: Vec::new(), equation: None }
    }

    /// Checks that the whole tape has been read; what is left to check, with the bases.
    pub(crate) fn finish(self) -> Result<Equation, VerifyError> {
        self.reader.finish()?;
        self.equation.ok_or(VerifyError::Opening(OpeningError::Mismatch))
    }
}

/// The commitment's shape.
pub fn commitment_shape(shape: &Shape) -> Result<zkvm_pcs::Shape, VerifyError> {
    let size = |log: usize| u32::try_from(log).unwrap_or(u32::MAX);
    let columns = shape.columns().len();
    Ok(zkvm_pcs::Shape::new(columns, size(shape.log_t), size(shape.log_k), size(shape.log_row))?)
}

impl Channel for Checker<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.reader.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.reader.challenge(label)
    }
}

impl Party for Checker<'_> {
    type Error = VerifyError;
    type Part = ();

    fn commit(&mut self, shape: &Shape) -> Result<(), VerifyError> {
        self.rows = self.reader.read_points(ROWS, commitment_shape(shape)?.rows())?;
        Ok(())
    }

    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, VerifyError> {
        Ok(self.reader.read_scalars(SKIP, Skip::COEFFICIENTS)?)
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Point, Vec<Vec<Fr>>), VerifyError> {
        sumcheck::verify(&mut self.reader, stage, relations)
    }

    fn open(&mut self, shape: &Shape, point: &[Fr], values: &[Fr]) -> Result<(), VerifyError> {
        let shape = commitment_shape(shape)?;
        let claims = Claims { shape: &shape, rows: &self.rows, point, values };
        self.equation = Some(read_opening(self.scheme, &claims, &mut self.reader)?);
        Ok(())
    }
}

impl<R: Relation> Takes<R> for Checker<'_> {
    fn part(&mut self, _: &R) {}
}
