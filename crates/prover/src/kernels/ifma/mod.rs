//! Arithmetic modulo a 254-bit prime, eight residues at a time, with AVX-512 IFMA.
//!
//! **Representation.** A residue is five limbs of 52 bits; limb i of eight residues is one vector.
//! `vpmadd52` multiplies 52-bit limbs and adds the low or the high half of the products to 64-bit
//! lanes, so a column of a product takes dozens of terms before carries must be propagated. Five
//! limbs hold 260 bits: values up to 84p are fine, and sums and differences are left unreduced; each
//! function says what it takes and gives, in multiples of p.
//!
//! **Multiplication** is Montgomery's with R = 2^260: [`Columns::reduce`] takes a product t to
//! t·2^-260 mod p. The three lowest limbs are removed together, by adding limb·(2^-52k mod p) k limbs
//! higher, with no dependency between them; the two left are removed by Montgomery quotients, which
//! bound the result by t/2^260 + p. This costs 50 + 50 multiply-adds and hides latency better than
//! five quotients in a row.
//!
//! **In memory** are arkworks' representatives, a·2^256 in four 64-bit words. Multiplying two gives
//! a·b·2^252, so one factor is taken times 16 ([`Lanes::unpack_times_16`]) where a representative is
//! wanted; the shift is part of splitting words into limbs.

pub(super) mod columns;
pub(super) mod lanes;
pub(super) mod words;

#[cfg(test)]
mod tests;

use ark_bn254::{Fq, Fr};
use ark_ff::PrimeField;

/// A prime modulus of 254 bits and what the reduction needs to know of it.
pub(super) trait Modulus: Copy {
    /// The prime, as words.
    const WORDS: [u64; 4];
    /// The prime, as limbs.
    const P: [u64; 5] = limbs(Self::WORDS);
    /// −p^-1 modulo 2^52.
    const NEG_INVERSE: u64 = neg_inverse(Self::WORDS[0]);
    /// 2^-52k mod p for k = 3, 2, 1.
    const FOLD: [[u64; 5]; 3] =
        [inverse_power(Self::WORDS, 156), inverse_power(Self::WORDS, 104), inverse_power(Self::WORDS, 52)];
}

/// The field of scalars.
#[derive(Clone, Copy)]
pub(super) struct Scalars;
impl Modulus for Scalars {
    const WORDS: [u64; 4] = Fr::MODULUS.0;
}

/// The field of coordinates.
#[derive(Clone, Copy)]
pub(super) struct Coordinates;
impl Modulus for Coordinates {
    const WORDS: [u64; 4] = Fq::MODULUS.0;
}

pub(super) const MASK: u64 = (1 << 52) - 1;

/// Words to limbs.
pub(super) const fn limbs(w: [u64; 4]) -> [u64; 5] {
    [
        w[0] & MASK,
        (w[0] >> 52 | w[1] << 12) & MASK,
        (w[1] >> 40 | w[2] << 24) & MASK,
        (w[2] >> 28 | w[3] << 36) & MASK,
        w[3] >> 16,
    ]
}

/// −p^-1 modulo 2^52 by Newton's iteration, which doubles the correct bits.
const fn neg_inverse(p: u64) -> u64 {
    let mut x = 1u64;
    let mut i = 0;
    while i < 6 {
        x = x.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(x)));
        i += 1;
    }
    x.wrapping_neg() & MASK
}

/// 2^-k mod p.
const fn inverse_power(p: [u64; 4], k: usize) -> [u64; 5] {
    let mut a = [1, 0, 0, 0];
    let mut i = 0;
    while i < k {
        a = half(a, p);
        i += 1;
    }
    limbs(a)
}

/// a/2 mod p for a < p.
const fn half(mut a: [u64; 4], p: [u64; 4]) -> [u64; 4] {
    if a[0] & 1 == 1 {
        let mut carry = 0;
        let mut i = 0;
        while i < 4 {
            let t = a[i] as u128 + p[i] as u128 + carry;
            (a[i], carry) = (t as u64, t >> 64);
            i += 1;
        }
    }
    // a + p < 2p < 2^255: nothing was carried out.
    [a[0] >> 1 | a[1] << 63, a[1] >> 1 | a[2] << 63, a[2] >> 1 | a[3] << 63, a[3] >> 1]
}
