//! Sums of products with one reduction at the end.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInt, PrimeField};
use core::marker::PhantomData;

/// An unreduced sum of products of Montgomery representatives: an integer below 2^576, least
/// significant limb first. Room for 2^64 products.
#[derive(Clone, Copy, Default)]
pub(crate) struct Wide(pub [u64; 9]);

/// `t = a·b + c + carry`, as low word and new carry.
#[inline(always)]
fn mac(c: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let t = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(carry);
    (t as u64, (t >> 64) as u64)
}

impl Wide {
    /// `self += a·b`.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Fr, b: &Fr) {
        let (a, b) = (&a.0.0, &b.0.0);
        let mut t = [0u64; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (t[i + j], carry) = mac(t[i + j], a[i], b[j], carry);
            }
            t[i + 4] = carry;
        }
        let mut carry = false;
        for (limb, t) in self.0.iter_mut().zip(t) {
            (*limb, carry) = limb.carrying_add(t, carry);
        }
        self.0[8] += u64::from(carry);
    }

    /// The field element whose Montgomery representative is the sum over R.
    pub fn reduce(mut self) -> Fr {
        let p = Fr::MODULUS.0;
        let mut extra = 0;
        for i in 0..4 {
            let q = self.0[i].wrapping_mul(Fr::INV);
            let mut carry = 0;
            for (word, p) in self.0[i..].iter_mut().zip(p) {
                (*word, carry) = mac(*word, q, p, carry);
            }
            let t = u128::from(self.0[i + 4]) + u128::from(carry) + u128::from(extra);
            (self.0[i + 4], extra) = (t as u64, (t >> 64) as u64);
        }
        let top = u128::from(self.0[8]) + u128::from(extra);
        from_words([self.0[4], self.0[5], self.0[6], self.0[7]], top)
    }
}

/// An unreduced sum of representatives times words: an integer below 2^384.
#[derive(Clone, Copy, Default)]
pub(crate) struct Narrow(pub [u64; 6]);

impl Narrow {
    /// `self += a·s`.
    #[inline(always)]
    pub fn add_product(&mut self, a: &Fr, s: u64) {
        let mut carry = 0;
        for (limb, a) in self.0.iter_mut().zip(a.0.0) {
            (*limb, carry) = mac(*limb, a, s, carry);
        }
        let (limb, over) = self.0[4].overflowing_add(carry);
        self.0[4] = limb;
        self.0[5] += u64::from(over);
    }

    /// The field element whose Montgomery representative is congruent to the sum.
    pub fn reduce(self) -> Fr {
        let [a, b, c, d, e, f] = self.0;
        from_words([a, b, c, d], u128::from(e) | u128::from(f) << 64)
    }
}

/// The element with Montgomery representative `low + 2^256·high`, reduced.
fn from_words(low: [u64; 4], high: u128) -> Fr {
    // What the quotients below cannot take: the representative of an integer n is n·2^256 mod p.
    let (extra, high) = if high >> 93 == 0 { (Fr::ZERO, high) } else { (Fr::from(high), 0) };
    let mut v = [low[0], low[1], low[2], low[3], high as u64, (high >> 64) as u64];
    let p = [P[0], P[1], P[2], P[3], 0];
    let p_shifted: [u64; 5] = std::array::from_fn(|i| p[i] << 32 | if i > 0 { p[i - 1] >> 32 } else { 0 });
    // As often 2^32·p, then p, as the words above 2^288, then 2^256, allow for.
    let q = quotient(v[4] >> 32 | v[5] << 32);
    subtract_multiple(&mut v, q, &p_shifted);
    let q = quotient(v[4]);
    subtract_multiple(&mut v, q, &p);
    // Now v < 2^256 + 2p: its nine top bits tell v/p up to two.
    let top = v[4] << 8 | v[3] >> 56;
    subtract_multiple(&mut v, (top * (RECIPROCAL >> 53)) >> 16, &p);
    while v[4] != 0 || !less(&v, &P) {
        subtract_multiple(&mut v, 1, &p);
    }
    raw([v[0], v[1], v[2], v[3]]) + extra
}

pub(super) const P: [u64; 4] = Fr::MODULUS.0;

/// ⌊2^317 / p⌋.
pub(super) const RECIPROCAL: u64 = 0xa948_e8c4_c474_094f;

/// At most 2^256·high/p, and at most two less, for high < 2^61.
#[inline(always)]
fn quotient(high: u64) -> u64 {
    ((u128::from(high) * u128::from(RECIPROCAL)) >> 61) as u64
}

/// `v -= q·p`.
#[inline(always)]
fn subtract_multiple(v: &mut [u64; 6], q: u64, p: &[u64; 5]) {
    let (mut carry, mut borrow) = (0, false);
    for (v, p) in v.iter_mut().zip(p) {
        let product;
        (product, carry) = mac(0, q, *p, carry);
        (*v, borrow) = v.borrowing_sub(product, borrow);
    }
    v[5] = v[5].wrapping_sub(carry).wrapping_sub(u64::from(borrow));
}

/// Whether the four low words of `v` are below `p`.
#[inline(always)]
fn less(v: &[u64; 6], p: &[u64; 4]) -> bool {
    let mut borrow = false;
    for (v, p) in v.iter().zip(p) {
        (_, borrow) = v.borrowing_sub(*p, borrow);
    }
    borrow
}

/// The element with this canonical Montgomery representative.
#[inline(always)]
pub(super) fn raw(limbs: [u64; 4]) -> Fr {
    ark_ff::Fp(BigInt(limbs), PhantomData)
}
