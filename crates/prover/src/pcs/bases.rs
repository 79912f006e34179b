//! Folding of bases: out\[i\] = Σ_e s_e·points\[e·m + i\] for all i < m.
//!
//! The scalars are the same for every i, so all outputs follow one schedule of additions and
//! doublings (Straus' method with signed sliding windows), each step of it a batch over i. Scalars of
//! more than half the bits of the group's order are split into two halves by the endomorphism
//! φ(x, y) = (βx, y) (Gallant, Lambert and Vanstone, CRYPTO 2001): that halves the doublings.

use crate::kernels::g1::Batched;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ff::{BigInteger, PrimeField};
use rayon::prelude::*;
use zkvm_algebra::{Fq, Fr};
use zkvm_pcs::Point;
use zkvm_pcs::kernel::Kernel;

/// Width of the sliding windows: digits are odd and below 2^(w-1) in magnitude.
const WIDTH: u32 = 5;
/// Outputs per task, bounds of.
const LANES: std::ops::RangeInclusive<usize> = 256..=2048;

/// Folds `points` by `scalars`, whose number divides theirs.
pub fn fold(points: &[Point], scalars: &[Fr]) -> Vec<Point> {
    let outputs = points.len() / scalars.len();
    let digits: Vec<Digits> = scalars.iter().map(Digits::new).collect();
    let lanes = outputs.div_ceil(rayon::current_num_threads()).clamp(*LANES.start(), *LANES.end());
    let mut folded = vec![Point::IDENTITY; outputs];
    folded.par_chunks_mut(lanes).enumerate().for_each(|(i, folded)| {
        let mut parts = Vec::with_capacity(2 * scalars.len());
        for (e, digits) in digits.iter().enumerate() {
            let table = odd_multiples(&points[e * outputs + i * lanes..][..folded.len()], digits.largest());
            if !digits.endomorphism.is_empty() {
                parts.push((table.iter().map(endomorphism).collect(), &digits.endomorphism[..]));
            }
            parts.push((table, &digits.plain[..]));
        }
        combine(&parts, folded);
    });
    folded
}

/// s = k + λl as digits of the width-w non-adjacent form, least significant first.
struct Digits {
    /// Of k.
    plain: Vec<i8>,
    /// Of l; none where s itself is short.
    endomorphism: Vec<i8>,
}

impl Digits {
    fn new(scalar: &Fr) -> Digits {
        if scalar.into_bigint().num_bits() <= Fr::MODULUS_BIT_SIZE.div_ceil(2) {
            return Digits { plain: signed_digits(scalar, false), endomorphism: Vec::new() };
        }
        let ((plus_k, k), (plus_l, l)) = ark_bn254::g1::Config::scalar_decomposition(*scalar);
        Digits { plain: signed_digits(&k, !plus_k), endomorphism: signed_digits(&l, !plus_l) }
    }

    /// The largest magnitude.
    fn largest(&self) -> u8 {
        self.plain.iter().chain(&self.endomorphism).map(|digit| digit.unsigned_abs()).max().unwrap_or(0)
    }
}

/// φ(P) = λP. The identity, (0, 0), is its own image.
fn endomorphism(point: &Point) -> Point {
    const BETA: Fq = ark_bn254::g1::Config::ENDO_COEFFS[0];
    Point { x: point.x * BETA, y: point.y }
}

/// P, 3P, 5P, … of every point, up to the largest digit; multiple after multiple.
fn odd_multiples(points: &[Point], largest: u8) -> Vec<Point> {
    let mut table = points.to_vec();
    if largest > 1 {
        let mut doubled = points.to_vec();
        Batched.double(&mut doubled);
        for multiple in 1..=usize::from(largest / 2) {
            let mut next = table[(multiple - 1) * points.len()..].to_vec();
            Batched.add_assign(&mut next, &doubled, false);
            table.extend(next);
        }
    }
    table
}

/// Σ digits·points over the parts, each a table of odd multiples and the digits of a scalar.
fn combine(parts: &[(Vec<Point>, &[i8])], sums: &mut [Point]) {
    let mut started = false;
    for position in (0..parts.iter().map(|(_, digits)| digits.len()).max().unwrap_or(0)).rev() {
        if started {
            Batched.double(sums);
        }
        for (table, digits) in parts {
            let digit = digits.get(position).copied().unwrap_or(0);
            if digit == 0 {
                continue;
            }
            let row = usize::from(digit.unsigned_abs() / 2) * sums.len();
            let multiples = &table[row..row + sums.len()];
            if started {
                Batched.add_assign(sums, multiples, digit < 0);
            } else {
                sums.iter_mut().zip(multiples).for_each(|(sum, p)| *sum = if digit < 0 { -*p } else { *p });
                started = true;
            }
        }
    }
}

/// The digits of the scalar or its negative.
fn signed_digits(scalar: &Fr, negate: bool) -> Vec<i8> {
    let mut rest = scalar.into_bigint();
    let mut digits = Vec::with_capacity(255);
    while !rest.is_zero() {
        let mut digit = 0i8;
        if rest.is_odd() {
            let low = (rest.0[0] & ((1 << WIDTH) - 1)) as i8;
            digit = if low >= 1 << (WIDTH - 1) { low - (1 << WIDTH) } else { low };
            // The scalar is below 2^254 and the digit above -16: no carry leaves 256 bits.
            if digit < 0 {
                rest.add_with_carry(&u64::from(digit.unsigned_abs()).into());
            } else {
                rest.sub_with_borrow(&u64::from(digit.unsigned_abs()).into());
            }
        }
        digits.push(if negate { -digit } else { digit });
        rest.div2();
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{AdditiveGroup, Field, UniformRand};
    use rand::{SeedableRng, rngs::StdRng};
    use zkvm_algebra::G1Projective;
    use zkvm_pcs::Basis;

    #[test]
    fn signed_digits_recompose_the_scalar() {
        let rng = &mut StdRng::seed_from_u64(1);
        let mut scalars: Vec<Fr> = (0..50).map(|_| Fr::rand(rng)).collect();
        scalars.extend([Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(31u64), Fr::from(16u64)]);
        for scalar in scalars {
            let Digits { plain, endomorphism } = Digits::new(&scalar);
            let value = |digits: &[i8]| {
                let odd = |digit: &i8| *digit == 0 || (digit % 2 != 0 && digit.unsigned_abs() < 1 << (WIDTH - 1));
                assert!(digits.len() <= 129 && digits.iter().all(odd));
                digits.iter().rev().fold(Fr::ZERO, |value, digit| value.double() + Fr::from(*digit))
            };
            assert_eq!(value(&plain) + value(&endomorphism) * ark_bn254::g1::Config::LAMBDA, scalar);
            let negated: Vec<i8> = signed_digits(&scalar, false).iter().map(|digit| -digit).collect();
            assert_eq!(signed_digits(&scalar, true), negated);
        }
    }

    #[test]
    fn folding_is_a_sum_of_products() {
        let rng = &mut StdRng::seed_from_u64(2);
        let basis = Basis::new(6).unwrap();
        for scalars in [1usize, 2, 8, 64] {
            let mut s: Vec<Fr> = (0..scalars).map(|_| Fr::rand(rng)).collect();
            s[0] = Fr::ONE;
            let m = 64 / scalars;
            for (i, sum) in fold(basis.points(), &s).into_iter().enumerate() {
                let expected: G1Projective =
                    (0..scalars).map(|e| G1Projective::from(basis.points()[e * m + i]) * s[e]).sum();
                assert_eq!(sum, Point::from(zkvm_algebra::G1Affine::from(expected)));
            }
        }
    }
}
