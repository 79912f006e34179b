//! What is left of an opening when all its messages have been read: one equation between points.
//!
//! Both inner schemes end in Σ s_i·G_i + q·Q + h·H + Σ w_j·P_j = 0, with the bases G_i of a row, the
//! base Q of values, the base H of blindings and points P_j of the proof. All but the bases is known before, so a verifier checks
//! everything else first, and makes or loads bases only for proofs that deserve it.

use crate::basis::Basis;
use crate::folded_rows::OpeningError;
use crate::kernel::Kernel;
use crate::msm::msm;
use crate::point::Point;
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use zkvm_algebra::{Fr, G1Projective};

/// Σ s_i·G_i + q·Q + h·H + Σ w_j·P_j = 0, yet to be checked.
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
    /// h.
    blinding: Fr,
}

impl Equation {
    /// The equation with s = `row`, q = `product` and the P_j, w_j of `terms`.
    pub(crate) fn new(row: Vec<Fr>, product: Fr, terms: impl Iterator<Item = (Point, Fr)>) -> Equation {
        // With room for the bases, so that nothing is moved when they come.
        let count = terms.size_hint().0.saturating_add(row.len()).saturating_add(2);
        let (mut points, mut scalars) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (point, scalar) in terms {
            points.push(point);
            scalars.push(scalar);
        }
        Equation { points, scalars, row, product, blinding: Fr::ZERO }
    }

    /// The equation with h = `blinding`.
    pub(crate) fn with_blinding(self, blinding: Fr) -> Equation {
        Equation { blinding, ..self }
    }

    /// Both equations, if the coefficients of `other` have been multiplied by powers of a challenge
    /// drawn after everything in them.
    pub fn and(mut self, other: Equation) -> Equation {
        self.points.extend(other.points);
        self.scalars.extend(other.scalars);
        if self.row.len() < other.row.len() {
            self.row.resize(other.row.len(), Fr::ZERO);
        }
        self.row.iter_mut().zip(&other.row).for_each(|(s, other)| *s += other);
        self.product += other.product;
        self.blinding += other.blinding;
        self
    }

    /// Checks the equation by one multi-scalar multiplication with the additions of `kernel`, on the
    /// calling thread. `basis` may be larger than a row.
    pub fn check<K: Kernel, E>(self, kernel: K, basis: &Basis) -> Result<(), OpeningError<E>> {
        let Equation { mut points, mut scalars, row, product, blinding } = self;
        let bases = basis.points().get(..row.len()).ok_or_else(|| OpeningError::BasisTooSmall {
            basis: basis.log_size(),
            row: row.len().checked_ilog2().unwrap_or(0),
        })?;
        points.extend_from_slice(bases);
        scalars.extend(row);
        points.extend([basis.product(), basis.blinding()]);
        scalars.extend([product, blinding]);
        if msm(kernel, &points, &scalars) == G1Projective::ZERO { Ok(()) } else { Err(OpeningError::Mismatch) }
    }
}
