//! Multiples of bases that are known in advance: a scalar multiplication is a sum of table entries.
//!
//! A scalar is cut into signed digits of w bits. For every base B and window i the table has d·2^(wi)·B
//! for d = 1 … 2^(w-1).

use crate::kernels::g1::Batched;
use ark_ff::PrimeField;
use rayon::prelude::*;
use zkvm_algebra::Fr;
use zkvm_pcs::Point;
use zkvm_pcs::kernel::{Kernel, Term};

/// Rows that advance together: enough to share an inversion, few enough to stay in the cache.
const LANES: usize = 2048;

/// Tables over some bases.
pub struct FixedBases {
    bits: u32,
    /// By base, window, digit.
    multiples: Vec<Point>,
}

impl FixedBases {
    /// Tables for digits of `bits` bits, 4 or 8, over `bases`.
    pub fn new(bits: u32, bases: &[Point]) -> Self {
        let (windows, half) = (windows(bits), 1 << (bits - 1));
        let mut starts = vec![Point::IDENTITY; bases.len() * windows];
        let mut powers = bases.to_vec();
        for window in 0..windows {
            for (base, power) in powers.iter().enumerate() {
                starts[base * windows + window] = *power;
            }
            for _ in 0..bits {
                Batched.double(&mut powers);
            }
        }
        let mut multiples = vec![Point::IDENTITY; starts.len() * half];
        let mut current = starts.clone();
        for digit in 0..half {
            for (slot, point) in multiples.iter_mut().skip(digit).step_by(half).zip(&current) {
                *slot = *point;
            }
            Batched.add_assign(&mut current, &starts, false);
        }
        FixedBases { bits, multiples }
    }

    /// The table entry, if any, for every window of `scalar` times base `base`.
    fn entries(&self, base: usize, scalar: &Fr) -> impl Iterator<Item = Option<Term>> + use<> {
        let (windows, half) = (windows(self.bits), 1i64 << (self.bits - 1));
        digits(self.bits, scalar).enumerate().map(move |(window, digit)| {
            let first = ((base * windows + window) as u32) * half as u32;
            match digit {
                0 => None,
                1.. => Some(Term::plus(first + digit as u32 - 1)),
                _ => Some(Term::minus(first + digit.unsigned_abs() as u32 - 1)),
            }
        })
    }

    /// Σ scalars\[i\]·base i.
    pub fn sum(&self, scalars: &[Fr]) -> Point {
        let terms = scalars.iter().enumerate().flat_map(|(base, scalar)| self.entries(base, scalar).flatten());
        let mut points: Vec<Point> = terms.map(|term| term.resolve(&self.multiples)).collect();
        while points.len() > 1 {
            let half = points.len().div_ceil(2);
            let (left, right) = points.split_at_mut(half);
            Batched.add_assign(&mut left[..right.len()], right, false);
            points.truncate(half);
        }
        points.pop().unwrap_or(Point::IDENTITY)
    }

    /// points\[i\] ← points\[i\] + scalars\[i\]·base 0.
    pub fn add_multiples(&self, points: &mut [Point], scalars: &[Fr]) {
        points.par_chunks_mut(LANES).zip(scalars.par_chunks(LANES)).for_each(|(points, scalars)| {
            let mut lanes: Vec<_> = scalars.iter().map(|scalar| self.entries(0, scalar)).collect();
            for _ in 0..windows(self.bits) {
                let entries = lanes.iter_mut().zip(0u32..).filter_map(|(lane, i)| Some((i, lane.next()??)));
                let (targets, terms): (Vec<u32>, Vec<Term>) = entries.unzip();
                Batched.accumulate(points, &targets, &self.multiples, &terms);
            }
        });
    }
}

/// Windows of a scalar. Its top window has at most w - 2 bits for w = 4 and 8, so that no carry leaves it.
fn windows(bits: u32) -> usize {
    (256 / bits) as usize
}

/// Signed digits in (-2^(w-1), 2^(w-1)\], lowest first.
fn digits(bits: u32, scalar: &Fr) -> impl Iterator<Item = i64> + use<> {
    let limbs = scalar.into_bigint().0;
    let (full, half) = (1i64 << bits, 1i64 << (bits - 1));
    let mut carry = 0;
    (0..windows(bits) as u32).map(move |window| {
        let bit = window * bits;
        let digit = (limbs[(bit / 64) as usize] >> (bit % 64)) as i64 & (full - 1);
        let digit = digit + carry;
        carry = i64::from(digit > half);
        digit - carry * full
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand::{SeedableRng, rngs::StdRng};
    use zkvm_algebra::{Field, G1Affine, G1Projective};
    use zkvm_pcs::basis::row_base;

    fn scalars(count: usize) -> Vec<Fr> {
        let rng = &mut StdRng::seed_from_u64(1);
        let edges = [Fr::from(0u64), Fr::ONE, -Fr::ONE, Fr::from(8u64), Fr::from(0x88u64), Fr::from(1u64 << 63)];
        edges.into_iter().chain(std::iter::repeat_with(|| Fr::rand(rng))).take(count).collect()
    }

    #[test]
    fn sums_are_multi_scalar_multiplications() {
        let bases: Vec<Point> = (0..9).map(row_base).collect();
        for bits in [4, 8] {
            let tables = FixedBases::new(bits, &bases);
            for count in [0, 1, 9] {
                let scalars = scalars(count);
                let terms = scalars.iter().zip(&bases).map(|(scalar, base)| G1Projective::from(*base) * scalar);
                assert_eq!(G1Affine::from(tables.sum(&scalars)), G1Affine::from(terms.sum::<G1Projective>()));
            }
        }
    }

    #[test]
    fn every_point_gets_its_own_multiple() {
        let tables = FixedBases::new(8, &[row_base(7)]);
        let before: Vec<Point> = (0..5).map(row_base).chain(vec![Point::IDENTITY; LANES]).collect();
        let (mut points, scalars) = (before.clone(), scalars(before.len()));
        tables.add_multiples(&mut points, &scalars);
        for i in (0..40).chain([before.len() - 1]) {
            let expected = G1Projective::from(before[i]) + G1Projective::from(row_base(7)) * scalars[i];
            assert_eq!(G1Affine::from(points[i]), G1Affine::from(expected), "{i}");
        }
    }
}
