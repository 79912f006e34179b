//! What is left of an opening when all its messages have been read: one equation between points.
//!
//! Both inner schemes end in Σ s_i·G_i + q·Q + Σ w_j·P_j = 0, with the bases G_i of a row, the base Q
//! of values and points P_j of the proof. All but the bases is known before, so a verifier checks
//! everything else first, and makes or loads bases only for proofs that deserve it.

use crate::basis::Basis;
use crate::folded_rows::OpeningError;
use crate::kernel::Kernel;
use crate::msm::msm;
use crate::point::Point;
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use zkvm_algebra::{Fr, G1Projective};

/// Σ s_i·G_i + q·Q + Σ w_j·P_j = 0, yet to be checked.
#[must_use = "an opening proves nothing until its equation has been checked"]
#[derive(Debug)]
pub struct Equation {
    /// P_j, w_j.
    points: Vec<Point>,
    scalars: Vec<Fr>,
    /// s_i, for all bases of a row.
    row: Vec<Fr>,
    /// q.
    product: Fr,
}

impl Equation {
    /// The equation with s = `row`, q = `product` and the P_j, w_j of `terms`.
    pub(crate) fn new(row: Vec<Fr>, product: Fr, terms: impl Iterator<Item = (Point, Fr)>) -> Equation {
        // With room for the bases, so that nothing is moved when they come.
        let count = terms.size_hint().0.saturating_add(row.len()).saturating_add(1);
        let (mut points, mut scalars) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (point, scalar) in terms {
            points.push(point);
            scalars.push(scalar);
        }
        Equation { points, scalars, row, product }
    }

    /// Checks the equation by one multi-scalar multiplication with the additions of `kernel`, on the
    /// calling thread. `basis` may be larger than a row.
    pub fn check<K: Kernel, E>(self, kernel: K, basis: &Basis) -> Result<(), OpeningError<E>> {
        let Equation { mut points, mut scalars, row, product } = self;
        let bases = basis.points().get(..row.len()).ok_or_else(|| OpeningError::BasisTooSmall {
            basis: basis.log_size(),
            row: row.len().checked_ilog2().unwrap_or(0),
        })?;
        points.extend_from_slice(bases);
        scalars.extend(row);
        points.push(basis.product());
        scalars.push(product);
        if msm(kernel, &points, &scalars) == G1Projective::ZERO { Ok(()) } else { Err(OpeningError::Mismatch) }
    }
}
