//! The opening of the committed columns (section 6, *Fold* and *Inner-product argument*; section 8, *Opening*).

use ark_bn254::{G1Affine, G1Projective};
use ark_ec::VariableBaseMSM;
use ark_ff::{Field, One, Zero};

use crate::bases::Bases;
use crate::channel::Channel;
use crate::multilinear::{eq, powers, vertex};
use crate::shape::Shape;
use crate::stages::Claims;
use crate::tape::Tape;
use crate::{Error, F};

/// Σ scalars·points.
pub fn multi_scalar_multiplication(points: &[G1Affine], scalars: &[F]) -> G1Projective {
    assert_eq!(points.len(), scalars.len(), "a scalar per point");
    G1Projective::msm_unchecked(points, scalars)
}

/// Checks that the columns committed to in `rows` have the values claimed.
pub fn verify(tape: &mut Tape, shape: &Shape, bases: &Bases, rows: &[G1Affine], claims: &Claims) -> Result<(), Error> {
    let (r_hi, r_lo) = claims.point.split_at(shape.t + shape.kappa - shape.c);
    let rho = tape.challenge("opening: column");
    let commitment = fold(shape, rows, rho, r_hi);
    inner_product(tape, bases, commitment, combination(rho, &claims.columns), r_lo)?.check()
}

/// The opening of a zero-knowledge proof, after its last message.
pub struct Masked {
    rho: F,
    zeta: F,
    /// v, the value of the folded row and the mask.
    pub value: F,
    /// That the folded row and the mask have that value.
    pub equation: Equation,
}

impl Masked {
    /// Σ_i ρ^i·claim_i + ζ·y.
    pub fn combine(&self, columns: &[F], mask_value: F) -> F {
        combination(self.rho, columns) + self.zeta * mask_value
    }
}

/// Reads a proof that the columns committed to in `rows`, folded, and `mask` have a value at the point.
pub fn verify_masked(
    tape: &mut Tape,
    shape: &Shape,
    bases: &Bases,
    (rows, mask): (&[G1Affine], G1Affine),
    point: &[F],
) -> Result<Masked, Error> {
    let (r_hi, r_lo) = point.split_at(shape.t + shape.kappa - shape.c);
    let rho = tape.challenge("opening: column");
    let zeta = nonzero(tape.challenge("opening: mask"))?;
    let [value, blinding] = tape.scalars("opening: folded", 2)?[..] else { unreachable!("two scalars") };
    let commitment = fold(shape, rows, rho, r_hi) + mask * zeta - bases.blinding() * blinding;
    let equation = inner_product(tape, bases, commitment, value, r_lo)?;
    Ok(Masked { rho, zeta, value, equation })
}

/// Σ ρ^i·values_i.
fn combination(rho: F, values: &[F]) -> F {
    powers(rho).zip(values).map(|(power, value)| power * value).sum()
}

/// Σ ρ^i·eq(r_hi,row)·Com_{i,row}.
fn fold(shape: &Shape, rows: &[G1Affine], rho: F, r_hi: &[F]) -> G1Projective {
    let mut weights = Vec::new();
    for power in powers(rho).take(shape.columns()) {
        let eq = |row| power * eq(r_hi, &vertex(row, r_hi.len()));
        weights.extend((0..shape.rows_per_column() as u64).map(eq));
    }
    multi_scalar_multiplication(rows, &weights)
}

/// The last equation of an inner-product argument.
#[must_use]
pub struct Equation {
    left: G1Projective,
    right: G1Projective,
}

impl Equation {
    /// Whether it holds.
    pub fn check(&self) -> Result<(), Error> {
        if self.left == self.right { Ok(()) } else { Err(Error::Opening) }
    }
}

/// Reads a proof that the vector u behind `commitment` has ⟨u, eq(point,·)⟩ = `value`.
fn inner_product(
    tape: &mut Tape,
    bases: &Bases,
    commitment: G1Projective,
    value: F,
    point: &[F],
) -> Result<Equation, Error> {
    let z = nonzero(tape.challenge("inner product: value base"))?;
    let (mut x, mut left) = (Vec::new(), commitment);
    for _ in point {
        let cross = tape.points("inner product: cross terms", 2)?;
        let challenge = nonzero(tape.challenge("inner product: round"))?;
        left += cross[0] * challenge.inverse().expect("not zero") + cross[1] * challenge;
        x.push(challenge);
    }
    let a = tape.scalars("inner product: last entry", 1)?[0];
    let beta: F = point.iter().zip(&x).map(|(r, x)| F::one() - r + *x * r).product();
    left += bases.value() * ((value - a * beta) * z);

    // s_i is the product of the x_j for which bit c − j of i is set.
    let s = x.iter().fold(vec![F::one()], |s, x| s.iter().flat_map(|entry| [*entry, *entry * x]).collect());
    let scalars: Vec<F> = s.iter().map(|entry| a * entry).collect();
    let right = multi_scalar_multiplication(bases.first(1 << point.len()), &scalars);
    Ok(Equation { left, right })
}

/// Refuses a challenge that has no inverse.
pub fn nonzero(challenge: F) -> Result<F, Error> {
    if challenge.is_zero() { Err(Error::ZeroChallenge) } else { Ok(challenge) }
}
