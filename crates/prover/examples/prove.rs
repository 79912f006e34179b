//! Proves and verifies one run of an ELF file: `prove FILE.elf HEX_OF_PUBLIC_INPUT [RUNS [zk]]`, with `zk`
//! in zero knowledge. Prints the time of every step.

use std::time::Instant;
use zkvm_emulator::{Console, Elf, Input, Limits, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_prover::kernels::g1::Batched;
use zkvm_prover::observer::Step;
use zkvm_prover::{Options, PublicIo, Setup, prove};
use zkvm_verifier::{Key, Policy, verify_with};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, input, rest @ ..] = &arguments[..] else { panic!("usage: prove FILE.elf HEX [RUNS [zk]]") };
    let elf = std::fs::read(file).expect("the file is readable");
    let image = Elf::parse(&elf).expect("an ELF file").image;
    let key = Key::new(Program::new(image, MemoryConfig::default()).expect("a program"));
    let byte = |i: usize| u8::from_str_radix(&input[i..i + 2], 16).expect("hexadecimal");
    let public: Vec<u8> = (0..input.len()).step_by(2).map(byte).collect();
    let setup = Setup::shared();
    let zero_knowledge = rest.get(1).is_some_and(|kind| kind == "zk");
    let options = Options { zero_knowledge, ..Options::default() };
    for _ in 0..rest.first().map_or(1, |runs| runs.parse().expect("a number")) {
        let start = Instant::now();
        let input = Input::new(public.clone(), Vec::new()).expect("it fits");
        let (execution, trace) =
            trace(key.program(), &input, &Limits::default(), &mut Console::default()).expect("no trap");
        let steps = trace.rows.len();
        println!("{:>18} {:9.1} ms ({steps} steps)", "trace", start.elapsed().as_secs_f64() * 1e3);
        let io = PublicIo { input: public.clone(), exit_code: execution.exit_code, output: execution.output };
        let start = Instant::now();
        let mut observed: Vec<Step> = Vec::new();
        let proof = prove(&setup, &key, &io, trace, &options, &mut observed).expect("a proof");
        let total = start.elapsed().as_secs_f64();
        for step in &observed {
            let milliseconds = step.time.wall.as_secs_f64() * 1e3;
            println!("{:>18} {milliseconds:9.1} ms {:9.1} ns/step", step.name, milliseconds * 1e6 / steps as f64);
        }
        println!(
            "{:>18} {:9.1} ms, {:.1} kHz, {} bytes",
            "total",
            total * 1e3,
            steps as f64 / total / 1e3,
            proof.tape.len()
        );
        let start = Instant::now();
        let bases = |log_row| setup.basis(log_row);
        verify_with(Batched, &key, bases, &public, &proof, &Policy::default()).expect("the proof verifies");
        println!("{:>18} {:9.1} ms", "verify", start.elapsed().as_secs_f64() * 1e3);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
}
