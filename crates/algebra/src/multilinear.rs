//! Multilinear polynomials and the public ones among them: eq, lt, the successor.

use crate::Fr;
use crate::ring::Ring;
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, Field};

/// eq(x, y) = Π (x_i y_i + (1 - x_i)(1 - y_i)): 1 on equal, 0 on different points of the hypercube.
pub fn eq<R: Ring>(x: &[R], y: &[R]) -> R {
    x.iter().zip(y).fold(R::one(), |acc, (&x, &y)| acc * eq_bit(x, y))
}

fn eq_bit<R: Ring>(x: R, y: R) -> R {
    let xy = x * y;
    R::one() - x - y + xy + xy
}

/// eq(point, i) for the hypercube point that is the integer `index`.
pub fn eq_index(point: &[Fr], index: u64) -> Fr {
    let mut acc = Fr::ONE;
    for (bit, x) in point.iter().rev().enumerate() {
        let set = u32::try_from(bit).ok().and_then(|bit| index.checked_shr(bit)).unwrap_or(0) & 1 == 1;
        acc *= if set { *x } else { Fr::ONE - x };
    }
    acc
}

/// The table of eq(point, i) for all i, 2^n values for n coordinates.
pub fn eq_table(point: &[Fr]) -> Vec<Fr> {
    scaled_eq_table(point, Fr::ONE)
}

/// The table of scale · eq(point, i) for all i.
pub fn scaled_eq_table(point: &[Fr], scale: Fr) -> Vec<Fr> {
    let mut table = Vec::with_capacity(1usize.checked_shl(u32::try_from(point.len()).unwrap_or(0)).unwrap_or(0));
    table.push(scale);
    for coordinate in point {
        // Every entry (prefix p) becomes two: p0, p1.
        let mut next = Vec::with_capacity(table.capacity());
        for value in &table {
            let one = *value * coordinate;
            next.push(*value - one);
            next.push(one);
        }
        table = next;
    }
    table
}

/// lt(x, y): the multilinear extension of "x < y" as integers, both most significant bit first.
pub fn lt<R: Ring>(x: &[R], y: &[R]) -> R {
    let mut less = R::zero();
    let mut equal = R::one();
    for (&x, &y) in x.iter().zip(y) {
        less = less + equal * (R::one() - x) * y;
        equal = equal * eq_bit(x, y);
    }
    less
}

/// eq⁺¹(x, y): the multilinear extension of "y = x + 1" without wrap-around.
///
/// y = x + 1 exactly when some suffix of x is 01…1, that of y is 10…0 and the prefixes are equal.
pub fn successor<R: Ring>(x: &[R], y: &[R]) -> R {
    // `next`: the suffix read so far fulfils y = x + 1; `carry`: x is all ones and y all zeros.
    let mut next = R::zero();
    let mut carry = R::one();
    for (&x, &y) in x.iter().zip(y).rev() {
        next = eq_bit(x, y) * next + (R::one() - x) * y * carry;
        carry = carry * x * (R::one() - y);
    }
    next
}

/// Σ_i values\[i\]·eq(point, i). Missing values count as zero.
pub fn evaluate(values: &[Fr], point: &[Fr]) -> Fr {
    let mut values = values.to_vec();
    for challenge in point.iter().rev() {
        bind_low(&mut values, *challenge);
    }
    values.first().copied().unwrap_or(Fr::ZERO)
}

/// Binds the lowest variable: value\[i\] ← value\[2i\] + r (value\[2i+1\] - value\[2i\]).
pub fn bind_low(values: &mut Vec<Fr>, r: Fr) {
    let bound = values.chunks(2).map(|pair| match pair {
        [low, high] => *low + r * (*high - low),
        [low] => *low - r * low,
        _ => Fr::ZERO,
    });
    *values = bound.collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use ark_ff::UniformRand;
    use rand::{SeedableRng, rngs::StdRng};

    fn bits(index: usize, n: usize) -> Vec<Fr> {
        (0..n).rev().map(|i| Fr::from((index >> i & 1) as u64)).collect()
    }

    #[test]
    fn public_polynomials_extend_their_predicates() {
        let n = 4;
        for x in 0..1usize << n {
            for y in 0..1usize << n {
                let (px, py) = (bits(x, n), bits(y, n));
                assert_eq!(eq(&px, &py), Fr::from((x == y) as u64));
                assert_eq!(eq_index(&px, y as u64), Fr::from((x == y) as u64));
                assert_eq!(lt(&px, &py), Fr::from((x < y) as u64));
                assert_eq!(successor(&px, &py), Fr::from((x + 1 == y) as u64));
            }
        }
    }

    #[test]
    fn public_polynomials_are_multilinear() {
        let rng = &mut StdRng::seed_from_u64(3);
        let n = 4;
        let x: Vec<Fr> = (0..n).map(|_| Fr::rand(rng)).collect();
        let y: Vec<Fr> = (0..n).map(|_| Fr::rand(rng)).collect();
        for f in [eq::<Fr>, lt::<Fr>, successor::<Fr>] {
            let of_x: Vec<Fr> = (0..1 << n).map(|i| f(&bits(i, n), &y)).collect();
            assert_eq!(evaluate(&of_x, &x), f(&x, &y));
            let of_y: Vec<Fr> = (0..1 << n).map(|i| f(&x, &bits(i, n))).collect();
            assert_eq!(evaluate(&of_y, &y), f(&x, &y));
        }
        let table = eq_table(&x);
        assert_eq!(table, (0..1 << n).map(|i| eq(&x, &bits(i, n))).collect::<Vec<_>>());
    }
}
