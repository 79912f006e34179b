//! Arithmetic on limbs against arkworks, on random values and on the extremes that limbs can hold.

use super::columns::{Columns, Sum, mul_short};
use super::lanes::{Lanes, sub_loose};
use super::*;
use crate::kernels::{Path, on_each_path, path};
use ark_ff::PrimeField;
use rand::{Rng, SeedableRng, rngs::StdRng};

type Limbs = [u64; 5];

/// Runs a test where the processor has the instructions.
fn with_ifma(test: unsafe fn()) {
    on_each_path(|| {
        if path() == Path::Ifma {
            // SAFETY: the tests are compiled for the instructions that this path stands for.
            unsafe { test() }
        }
    });
}

/// Eight integers below 2^259: zero, one, small multiples of p and their neighbours, runs of ones,
/// random ones.
fn integers<M: Modulus>(rng: &mut StdRng) -> [Limbs; 8] {
    let mut integer = || {
        let mut l: Limbs = core::array::from_fn(|_| rng.r#gen::<u64>() & MASK);
        match rng.gen_range(0..6) {
            0 => [MASK; 5],
            1 => core::array::from_fn(|i| if i == rng.gen_range(0..5) { MASK } else { 0 }),
            2 => [rng.gen_range(0..2), 0, 0, 0, 0],
            3 => {
                l = M::P;
                l[0] = l[0] - 1 + rng.gen_range(0..3);
                l
            }
            _ => l,
        }
    };
    core::array::from_fn(|_| {
        let mut l = integer();
        l[4] &= MASK >> 1;
        l
    })
}

/// Eight integers below 2p.
fn below_2p<M: Modulus>(rng: &mut StdRng) -> [Limbs; 8] {
    integers::<M>(rng).map(|mut l| {
        l[4] = l[4].min(2 * M::P[4] - 1);
        l
    })
}

fn value<F: PrimeField>(l: &Limbs) -> F {
    l.iter().rev().fold(F::ZERO, |sum, limb| sum * F::from(1u64 << 52) + F::from(*limb))
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn pack<M: Modulus>(l: &[Limbs; 8]) -> Lanes<M> {
    Lanes::from_limbs(core::array::from_fn(|k| words::load(&core::array::from_fn(|i| l[i][k]))))
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn unpack<M>(v: Lanes<M>) -> [Limbs; 8] {
    let mut out = [[0; 5]; 8];
    for (k, vector) in v.0.into_iter().enumerate() {
        let mut lanes = [0; 8];
        words::store(&mut lanes, vector);
        for (out, lane) in out.iter_mut().zip(lanes) {
            out[k] = lane;
        }
    }
    assert!(out.iter().flatten().all(|limb| *limb <= MASK));
    out
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn arithmetic<M: Modulus, F: PrimeField>() {
    let mut rng = StdRng::seed_from_u64(8);
    let [r260, r156] = [260, 156].map(|k| F::from(2u64).pow([k]).inverse().unwrap());
    for _ in 0..2000 {
        let (x, y) = (integers::<M>(&mut rng), integers::<M>(&mut rng));
        let (a, b) = (pack::<M>(&x), pack::<M>(&y));
        let (product, square) = (unpack(a.mul(b)), unpack(a.square()));
        let z = below_2p::<M>(&mut rng);
        let short = mul_short(pack::<M>(&z), [b.0[0], b.0[1], b.0[2]]);
        let short = unpack(Lanes::<M>::canonical_from::<2>(short));
        for i in 0..8 {
            let [c0, c1, c2, ..] = y[i];
            assert_eq!(value::<F>(&short[i]), value::<F>(&z[i]) * value::<F>(&[c0, c1, c2, 0, 0]) * r156);
            let (x, y): (F, F) = (value(&x[i]), value(&y[i]));
            assert_eq!(value::<F>(&product[i]), x * y * r260);
            assert_eq!(value::<F>(&square[i]), x * x * r260);
        }
    }
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn reductions<M: Modulus, F: PrimeField>() {
    let mut rng = StdRng::seed_from_u64(9);
    let canonical = |l: &Limbs| F::from_bigint(value::<F>(l).into_bigint()).map(|v| unpack_value(&v)) == Some(*l);
    for _ in 0..2000 {
        let (x, y) = (below_2p::<M>(&mut rng), below_2p::<M>(&mut rng));
        let (a, b) = (pack::<M>(&x), pack::<M>(&y));
        let once = unpack(a.canonical());
        let difference = unpack(Lanes::<M>::canonical_from::<2>(sub_loose::<M, 2>(a.0, b.0)));
        let shifted = unpack(Lanes::<M>::shifted_from::<4>(a.0));
        for i in 0..8 {
            let (x, y): (F, F) = (value(&x[i]), value(&y[i]));
            assert!(value::<F>(&once[i]) == x && canonical(&once[i]));
            assert!(value::<F>(&difference[i]) == x - y && canonical(&difference[i]));
            assert_eq!(value::<F>(&shifted[i]), x * F::from(16u64));
        }
        assert_eq!(unpack(Lanes::<M>::unpack(a.pack())), x);
        assert_eq!(
            unpack(Lanes::<M>::unpack_times_16(a.canonical().pack())),
            unpack(Lanes::<M>::shifted_from::<4>(a.canonical().0))
        );
    }
}

/// The limbs of the integer that represents v.
fn unpack_value<F: PrimeField>(v: &F) -> Limbs {
    let w = v.into_bigint();
    limbs([w.as_ref()[0], w.as_ref()[1], w.as_ref()[2], w.as_ref()[3]])
}

#[target_feature(enable = "avx512ifma,avx512vl")]
fn sums<M: Modulus, F: PrimeField>() {
    let mut rng = StdRng::seed_from_u64(10);
    let (x, y) = ([[MASK; 5]; 8], integers::<M>(&mut rng));
    let mut sum = Sum::<M>::zero();
    // More than fit into a column.
    let count = 5000;
    for _ in 0..count {
        sum.add_product(pack(&x), pack(&x));
        sum.add_product(pack(&x), pack(&y));
    }
    let total = sum.total().iter().rev().fold(F::ZERO, |sum, word| sum * F::from(1u128 << 64) + F::from(*word));
    let one: F = value(&[MASK; 5]);
    let terms = y.iter().map(|y| one * (one + value::<F>(y))).sum::<F>();
    assert_eq!(total, terms * F::from(count as u64));
    assert_eq!(unpack(Columns::product(pack::<M>(&y), pack(&x)).reduce()), unpack(pack::<M>(&y).mul(pack(&x))));
}

#[test]
fn products_and_squares_are_those_of_the_field() {
    with_ifma(arithmetic::<Scalars, Fr>);
    with_ifma(arithmetic::<Coordinates, Fq>);
}

#[test]
fn reductions_are_canonical() {
    with_ifma(reductions::<Scalars, Fr>);
    with_ifma(reductions::<Coordinates, Fq>);
}

#[test]
fn sums_of_products_have_room() {
    with_ifma(sums::<Scalars, Fr>);
    with_ifma(sums::<Coordinates, Fq>);
}
