//! Commitments that hide, and their openings.
//!
//! A vector is committed as Σ v_i·G_i + s·H with a uniform *blinding* s (Pedersen's commitment), so the
//! point says nothing of the vector.
//!
//! # Columns
//!
//! Every row has a blinding, and one more row, the *mask*, is uniform itself. The claims v_i on the
//! columns are hidden, and so is y, the value that the mask has at the low coordinates of the point.
//! After the challenges ρ and ζ the prover shows v = Σ ρ^i·v_i + ζ·y and the blinding
//! s = Σ w·s_row + ζ·s_mask, and proves with an [`InnerScheme`], which need not hide anything, that
//! u + ζ·mask, committed by Σ w·Com_row + ζ·Com_mask - s·H, has the value v. That vector is uniform, and
//! s too. v is tied to the hidden values as one of the [comparisons](Opened) of scalars.
//!
//! # Scalars
//!
//! Committed messages m_j are opened along a line: the prover commits to as many uniform scalars m'_j,
//! gets a challenge x, and shows m'' = m' + x·m with the blindings s'' = s' + x·s, which are uniform.
//! What remains to check is Σ_j ω^j·(M'_j + x·M_j - ⟨m''_j, G⟩ - s''_j·H) = 0 for a challenge ω.

use crate::equation::Equation;
use crate::folded_rows::{
    COLUMN_CHALLENGE, Folded, InnerScheme, OpeningError, check_lengths, invertible, powers, row_weights,
};
use crate::point::Point;
use crate::shape::Shape;
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use zkvm_algebra::{Fr, G1Affine};
use zkvm_transcript::Reader;

/// Label of the challenge ζ.
pub const MASK_CHALLENGE: &str = "opening: mask";
/// Label of v and s.
pub const FOLDED: &str = "opening: folded";

/// A hidden opening that has been read.
#[derive(Debug)]
pub struct Opening {
    /// What the bases are needed for.
    pub equation: Equation,
    /// ρ^i for every column, then ζ.
    pub weights: Vec<Fr>,
    /// v.
    pub value: Fr,
}

/// Reads the opening of the hidden columns `rows`, the last of which is the mask, at `point`. All claims and y
/// must have been absorbed before, as commitments, besides what [`crate::read_opening`] demands.
///
/// Proven is, if the equation holds, that v is the sum of the columns' values and the mask's with the
/// weights returned.
pub fn read_opening<R: Reader>(
    scheme: InnerScheme,
    shape: &Shape,
    rows: &[G1Affine],
    point: &[Fr],
    reader: &mut R,
) -> Result<Opening, OpeningError<R::Error>> {
    check_lengths(shape, rows.len().saturating_sub(1), point.len(), shape.columns())?;
    let (high, low) = point.split_at_checked(shape.row_variables()).unwrap_or((point, &[]));
    let mut weights = powers(reader.challenge(COLUMN_CHALLENGE), shape.columns());
    let mut of_rows = row_weights(&weights, high);
    let zeta = invertible(reader.challenge(MASK_CHALLENGE))?;
    weights.push(zeta);
    of_rows.push(zeta);
    let shown = reader.read_scalars(FOLDED, 2).map_err(OpeningError::Tape)?;
    let &[value, blinding] = shown.as_slice() else { return Err(OpeningError::Mismatch) };
    let folded = Folded { rows, weights: of_rows, point: low, value, blinding };
    let equation = folded.read(scheme, reader)?;
    Ok(Opening { equation, weights, value })
}

/// A message of hidden scalars, opened along a line.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    /// M.
    pub commitment: G1Affine,
    /// M'.
    pub line: G1Affine,
    /// m''.
    pub values: &'a [Fr],
    /// s''.
    pub blinding: Fr,
}

/// That every message is what its commitments at x hold; message j enters with ω^(j+1).
pub fn equation(messages: &[Opened<'_>], x: Fr, omega: Fr) -> Equation {
    let weights: Vec<Fr> = powers(omega, messages.len()).iter().map(|power| *power * omega).collect();
    let longest = messages.iter().map(|message| message.values.len()).max().unwrap_or(0);
    let mut row = Vec::from([]);
    row.resize(longest, Fr::ZERO);
    let mut blinding = Fr::ZERO;
    for (message, weight) in messages.iter().zip(&weights) {
        row.iter_mut().zip(message.values).for_each(|(s, value)| *s -= *weight * value);
        blinding -= *weight * message.blinding;
    }
    let terms = messages
        .iter()
        .zip(&weights)
        .flat_map(|(message, weight)| [(Point::from(message.line), *weight), (message.commitment.into(), *weight * x)]);
    Equation::new(row, Fr::ZERO, terms).with_blinding(blinding)
}
