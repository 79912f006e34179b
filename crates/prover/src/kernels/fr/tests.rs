use super::*;
use crate::kernels::on_each_path;
use ark_ff::{BigInteger, Field, PrimeField, Zero};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Zero, ±1, the largest representatives, and runs of ones along the limbs of both radices.
fn edges() -> Vec<Fr> {
    let mut largest = Fr::MODULUS;
    largest.sub_with_borrow(&1u64.into());
    let mut edges = vec![Fr::zero(), Fr::one(), -Fr::one(), wide::raw(largest.0)];
    for (bits, count) in [(64, 4), (52, 5)] {
        for i in 0..count {
            let mut ones = ark_ff::BigInt::from((1u128 << bits) as u64).0;
            ones[0] = u64::MAX >> (64 - bits);
            let mut run = ark_ff::BigInt(ones) << (bits * i);
            run.0[3] &= u64::MAX >> 3;
            edges.push(wide::raw(run.0));
        }
    }
    edges.push(wide::raw([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 3]));
    edges
}

fn random(rng: &mut StdRng) -> Fr {
    Fr::from_le_bytes_mod_order(&rng.r#gen::<[u8; 32]>())
}

/// Half random values, half edges.
fn values(rng: &mut StdRng, n: usize) -> Vec<Fr> {
    let edges = edges();
    let pick = |rng: &mut StdRng| match rng.r#gen() {
        true => random(rng),
        false => edges[rng.gen_range(0..edges.len())],
    };
    (0..n).map(|_| pick(rng)).collect()
}

/// A scalar c·2^-128 with c below 2^125, as a transcript gives.
fn challenge(rng: &mut StdRng) -> Fr {
    wide::raw([0, 0, rng.r#gen(), rng.r#gen::<u64>() >> 3])
}

/// Half random integers, half edges.
fn column<S: Copy>(rng: &mut StdRng, n: usize, edges: &[S], f: impl Fn(&mut StdRng) -> S) -> Vec<S> {
    let pick = |rng: &mut StdRng| match rng.gen_range(0..2 * edges.len()) {
        i if i < edges.len() => edges[i],
        _ => f(rng),
    };
    (0..n).map(|_| pick(rng)).collect()
}

const LENGTHS: [usize; 10] = [0, 1, 7, 8, 9, 16, 31, 64, 1000, 3 * GRAIN + 5];

fn for_all_lengths(test: impl Fn(&mut StdRng, usize)) {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(52);
        for n in LENGTHS {
            test(&mut rng, n);
        }
    });
}

/// The scalars that an operation with one scalar must handle.
fn scalars(rng: &mut StdRng) -> Vec<Fr> {
    let largest = wide::raw([0, 0, u64::MAX, u64::MAX >> 3]);
    let mut all = edges();
    all.extend([random(rng), challenge(rng), challenge(rng), largest]);
    all
}

fn line(low: Fr, high: Fr, x: Fr) -> Fr {
    low + x * (high - low)
}

#[test]
fn edges_are_canonical() {
    assert!(edges().iter().all(|v| v.0 < Fr::MODULUS));
}

#[test]
fn binding_is_linear_interpolation() {
    for_all_lengths(|rng, n| {
        let table = values(rng, 2 * n);
        let scalars = if n < 100 { scalars(rng) } else { vec![random(rng), challenge(rng)] };
        for r in scalars {
            let low: Vec<_> = table.chunks(2).map(|v| line(v[0], v[1], r)).collect();
            let high: Vec<_> = (0..n).map(|i| line(table[i], table[i + n], r)).collect();
            let mut bound = table.clone();
            bind_low(&mut bound, r);
            assert_eq!(bound, low);
            bound = table.clone();
            bind_high(&mut bound, r);
            assert_eq!(bound, high);
            bound = vec![Fr::one(); n];
            bind_low_into(&table, r, &mut bound);
            assert_eq!(bound, low);
        }
    });
}

#[test]
fn elementwise_operations_match_the_field() {
    for_all_lengths(|rng, n| {
        let (a, b) = (values(rng, n), values(rng, n));
        let mut out = a.clone();
        mul_assign(&mut out, &b);
        assert!(out.iter().zip(a.iter().zip(&b)).all(|(o, (a, b))| *o == *a * b));
        let scalars = if n < 100 { scalars(rng) } else { vec![random(rng), challenge(rng)] };
        for c in scalars {
            let mut out = a.clone();
            scale(&mut out, c);
            assert!(out.iter().zip(&a).all(|(o, a)| *o == c * a));
            out = a.clone();
            add_scaled(&mut out, c, &b);
            assert!(out.iter().zip(a.iter().zip(&b)).all(|(o, (a, b))| *o == *a + c * b));
        }
    });
}

