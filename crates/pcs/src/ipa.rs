//! The inner-product argument for a folded row (Bulletproofs, eprint 2017/1066, section 3; in the
//! one-sided form of Attema and Cramer, eprint 2020/152, and with the multilinear point of Hyrax).
//!
//! To prove: P = ⟨u, G⟩ and v = ⟨u, b⟩ with b = eq(point). With a challenge z and the base Q the
//! statement becomes one element, P + v·zQ = ⟨u, G⟩ + ⟨u, b⟩·zQ. A round halves all three vectors,
//! lower half l, upper half h: the prover sends
//!
//! L = ⟨u_h, G_l⟩ + ⟨u_h, b_l⟩·zQ,   R = ⟨u_l, G_h⟩ + ⟨u_l, b_h⟩·zQ,
//!
//! and with the challenge x both continue with u_l + x⁻¹u_h, G_l + xG_h, b_l + xb_h, whose element is
//! the old one + x⁻¹L + xR. After c rounds the prover sends the last entry a of u. As G and b have
//! been folded by x₁ … x_c alone, s = ⊗(1, x_j) gives the last base ⟨s, G⟩ and the last entry of b is
//! Π((1 - r_j) + x_j·r_j): all that the verifier checks is one [`Equation`].

use crate::equation::Equation;
use crate::folded_rows::{Folded, OpeningError, invertible};
use crate::point::Point;
use alloc::vec::Vec;
use ark_ff::Field;
use zkvm_algebra::Fr;
use zkvm_transcript::Reader;

/// Label of the challenge z.
pub const VALUE_CHALLENGE: &str = "inner product: value base";
/// Label of the points L, R of a round.
pub const CROSS_TERMS: &str = "inner product: cross terms";
/// Label of the challenge x of a round.
pub const ROUND_CHALLENGE: &str = "inner product: round";
/// Label of the last entry of u.
pub const LAST_ENTRY: &str = "inner product: last entry";

/// One round as the verifier sees it.
struct Round {
    left: Point,
    right: Point,
    challenge: Fr,
    inverse: Fr,
}

/// Reads the argument. Left to check is
/// Σ weights·rows - s·H + (v - a·b)·zQ + Σ (x⁻¹L + xR) = Σ a·s_i·G_i.
pub(crate) fn read<R: Reader>(folded: &Folded<'_>, reader: &mut R) -> Result<Equation, OpeningError<R::Error>> {
    let z = invertible(reader.challenge(VALUE_CHALLENGE))?;
    let rounds = folded.point.iter().map(|_| read_round(reader)).collect::<Result<Vec<_>, _>>()?;
    let last = reader.read_scalars(LAST_ENTRY, 1).map_err(OpeningError::Tape)?;
    let a = last.first().copied().ok_or(OpeningError::Mismatch)?;

    let b: Fr = rounds.iter().zip(folded.point).map(|(round, r)| Fr::ONE - r + round.challenge * r).product();
    let rows = folded.rows.iter().zip(&folded.weights).map(|(row, weight)| (Point::from(*row), *weight));
    let cross = rounds.iter().flat_map(|round| [(round.left, round.inverse), (round.right, round.challenge)]);
    let equation = Equation::new(folded_weights(&rounds, -a), (folded.value - a * b) * z, rows.chain(cross));
    Ok(equation.with_blinding(-folded.blinding))
}

fn read_round<R: Reader>(reader: &mut R) -> Result<Round, OpeningError<R::Error>> {
    let points = reader.read_points(CROSS_TERMS, 2).map_err(OpeningError::Tape)?;
    let [left, right] = points.as_slice() else { return Err(OpeningError::Mismatch) };
    let challenge = invertible(reader.challenge(ROUND_CHALLENGE))?;
    let inverse = challenge.inverse().ok_or(OpeningError::ZeroChallenge)?;
    Ok(Round { left: (*left).into(), right: (*right).into(), challenge, inverse })
}

/// scale·⊗(1, x_j): the first round folds the top bit of the index.
fn folded_weights(rounds: &[Round], scale: Fr) -> Vec<Fr> {
    let mut weights = Vec::from([scale]);
    for round in rounds {
        weights = weights.iter().flat_map(|weight| [*weight, *weight * round.challenge]).collect();
    }
    weights
}
