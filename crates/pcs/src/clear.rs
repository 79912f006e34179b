//! The inner scheme that sends the folded vector in the clear: sound without any argument, 32·2^c
//! bytes long.

use crate::basis::Basis;
use crate::folded_rows::{Folded, OpeningError};
use crate::kernel::Kernel;
use crate::msm::msm;
use crate::point::Point;
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use zkvm_algebra::G1Projective;
use zkvm_algebra::multilinear::evaluate;
use zkvm_transcript::Reader;

/// Label of the vector.
pub const VECTOR: &str = "opening: folded vector";

/// Reads u and checks ⟨u, eq(point)⟩ = value and Σ u_i·G_i = Σ weights·rows.
pub(crate) fn verify<K: Kernel, R: Reader>(
    kernel: K,
    basis: &Basis,
    folded: &Folded<'_>,
    reader: &mut R,
) -> Result<(), OpeningError<R::Error>> {
    let length = u32::try_from(folded.point.len()).ok().and_then(|bits| 1usize.checked_shl(bits)).unwrap_or(0);
    let mut scalars = reader.read_scalars(VECTOR, length).map_err(OpeningError::Tape)?;
    let value = evaluate(&scalars, folded.point);
    scalars.extend(folded.weights.iter().map(|weight| -*weight));
    let rows = folded.rows.iter().map(|row| Point::from(*row));
    let points: Vec<Point> = basis.points().iter().take(length).copied().chain(rows).collect();
    if value == folded.value && msm(kernel, &points, &scalars) == G1Projective::ZERO {
        Ok(())
    } else {
        Err(OpeningError::Mismatch)
    }
}
