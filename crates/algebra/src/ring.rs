//! Rings: whatever a summand or a lookup automaton can be evaluated over.

use crate::Fr;
use core::ops::{Add, Mul, Sub};

/// A commutative ring with one.
///
/// Tables and summands are written once over `Ring` and read in several: the field (both parties),
/// wrapping integers ([`Int`], table entries) and the (max, +) semiring ([`Degree`], degree bounds).
pub trait Ring: Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {
    /// The image of an integer.
    fn int(value: i64) -> Self;
    /// Zero.
    fn zero() -> Self {
        Self::int(0)
    }
    /// One.
    fn one() -> Self {
        Self::int(1)
    }
}

impl Ring for Fr {
    fn int(value: i64) -> Self {
        Fr::from(value)
    }
}

/// Integers modulo 2^64.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Int(pub i64);

impl Add for Int {
    type Output = Int;
    fn add(self, rhs: Int) -> Int {
        Int(self.0.wrapping_add(rhs.0))
    }
}
impl Sub for Int {
    type Output = Int;
    fn sub(self, rhs: Int) -> Int {
        Int(self.0.wrapping_sub(rhs.0))
    }
}
impl Mul for Int {
    type Output = Int;
    fn mul(self, rhs: Int) -> Int {
        Int(self.0.wrapping_mul(rhs.0))
    }
}
impl Ring for Int {
    fn int(value: i64) -> Int {
        Int(value)
    }
}

/// Upper bound of a degree in one variable: sums take the maximum, products add.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Degree(pub usize);

impl Add for Degree {
    type Output = Degree;
    fn add(self, rhs: Degree) -> Degree {
        Degree(self.0.max(rhs.0))
    }
}
impl Sub for Degree {
    type Output = Degree;
    fn sub(self, rhs: Degree) -> Degree {
        Degree(self.0.max(rhs.0))
    }
}
impl Mul for Degree {
    type Output = Degree;
    fn mul(self, rhs: Degree) -> Degree {
        Degree(self.0.saturating_add(rhs.0))
    }
}
impl Ring for Degree {
    fn int(_: i64) -> Degree {
        Degree(0)
    }
}
