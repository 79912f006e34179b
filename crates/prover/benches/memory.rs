//! Times of the kernels of RAM, registers and booleanity, in nanoseconds per cycle.
//! Run with `cargo bench -p zkvm-prover --bench memory -- [log2 of the cycles] [κ]`.
//!
//! Two figures for each phase: elapsed time, and time on a processor over all threads, which a busy
//! machine does not distort.

use ark_bn254::Fr;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use std::time::Instant;
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, A5, Asm, DATA, SP, T0, T1, T2, ZERO};
use zkvm_emulator::{Console, Elf, Input, Limits, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_pcs::InnerScheme;
use zkvm_protocol::Shape;
use zkvm_protocol::relations::booleanity::Booleanity;
use zkvm_protocol::relations::{ram, registers};
use zkvm_protocol::shape::LOG_REGISTERS;
use zkvm_protocol::statement::PublicIo;
use zkvm_prover::kernel::Kernel;
use zkvm_prover::kernels::{Path, set_path};
use zkvm_prover::relations::booleanity::BooleanityKernel;
use zkvm_prover::relations::ram::{OutputKernel, ReadKernel, ValKernel};
use zkvm_prover::relations::registers as kernels;
use zkvm_prover::witness::Witness;
use zkvm_verifier::{Key, statement};

/// A loop of 20 instructions of which six access memory, over a few hundred words.
fn program(log_t: usize) -> Program {
    let mut asm = Asm::new();
    asm.data(DATA, &[0x5a; 1 << 14]);
    asm.li(A5, (1 << log_t) / 21);
    asm.li(A4, DATA);
    asm.li(A0, 0x8765_4321);
    let start = asm.here();
    asm.srli(T1, A0, 20);
    asm.andi(T1, T1, 0x7fc);
    asm.add(A3, A4, T1);
    asm.lw(A1, A3, 4);
    asm.add(A0, A0, A1);
    asm.xor(A2, A0, A5);
    asm.mul(A0, A0, A2);
    asm.srli(T0, A0, 7);
    asm.sw(T0, A3, 8);
    asm.lw(T2, SP, -16);
    asm.sub(A0, A0, T2);
    asm.sltu(T0, A0, A2);
    asm.or(A0, A0, T0);
    asm.lbu(T2, A3, 3);
    asm.sw(A0, SP, -16);
    asm.and(T0, T2, A0);
    asm.add(A0, A0, T0);
    asm.lw(T0, A4, 0);
    asm.addi(A5, A5, -1);
    asm.bne(A5, ZERO, start);
    asm.exit();
    let image = Elf::parse(&asm.elf().write()).expect("the assembler writes valid files").image;
    Program::new(image, MemoryConfig::default()).expect("the program fits")
}

/// Nanoseconds that the threads of this process have run.
fn cpu() -> f64 {
    let of_task = |task: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<f64>().ok()
    };
    std::fs::read_dir("/proc/self/task").map_or(0.0, |tasks| tasks.flatten().filter_map(of_task).sum())
}

struct Bench {
    cycles: f64,
    rng: StdRng,
}

impl Bench {
    fn time<T>(&self, label: &str, f: impl FnOnce() -> T) -> T {
        let (start, before) = (Instant::now(), cpu());
        let value = f();
        let (elapsed, busy) = (start.elapsed().as_nanos() as f64, cpu() - before);
        println!("  {label:<24} {:8.1} {:8.1}", elapsed / self.cycles, busy / self.cycles);
        value
    }

    fn point(&mut self, count: usize) -> Vec<Fr> {
        (0..count).map(|_| Fr::rand(&mut self.rng)).collect()
    }

    fn rounds(&mut self, label: &str, kernel: &mut dyn Kernel, rounds: usize) {
        let challenges = self.point(rounds);
        self.time(label, || {
            for challenge in challenges {
                kernel.round(challenge);
                kernel.bind(challenge);
            }
        });
    }

