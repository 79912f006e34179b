//! Arithmetic of the base field with late reductions and without branches, for long batches.
//!
//! The modulus p is below 2^254, so a Montgomery product of factors below 2p (R = 2^256) is below
//! 4p²/R + p < 2p without a final subtraction. Differences are corrected by a masked addition: the
//! comparison that decides it is random, and a mispredicted branch costs as much as a product.

use ark_ff::{BigInt, Field, PrimeField};
use zkvm_algebra::Fq;

type Limbs = [u64; 4];

const P: Limbs = Fq::MODULUS.0;
const TWICE_P: Limbs = [P[0] << 1, P[1] << 1 | P[0] >> 63, P[2] << 1 | P[1] >> 63, P[3] << 1 | P[2] >> 63];
/// -p^-1 modulo 2^64.
const MINUS_P_INVERSE: u64 = {
    // Newton: an inverse modulo 2^k becomes one modulo 2^(2k).
    let mut inverse = 1u64;
    let mut step = 0;
    while step < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(P[0].wrapping_mul(inverse)));
        step += 1;
    }
    inverse.wrapping_neg()
};

/// A representative below 2p of an element in Montgomery form.
#[derive(Clone, Copy)]
pub(crate) struct Lazy(Limbs);

impl Lazy {
    pub const ONE: Lazy = Lazy(Fq::ONE.0.0);

    #[inline(always)]
    pub fn new(value: Fq) -> Lazy {
        Lazy(value.0.0)
    }

    /// The canonical element.
    #[inline(always)]
    pub fn reduce(self) -> Fq {
        let (difference, borrow) = sub(self.0, P);
        Fq::new_unchecked(BigInt(select(borrow, self.0, difference)))
    }

    #[inline(always)]
    pub fn mul(self, other: Lazy) -> Lazy {
        Lazy(product(&self.0, &other.0))
    }

    #[inline(always)]
    pub fn square(self) -> Lazy {
        self.mul(self)
    }

    /// self - other, for self < 2p and other ≤ 2p.
    #[inline(always)]
    pub fn sub(self, other: Lazy) -> Lazy {
        let (difference, borrow) = sub(self.0, other.0);
        Lazy(add(difference, masked(TWICE_P, borrow)))
    }
}

/// a - b, canonical.
#[inline(always)]
pub(crate) fn difference(a: Fq, b: Fq) -> Fq {
    let (difference, borrow) = sub(a.0.0, b.0.0);
    Fq::new_unchecked(BigInt(add(difference, masked(P, borrow))))
}

/// a + b below 2p, for canonical operands.
#[inline(always)]
pub(crate) fn sum(a: Fq, b: Fq) -> Lazy {
    Lazy(add(a.0.0, b.0.0))
}

/// -a if `negate`, else a; canonical.
#[inline(always)]
pub(crate) fn negate_if(a: Fq, negate: bool) -> Fq {
    let minus = difference(Fq::new_unchecked(BigInt([0; 4])), a);
    Fq::new_unchecked(BigInt(select(negate, minus.0.0, a.0.0)))
}

/// The Montgomery product. Out of line: where the compiler inlines several products into one loop,
/// it spills carries, which costs more than the calls.
#[inline(always)]
fn product(a: &Limbs, b: &Limbs) -> Limbs {
    let [b0, b1, b2, b3] = *b;
    let row = reduced_row([0; 4], *a, b0);
    let row = reduced_row(row, *a, b1);
    let row = reduced_row(row, *a, b2);
    reduced_row(row, *a, b3)
}

/// (accumulator + a·b + k·p) / 2^64 with the k that makes it whole.
#[inline(always)]
fn reduced_row(accumulator: Limbs, a: Limbs, b: u64) -> Limbs {
    let (r0, carry) = multiply_add(accumulator[0], a[0], b, 0);
    let k = r0.wrapping_mul(MINUS_P_INVERSE);
    let (_, reduction) = multiply_add(r0, k, P[0], 0);
    let (r1, carry) = multiply_add(accumulator[1], a[1], b, carry);
    let (s0, reduction) = multiply_add(r1, k, P[1], reduction);
    let (r2, carry) = multiply_add(accumulator[2], a[2], b, carry);
    let (s1, reduction) = multiply_add(r2, k, P[2], reduction);
    let (r3, carry) = multiply_add(accumulator[3], a[3], b, carry);
    let (s2, reduction) = multiply_add(r3, k, P[3], reduction);
    [s0, s1, s2, carry.wrapping_add(reduction)]
}

