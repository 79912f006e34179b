//! The opening of the committed columns (section 6, *Fold* and *Inner-product argument*).

use ark_bn254::{G1Affine, G1Projective};
use ark_ec::VariableBaseMSM;
use ark_ff::{Field, One, Zero};

use crate::bases::Bases;
use crate::multilinear::{eq, powers, vertex};
use crate::shape::Shape;
use crate::tape::Tape;
use crate::{Error, F};

/// Σ scalars·points.
fn multi_scalar_multiplication(points: &[G1Affine], scalars: &[F]) -> G1Projective {
    assert_eq!(points.len(), scalars.len(), "a scalar per point");
    G1Projective::msm_unchecked(points, scalars)
}

/// Checks that the columns committed to in `rows` have the values `claims` at `point`.
pub fn verify(
    tape: &mut Tape,
    shape: &Shape,
    bases: &Bases,
    rows: &[G1Affine],
    point: &[F],
    claims: &[F],
) -> Result<(), Error> {
    let high = shape.t + shape.kappa - shape.c;
    let (r_hi, r_lo) = point.split_at(high);
    let rho = tape.transcript.challenge("opening: column");
    let mut weights = Vec::new();
    for power in powers(rho).take(claims.len()) {
        weights.extend((0..shape.rows_per_column() as u64).map(|row| power * eq(r_hi, &vertex(row, high))));
    }
    let commitment = multi_scalar_multiplication(rows, &weights);
    let value: F = powers(rho).zip(claims).map(|(power, claim)| power * claim).sum();
    inner_product(tape, bases, commitment, value, r_lo)
}

/// Checks that the vector u behind `commitment` has ⟨u, eq(point,·)⟩ = `value`.
fn inner_product(tape: &mut Tape, bases: &Bases, commitment: G1Projective, value: F, point: &[F]) -> Result<(), Error> {
    let z = nonzero(tape.transcript.challenge("inner product: value base"))?;
    let (mut x, mut left) = (Vec::new(), commitment);
    for _ in point {
        let cross = tape.points("inner product: cross terms", 2)?;
        let challenge = nonzero(tape.transcript.challenge("inner product: round"))?;
        left += cross[0] * challenge.inverse().expect("not zero") + cross[1] * challenge;
        x.push(challenge);
    }
    let a = tape.scalars("inner product: last entry", 1)?[0];
    let beta: F = point.iter().zip(&x).map(|(r, x)| F::one() - r + *x * r).product();
    left += bases.value() * ((value - a * beta) * z);

    // s_i is the product of the x_j for which bit c − j of i is set.
    let s = x.iter().fold(vec![F::one()], |s, x| s.iter().flat_map(|entry| [*entry, *entry * x]).collect());
    let scalars: Vec<F> = s.iter().map(|entry| a * entry).collect();
    let right = multi_scalar_multiplication(bases.row(point.len()), &scalars);
    if left == right { Ok(()) } else { Err(Error::Opening) }
}

fn nonzero(challenge: F) -> Result<F, Error> {
    if challenge.is_zero() { Err(Error::ZeroChallenge) } else { Ok(challenge) }
}
