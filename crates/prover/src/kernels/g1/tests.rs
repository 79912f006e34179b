use super::*;
use crate::kernels::on_each_path;
use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::UniformRand;
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Multiples of the generator: 0, ±1, ±2, …, so that equal and opposite points meet often.
fn few() -> impl Iterator<Item = G1Projective> {
    (0..9i64).map(|i| G1Projective::generator() * Fr::from(if i % 2 == 1 { -(i / 2 + 1) } else { i / 2 }))
}

fn pack(points: &[G1Projective]) -> Vec<Point> {
    G1Projective::normalize_batch(points).into_iter().map(Point::from).collect()
}

/// Few points, then many random ones.
fn points(rng: &mut StdRng) -> Vec<G1Projective> {
    let (mut p, step) = (G1Projective::rand(rng), G1Projective::rand(rng));
    let many = core::iter::repeat_with(|| {
        p += step;
        p
    });
    few().chain(many.take(300)).collect()
}

fn term(rng: &mut StdRng, bound: usize) -> Term {
    let index = rng.gen_range(0..bound as u32);
    if rng.r#gen() { Term::plus(index) } else { Term::minus(index) }
}

fn signed(points: &[G1Projective], term: Term) -> G1Projective {
    match points.get(term.index()).copied().unwrap_or_default() {
        p if term.is_negated() => -p,
        p => p,
    }
}

/// Lengths around those of vectors, groups and batches; operands from few points and from many.
fn for_all_lengths(test: impl Fn(&mut StdRng, usize, usize)) {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(1);
        for n in [0, 1, 5, 8, 31, 32, 33, 64, 100, 1000, 2049, 4100] {
            for bound in [9, 309] {
                test(&mut rng, n, bound);
            }
        }
    });
}

#[test]
fn pairs_are_summed_whatever_they_are() {
    for_all_lengths(|rng, n, bound| {
        let all = points(rng);
        let pairs: Vec<_> = (0..n).map(|_| [term(rng, bound), term(rng, bound + 1)]).collect();
        let mut sums = vec![Point::IDENTITY; n];
        Batched.sum_pairs(&pack(&all), &pairs, &mut sums);
        let expected: Vec<_> = pairs.iter().map(|[p, q]| signed(&all, *p) + signed(&all, *q)).collect();
        assert_eq!(sums, pack(&expected), "{n} of {bound}");
    });
}

#[test]
fn accumulating_adds_to_the_targets_and_leaves_the_others() {
    for_all_lengths(|rng, n, bound| {
        let all = points(rng);
        let mut expected: Vec<_> = (0..n).map(|_| all[rng.gen_range(0..bound)]).collect();
        let mut lanes = pack(&expected);
        let targets: Vec<u32> = (0..n as u32 + 1).filter(|i| i % 3 != 1).rev().collect();
        let terms: Vec<_> = targets.iter().map(|_| term(rng, bound + 1)).collect();
        Batched.accumulate(&mut lanes, &targets, &pack(&all), &terms);
        for (target, term) in targets.iter().zip(&terms) {
            if let Some(lane) = expected.get_mut(*target as usize) {
                *lane += signed(&all, *term);
            }
        }
        assert_eq!(lanes, pack(&expected), "{n} of {bound}");
    });
}

#[test]
fn slices_are_added_subtracted_and_doubled() {
    for_all_lengths(|rng, n, bound| {
        let all = points(rng);
        let [left, right]: [Vec<_>; 2] =
            core::array::from_fn(|_| (0..n).map(|_| all[rng.gen_range(0..bound)]).collect());
        for negate in [false, true] {
            let mut sums = pack(&left);
            Batched.add_assign(&mut sums, &pack(&right), negate);
            let sum = |(p, q): (&G1Projective, &G1Projective)| if negate { *p - q } else { *p + q };
            assert_eq!(sums, pack(&left.iter().zip(&right).map(sum).collect::<Vec<_>>()));
        }
        let mut doubled = pack(&left);
        Batched.double(&mut doubled);
        assert_eq!(doubled, pack(&left.iter().map(|p| *p + p).collect::<Vec<_>>()));
    });
}

#[test]
fn long_sums_stay_exact() {
    on_each_path(|| {
        let mut rng = StdRng::seed_from_u64(3);
        let all = points(&mut rng);
        let table = pack(&all);
        let targets: Vec<u32> = (0..40).collect();
        let mut lanes = vec![Point::IDENTITY; 40];
        let mut expected = vec![G1Projective::default(); 40];
        for _ in 0..50 {
            let terms: Vec<_> = (0..40).map(|_| term(&mut rng, all.len())).collect();
            Batched.accumulate(&mut lanes, &targets, &table, &terms);
            expected.iter_mut().zip(&terms).for_each(|(e, t)| *e += signed(&all, *t));
        }
        assert_eq!(lanes, pack(&expected));
        assert!(lanes.iter().all(|p| G1Affine::from(*p).is_on_curve()));
    });
}
