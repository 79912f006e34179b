//! The inner scheme that sends the folded vector in the clear: sound without any argument, 32·2^c
//! bytes long.

use crate::equation::Equation;
use crate::folded_rows::{Folded, OpeningError};
use crate::point::Point;
use ark_ff::AdditiveGroup;
use zkvm_algebra::Fr;
use zkvm_algebra::multilinear::evaluate;
use zkvm_transcript::Reader;

/// Label of the vector.
pub const VECTOR: &str = "opening: folded vector";

/// Reads u and checks ⟨u, eq(point)⟩ = value. Left to check is Σ u_i·G_i + s·H = Σ weights·rows.
pub(crate) fn read<R: Reader>(folded: &Folded<'_>, reader: &mut R) -> Result<Equation, OpeningError<R::Error>> {
    let length = u32::try_from(folded.point.len()).ok().and_then(|bits| 1usize.checked_shl(bits)).unwrap_or(0);
    let vector = reader.read_scalars(VECTOR, length).map_err(OpeningError::Tape)?;
    if evaluate(&vector, folded.point) != folded.value {
        return Err(OpeningError::Mismatch);
    }
    let rows = folded.rows.iter().zip(&folded.weights).map(|(row, weight)| (Point::from(*row), -*weight));
    Ok(Equation::new(vector, Fr::ZERO, rows).with_blinding(folded.blinding))
}