    /// All rounds of a kernel: preparation, index rounds, the first cycle rounds, the others.
    fn kernel<K: Kernel>(&mut self, name: &str, index: usize, cycle: usize, new: impl FnOnce() -> K) {
        println!("{name}");
        let (start, before) = (Instant::now(), cpu());
        let mut kernel = self.time("prepare", new);
        if index > 0 {
            self.rounds("index rounds", &mut kernel, index);
        }
        for round in 0..cycle.min(4) {
            self.rounds(&format!("cycle round {round}"), &mut kernel, 1);
        }
        if cycle > 4 {
            self.rounds("other cycle rounds", &mut kernel, cycle - 4);
        }
        self.time("claims", || kernel.claims());
        let (elapsed, busy) = (start.elapsed().as_nanos() as f64, cpu() - before);
        println!("  {:<24} {:8.1} {:8.1}", "all", elapsed / self.cycles, busy / self.cycles);
    }
}

fn all(witness: &Witness, path: Path) {
    let shape = &witness.statement.shape;
    let rng = StdRng::seed_from_u64(1);
    let mut bench = Bench { cycles: witness.steps() as f64, rng };
    println!("{:?}, κ = {}, 2^{} cycles; ns per cycle: elapsed, processor", set_path(path), shape.log_k, shape.log_t);
    let (t, m) = (shape.log_t, shape.log_ram);
    let [r1, word, cell, rho] = [t, m, LOG_REGISTERS, shape.log_k].map(|count| bench.point(count));
    let gamma = bench.point(1)[0];

    let base = witness.statement.program.layout().base;
    let read = ram::Read { gamma, r1: r1.clone(), values: [gamma; 5], base, log_ram: m };
    bench.kernel("ram", m + 2, t, || ReadKernel::new(&read, witness));
    let val = ram::Val { gamma, r2: r1.clone(), val: gamma, val_final: gamma, init: gamma, word };
    bench.kernel("ram values", 0, t, || ValKernel::new(&val, witness));
    let place = witness.statement.output_place();
    let point: Vec<Fr> = place.into_iter().chain(bench.point(witness.statement.log_output())).collect();
    let output = ram::Output { point, value: gamma };
    bench.kernel("output", m, 0, || OutputKernel::new(&output, witness));
    let read = registers::Read { gamma, r1: r1.clone(), values: [gamma; 3] };
    bench.kernel("registers", LOG_REGISTERS, t, || kernels::ReadKernel::new(&read, witness));
    let val = registers::Val { r2: r1.clone(), val: gamma, cell };
    bench.kernel("register values", 0, t, || kernels::ValKernel::new(&val, witness));
    let booleanity = Booleanity { gamma, rho, r2: r1, columns: shape.one_hot_columns() };
    bench.kernel("booleanity", shape.log_k, t, || BooleanityKernel::new(&booleanity, witness));
}

fn main() {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse::<usize>().ok());
    let (log_t, log_k) = (args.next().unwrap_or(18), args.next().unwrap_or(4));
    let key = Key::new(program(log_t));
    let input = Input::new(Vec::new(), Vec::new()).expect("an empty input fits");
    let (execution, trace) =
        trace(key.program(), &input, &Limits::default(), &mut Console::default()).expect("the program exits");
    let io = PublicIo { input: Vec::new(), exit_code: execution.exit_code, output: execution.output };
    let shape = Shape {
        log_t,
        log_k,
        log_bytecode: key.program().log_rows(),
        log_ram: key.program().layout().min_log_words as usize,
        log_row: 17,
    };
    let statement = statement(&key, &io, shape, InnerScheme::Clear, false).expect("the sizes are in bounds");
    let witness = Witness::new(statement, trace);
    let accesses = (0..witness.steps()).filter(|t| witness.ram_byte(*t).is_some()).count();
    println!("{accesses} memory accesses, 2^{} words of RAM", shape.log_ram);
    all(&witness, Path::Scalar);
    all(&witness, Path::Ifma);
}
