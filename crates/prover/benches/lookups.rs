//! Time of the lookup, RAM-chunk and bytecode kernels: `cargo bench --bench lookups -- [log_t] [κ] [only=kernel]`.
//!
//! Each kernel runs alone on two traces: a loop of random straight-line code, a fifth of it memory
//! accesses, and a loop of four instructions with small values. Challenges have the 125 bits of the
//! transcript's; messages are not checked here.

use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::Instant;
use zkvm_algebra::{Field, Fr};
use zkvm_emulator::testing::{A0, A1, A2, A4, A5, Asm, DATA, R_TYPE, SHIFTS, ZERO};
use zkvm_emulator::{Console, Elf, Input, Limits, Trace, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_pcs::InnerScheme;
use zkvm_protocol::Shape;
use zkvm_protocol::relations::bytecode::{Batcher, Functional};
use zkvm_protocol::relations::{lookups, ram};
use zkvm_protocol::statement::PublicIo;
use zkvm_prover::kernel::Kernel;
use zkvm_prover::relations::bytecode;
use zkvm_prover::relations::lookups::{ChunksKernel, ReadKernel};
use zkvm_prover::relations::products::ram::RamChunksKernel;
use zkvm_prover::witness::Witness;
use zkvm_verifier::{Key, statement};

/// Random straight-line code in a loop.
fn straight(rng: &mut StdRng, rounds: u32) -> Asm {
    let mut asm = Asm::new();
    asm.data(DATA, &(0..2048).map(|_| rng.r#gen()).collect::<Vec<u8>>());
    asm.li(A4, DATA);
    asm.li(A5, rounds);
    let start = asm.here();
    for _ in 0..900 {
        let [rd, rs1, rs2] = [(); 3].map(|()| rng.gen_range(16..32));
        match rng.gen_range(0..10) {
            0 => asm.lw(rd, A4, 4 * rng.gen_range(0..500)),
            1 => asm.sw(rs1, A4, 4 * rng.gen_range(0..500)),
            2..5 => SHIFTS[rng.gen_range(0..SHIFTS.len())].1(&mut asm, rd, rs1, rng.gen_range(1..31)),
            _ => {
                let (name, emit) = R_TYPE[rng.gen_range(0..R_TYPE.len())];
                let simple = ["add", "sub", "xor", "or", "and", "sltu", "mul"].contains(&name);
                if simple { emit(&mut asm, rd, rs1, rs2) } else { asm.xor(rd, rs1, rs2) }
            }
        }
    }
    asm.addi(A5, A5, -1);
    asm.bne(A5, ZERO, start);
    asm.li(A0, 0);
    asm.exit();
    asm
}

/// Fibonacci numbers modulo 2^32.
fn tight(rounds: u32) -> Asm {
    let mut asm = Asm::new();
    asm.li(A5, rounds);
    asm.li(A1, 1);
    let start = asm.here();
    asm.add(A2, A0, A1);
    asm.mv(A0, A1);
    asm.mv(A1, A2);
    asm.addi(A5, A5, -1);
    asm.bne(A5, ZERO, start);
    asm.li(A0, 0);
    asm.exit();
    asm
}

fn run(asm: &Asm) -> (Key, PublicIo, Trace) {
    let image = Elf::parse(&asm.elf().write()).expect("a valid file").image;
    let program = Program::new(image, MemoryConfig::default()).expect("the program fits");
    let input = Input::new(Vec::new(), Vec::new()).expect("the input fits");
    let (execution, trace) =
        trace(&program, &input, &Limits::default(), &mut Console::default()).expect("the program exits");
    (Key::new(program), PublicIo { exit_code: execution.exit_code, ..PublicIo::default() }, trace)
}

fn challenge(rng: &mut StdRng) -> Fr {
    let scale = Fr::from(2u64).pow([128]).inverse().expect("a unit");
    Fr::from(rng.r#gen::<u128>() >> 3) * scale
}

fn point(rng: &mut StdRng, length: usize) -> Vec<Fr> {
    (0..length).map(|_| challenge(rng)).collect()
}

/// Processor time of all threads of this process in seconds, which other processes do not disturb;
/// wall time where the system does not tell.
fn now(start: Instant) -> f64 {
    let time = |task: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<f64>().ok()
    };
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let sum: f64 = tasks.filter_map(|task| time(task.ok()?)).sum();
    if sum > 0.0 { sum / 1e9 } else { start.elapsed().as_secs_f64() }
}

/// Runs all rounds; prints nanoseconds of processor time for each step: setup, index rounds, cycle
/// rounds.
fn time<K: Kernel>(name: &str, rng: &mut StdRng, log_t: usize, index: usize, new: impl Fn() -> K) {
    if std::env::args().any(|arg| arg.starts_with("only=") && arg["only=".len()..] != *name) {
        return;
    }
    let mut best = [f64::MAX; 3];
    let origin = Instant::now();
    for _ in 0..3 {
        let mut times = [0.0; 3];
        let start = now(origin);
        let mut kernel = new();
        times[0] = now(origin) - start;
        let mut claim = challenge(rng);
        for round in 0..index + log_t {
            let start = now(origin);
            let message = kernel.round(claim);
            let r = challenge(rng);
            claim = message.evaluate(r);
            kernel.bind(r);
            times[if round < index { 1 } else { 2 }] += now(origin) - start;
        }
        best.iter_mut().zip(times).for_each(|(best, time)| *best = best.min(time));
    }
    let [setup, index, cycle] = best.map(|time| time * 1e9 / (1u64 << log_t) as f64);
    println!("  {name:16} setup {setup:7.1}  index rounds {index:7.1}  cycle rounds {cycle:7.1}  ns per step");
}

fn functional(rng: &mut StdRng) -> Functional {
    let mut f = Functional { one: challenge(rng), ..Functional::default() };
    [f.imm, f.disp, f.target, f.row, f.addr] = core::array::from_fn(|_| challenge(rng));
    f.flags = f.flags.map(|_| challenge(rng));
    f.tables = f.tables.map(|_| challenge(rng));
    [f.rs1, f.rs2, f.rd] = [f.rs1, f.rs2, f.rd].map(|cells| cells.map(|_| challenge(rng)));
    f
}

fn bench(title: &str, asm: &Asm, log_t: usize, log_k: usize) {
    let (key, io, trace) = run(asm);
    let program = key.program();
    let log_ram = program.layout().min_log_words as usize;
    let shape = Shape { log_t, log_k, log_bytecode: program.log_rows(), log_ram, log_row: log_t.max(log_k) };
    let statement = statement(&key, &io, shape, InnerScheme::Clear, false).expect("the sizes are in bounds");
    println!(
        "{title}: {} steps, T = 2^{log_t}, κ = {log_k}, b = {}, m = {log_ram}",
        trace.rows.len(),
        shape.log_bytecode
    );
    let witness = Witness::new(statement, trace);
    let rng = &mut StdRng::seed_from_u64(1);
    let [r1, r2, r3] = [(); 3].map(|()| point(rng, log_t));
    let gamma = challenge(rng);

    let read = lookups::Read { gamma, r1: r1.clone(), values: [gamma; 5] };
    time("lookups", rng, log_t, 64, || ReadKernel::new(&read, &witness));
    let chunks = lookups::Chunks::new(&shape, gamma, &point(rng, 64), &r2, &[gamma; 4]);
    time("lookup chunks", rng, log_t, 0, || ChunksKernel::new(&chunks, &witness));
    let chunks = ram::Chunks::new(&shape, gamma, &point(rng, shape.ram_bits()), &r2, &r3, [gamma; 2]);
    time("RAM chunks", rng, log_t, 0, || RamChunksKernel::new(&chunks, &witness));
    let mut batch = Batcher::new(gamma);
    for r in [r1, r2, r3] {
        batch.at(&r).claim(&functional(rng), gamma);
    }
    batch.at(&vec![Fr::from(0u64); log_t]).claim(&functional(rng), gamma);
    let claims = batch.finish(program.rows(), &shape);
    time("bytecode", rng, log_t, shape.log_bytecode, || bytecode::ReadKernel::new(&claims, &witness));
}

fn main() {
    let mut numbers = std::env::args().filter_map(|arg| arg.parse::<usize>().ok());
    let (log_t, log_k) = (numbers.next().unwrap_or(18), numbers.next().unwrap_or(4));
    let steps = (1u32 << log_t) - 64;
    println!("{:?}, {} threads", zkvm_prover::kernels::path(), rayon::current_num_threads());
    bench("straight-line", &straight(&mut StdRng::seed_from_u64(2), steps / 1100), log_t, log_k);
    bench("tight loop", &tight(steps / 5), log_t, log_k);
}
