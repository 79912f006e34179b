//! Multi-scalar multiplication: Pippenger's method with signed windows over batched affine additions.
//!
//! A scalar s below 2^254 is cut into windows of w bits after the constant Σ 2^(w-1)·2^(wi) has been
//! added, so that every window minus 2^(w-1) is a signed digit in [-2^(w-1), 2^(w-1)) and needs no
//! carry from the window below. Only the top window, which is short, has no offset.

use crate::buckets::{Buckets, weighted_sums};
use crate::kernel::{Kernel, Term};
use crate::point::Point;
use crate::size;
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, PrimeField};
use core::ops::Range;
use zkvm_algebra::{Fr, G1Projective};

/// Bits of a scalar.
const SCALAR_BITS: u32 = Fr::MODULUS_BIT_SIZE;

/// How scalars are cut into windows of 3 to 16 bits, chosen for a number of points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Windows {
    bits: u32,
}

impl Windows {
    /// The window length that needs the fewest additions for `points` points.
    pub fn for_points(points: usize) -> Windows {
        let additions = |bits: &u32| {
            let buckets = Windows { bits: *bits }.buckets();
            // Filling the buckets (the first point of each is free), then two per bucket.
            let per_window = points.saturating_sub(buckets.min(points)).saturating_add(buckets.saturating_mul(2));
            per_window.saturating_mul(size(SCALAR_BITS.div_ceil(*bits)))
        };
        Windows { bits: (3..=16).min_by_key(additions).unwrap_or(3) }
    }

    /// Number of windows.
    pub fn count(self) -> u32 {
        SCALAR_BITS.div_ceil(self.bits)
    }

    /// Buckets of one window.
    fn buckets(self) -> usize {
        size(self.half())
    }

    /// 2^(w-1).
    #[inline]
    fn half(self) -> u32 {
        1 << self.bits.wrapping_sub(1)
    }

    /// The first bit of `window`.
    #[inline]
    fn start(self, window: u32) -> u32 {
        window.wrapping_mul(self.bits)
    }

    /// Scalars with the offset added.
    pub fn recode(self, scalars: &[Fr]) -> Vec<Recoded> {
        let offset = self.offset();
        scalars.iter().map(|scalar| Recoded(add(scalar.into_bigint().0, offset))).collect()
    }

    /// Σ 2^(w-1)·2^(wi) over all windows but the top one; the sum with a scalar stays below 2^256.
    fn offset(self) -> [u64; 4] {
        let mut offset = [0u64; 4];
        // The last bit of each window but the top one.
        for next in 1..self.count() {
            let bit = self.start(next).saturating_sub(1);
            if let Some(limb) = offset.get_mut(size(bit / 64)) {
                *limb |= 1 << (bit % 64);
            }
        }
        offset
    }

    /// The bucket and sign of the digit of `scalar` in `window`; `None` for the digit zero.
    #[inline]
    fn digit(self, scalar: &Recoded, window: u32) -> Option<(u32, bool)> {
        let is_top = self.start(window).wrapping_add(self.bits) >= SCALAR_BITS;
        let offset = if is_top { 0 } else { self.half() };
        let digit = i64::from(scalar.bits(self.start(window), self.bits)).wrapping_sub(offset.into());
        let bucket = u32::try_from(digit.unsigned_abs()).unwrap_or(0).checked_sub(1)?;
        Some((bucket, digit < 0))
    }

    /// The parts of several sums Σ s_i·P_i that come from each of `windows`, without the weights
    /// 2^(w·window): entry window·groups + g is the part of group g. The point i belongs to the group
    /// `group(i)`, below `groups`.
    pub fn sums<K: Kernel>(
        self,
        kernel: K,
        points: &[Point],
        scalars: &[Recoded],
        windows: Range<u32>,
        (groups, group): (u32, impl Fn(u32) -> u32),
        buckets: &mut Buckets<K>,
    ) -> Vec<G1Projective> {
        let width = (windows.end.saturating_sub(windows.start)).saturating_mul(groups);
        let group = &group;
        let entries = windows.zip(0u32..).flat_map(|(window, position)| {
            (0u32..).zip(scalars).filter_map(move |(i, scalar)| {
                let (bucket, negative) = self.digit(scalar, window)?;
                let bucket =
                    bucket.wrapping_mul(width).wrapping_add(position.wrapping_mul(groups)).wrapping_add(group(i));
                Some((bucket, if negative { Term::minus(i) } else { Term::plus(i) }))
            })
        });
        let width = size(width);
        let sums = buckets.sums(points, self.buckets().saturating_mul(width), entries);
        weighted_sums(kernel, sums, width)
    }

    /// Σ 2^(w·i)·sums\[i\].
    pub fn combine(self, sums: &[G1Projective]) -> G1Projective {
        let mut total = G1Projective::ZERO;
        for sum in sums.iter().rev() {
            for _ in 0..self.bits {
                total.double_in_place();
            }
            total += sum;
        }
        total
    }
}

