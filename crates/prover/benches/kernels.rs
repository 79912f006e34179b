//! Times of the vector kernels against their portable path and against plain arkworks, on one
//! thread. Run with `cargo bench -p zkvm-prover --bench kernels`; an argument selects by name.

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, PrimeGroup, VariableBaseMSM};
use ark_ff::{AdditiveGroup, Field, PrimeField, UniformRand};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::hint::black_box;
use std::time::Instant;
use zkvm_pcs::Point;
use zkvm_pcs::buckets::Buckets;
use zkvm_pcs::kernel::{Kernel, Term};
use zkvm_pcs::msm::Windows;
use zkvm_prover::kernels::g1::Batched;
use zkvm_prover::kernels::{Path, fr, path, set_path};

/// Best time of one call of `f`, per item, in nanoseconds.
fn time(items: usize, mut f: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    let begin = Instant::now();
    while begin.elapsed().as_millis() < 300 {
        let start = Instant::now();
        f();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best * 1e9 / items as f64
}

struct Bench {
    only: Vec<String>,
}

impl Bench {
    /// Prints the time per item with plain arkworks, on the portable path and on the vector path.
    fn row<T>(
        &self,
        name: &str,
        items: usize,
        ark: Option<&mut dyn FnMut(&mut T)>,
        f: &mut dyn FnMut(&mut T),
        state: &mut T,
    ) {
        if !self.only.is_empty() && !self.only.iter().any(|o| name.contains(o.as_str())) {
            return;
        }
        let ark = ark.map(|ark| time(items, || ark(black_box(&mut *state))));
        set_path(Path::Scalar);
        let scalar = time(items, || f(black_box(&mut *state)));
        let base = ark.unwrap_or(scalar);
        let ark = ark.map_or("–".into(), |t| format!("{t:.2}"));
        print!("| {name} | {ark} | {scalar:.2} |");
        match set_path(Path::Ifma) {
            Path::Ifma => {
                let vector = time(items, || f(black_box(&mut *state)));
                println!(" {vector:.2} | {:.1} | {:.1} |", scalar / vector, base / vector);
            }
            Path::Scalar => println!(" – | – | – |"),
        }
    }
}

fn points(rng: &mut StdRng, n: usize) -> Vec<Point> {
    let mut p = G1Projective::generator() * Fr::rand(rng);
    let step = G1Projective::generator() * Fr::rand(rng);
    let all = std::iter::repeat_with(|| {
        p += step;
        p
    });
    G1Projective::normalize_batch(&all.take(n).collect::<Vec<_>>()).into_iter().map(Point::from).collect()
}

fn group(bench: &Bench, rng: &mut StdRng) {
    let table = points(rng, 1 << 16);
    for n in [512, 1024, 2048, 1 << 16] {
        let mut lanes = table[..n].to_vec();
        let targets: Vec<u32> = (0..n as u32).collect();
        for bound in [16, 1 << 16] {
            let terms: Vec<_> = (0..n).map(|_| Term::plus(rng.gen_range(0..bound))).collect();
            let affine: Vec<_> = terms.iter().map(|term| G1Affine::from(table[term.index()])).collect();
            let mut sum = G1Projective::from(table[0]);
            bench.row(
                &format!("addition to {n} lanes, of {bound} points"),
                n,
                // Mixed additions to one projective point.
                Some(&mut |_: &mut Vec<Point>| affine.iter().for_each(|p| *black_box(&mut sum) += p)),
                &mut |lanes: &mut Vec<Point>| Batched.accumulate(lanes, &targets, &table, &terms),
                &mut lanes,
            );
        }
    }
    let mut lanes = table.clone();
    bench.row("doubling", table.len(), None, &mut |p: &mut Vec<Point>| Batched.double(p), &mut lanes);
    let scalars: Vec<Fr> = table.iter().map(|_| Fr::rand(rng)).collect();
    let affine: Vec<G1Affine> = table.iter().map(|p| G1Affine::from(*p)).collect();
    bench.row(
        "multi-scalar multiplication of 2^16 points, per point",
        table.len(),
        Some(&mut |sum: &mut G1Projective| *sum += G1Projective::msm_unchecked(&affine, &scalars)),
        &mut |sum| *sum += msm(&table, &scalars),
        &mut G1Projective::default(),
    );
}

/// Window by window, on one thread.
fn msm(points: &[Point], scalars: &[Fr]) -> G1Projective {
    let windows = Windows::for_points(points.len());
    let scalars = windows.recode(scalars);
    let mut buckets = Buckets::new(Batched);
    let window = |window| windows.sums(Batched, points, &scalars, window..window + 1, (1, |_| 0), &mut buckets);
    windows.combine(&(0..windows.count()).flat_map(window).collect::<Vec<_>>())
}

fn slices(bench: &Bench, rng: &mut StdRng, n: usize) {
    let [mut a, b, w] = std::array::from_fn(|_| (0..n).map(|_| Fr::rand(rng)).collect::<Vec<_>>());
    let r = Fr::rand(rng);
    let challenge = Fr::from_bigint(ark_ff::BigInt([3, 5, 0, 0])).expect("small")
        * Fr::from(1u128 << 127).double().inverse().expect("not zero");
    let label = |name: &str| format!("{name}, n = {n}");
    bench.row(
        &label("multiply"),
        n,
        Some(&mut |a: &mut Vec<Fr>| a.iter_mut().zip(&b).for_each(|(a, b)| *a *= b)),
        &mut |a| fr::mul_assign(a, &b),
        &mut a,
    );
    for (name, r) in [("scalar", r), ("challenge", challenge)] {
        let mut half = vec![Fr::ZERO; n / 2];
        bench.row(
            &label(&format!("bind low, {name}, per output")),
            n / 2,
            Some(&mut |out: &mut Vec<Fr>| {
                out.iter_mut().zip(b.chunks(2)).for_each(|(o, v)| *o = v[0] + r * (v[1] - v[0]))
            }),
            &mut |out| fr::bind_low_into(&b, r, out),
            &mut half,
        );
        bench.row(
            &label(&format!("a += c·b, {name}")),
            n,
            Some(&mut |a: &mut Vec<Fr>| a.iter_mut().zip(&b).for_each(|(a, b)| *a += r * b)),
            &mut |a| fr::add_scaled(a, r, &b),
            &mut a,
        );
    }
    let mut sum = Fr::ZERO;
    bench.row(
        &label("inner product"),
        n,
        Some(&mut |s: &mut Fr| *s += b.iter().zip(&w).map(|(a, b)| *a * b).sum::<Fr>()),
        &mut |s| *s += fr::inner_product(&b, &w),
        &mut sum,
    );
    bench.row(
        &label("Σ w·a·b"),
        n,
        Some(&mut |s: &mut Fr| *s += w.iter().zip(a.iter().zip(&b)).map(|(w, (a, b))| *w * a * b).sum::<Fr>()),
        &mut |s| *s += fr::inner_product3(&w, &a, &b),
        &mut sum,
    );
    small(bench, &label("Σ w·u8"), &w, &(0..n).map(|_| rng.r#gen::<u8>()).collect::<Vec<_>>());
    small(bench, &label("Σ w·u32"), &w, &(0..n).map(|_| rng.r#gen::<u32>()).collect::<Vec<_>>());
    small(bench, &label("Σ w·u64"), &w, &(0..n).map(|_| rng.r#gen::<u64>()).collect::<Vec<_>>());
    small(bench, &label("Σ w·i64"), &w, &(0..n).map(|_| rng.r#gen::<i64>()).collect::<Vec<_>>());
    for d in 2..=7 {
        let columns: Vec<Vec<Fr>> = (0..d).map(|_| (0..n).map(|_| Fr::rand(rng)).collect()).collect();
        let factors: Vec<&[Fr]> = columns.iter().map(|c| &c[..]).collect();
        bench.row(
            &label(&format!("round of degree {d}, per index")),
            n / 2,
            Some(&mut |s: &mut Fr| *s += plain_round(&w[..n / 2], &factors)),
            &mut |s| *s += fr::product_round(&w[..n / 2], &factors)[0],
            &mut sum,
        );
    }
}

/// A round as one writes it first: all points of each index in turn.
fn plain_round(w: &[Fr], factors: &[&[Fr]]) -> Fr {
    let mut sums = vec![Fr::ZERO; factors.len()];
    for (i, w) in w.iter().enumerate() {
        let mut lines: Vec<_> = factors.iter().map(|f| (f[2 * i], f[2 * i + 1] - f[2 * i])).collect();
        for sum in &mut sums {
            *sum += lines.iter().fold(*w, |product, line| product * line.0);
            lines.iter_mut().for_each(|line| line.0 += line.1);
        }
    }
    sums[0]
}

fn small<S: fr::Small + Into<Fr>>(bench: &Bench, name: &str, w: &[Fr], s: &[S]) {
    bench.row(
        name,
        s.len(),
        Some(&mut |sum: &mut Fr| *sum += w.iter().zip(s).map(|(w, s)| *w * Into::<Fr>::into(*s)).sum::<Fr>()),
        &mut |sum| *sum += fr::weighted_sum(w, s),
        &mut Fr::default(),
    );
}

fn main() {
    let only = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let bench = Bench { only };
    let mut rng = StdRng::seed_from_u64(7);
    println!("path: {:?}; nanoseconds per item, one thread\n", path());
    println!("| operation | arkworks | portable | vector | portable/vector | arkworks/vector |");
    println!("| --- | --- | --- | --- | --- | --- |");
    rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread").install(|| {
        slices(&bench, &mut rng, 1 << 10);
        slices(&bench, &mut rng, 1 << 18);
        group(&bench, &mut rng);
    });
}