/// a + b·c + carry: low and high limb.
#[inline(always)]
#[allow(clippy::arithmetic_side_effects, reason = "at most (2^64 - 1)^2 + 2·(2^64 - 1) = 2^128 - 1")]
fn multiply_add(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    let sum = u128::from(a) + u128::from(b) * u128::from(c) + u128::from(carry);
    (low(sum), high(sum))
}

#[inline(always)]
#[allow(clippy::as_conversions, reason = "the low half is what is asked for")]
fn low(x: u128) -> u64 {
    x as u64
}

#[inline(always)]
fn high(x: u128) -> u64 {
    low(x >> 64)
}

#[inline(always)]
fn carrying_add(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (partial, first) = a.overflowing_add(b);
    let (sum, second) = partial.overflowing_add(u64::from(carry));
    (sum, first | second)
}

#[inline(always)]
fn borrowing_sub(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (partial, first) = a.overflowing_sub(b);
    let (difference, second) = partial.overflowing_sub(u64::from(borrow));
    (difference, first | second)
}

/// a + b modulo 2^256.
#[inline(always)]
fn add(a: Limbs, b: Limbs) -> Limbs {
    let (r0, carry) = a[0].overflowing_add(b[0]);
    let (r1, carry) = carrying_add(a[1], b[1], carry);
    let (r2, carry) = carrying_add(a[2], b[2], carry);
    let (r3, _) = carrying_add(a[3], b[3], carry);
    [r0, r1, r2, r3]
}

/// a - b modulo 2^256, and whether a < b.
#[inline(always)]
fn sub(a: Limbs, b: Limbs) -> (Limbs, bool) {
    let (r0, borrow) = a[0].overflowing_sub(b[0]);
    let (r1, borrow) = borrowing_sub(a[1], b[1], borrow);
    let (r2, borrow) = borrowing_sub(a[2], b[2], borrow);
    let (r3, borrow) = borrowing_sub(a[3], b[3], borrow);
    ([r0, r1, r2, r3], borrow)
}

#[inline(always)]
fn masked(a: Limbs, keep: bool) -> Limbs {
    let mask = u64::from(keep).wrapping_neg();
    a.map(|limb| limb & mask)
}

/// `a` if `condition`, else `b`, without a branch.
#[inline(always)]
fn select(condition: bool, a: Limbs, b: Limbs) -> Limbs {
    let mask = u64::from(condition).wrapping_neg();
    let [b0, b1, b2, b3] = b;
    [
        (a[0] & mask) | (b0 & !mask),
        (a[1] & mask) | (b1 & !mask),
        (a[2] & mask) | (b2 & !mask),
        (a[3] & mask) | (b3 & !mask),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use ark_ff::{AdditiveGroup, UniformRand};
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn lazy_arithmetic_agrees_with_the_field() {
        let rng = &mut StdRng::seed_from_u64(4);
        let mut values: Vec<Fq> = (0..40).map(|_| Fq::rand(rng)).collect();
        // Extreme residues and extreme Montgomery forms.
        let largest = Fq::new_unchecked(BigInt(sub(P, [1, 0, 0, 0]).0));
        values.extend([Fq::ZERO, Fq::ONE, -Fq::ONE, largest, -largest, Fq::new_unchecked(BigInt([1, 0, 0, 0]))]);
        for &a in &values {
            assert_eq!(negate_if(a, true), -a);
            assert_eq!(negate_if(a, false), a);
            for &b in &values {
                assert_eq!(difference(a, b), a - b);
                assert_eq!(sum(a, b).reduce(), a + b);
                let (double_a, double_b) = (sum(a, a), sum(b, b));
                assert_eq!(double_a.mul(double_b).reduce(), (a + a) * (b + b));
                assert_eq!(double_a.sub(double_b).reduce(), a + a - b - b);
                assert_eq!(Lazy::new(a).mul(Lazy::new(b)).square().reduce(), (a * b).square());
            }
        }
    }

    #[test]
    fn two_p_is_a_lazy_operand_of_differences() {
        for a in [Fq::ZERO, Fq::ONE] {
            assert_eq!(Lazy::new(a).sub(Lazy(TWICE_P)).reduce(), a);
        }
    }
}
