//! Times of the vector kernels against their portable path and against plain arkworks, on one
//! thread. Run with `cargo bench -p zkvm-prover --bench kernels`; an argument selects by name.

use ark_bn254::{Fr, G1Projective};
use ark_ec::{CurveGroup, PrimeGroup};
use ark_ff::PrimeField;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::hint::black_box;
use std::time::Instant;
use zkvm_prover::kernels::{Path, fr, g1, path, set_path};

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
    fn row(&self, name: &str, items: usize, mut ark: Option<&mut dyn FnMut()>, f: &mut dyn FnMut()) {
        if !self.only.is_empty() && !self.only.iter().any(|o| name.contains(o.as_str())) {
            return;
        }
        let ark = ark.as_mut().map(|ark| time(items, ark));
        set_path(Path::Scalar);
        let scalar = time(items, &mut *f);
        let base = ark.unwrap_or(scalar);
        let ark = ark.map_or("–".into(), |t| format!("{t:.2}"));
        print!("| {name} | {ark} | {scalar:.2} |");
        match set_path(Path::Ifma) {
            Path::Ifma => {
                let vector = time(items, f);
                println!(" {vector:.2} | {:.1} | {:.1} |", scalar / vector, base / vector);
            }
            Path::Scalar => println!(" – | – | – |"),
        }
    }
}

fn random(rng: &mut StdRng) -> Fr {
    Fr::from_le_bytes_mod_order(&rng.r#gen::<[u8; 32]>())
}

fn points(rng: &mut StdRng, n: usize) -> Vec<g1::Point> {
    let mut p = G1Projective::generator() * random(rng);
    let step = G1Projective::generator() * random(rng);
    let all: Vec<_> = (0..n)
        .map(|_| {
            p += step;
            p
        })
        .collect();
    G1Projective::normalize_batch(&all).into_iter().map(g1::Point::from).collect()
}

fn group(bench: &Bench, rng: &mut StdRng) {
    let table = points(rng, 1 << 16);
    for n in [512, 1024, 2048, 4096, 1 << 16] {
        let mut acc = table[..n].to_vec();
        let near: Vec<u32> = (0..n).map(|_| rng.gen_range(0..16)).collect();
        let far: Vec<u32> = (0..n).map(|_| rng.gen_range(0..1 << 16)).collect();
        let name = format!("affine addition, {n} accumulators, 16 points");
        bench.row(&name, n, None, &mut || g1::accumulate(&mut acc, &table[..16], &near));
        let name = format!("affine addition, {n} accumulators, 2^16 points");
        bench.row(&name, n, None, &mut || g1::accumulate(&mut acc, &table, &far));
        black_box(&acc);
    }
}

fn main() {
    let only = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let bench = Bench { only };
    let mut rng = StdRng::seed_from_u64(7);
    println!("path: {:?}; nanoseconds per item, one thread\n", path());
    println!("| operation | arkworks | portable | vector | portable/vector | arkworks/vector |");
    println!("| --- | --- | --- | --- | --- | --- |");
    rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread").install(|| {
        group(&bench, &mut rng);
    });
}
