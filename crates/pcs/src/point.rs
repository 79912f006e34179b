//! Affine points of BN254's G1 in 64 bytes.
//!
//! The curve is y² = x³ + 3 over a group of odd prime order: no point has y = 0, so (0, 0), which is
//! off the curve, stands for the identity and no flag is needed.

use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, Field};
use zkvm_algebra::{Fq, G1Affine, G1Projective};

/// A point of the curve, or the identity; one cache line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(align(64))]
pub struct Point {
    /// x, zero for the identity.
    pub x: Fq,
    /// y, zero for the identity only.
    pub y: Fq,
}

impl Point {
    /// The neutral element.
    pub const IDENTITY: Point = Point { x: Fq::ZERO, y: Fq::ZERO };

    /// Whether this is the neutral element.
    #[inline]
    pub fn is_identity(&self) -> bool {
        self.y == Fq::ZERO
    }

    /// Whether the coordinates satisfy the curve equation; the identity counts.
    pub fn is_on_curve(&self) -> bool {
        *self == Self::IDENTITY || self.y.square() == curve_rhs(self.x)
    }
}

impl core::ops::Neg for Point {
    type Output = Point;
    fn neg(self) -> Point {
        Point { x: self.x, y: -self.y }
    }
}

/// x³ + 3.
pub(crate) fn curve_rhs(x: Fq) -> Fq {
    x.square() * x + Fq::from(3u64)
}

impl From<G1Affine> for Point {
    fn from(point: G1Affine) -> Point {
        if point.is_zero() { Point::IDENTITY } else { Point { x: point.x, y: point.y } }
    }
}

impl From<Point> for G1Affine {
    fn from(point: Point) -> G1Affine {
        if point.is_identity() { G1Affine::identity() } else { G1Affine::new_unchecked(point.x, point.y) }
    }
}

impl From<Point> for G1Projective {
    fn from(point: Point) -> G1Projective {
        G1Affine::from(point).into()
    }
}
