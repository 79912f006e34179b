//! Inverses modulo p by the binary Euclidean algorithm on approximations (Pornin, eprint 2020/972).
//!
//! The steps of the binary algorithm look at the lowest bits of both numbers and compare the highest
//! ones. 31 of them are done on 64-bit approximations with 31 low and 33 high bits each; their effect
//! on the numbers is then applied at once, as a 2×2 matrix of factors below 2^31.

use ark_bn254::Fq;
use ark_ff::PrimeField;

const P: [u64; 4] = Fq::MODULUS.0;
/// Steps per matrix.
const STEPS: u32 = 31;
const LOW: u64 = (1 << STEPS) - 1;

/// A row of the matrix.
type Row = (i64, i64);

/// `numerator`/a modulo p, for a in [1,p); zero for a = 0.
pub(super) fn divide(numerator: [u64; 4], a: [u64; 4]) -> [u64; 4] {
    // a ≡ u·(divisor)/numerator and b ≡ v·(divisor)/numerator throughout; b stays odd.
    let (mut a, mut b, mut u, mut v) = (a, P, numerator, [0; 4]);
    while a != [0; 4] {
        let (mut r0, mut r1) = matrix(&a, &b);
        (a, b) = (apply(&a, &b, &mut r0), apply(&a, &b, &mut r1));
        (u, v) = (apply_mod(&u, &v, r0), apply_mod(&u, &v, r1));
    }
    v
}

/// The matrix of the next steps, times 2^31.
fn matrix(a: &[u64; 4], b: &[u64; 4]) -> (Row, Row) {
    let bits = bit_length(a).max(bit_length(b)).max(64);
    let (mut a, mut b) = (approximation(a, bits), approximation(b, bits));
    // A row as one word, first + 2^32·second.
    let (mut r0, mut r1) = (1u64, 1u64 << 32);
    for _ in 0..STEPS {
        let odd = (a & 1).wrapping_neg();
        let swap = odd & u64::from(a < b).wrapping_neg();
        let (x, y) = ((a ^ b) & swap, (r0 ^ r1) & swap);
        (a, b, r0, r1) = (a ^ x, b ^ x, r0 ^ y, r1 ^ y);
        a = a.wrapping_sub(b & odd) >> 1;
        r0 = r0.wrapping_sub(r1 & odd);
        r1 = r1.wrapping_shl(1);
    }
    (unpack(r0), unpack(r1))
}

fn unpack(row: u64) -> Row {
    let row = row.wrapping_add(LOW | LOW << 32);
    ((row & 0xffff_ffff).cast_signed() - LOW.cast_signed(), (row >> 32).cast_signed() - LOW.cast_signed())
}

fn bit_length(a: &[u64; 4]) -> u32 {
    let top = a.iter().rposition(|w| *w != 0).unwrap_or(0);
    64 * top as u32 + 64 - a[top].leading_zeros()
}

/// The 31 lowest bits and the 33 below bit `bits`; the number itself if `bits` is 64.
fn approximation(a: &[u64; 4], bits: u32) -> u64 {
    if bits == 64 {
        return a[0];
    }
    let shift = bits - 33;
    let (word, shift) = ((shift / 64) as usize, shift % 64);
    let above = if word < 3 { u128::from(a[word + 1]) << 64 } else { 0 };
    let top = ((above | u128::from(a[word])) >> shift) as u64;
    (top & ((1 << 33) - 1)) << STEPS | a[0] & LOW
}

/// a·f + b·g as five words in two's complement.
fn combine(a: &[u64; 4], b: &[u64; 4], (f, g): Row) -> [u64; 5] {
    let mut out = [0; 5];
    let mut carry = 0i128;
    for i in 0..4 {
        carry += i128::from(a[i]) * i128::from(f) + i128::from(b[i]) * i128::from(g);
        out[i] = carry as u64;
        carry >>= 64;
    }
    out[4] = carry as u64;
    out
}

/// The lower four words of t/2^31, rounded down.
fn shift(t: [u64; 5]) -> [u64; 4] {
    core::array::from_fn(|i| t[i] >> STEPS | t[i + 1] << (64 - STEPS))
}

/// |a·f + b·g|/2^31, which is exact; changes the signs of the row if the sum is negative.
fn apply(a: &[u64; 4], b: &[u64; 4], row: &mut Row) -> [u64; 4] {
    let mut t = combine(a, b, *row);
    if t[4].cast_signed() < 0 {
        *row = (-row.0, -row.1);
        t = combine(a, b, *row);
    }
    shift(t)
}

/// (u·f + v·g)/2^31 modulo p.
fn apply_mod(u: &[u64; 4], v: &[u64; 4], row: Row) -> [u64; 4] {
    let t = combine(u, v, row);
    // The multiple of p that makes the 31 lowest bits zero; the sum is in (−p,2p)·2^31.
    let q = t[0].wrapping_mul(Fq::INV) & LOW;
    let mut sum = [0; 5];
    let mut carry = 0u128;
    for i in 0..5 {
        let p = if i < 4 { P[i] } else { 0 };
        carry += u128::from(t[i]) + u128::from(q) * u128::from(p);
        sum[i] = carry as u64;
        carry >>= 64;
    }
    let negative = sum[4].cast_signed() < 0;
    let sum = shift(sum);
    if negative {
        return add(sum, P);
    }
    let less = subtract(sum, P);
    if less[3].cast_signed() < 0 { sum } else { less }
}

fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut carry = false;
    core::array::from_fn(|i| {
        let word;
        (word, carry) = a[i].carrying_add(b[i], carry);
        word
    })
}

fn subtract(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut borrow = false;
    core::array::from_fn(|i| {
        let word;
        (word, borrow) = a[i].borrowing_sub(b[i], borrow);
        word
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, BigInt, Field, UniformRand};
    use rand::{SeedableRng, rngs::StdRng};

    /// x^-1 from representatives: R²/(x·R).
    fn inverse(x: Fq) -> Fq {
        ark_ff::Fp(BigInt(divide(Fq::R2.0, x.0.0)), core::marker::PhantomData)
    }

    #[test]
    fn inverses_are_those_of_the_field() {
        let mut rng = StdRng::seed_from_u64(4);
        let small = (1..200u64).map(Fq::from);
        let powers = (0..254).map(|i| Fq::from(2u64).pow([i]));
        let random = (0..1000).map(|_| Fq::rand(&mut rng));
        for x in small.chain(powers).flat_map(|x| [x, -x]).chain(random) {
            assert_eq!(Some(inverse(x)), x.inverse());
            // The same with x as the representative itself.
            let x: Fq = ark_ff::Fp(x.into_bigint(), core::marker::PhantomData);
            assert_eq!(Some(inverse(x)), x.inverse());
        }
        assert_eq!(inverse(Fq::ZERO), Fq::ZERO);
    }
}
