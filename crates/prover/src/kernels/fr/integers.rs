//! Scalars and columns of small integers: combinations of columns, sums by key.

#[cfg(target_arch = "x86_64")]
use super::ifma;
use super::wide::Narrow;
use super::{dispatch, scalar};
use ark_bn254::Fr;

/// A column of small integers.
#[derive(Clone, Copy, Debug)]
pub enum Integers<'a> {
    /// Below 2^32.
    Words(&'a [u32]),
    /// Below 2^64.
    Doubles(&'a [u64]),
    /// With signs.
    Signed(&'a [i64]),
}

impl<'a> Integers<'a> {
    /// Number of integers.
    pub fn len(&self) -> usize {
        match self {
            Integers::Words(values) => values.len(),
            Integers::Doubles(values) => values.len(),
            Integers::Signed(values) => values.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Those from `start` on.
    pub fn from(&self, start: usize) -> Integers<'a> {
        match self {
            Integers::Words(values) => Integers::Words(&values[start..]),
            Integers::Doubles(values) => Integers::Doubles(&values[start..]),
            Integers::Signed(values) => Integers::Signed(&values[start..]),
        }
    }
}

/// `out[i] = constant + Σ_k w_k·s_k[i]`, on the calling thread. At most 256 terms.
pub fn combine(constant: Fr, terms: &[(Fr, Integers)], out: &mut [Fr]) {
    assert!(terms.len() <= 256 && terms.iter().all(|(_, values)| values.len() == out.len()));
    dispatch!(combine(constant, terms, out));
}

/// `sums[k] += Σ_i w[i]·s_k[i]`, on the calling thread: the scalars are prepared once for all columns.
pub fn weighted_sums(w: &[Fr], columns: &[Integers], sums: &mut [Fr]) {
    assert!(columns.len() == sums.len() && columns.iter().all(|values| values.len() == w.len()));
    dispatch!(weighted_sums(w, columns, sums));
}

/// A sum of up to 2^32 scalars, as the sums of their 32-bit digits from the least significant.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct Digits(pub(super) [u64; 8]);

impl Digits {
    /// `self += value`.
    #[inline(always)]
    pub fn add(&mut self, value: &Fr) {
        for (digits, word) in self.0.chunks_exact_mut(2).zip(value.0.0) {
            digits[0] += word & 0xffff_ffff;
            digits[1] += word >> 32;
        }
    }

    /// `self += other`, which counts as many scalars as it holds.
    #[inline(always)]
    pub fn append(&mut self, other: &Digits) {
        self.0.iter_mut().zip(other.0).for_each(|(a, b)| *a += b);
    }

    /// The sum.
    pub fn reduce(&self) -> Fr {
        let mut words = [0; 6];
        let mut carry = 0u128;
        for (word, digits) in words.iter_mut().zip(self.0.chunks_exact(2)) {
            carry += u128::from(digits[0]) + (u128::from(digits[1]) << 32);
            *word = carry as u64;
            carry >>= 64;
        }
        words[4] = carry as u64;
        Narrow(words).reduce()
    }
}

/// `sums[keys[i]] += w[i]` for all i in turn, on the calling thread.
pub fn add_by_key(sums: &mut [Digits], keys: &[u32], w: &[Fr]) {
    assert_eq!(keys.len(), w.len());
    dispatch!(add_by_key(sums, keys, w));
}