/// A scalar plus the offset of its [`Windows`].
#[derive(Clone, Copy, Debug)]
pub struct Recoded([u64; 4]);

impl Recoded {
    /// `count` ≤ 16 bits from bit `start`.
    #[inline]
    #[allow(clippy::as_conversions, reason = "the mask leaves at most 16 bits")]
    fn bits(&self, start: u32, count: u32) -> u32 {
        let limb = |i: u32| self.0.get(size(i)).copied().unwrap_or(0);
        let (index, shift) = (start / 64, start % 64);
        let both = u128::from(limb(index)) | u128::from(limb(index.wrapping_add(1))) << 64;
        (both >> shift) as u32 & !(u32::MAX << count)
    }
}

fn add(a: [u64; 4], b: [u64; 4]) -> [u64; 4] {
    let mut sum = [0; 4];
    let mut carry = false;
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        let (partial, first) = a.overflowing_add(b);
        let (limb, second) = partial.overflowing_add(u64::from(carry));
        *sum = limb;
        carry = first | second;
    }
    sum
}

/// Buckets that windows should have together: enough for long batches, few enough for the cache.
const BUCKETS: usize = 1 << 11;

/// Σ scalars\[i\]·points\[i\] over the shorter length, on the calling thread.
pub fn msm<K: Kernel>(kernel: K, points: &[Point], scalars: &[Fr]) -> G1Projective {
    let count = points.len().min(scalars.len());
    let windows = Windows::for_points(count);
    let scalars = windows.recode(scalars.get(..count).unwrap_or(scalars));
    let mut buckets = Buckets::new(kernel);
    let mut sums = Vec::new();
    let at_once = u32::try_from(BUCKETS.checked_div(windows.buckets()).unwrap_or(1)).unwrap_or(1).max(1);
    for first in (0..windows.count()).step_by(size(at_once)) {
        let range = first..windows.count().min(first.saturating_add(at_once));
        sums.extend(windows.sums(kernel, points, &scalars, range, (1, |_| 0), &mut buckets));
    }
    windows.combine(&sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Scalar;
    use crate::test_points;
    use ark_ff::{Field, UniformRand};
    use rand::{Rng, SeedableRng, rngs::StdRng};

    fn naive(points: &[Point], scalars: &[Fr]) -> G1Projective {
        points.iter().zip(scalars).map(|(point, scalar)| G1Projective::from(*point) * scalar).sum()
    }

    #[test]
    fn msm_equals_the_sum_of_products() {
        let rng = &mut StdRng::seed_from_u64(1);
        for n in [0, 1, 2, 3, 17, 100, 700] {
            let points = test_points(n, n as u64);
            let scalars: Vec<Fr> = (0..n).map(|_| Fr::rand(rng)).collect();
            assert_eq!(msm(Scalar, &points, &scalars), naive(&points, &scalars), "{n} points");
        }
    }

    #[test]
    fn every_window_length_recodes_every_scalar() {
        let rng = &mut StdRng::seed_from_u64(2);
        let mut scalars: Vec<Fr> = (0..20).map(|_| Fr::rand(rng)).collect();
        scalars.extend([Fr::ZERO, Fr::ONE, -Fr::ONE, -Fr::from(2u64), Fr::from(u64::MAX)]);
        for bits in 3..=16 {
            let windows = Windows { bits };
            for (scalar, recoded) in scalars.iter().zip(windows.recode(&scalars)) {
                let mut value = Fr::ZERO;
                for window in (0..windows.count()).rev() {
                    value *= Fr::from(1u64 << bits);
                    if let Some((bucket, negative)) = windows.digit(&recoded, window) {
                        assert!((bucket as usize) < windows.buckets());
                        let digit = Fr::from(bucket + 1);
                        value += if negative { -digit } else { digit };
                    }
                }
                assert_eq!(value, *scalar, "window of {bits} bits");
            }
        }
    }

    #[test]
    fn degenerate_points_and_scalars_are_summed_correctly() {
        let rng = &mut StdRng::seed_from_u64(3);
        let base = test_points(4, 9);
        let edge = [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(2u64), -Fr::from(2u64)];
        for _ in 0..20 {
            let n = rng.gen_range(1..200);
            // Few distinct points, their negatives and the identity: buckets full of coincidences.
            let points: Vec<Point> = (0..n)
                .map(|_| match rng.gen_range(0..9) {
                    0 => Point::IDENTITY,
                    i @ 1..=4 => base[i - 1],
                    i => -base[i - 5],
                })
                .collect();
            let scalars: Vec<Fr> =
                (0..n).map(|_| if rng.gen_bool(0.5) { edge[rng.gen_range(0..5)] } else { Fr::rand(rng) }).collect();
            assert_eq!(msm(Scalar, &points, &scalars), naive(&points, &scalars));
        }
        let (same, scalar) = (alloc::vec![base[0]; 300], Fr::rand(rng));
        assert_eq!(msm(Scalar, &same, &[scalar; 300]), naive(&same, &[scalar; 300]));
    }
}
