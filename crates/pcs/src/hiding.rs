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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Basis;
    use crate::kernel::Scalar;
    use alloc::vec;
    use ark_ff::Field;
    use zkvm_algebra::G1Projective;
    use zkvm_transcript::{TapeError, TapeReader, Transcript};

    /// ⟨values, G⟩ + blinding·H + error·Q.
    fn commitment(basis: &Basis, values: &[Fr], blinding: Fr, error: Fr) -> G1Affine {
        let terms = basis.points().iter().zip(values).map(|(base, value)| G1Projective::from(*base) * value);
        let rest = G1Projective::from(basis.blinding()) * blinding + G1Projective::from(basis.product()) * error;
        (terms.sum::<G1Projective>() + rest).into()
    }

    fn check(equation: Equation, basis: &Basis) -> Result<(), OpeningError<TapeError>> {
        equation.check(Scalar, basis)
    }

    /// Whether messages whose lines are off by `errors`·Q satisfy their equation together with one that is off
    /// by `first`·Q.
    fn holds(basis: &Basis, [x, omega]: [Fr; 2], first: Fr, errors: &[Fr]) -> bool {
        let values: Vec<Vec<Fr>> =
            (0u64..).zip(errors).map(|(j, _)| (0..=j).map(|i| Fr::from(7 * i + j)).collect()).collect();
        let opened = values.iter().zip(errors).map(|(values, error)| {
            // m = (3, 3, …) with the blinding 5, m' = m'' - x·m.
            let message = vec![Fr::from(3u64); values.len()];
            let line: Vec<Fr> = values.iter().zip(&message).map(|(value, m)| *value - x * m).collect();
            let [blinding, of_line] = [Fr::from(5u64), Fr::from(11u64)];
            Opened {
                commitment: commitment(basis, &message, blinding, Fr::ZERO),
                line: commitment(basis, &line, of_line, *error),
                values,
                blinding: of_line + x * blinding,
            }
        });
        let equation = equation(&opened.collect::<Vec<_>>(), x, omega);
        let other = Equation::new(Vec::new(), first, core::iter::empty());
        check(other.and(equation), basis) == Ok(())
    }

    #[test]
    fn messages_enter_with_powers_of_omega_from_the_first_on() {
        let basis = Basis::new(2).unwrap();
        let challenges = [Fr::from(13u64), Fr::from(17u64)];
        let [_, omega] = challenges;
        let inverse = omega.inverse().unwrap();
        let (zero, one) = (Fr::ZERO, Fr::ONE);
        assert!(holds(&basis, challenges, zero, &[]));
        assert!(holds(&basis, challenges, zero, &[zero; 3]));
        assert!(!holds(&basis, challenges, one, &[zero; 3]));
        for i in 0..3 {
            let mut errors = [zero; 3];
            errors[i] = one;
            assert!(!holds(&basis, challenges, zero, &errors), "message {i}");
            // Who knows ω can make errors cancel, and only so.
            let power = omega.pow([i as u64 + 1]);
            assert!(holds(&basis, challenges, -power, &errors), "message {i}");
            if i > 0 {
                errors[i - 1] = -omega;
                assert!(holds(&basis, challenges, zero, &errors), "messages {i} and the one before");
            } else {
                errors[i + 1] = -inverse;
                assert!(holds(&basis, challenges, zero, &errors));
            }
        }
    }

    #[test]
    fn both_equations_keep_all_their_terms() {
        let basis = Basis::new(2).unwrap();
        let equation = |row: &[u64], product: i64, blinding: i64| {
            let row: Vec<Fr> = row.iter().map(|s| Fr::from(*s)).collect();
            let sum = commitment(&basis, &row, Fr::from(blinding), Fr::from(product));
            Equation::new(row, Fr::from(product), core::iter::once((sum.into(), -Fr::ONE)))
                .with_blinding(Fr::from(blinding))
        };
        for (first, second) in [([1, 2].as_slice(), [3, 4, 5].as_slice()), (&[1, 2, 3], &[4]), (&[], &[1])] {
            assert_eq!(check(equation(first, 2, 3).and(equation(second, 5, 7)), &basis), Ok(()));
            let off =
                |product, blinding| Equation::new(Vec::new(), product, core::iter::empty()).with_blinding(blinding);
            for other in [
                off(Fr::ONE, Fr::ZERO),
                off(Fr::ZERO, Fr::ONE),
                Equation::new(vec![Fr::ONE], Fr::ZERO, core::iter::empty()),
            ] {
                assert_eq!(check(equation(first, 2, 3).and(other), &basis), Err(OpeningError::Mismatch));
            }
        }
    }

    #[test]
    fn lists_of_other_lengths_are_refused() {
        let shape = Shape::new(2, 3, 1, 2).unwrap();
        let rows = vec![G1Affine::identity(); shape.rows() + 1];
        let point = vec![Fr::ONE; shape.variables()];
        let read = |rows: &[G1Affine], point: &[Fr]| {
            let mut reader = TapeReader::new(Transcript::new("test"), &[]);
            read_opening(InnerScheme::Clear, &shape, rows, point, &mut reader).map(|_| ())
        };
        assert_eq!(read(&rows, &point), Err(OpeningError::Tape(TapeError::Truncated { label: FOLDED })));
        let length = |what, found, expected| Err(OpeningError::Length { what, found, expected });
        assert_eq!(read(&rows[1..], &point), length("row commitments", shape.rows() - 1, shape.rows()));
        assert_eq!(
            read(&[&rows[..], &rows[..1]].concat(), &point),
            length("row commitments", shape.rows() + 1, shape.rows())
        );
        assert_eq!(read(&rows, &point[1..]), length("coordinates", shape.variables() - 1, shape.variables()));
    }
}
