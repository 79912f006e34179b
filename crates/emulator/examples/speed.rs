//! Prints how fast programs run, in millions of instructions and rows per second.
//!
//! `cargo run --release -p zkvm-emulator --features testing --example speed [FILE.elf [INPUT]]`

use std::time::Instant;
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, Asm, DATA, T0, ZERO};
use zkvm_emulator::{Elf, Execution, Fault, Input, Limits, execute, trace};
use zkvm_isa::program::{MemoryConfig, Program};

/// a0 = fibonacci(n) mod 2^32.
fn fibonacci(n: u32) -> Asm {
    let mut asm = Asm::new();
    asm.li(A1, n);
    asm.li(A2, 1);
    let top = asm.here();
    asm.add(A3, A0, A2);
    asm.mv(A0, A2);
    asm.mv(A2, A3);
    asm.addi(A1, A1, -1);
    asm.bne(A1, ZERO, top);
    asm.li(A0, 0);
    asm.exit();
    asm
}

/// Copies 4 KiB by words, then by bytes, `times` times.
fn copy(times: u32) -> Asm {
    let mut asm = Asm::new();
    asm.li(T0, times);
    let again = asm.here();
    for (step, load, store) in
        [(4, Asm::lw as fn(&mut Asm, _, _, _), Asm::sw as fn(&mut Asm, _, _, _)), (1, Asm::lbu, Asm::sb)]
    {
        asm.li(A1, DATA);
        asm.li(A2, DATA + 4096);
        asm.li(A3, DATA + 4096);
        let top = asm.here();
        load(&mut asm, A4, A1, 0);
        store(&mut asm, A4, A2, 0);
        asm.addi(A1, A1, step);
        asm.addi(A2, A2, step);
        asm.bne(A1, A3, top);
    }
    asm.addi(T0, T0, -1);
    asm.bne(T0, ZERO, again);
    asm.li(A0, 0);
    asm.exit();
    asm.data(DATA, &[7; 8192]);
    asm
}

fn report(name: &str, mode: &str, run: impl Fn() -> Result<Execution, Fault>) -> Result<(), Fault> {
    let mut best = f64::INFINITY;
    let mut execution = run()?;
    for _ in 0..3 {
        let start = Instant::now();
        execution = run()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    let statistics = &execution.statistics;
    let rate = |count: u64| count as f64 / best / 1e6;
    println!(
        "{name:<16} {mode:<8} {:>10} instructions {:>10} rows {:>8.1} ms {:>7.1} MHz {:>7.1} Mrows/s",
        statistics.instructions,
        statistics.cycles,
        best * 1e3,
        rate(statistics.instructions),
        rate(statistics.cycles)
    );
    Ok(())
}

fn measure(name: &str, file: &[u8], input: &Input, traced: bool) -> Result<(), Box<dyn std::error::Error>> {
    let program = Program::new(Elf::parse(file)?.image, MemoryConfig::default())?;
    let limits = Limits::default();
    report(name, "execute", || execute(&program, input, &limits, &mut ()))?;
    if traced {
        report(name, "trace", || Ok(trace(&program, input, &limits, &mut ())?.0))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    if let Some(path) = arguments.next() {
        let public = arguments.next().map(std::fs::read).transpose()?.unwrap_or_default();
        return measure(&path, &std::fs::read(&path)?, &Input::new(public, Vec::new())?, true);
    }
    let input = Input::default();
    for (name, asm, traced) in [
        ("fibonacci", fibonacci(1 << 20), true),
        ("copy", copy(160), true),
        ("fibonacci, long", fibonacci(1 << 25), false),
        ("copy, long", copy(5000), false),
    ] {
        measure(name, &asm.elf().write(), &input, traced)?;
    }
    Ok(())
}
