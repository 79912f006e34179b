//! Times of the constraints' kernels and of those that are linear in the columns, in nanoseconds
//! of wall and of processor time per cycle. Run with `cargo bench -p zkvm-prover --bench constraints -- [log2 of the cycles]`.

use ark_bn254::Fr;
use ark_ff::{Field, UniformRand};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::Instant;
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, A5, Asm, DATA, T0, T1, T2, ZERO};
use zkvm_emulator::{Console, Elf, Input, Limits, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_pcs::InnerScheme;
use zkvm_protocol::Shape;
use zkvm_protocol::relations::control::Next;
use zkvm_protocol::relations::dense::Dense;
use zkvm_protocol::relations::reduction::{Addresses, ColumnClaim};
use zkvm_protocol::relations::spartan::{Skip, Zerocheck};
use zkvm_protocol::statement::PublicIo;
use zkvm_prover::kernel::Kernel;
use zkvm_prover::kernels::{Path, set_path};
use zkvm_prover::relations::control::NextKernel;
use zkvm_prover::relations::dense::DenseKernel;
use zkvm_prover::relations::histogram::address_histograms;
use zkvm_prover::relations::reduction::AddressesKernel;
use zkvm_prover::relations::spartan::{Gram, ZerocheckKernel, quotient};
use zkvm_prover::witness::Witness;
use zkvm_verifier::{Key, statement};

/// A loop over most kinds of rows, at most 2^`log_t` of them.
fn program(log_t: usize) -> Program {
    let mut asm = Asm::new();
    asm.data(DATA, &[0x5a; 1 << 12]);
    asm.li(A5, (1 << log_t) / 16);
    asm.li(A4, DATA);
    asm.li(A0, 0x8765_4321);
    let start = asm.here();
    let skipped = asm.label();
    asm.andi(T1, A0, 0x7fc);
    asm.add(A3, A4, T1);
    asm.lw(A1, A3, 4);
    asm.add(A0, A0, A1);
    asm.xor(A2, A0, A5);
    asm.mul(A0, A0, A2);
    asm.bltu(A0, A1, skipped);
    asm.srli(T0, A0, 7);
    asm.sw(T0, A3, 8);
    asm.place(skipped);
    asm.lbu(T2, A3, 3);
    asm.sub(A0, A0, T2);
    asm.sltu(T0, A0, A2);
    asm.or(A0, A0, T0);
    asm.addi(A5, A5, -1);
    asm.bne(A5, ZERO, start);
    asm.exit();
    let image = Elf::parse(&asm.elf().write()).expect("the assembler writes valid files").image;
    Program::new(image, MemoryConfig::default()).expect("the program fits")
}

/// Processor time of all threads in nanoseconds; zero where the system does not tell.
fn cpu_time() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let time = |task: std::fs::DirEntry| -> Option<f64> {
        std::fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    tasks.filter_map(time).sum()
}

struct Bench {
    cycles: f64,
    rng: StdRng,
}

impl Bench {
    fn time<T>(&self, name: &str, f: impl FnOnce() -> T) -> T {
        let (start, cpu) = (Instant::now(), cpu_time());
        let value = f();
        let (wall, cpu) = (start.elapsed().as_secs_f64() * 1e9, cpu_time() - cpu);
        println!("  {name}: {:.1} ({:.1})", wall / self.cycles, cpu / self.cycles);
        value
    }

    fn point(&mut self, coordinates: usize) -> Vec<Fr> {
        (0..coordinates).map(|_| Fr::rand(&mut self.rng)).collect()
    }

    /// A scalar c·2^-128 as a transcript gives.
    fn challenge(&mut self) -> Fr {
        let shift = Fr::from(2u64).pow([128]).inverse().expect("2 is a unit");
        Fr::from(self.rng.r#gen::<u128>() >> 3) * shift
    }

    fn rounds(&mut self, name: &str, kernel: &mut dyn Kernel, groups: &[usize]) {
        let mut first = 0;
        for count in groups {
            let challenges: Vec<Fr> = (0..*count).map(|_| self.challenge()).collect();
            self.time(&format!("{name}, rounds {first}..{}", first + count), || {
                for challenge in challenges {
                    kernel.round(Fr::from(1u64));
                    kernel.bind(challenge);
                }
            });
            first += count;
        }
        self.time(&format!("{name}, claims"), || kernel.claims());
    }
}

fn run(bench: &mut Bench, witness: &Witness) {
    let shape = witness.statement.shape;
    let skip = Skip { tau: bench.point(1 + shape.log_t) };
    let gram = bench.time("skip", || Gram::new(&skip.tau[1..], witness));
    let quotient = bench.time("quotient", || quotient(&skip, &gram));
    let zerocheck = Zerocheck::new(&skip, &quotient, bench.challenge());
    let mut kernel = bench.time("zerocheck", || ZerocheckKernel::new(&zerocheck, witness));
    bench.rounds("zerocheck", &mut kernel, &[1, 1, 1, 1, shape.log_t - 3]);
    drop(kernel);

    let values = [Fr::from(1u64); 2];
    let next = Next { gamma: bench.challenge(), r1: bench.point(shape.log_t), values, halt: values };
    let mut kernel = bench.time("control", || NextKernel::new(&next, witness));
    bench.rounds("control", &mut kernel, &[shape.log_t]);

    let points = [0; 3].map(|_| bench.point(shape.log_t));
    let dense = Dense { gamma: bench.challenge(), points, values: [Fr::from(1u64); 6] };
    let mut kernel = bench.time("dense", || DenseKernel::new(&dense, witness));
    bench.rounds("dense", &mut kernel, &[shape.log_t]);

    let point = bench.point(shape.log_t);
    bench.time("address histograms", || address_histograms(witness, &shape.columns(), &point));
    let columns = shape.columns().len();
    let claim = |column| ColumnClaim { column, point: point[..shape.log_k].to_vec(), value: Fr::from(1u64) };
    let claims = (0..columns).chain(0..columns).map(claim).collect();
    let addresses = Addresses { gamma: bench.challenge(), log_k: shape.log_k, columns, r4: point.clone(), claims };
    let mut kernel = bench.time("addresses", || AddressesKernel::new(&addresses, witness));
    bench.rounds("addresses", &mut kernel, &[shape.log_k]);
}

fn main() {
    let log_t = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(18);
    let program = program(log_t);
    let input = Input::new(Vec::new(), Vec::new()).expect("the input fits");
    let traced = trace(&program, &input, &Limits::default(), &mut Console::default());
    let (_, trace) = traced.expect("the program exits");
    let log_bytecode = program.log_rows();
    let log_ram = program.layout().min_log_words as usize;
    let key = Key::new(program);
    let io = PublicIo::default();
    let shape = Shape { log_t, log_k: 4, log_bytecode, log_ram, log_row: 10 };
    let statement = statement(&key, &io, shape, InnerScheme::Clear, false).expect("the sizes are in bounds");
    let witness = Witness::new(statement, trace);
    let mut bench = Bench { cycles: (1u64 << log_t) as f64, rng: StdRng::seed_from_u64(1) };
    // Both pools live until the end: the processor time of a thread that has ended is not seen.
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads start");
    for pool in &[1, rayon::current_num_threads()].map(pool) {
        for wanted in [Path::Scalar, Path::Ifma] {
            let (threads, path) = (pool.current_num_threads(), set_path(wanted));
            println!("2^{log_t} cycles, {threads} threads, {path:?}, ns per cycle, of wall (processor) time");
            pool.install(|| run(&mut bench, &witness));
        }
    }
}
