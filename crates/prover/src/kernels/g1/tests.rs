use super::*;
use crate::kernels::on_each_path;
use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup, PrimeGroup};
use ark_ff::{PrimeField, Zero};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Multiples of the generator: 0, ±1, ±2, …, so that equal and opposite points meet often.
fn few(count: i64) -> Vec<G1Affine> {
    (0..count)
        .map(|i| (G1Projective::generator() * Fr::from(if i % 2 == 1 { -(i / 2) } else { i / 2 })).into_affine())
        .collect()
}

fn random(rng: &mut StdRng) -> Fr {
    Fr::from_le_bytes_mod_order(&rng.r#gen::<[u8; 32]>())
}

fn random_points(rng: &mut StdRng, n: usize) -> Vec<G1Affine> {
    let points: Vec<_> = (0..n).map(|_| G1Projective::generator() * random(rng)).collect();
    G1Projective::normalize_batch(&points)
}

fn pack(points: &[G1Affine]) -> Vec<Point> {
    points.iter().map(|p| Point::from(*p)).collect()
}

fn signed(table: &[G1Affine], index: u32) -> G1Affine {
    let p = table[(index & !NEGATE) as usize];
    if index & NEGATE != 0 { -p } else { p }
}

#[test]
fn points_survive_packing() {
    for p in few(20) {
        assert_eq!(G1Affine::from(Point::from(p)), p);
        assert_eq!(Point::from(p).is_identity(), p.is_zero());
    }
}

#[test]
fn accumulating_adds_whatever_the_operands() {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(1);
        let mut table = few(9);
        table.extend(random_points(&mut rng, 300));
        for n in [0, 1, 5, 8, 31, 32, 33, 64, 100, 1000, 2 * BATCH + 17] {
            for bound in [9, table.len()] {
                let start: Vec<_> = (0..n).map(|_| table[rng.gen_range(0..bound)]).collect();
                let sign = |rng: &mut StdRng| if rng.r#gen() { NEGATE } else { 0 };
                let indices: Vec<u32> = (0..n).map(|_| rng.gen_range(0..bound as u32) | sign(&mut rng)).collect();
                let mut acc = pack(&start);
                accumulate(&mut acc, &pack(&table), &indices);
                let expected: Vec<_> = start.iter().zip(&indices).map(|(a, i)| *a + signed(&table, *i)).collect();
                assert_eq!(acc, pack(&G1Projective::normalize_batch(&expected)), "{n} of {bound}");
            }
        }
    });
}

#[test]
fn adding_to_targets_leaves_the_others_alone() {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(2);
        let points = random_points(&mut rng, 500);
        let targets: Vec<u32> = (0..500u32).filter(|i| i % 3 != 1).rev().collect();
        let indices: Vec<u32> = targets.iter().map(|_| rng.gen_range(0..500)).collect();
        let mut acc = pack(&points);
        add_to_targets(&mut acc, &targets, &pack(&points), &indices);
        let mut expected: Vec<G1Projective> = points.iter().map(|p| (*p).into()).collect();
        for (t, i) in targets.iter().zip(&indices) {
            expected[*t as usize] += points[*i as usize];
        }
        assert_eq!(acc, pack(&G1Projective::normalize_batch(&expected)));
    });
}

#[test]
fn long_sums_stay_exact() {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(3);
        let table = random_points(&mut rng, 64);
        let mut acc = vec![Point::IDENTITY; 40];
        let mut expected = vec![G1Projective::zero(); 40];
        for _ in 0..50 {
            let indices: Vec<u32> = (0..40).map(|_| rng.gen_range(0..64)).collect();
            accumulate(&mut acc, &pack(&table), &indices);
            expected.iter_mut().zip(&indices).for_each(|(e, i)| *e += table[*i as usize]);
        }
        assert_eq!(acc, pack(&G1Projective::normalize_batch(&expected)));
    });
}