#[test]
fn sums_match_the_field() {
    for_all_lengths(|rng, n| {
        let [w, a, b] = core::array::from_fn(|_| values(rng, n));
        assert_eq!(inner_product(&a, &b), a.iter().zip(&b).map(|(a, b)| *a * b).sum::<Fr>());
        let triple = w.iter().zip(a.iter().zip(&b)).map(|(w, (a, b))| *w * a * b).sum::<Fr>();
        assert_eq!(inner_product3(&w, &a, &b), triple);
    });
}

fn check_weighted_sum<S: Small + Into<Fr>>(w: &[Fr], s: &[S]) {
    let expected = w.iter().zip(s).map(|(w, s)| *w * Into::<Fr>::into(*s)).sum::<Fr>();
    assert_eq!(weighted_sum(w, s), expected);
}

#[test]
fn small_weights_match_the_field() {
    for_all_lengths(|rng, n| {
        let w = values(rng, n);
        check_weighted_sum(&w, &column(rng, n, &[false, true], |r| r.r#gen()));
        check_weighted_sum(&w, &column(rng, n, &[0, 1, u8::MAX], |r| r.r#gen()));
        check_weighted_sum(&w, &column(rng, n, &[0, 1, u16::MAX], |r| r.r#gen()));
        check_weighted_sum(&w, &column(rng, n, &[0, 1, u32::MAX], |r| r.r#gen()));
        check_weighted_sum(&w, &column(rng, n, &[0, 1, u64::MAX], |r| r.r#gen()));
        check_weighted_sum(&w, &column(rng, n, &[0, -1, 1, i64::MIN, i64::MAX], |r| r.r#gen()));
    });
}

#[test]
fn sums_of_the_largest_terms_do_not_overflow() {
    on_each_path(|| {
        let n = 5 * GRAIN + 3;
        let w = vec![*edges().iter().max().unwrap(); n];
        assert_eq!(inner_product(&w, &w), w[0].square() * Fr::from(n as u64));
        check_weighted_sum(&w, &vec![u64::MAX; n]);
        check_weighted_sum(&w, &vec![i64::MIN; n]);
        check_weighted_sum(&w, &vec![u8::MAX; n]);
    });
}

#[test]
fn eq_table_has_the_first_coordinate_as_its_top_bit() {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(3);
        for n in [0, 1, 2, 3, 5, 14] {
            let point: Vec<Fr> = (0..n).map(|_| random(&mut rng)).collect();
            let c = random(&mut rng);
            let table = eq_table_scaled(&point, c);
            assert_eq!(table.len(), 1 << n);
            for i in [0, 1, 2, 5, 11, table.len() - 1].into_iter().filter(|i| *i < table.len()) {
                let bit = |j: usize| i >> (n - 1 - j) & 1 == 1;
                let factor = |j: usize| {
                    if bit(j) { point[j] } else { Fr::one() - point[j] }
                };
                assert_eq!(table[i], c * (0..n).map(factor).product::<Fr>());
            }
            assert_eq!(eq_table(&point).iter().sum::<Fr>(), Fr::one());
        }
    });
}

#[test]
fn a_round_has_the_values_of_the_weighted_product() {
    for_all_lengths(|rng, n| {
        let n = n.min(500);
        for d in 1..=MAX_DEGREE {
            let w = values(rng, n);
            let tables: Vec<_> = (0..d).map(|_| values(rng, 2 * n)).collect();
            let factors: Vec<&[Fr]> = tables.iter().map(|t| &t[..]).collect();
            let term = |i: usize, f: &dyn Fn(Fr, Fr) -> Fr| {
                w[i] * tables.iter().map(|t| f(t[2 * i], t[2 * i + 1])).product::<Fr>()
            };
            let at = |x: u64| (0..n).map(|i| term(i, &|l, h| line(l, h, x.into()))).sum::<Fr>();
            let top = (0..n).map(|i| term(i, &|l, h| h - l)).sum::<Fr>();
            let mut expected = vec![at(0)];
            expected.extend((d > 1).then_some(top));
            expected.extend((2..d as u64).map(at));
            assert_eq!(product_round(&w, &factors), expected, "degree {d}, {n} terms");
        }
    });
}

#[test]
#[should_panic]
fn slices_of_different_length_are_refused() {
    inner_product(&[Fr::one()], &[]);
}

#[test]
fn combinations_of_columns_are_those_of_their_elements() {
    for_all_lengths(|rng, n| {
        let n = n.min(40);
        let words = column(rng, n, &[0, 1, u32::MAX], |r| r.r#gen());
        let doubles = column(rng, n, &[0, 1 << 52, u64::MAX], |r| r.r#gen());
        let signed = column(rng, n, &[0, -1, i64::MIN, i64::MAX], |r| r.r#gen());
        let (w, constant) = (values(rng, 3), random(rng));
        let integers = [Integers::Words(&words), Integers::Doubles(&doubles), Integers::Signed(&signed)];
        let terms: Vec<_> = w.iter().copied().zip(integers).collect();
        let mut out = vec![Fr::zero(); n];
        combine(constant, &terms, &mut out);
        for i in 0..n {
            let sum = w[0] * Fr::from(words[i]) + w[1] * Fr::from(doubles[i]) + w[2] * Fr::from(signed[i]);
            assert_eq!(out[i], constant + sum);
        }
    });
}

#[test]
fn the_largest_combination_does_not_overflow() {
    on_each_path(|| {
        let w = *edges().iter().max().unwrap();
        let doubles = [u64::MAX; 16];
        let mut out = [Fr::zero(); 16];
        combine(w, &[(w, Integers::Doubles(&doubles)); 256], &mut out);
        assert_eq!(out, [w * (Fr::from(u64::MAX) * Fr::from(256u64) + Fr::one()); 16]);
    });
}

#[test]
fn sums_of_columns_are_those_of_their_elements() {
    for_all_lengths(|rng, n| {
        let words = column(rng, n, &[0, 1, u32::MAX], |r| r.r#gen());
        let doubles = column(rng, n, &[0, 1 << 52, u64::MAX], |r| r.r#gen());
        let signed = column(rng, n, &[0, -1, i64::MIN, i64::MAX], |r| r.r#gen());
        let w = values(rng, n);
        let columns = [Integers::Words(&words), Integers::Doubles(&doubles), Integers::Signed(&signed)];
        let mut sums = [Fr::one(); 3];
        weighted_sums(&w, &columns, &mut sums);
        let sum = |value: &dyn Fn(usize) -> Fr| Fr::one() + (0..n).map(|i| w[i] * value(i)).sum::<Fr>();
        assert_eq!(sums[0], sum(&|i| Fr::from(words[i])));
        assert_eq!(sums[1], sum(&|i| Fr::from(doubles[i])));
        assert_eq!(sums[2], sum(&|i| Fr::from(signed[i])));
    });
}

#[test]
fn sums_of_the_largest_columns_do_not_overflow() {
    on_each_path(|| {
        let n = 5 * GRAIN;
        let w = vec![*edges().iter().max().unwrap(); n];
        let mut sums = [Fr::zero(); 2];
        let columns = [Integers::Doubles(&vec![u64::MAX; n]), Integers::Signed(&vec![i64::MIN; n])];
        weighted_sums(&w, &columns, &mut sums);
        let count = Fr::from(n as u64);
        assert_eq!(sums, [w[0] * count * Fr::from(u64::MAX), w[0] * count * Fr::from(i64::MIN)]);
    });
}

#[test]
fn sums_by_key_are_those_of_the_elements() {
    for_all_lengths(|rng, n| {
        let w = values(rng, n);
        let keys: Vec<u32> = (0..n).map(|_| rng.gen_range(0..5)).collect();
        let mut sums = [Digits::default(); 6];
        add_by_key(&mut sums, &keys, &w);
        for (key, sum) in sums.iter().enumerate() {
            let expected: Fr = w.iter().zip(&keys).filter(|(_, k)| **k as usize == key).map(|(w, _)| w).sum();
            assert_eq!(sum.reduce(), expected);
        }
    });
}

#[test]
fn the_reciprocal_is_rounded_down() {
    let mut product = [0u64; 5];
    let mut carry = 0;
    for (word, p) in product.iter_mut().zip(wide::P) {
        let t = u128::from(wide::RECIPROCAL) * u128::from(p) + carry;
        (*word, carry) = (t as u64, t >> 64);
    }
    product[4] = carry as u64;
    // 2^317 less the product is positive and below p.
    let mut power = [0, 0, 0, 0, 1u64 << (317 - 256)];
    let mut borrow = false;
    for (a, b) in power.iter_mut().zip(product) {
        (*a, borrow) = a.borrowing_sub(b, borrow);
    }
    assert!(!borrow && power[4] == 0 && power[..4].iter().rev().lt(wide::P.iter().rev()));
}

#[test]
fn sums_of_words_reduce_to_the_field() {
    let mut rng = StdRng::seed_from_u64(7);
    let power = |n: u64| Fr::from(2u64).pow([n]);
    // The representative of an element is its product with 2^256.
    let unit = power(256).inverse().unwrap();
    for bits in [0u32, 1, 200, 254, 256, 257, 288, 300, 320, 349, 350, 384] {
        for _ in 0..100 {
            let mut words: [u64; 6] = rng.r#gen();
            if rng.r#gen() {
                words.fill(u64::MAX);
            }
            for (i, word) in words.iter_mut().enumerate() {
                let kept = bits.saturating_sub(64 * i as u32).min(64);
                *word = if kept == 64 { *word } else { *word & ((1 << kept) - 1) };
            }
            let value: Fr = words.iter().enumerate().map(|(i, w)| Fr::from(*w) * power(64 * i as u64)).sum();
            assert_eq!(wide::Narrow(words).reduce(), value * unit, "{bits} bits");
        }
    }
}
