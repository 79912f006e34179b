//! Opening of all columns at one point by folding their rows.
//!
//! Column i claims the value v_i at the point r = (r_hi ‖ r_lo), r_lo the last c coordinates, most
//! significant first. With weights w_i = ρ^i for a challenge ρ drawn after the claims, the vector
//! u = Σ_i Σ_row w_i·eq(r_hi, row)·M_i\[row\] has the commitment P = Σ w_i·eq(r_hi, row)·Com_{i,row},
//! which the verifier forms itself, and ⟨u, eq(r_lo)⟩ must be Σ w_i·v_i. The [`InnerScheme`] proves it.

use crate::basis::Basis;
use crate::equation::Equation;
use crate::kernel::Kernel;
use crate::shape::Shape;
use crate::{clear, ipa};
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, Field};
use zkvm_algebra::multilinear::scaled_eq_table;
use zkvm_algebra::{Fr, G1Affine};
use zkvm_transcript::Reader;

/// Label of the challenge ρ.
pub const COLUMN_CHALLENGE: &str = "opening: column";

/// How ⟨u, eq(r_lo)⟩ is proven for the folded vector u.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InnerScheme {
    /// The inner-product argument: 2c points and one scalar, no setup.
    InnerProduct,
    /// The vector itself, 2^c scalars. The reference for tests, and the smallest proof of tiny rows.
    Clear,
}

/// Why an opening is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpeningError<E> {
    /// A message could not be read.
    #[error("the opening could not be read: {0}")]
    Tape(E),
    /// A list does not have the length that the shape demands.
    #[error("{what}: {found} given, {expected} expected")]
    Length {
        /// Which list.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length it must have.
        expected: usize,
    },
    /// The basis is shorter than a row.
    #[error("the basis has 2^{basis} points, a row 2^{row}")]
    BasisTooSmall {
        /// log2 of the basis.
        basis: u32,
        /// log2 of a row.
        row: u32,
    },
    /// A challenge that must be invertible is zero; this happens with probability 2^-125.
    #[error("a challenge of the opening is zero")]
    ZeroChallenge,
    /// The values opened are not those claimed.
    #[error("the opening does not prove the claims")]
    Mismatch,
}

/// What remains to prove after folding: the vector committed by Σ weights·rows has, as a multilinear
/// polynomial, the value `value` at `point`. The commitment has the blinding `blinding`.
pub(crate) struct Folded<'a> {
    pub rows: &'a [G1Affine],
    pub weights: Vec<Fr>,
    pub point: &'a [Fr],
    pub value: Fr,
    pub blinding: Fr,
}

/// What an opening is to prove: column i of the commitment `rows` has the value `values`\[i\] at `point`.
#[derive(Clone, Copy, Debug)]
pub struct Claims<'a> {
    /// Of the commitment.
    pub shape: &'a Shape,
    /// The rows of column 0, then those of column 1, ….
    pub rows: &'a [G1Affine],
    /// Most significant coordinate first.
    pub point: &'a [Fr],
    /// One per column.
    pub values: &'a [Fr],
}

/// Verifies `claims` by an opening read from `reader`: [`read_opening`], then [`Equation::check`], one
/// multi-scalar multiplication over 2^c + `rows` points.
pub fn verify_opening<K: Kernel, R: Reader>(
    kernel: K,
    basis: &Basis,
    scheme: InnerScheme,
    claims: &Claims<'_>,
    reader: &mut R,
) -> Result<(), OpeningError<R::Error>> {
    read_opening(scheme, claims, reader)?.check(kernel, basis)
}

/// Reads the opening of `claims` and checks all of it but the equation returned, which needs the bases.
///
/// Shape, scheme, basis digest, rows, point and values must have been absorbed before.
pub fn read_opening<R: Reader>(
    scheme: InnerScheme,
    claims: &Claims<'_>,
    reader: &mut R,
) -> Result<Equation, OpeningError<R::Error>> {
    let Claims { shape, rows, point, values } = *claims;
    check_lengths(shape, rows.len(), point.len(), values.len())?;
    let (high, low) = point.split_at_checked(shape.row_variables()).unwrap_or((point, &[]));
    let columns = powers(reader.challenge(COLUMN_CHALLENGE), values.len());
    let folded = Folded {
        rows,
        weights: row_weights(&columns, high),
        point: low,
        value: columns.iter().zip(values).map(|(weight, value)| *weight * value).sum(),
        blinding: Fr::ZERO,
    };
    folded.read(scheme, reader)
}

impl Folded<'_> {
    /// Reads the proof of what remains.
    pub(crate) fn read<R: Reader>(
        &self,
        scheme: InnerScheme,
        reader: &mut R,
    ) -> Result<Equation, OpeningError<R::Error>> {
        match scheme {
            InnerScheme::InnerProduct => ipa::read(self, reader),
            InnerScheme::Clear => clear::read(self, reader),
        }
    }
}

/// Checks the lengths of the parts of an opening; both parties do.
pub fn check_lengths<E>(shape: &Shape, rows: usize, point: usize, claims: usize) -> Result<(), OpeningError<E>> {
    let lengths = [
        ("row commitments", rows, shape.rows()),
        ("coordinates", point, shape.variables()),
        ("claims", claims, shape.columns()),
    ];
    match lengths.into_iter().find(|(_, found, expected)| found != expected) {
        Some((what, found, expected)) => Err(OpeningError::Length { what, found, expected }),
        None => Ok(()),
    }
}

/// w_i = ρ^i for `count` columns.
pub fn powers(rho: Fr, count: usize) -> Vec<Fr> {
    core::iter::successors(Some(Fr::ONE), |power| Some(*power * rho)).take(count).collect()
}

/// w_i·eq(`high`, row) for all rows, column after column.
pub fn row_weights(columns: &[Fr], high: &[Fr]) -> Vec<Fr> {
    columns.iter().flat_map(|weight| scaled_eq_table(high, *weight)).collect()
}

/// A challenge that must be invertible.
pub(crate) fn invertible<E>(challenge: Fr) -> Result<Fr, OpeningError<E>> {
    if challenge == Fr::ZERO { Err(OpeningError::ZeroChallenge) } else { Ok(challenge) }
}
