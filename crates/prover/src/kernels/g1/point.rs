//! Points in the form that the kernels work on.

use ark_bn254::{Fq, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, Fp, PrimeField};
use core::marker::PhantomData;

/// A point of G1 in one cache line: the words of the coordinates' representatives as in arkworks
/// (Montgomery form with R = 2^256, canonical). The identity has all bits of x set, and y = 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Point(pub(super) [u64; 8]);

/// The coordinate with this canonical representative.
pub(super) fn coordinate(words: [u64; 4]) -> Fq {
    Fp(BigInt(words), PhantomData)
}

impl Point {
    /// The neutral element.
    pub const IDENTITY: Point = Point([u64::MAX, u64::MAX, u64::MAX, u64::MAX, 0, 0, 0, 0]);

    /// Whether this is the neutral element.
    pub fn is_identity(&self) -> bool {
        // A representative is below p < 2^254.
        self.0[3] == u64::MAX
    }

    /// The point with these coordinates.
    pub(super) fn from_coordinates(x: Fq, y: Fq) -> Point {
        let ([a, b, c, d], [e, f, g, h]) = (x.0.0, y.0.0);
        Point([a, b, c, d, e, f, g, h])
    }

    /// The words of x.
    pub(super) fn x(&self) -> &[u64; 4] {
        &self.0.as_chunks().0[0]
    }

    /// The words of y.
    pub(super) fn y(&self) -> &[u64; 4] {
        &self.0.as_chunks().0[1]
    }

    /// The coordinates of a point that is not the identity.
    pub(super) fn coordinates(&self) -> (Fq, Fq) {
        (coordinate(*self.x()), coordinate(*self.y()))
    }

    /// The point, or its negative.
    pub(super) fn negated(self, negate: bool) -> Point {
        if !negate || self.is_identity() {
            return self;
        }
        let (x, y) = self.coordinates();
        Point::from_coordinates(x, -y)
    }
}

impl Default for Point {
    fn default() -> Self {
        Point::IDENTITY
    }
}

impl From<G1Affine> for Point {
    fn from(p: G1Affine) -> Point {
        p.xy().map_or(Point::IDENTITY, |(x, y)| Point::from_coordinates(x, y))
    }
}

impl From<Point> for G1Affine {
    fn from(p: Point) -> G1Affine {
        match p.is_identity() {
            true => G1Affine::identity(),
            false => {
                let (x, y) = p.coordinates();
                G1Affine::new_unchecked(x, y)
            }
        }
    }
}

const _: () = assert!(Fq::MODULUS_BIT_SIZE == 254 && size_of::<Point>() == 64);
