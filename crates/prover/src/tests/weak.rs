//! A verifier that lacks one defence: the checking party with a [`Weakness`].

use super::wire::{EXTRA, Weakness, WireReader};
use zkvm_algebra::univariate::lagrange_at;
use zkvm_algebra::{Field, Fr, G1Affine, Univariate};
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::{Basis, Claims, InnerScheme, verify_opening};
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::{Check, Party, Point, Relation, Shape, Stage, Takes};
use zkvm_transcript::{Channel, Reader};
use zkvm_verifier::party::{ROWS, SKIP, commitment_shape};
use zkvm_verifier::{VerifyError, sumcheck};

/// The weakened party.
pub struct Weak<'a> {
    /// What it reads.
    pub reader: WireReader<'a>,
    /// What it lacks.
    pub weakness: &'a Weakness,
    /// The bases.
    pub basis: &'a Basis,
    /// The opening's scheme.
    pub scheme: InnerScheme,
    /// The commitment.
    pub rows: Vec<G1Affine>,
}

impl Channel for Weak<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.reader.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.reader.challenge(label)
    }
}

impl Party for Weak<'_> {
    type Error = VerifyError;
    type Part = ();

    fn commit(&mut self, shape: &Shape) -> Result<(), VerifyError> {
        self.rows = self.reader.read_points(ROWS, commitment_shape(shape)?.rows())?;
        Ok(())
    }

    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, VerifyError> {
        let quotient = self.reader.read_scalars(SKIP, Skip::COEFFICIENTS)?;
        match self.weakness.forgiven {
            None => Ok(quotient),
            Some(place) => {
                let sum = self.reader.read_scalars(EXTRA, 1)?;
                let y = self.reader.wire.next_challenge("y");
                Ok(forgive(quotient, place, sum[0], y))
            }
        }
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Point, Vec<Vec<Fr>>), VerifyError> {
        let (point, mut values) = sumcheck::verify(&mut self.reader, stage, relations)?;
        if let Some(cut) = self.weakness.cut.filter(|cut| cut.stage == stage.name) {
            values[cut.relation][cut.index] = self.reader.read_scalars(EXTRA, 1)?[0];
        }
        Ok((point, values))
    }

    fn open(&mut self, shape: &Shape, point: &[Fr], values: &[Fr]) -> Result<(), VerifyError> {
        let shape = commitment_shape(shape)?;
        let claims = Claims { shape: &shape, rows: &self.rows, point, values };
        verify_opening(Scalar, self.basis, self.scheme, &claims, &mut self.reader)?;
        Ok(())
    }
}

impl<R: Relation> Takes<R> for Weak<'_> {
    fn part(&mut self, _: &R) {}
}

/// A polynomial with which the skip claims at `y`, beside what `quotient` claims, that the
/// constraints at `place` have the batched violations `sum`.
pub fn forgive(quotient: Vec<Fr>, place: usize, sum: Fr, y: Fr) -> Vec<Fr> {
    let domain: Vec<Fr> = Skip::domain().into_iter().map(Fr::from).collect();
    let vanishing: Fr = domain.iter().map(|d| y - d).product();
    let violation = sum * lagrange_at(&domain, y)[place];
    vec![Univariate(quotient).evaluate(y) + violation * vanishing.inverse().expect("y is outside the domain")]
}
