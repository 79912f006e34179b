//! Times of the folded-rows commitment: rows, opening and verification, on both paths.
//!
//! `cargo bench -p zkvm-prover --bench pcs -- [log_t [log_row]…]`; bases are kept in the directory for
//! temporary files. The columns are those of a trace: one-hot chunks of 4 bits, a part of them empty
//! in most cycles, and one dense column. Set `RAYON_NUM_THREADS` to choose the number of threads.

use ark_ff::UniformRand;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::sync::Arc;
use std::time::Instant;
use zkvm_algebra::Fr;
use zkvm_algebra::multilinear::eq_table;
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::msm::msm;
use zkvm_pcs::{Basis, Claims, InnerScheme, Shape, verify_opening};
use zkvm_prover::kernels::g1::Batched;
use zkvm_prover::kernels::{Path, set_path};
use zkvm_prover::pcs::{Addresses, Column, Committer, Values, basis_cache};
use zkvm_transcript::{TapeReader, TapeWriter, Transcript};

const LOG_K: u32 = 4;
/// Columns that have an address in every cycle, and in a third of the cycles.
const FULL: usize = 20;
const SPARSE: usize = 6;

/// Seconds of the fastest of three runs, and its result.
fn best<T>(mut f: impl FnMut() -> T) -> (f64, T) {
    let mut run = || {
        let start = Instant::now();
        let result = f();
        (start.elapsed().as_secs_f64(), result)
    };
    let first = run();
    (0..2).fold(first, |best, _| {
        let next = run();
        if next.0 < best.0 { next } else { best }
    })
}

struct Trace {
    one_hot: Vec<Vec<u8>>,
    register_increments: Vec<i64>,
    memory_increments: Vec<i64>,
    taken: Vec<bool>,
    factors: Vec<u32>,
}

impl Trace {
    fn random(cycles: usize, rng: &mut StdRng) -> Trace {
        let mut one_hot = |present: f64| -> Vec<u8> {
            (0..cycles).map(|_| if rng.gen_bool(present) { rng.gen_range(0..1 << LOG_K) } else { u8::MAX }).collect()
        };
        let full = (0..FULL).map(|_| one_hot(1.0)).collect::<Vec<_>>();
        let sparse = (0..SPARSE).map(|_| one_hot(0.3)).collect::<Vec<_>>();
        let increment = |rng: &mut StdRng, present: f64| -> i64 {
            if rng.gen_bool(present) { i64::from(rng.r#gen::<u32>()) - i64::from(rng.r#gen::<u32>()) } else { 0 }
        };
        Trace {
            one_hot: [full, sparse].concat(),
            register_increments: (0..cycles).map(|_| increment(rng, 0.7)).collect(),
            memory_increments: (0..cycles).map(|_| increment(rng, 0.15)).collect(),
            taken: (0..cycles).map(|_| rng.gen_bool(0.1)).collect(),
            factors: (0..cycles).map(|_| if rng.gen_bool(0.02) { rng.r#gen() } else { 0 }).collect(),
        }
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let dense = vec![
            Values::Signed(&self.register_increments),
            Values::Signed(&self.memory_increments),
            Values::Bits(&self.taken),
            Values::Unsigned(&self.factors),
        ];
        let one_hot = self.one_hot.iter().map(|column| Column::OneHot(Addresses::U8(column)));
        one_hot.chain([Column::Dense(dense)]).collect()
    }

    fn claims(&self, point: &[Fr]) -> Vec<Fr> {
        let eq = eq_table(point);
        let one_hot = self.one_hot.iter().map(|column| {
            let ones = column.iter().enumerate().filter(|(_, address)| **address != u8::MAX);
            ones.map(|(t, address)| eq[t << LOG_K | usize::from(*address)]).sum()
        });
        let dense = (0..self.taken.len()).map(|t| {
            eq[t << LOG_K] * Fr::from(self.register_increments[t])
                + eq[t << LOG_K | 1] * Fr::from(self.memory_increments[t])
                + eq[t << LOG_K | 2] * Fr::from(self.taken[t])
                + eq[t << LOG_K | 3] * Fr::from(self.factors[t])
        });
        one_hot.chain([dense.sum()]).collect()
    }
}

fn bench(trace: &Trace, log_t: u32, log_row: u32, rng: &mut StdRng) {
    let columns = trace.columns();
    let shape = Shape::new(columns.len(), log_t, LOG_K, log_row).expect("a shape");
    let (seconds, basis) = best(|| basis_cache::load_or_generate(&std::env::temp_dir(), log_row).expect("a basis"));
    println!("T = 2^{log_t}, rows of 2^{log_row}: {} rows; basis loaded in {:.1} ms", shape.rows(), seconds * 1e3);
    let basis: Arc<Basis> = Arc::new(basis);
    let point: Vec<Fr> = (0..shape.variables()).map(|_| Fr::rand(rng)).collect();
    let values = trace.claims(&point);

    for path in [Path::Scalar, Path::Ifma] {
        if set_path(path) != path {
            continue;
        }
        let (first, committer) = best(|| {
            let committer = Committer::new(basis.clone());
            committer.commit(&shape, &columns).expect("a commitment");
            committer
        });
        let (commit, rows) = best(|| committer.commit(&shape, &columns).expect("a commitment"));
        let (open, proof) = best(|| {
            let mut tape = TapeWriter::new(Transcript::new("bench"));
            committer.open(InnerScheme::InnerProduct, &shape, &columns, &point, &mut tape).expect("an opening");
            tape.into_bytes()
        });
        let claims = Claims { shape: &shape, rows: &rows, point: &point, values: &values };
        let (verify, result) = best(|| {
            let mut reader = TapeReader::new(Transcript::new("bench"), &proof);
            verify_opening(Batched, &basis, InnerScheme::InnerProduct, &claims, &mut reader)
        });
        result.expect("the opening is accepted");
        let per_value = commit * 1e9 / ((columns.len() as f64) * f64::from(1 << log_t));
        println!(
            "  {path:?}: commit {:.1} ms ({per_value:.1} ns per cycle and column; first {:.1} ms), open {:.1} ms, verify {:.1} ms, {} bytes",
            commit * 1e3,
            first * 1e3,
            open * 1e3,
            verify * 1e3,
            proof.len()
        );
    }
    let scalars: Vec<Fr> = (0..1 << log_row).map(|_| Fr::rand(rng)).collect();
    let (seconds, _) = best(|| msm(Scalar, &basis.points()[..1 << log_row], &scalars));
    println!("  verifier's multi-scalar multiplication: {:.0} ns per point", seconds * 1e9 / f64::from(1 << log_row));
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|argument| argument.parse().ok());
    let log_t = numbers.next().unwrap_or(16);
    let mut log_rows: Vec<u32> = numbers.collect();
    if log_rows.is_empty() {
        log_rows = vec![15, 17];
    }
    let rng = &mut StdRng::seed_from_u64(1);
    let trace = Trace::random(1 << log_t, rng);
    for log_row in log_rows {
        bench(&trace, log_t, log_row, rng);
    }
}
