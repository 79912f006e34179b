//! Sums of products with small integers, by key.

#[cfg(target_arch = "x86_64")]
use super::ifma;
use super::wide::Narrow;
use crate::kernels::dispatch;
use ark_bn254::Fr;

/// A sum of up to 2^32 products of scalars and integers below 2^32: of the products of the scalars'
/// 32-bit digits, from the least significant, the sums of the low and of the high halves.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
pub struct DigitProducts {
    pub(super) low: [u64; 8],
    pub(super) high: [u64; 8],
}

impl DigitProducts {
    /// `self += scalar·integer`.
    #[inline(always)]
    fn add(&mut self, scalar: &Fr, integer: u32) {
        for (i, word) in scalar.0.0.into_iter().enumerate() {
            for (digit, at) in [(word & 0xffff_ffff, 2 * i), (word >> 32, 2 * i + 1)] {
                let product = digit * u64::from(integer);
                self.low[at] += product & 0xffff_ffff;
                self.high[at] += product >> 32;
            }
        }
    }

    /// The sum.
    pub fn reduce(&self) -> Fr {
        let mut words = [0u64; 6];
        let mut carry = 0u128;
        let digit = |i: usize| {
            let below = i.checked_sub(1).map_or(0, |i| self.high[i]);
            u128::from(self.low.get(i).copied().unwrap_or(0)) + u128::from(below)
        };
        for (i, word) in words.iter_mut().enumerate().take(5) {
            carry += digit(2 * i) + if i < 4 { digit(2 * i + 1) << 32 } else { 0 };
            *word = carry as u64;
            carry >>= 64;
        }
        words[5] = carry as u64;
        Narrow(words).reduce()
    }

    /// Whether nothing but zeros was added.
    pub fn is_zero(&self) -> bool {
        self.low == [0; 8] && self.high == [0; 8]
    }
}

/// `sums[keys[i]] += w[i]·s[i]` for all i in turn, on the calling thread.
pub fn add_products_by_key(sums: &mut [DigitProducts], keys: &[u32], w: &[Fr], s: &[u32]) {
    assert!(keys.len() == w.len() && keys.len() == s.len());
    dispatch!(ifma::add_products_by_key(sums, keys, w, s), portable(sums, keys, w, s));
}

fn portable(sums: &mut [DigitProducts], keys: &[u32], w: &[Fr], s: &[u32]) {
    for ((key, w), s) in keys.iter().zip(w).zip(s) {
        sums[*key as usize].add(w, *s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::on_each_path;
    use ark_ff::{One, UniformRand, Zero};
    use rand::{Rng, SeedableRng, rngs::StdRng};

    #[test]
    fn products_by_key_are_those_of_the_elements() {
        on_each_path(|| {
            let rng = &mut StdRng::seed_from_u64(1);
            for n in [0, 1, 7, 100, 5000] {
                let w: Vec<Fr> = (0..n).map(|_| if rng.r#gen() { Fr::rand(rng) } else { -Fr::one() }).collect();
                let s: Vec<u32> = (0..n).map(|_| if rng.r#gen() { rng.r#gen() } else { u32::MAX }).collect();
                let keys: Vec<u32> = (0..n).map(|_| rng.gen_range(0..5)).collect();
                let mut sums = [DigitProducts::default(); 6];
                add_products_by_key(&mut sums, &keys, &w, &s);
                let mut expected = [Fr::zero(); 6];
                for ((key, w), s) in keys.iter().zip(&w).zip(&s) {
                    expected[*key as usize] += *w * Fr::from(*s);
                }
                assert_eq!(sums.map(|sum| sum.reduce()), expected);
                assert!(sums[5].is_zero());
            }
        });
    }
}
