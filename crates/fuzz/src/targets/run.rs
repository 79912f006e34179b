//! Instructions, and programs made of bytes.

use zkvm_emulator::{Console, Execution, Fault, Input, Limits, Trace, Trap, execute, trace};
use zkvm_isa::instruction::Format;
use zkvm_isa::program::{Image, Program, Segment};
use zkvm_isa::{Opcode, Operands, Semantics, decode};
use zkvm_verifier::{Key, Policy, verify};

use crate::Target;
use crate::example::{MEMORY, SETUP, prove_run};

/// A word is no instruction, or the one encoding of one.
pub const DECODE: Target = Target { name: "decode", check: decode_words, seeds: word_seeds, everyday: 5000 };

/// A program runs alike whether it is traced or not, and within its limit.
pub const PROGRAM: Target = Target { name: "program", check: program, seeds: program_seeds, everyday: 4000 };

/// Every short run that ends has a proof, which verifies.
pub const PROVE: Target = Target { name: "prove", check: prove, seeds: program_seeds, everyday: 25 };

/// Base and exit call of programs.
const BASE: u32 = zkvm_abi::IMAGE_BASE;
const A0: u8 = 10;
const A7: u8 = 17;
const SP: u32 = 2;

fn word_seeds() -> Vec<Vec<u8>> {
    let operands = Operands { rd: 5, rs1: 6, rs2: 7, imm: 8 };
    let words = Opcode::ALL.iter().flat_map(|opcode| opcode.instruction().encode(operands).to_le_bytes());
    vec![words.collect()]
}

fn decode_words(data: &[u8]) {
    let (words, _) = data.as_chunks::<4>();
    for word in words.iter().map(|bytes| u32::from_le_bytes(*bytes)) {
        let Some(decoded) = decode(word) else { continue };
        let instruction = decoded.instruction;
        let text = decoded.to_string();
        assert!(text.starts_with(instruction.name), "{text}");
        let encoded = instruction.encode(decoded.operands);
        let again = decode(encoded).expect("an encoding decodes");
        assert_eq!((again.opcode, again.operands), (decoded.opcode, decoded.operands), "{word:#010x}");
        // The fields of a fence say what it orders; they are not kept.
        assert!(encoded == word || instruction.format == Format::Bare, "{word:#010x}");
    }
}

/// Lengths and contents that cover the instructions: every byte string is a program.
fn program_seeds() -> Vec<Vec<u8>> {
    (1..=8u32)
        .map(|seed| (0..40 * seed).map(|i| (i.wrapping_mul(seed.wrapping_mul(2_654_435_761)) >> 24) as u8).collect())
        .collect()
}

/// A program of one instruction for every five bytes, then an exit; the bytes are its data, too. The
/// first of the five chooses the instruction, the others are its operands: words that are no
/// instruction are rare, and half of the accesses to memory go to the stack or the output.
fn image(data: &[u8]) -> Image {
    let (groups, _) = data.as_chunks::<5>();
    let mut words: Vec<u32> = groups.iter().map(word).collect();
    let call = |opcode: Opcode, operands| opcode.instruction().encode(operands);
    words.push(call(Opcode::ADDI, Operands { rd: A7, imm: zkvm_abi::ecall::EXIT as i32, ..Operands::default() }));
    words.push(call(Opcode::ADDI, Operands { rd: A0, rs1: A0, ..Operands::default() }));
    words.push(call(Opcode::ECALL, Operands::default()));
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let segment = |addr, bytes: Vec<u8>, mem_size, executable| Segment { addr, bytes, mem_size, executable };
    let size = bytes.len() as u32;
    let data_size = data.len() as u32 + 1;
    let segments = vec![segment(BASE, bytes, size, true), segment(BASE + size, data.to_vec(), data_size, false)];
    Image { entry: BASE, segments }
}

fn word(&[choice, a, b, c, d]: &[u8; 5]) -> u32 {
    let raw = u32::from_le_bytes([a, b, c, d]);
    let Some(opcode) = Opcode::ALL.get(usize::from(choice) % (Opcode::ALL.len() + 1)) else { return raw };
    let instruction = opcode.instruction();
    let word = instruction.fixed | raw & !instruction.mask;
    match instruction.semantics {
        Semantics::Load { .. } | Semantics::Store(_) if choice >= 128 => word & !(31 << 15) | SP << 15,
        _ => word,
    }
}

fn input(data: &[u8]) -> Input {
    let public = data.iter().copied().take(16).collect();
    Input::new(public, data.to_vec()).expect("the input is short")
}

fn program(data: &[u8]) {
    let program = Program::new(image(data), MEMORY).expect("short texts are programs");
    for max_cycles in [10_000, data.len() as u64 / 8] {
        let result = run_both(&program, &input(data), &Limits { max_cycles });
        let cycles = match &result {
            Ok((execution, _)) => execution.statistics.cycles,
            Err(fault) => fault.statistics.cycles,
        };
        // A trap is noticed behind the rows of its instruction.
        assert!(cycles <= max_cycles + 16, "{cycles} cycles of {max_cycles}");
    }
}

fn prove(data: &[u8]) {
    let program = Program::new(image(data), MEMORY).expect("short texts are programs");
    let key = Key::new(program);
    let input = input(data);
    let Ok(run) = run_both(key.program(), &input, &Limits { max_cycles: 1 << 12 }) else { return };
    let policy = Policy { exit_codes: vec![run.0.exit_code], ..Policy::default() };
    let proof = prove_run(&key, &input, run);
    let basis = SETUP.basis(proof.sizes.log_row.into()).expect("a basis");
    assert_eq!(verify(&key, &basis, input.public(), &proof, &policy), Ok(()));
}

/// A run in both modes, which must agree.
pub fn run_both(program: &Program, input: &Input, limits: &Limits) -> Result<(Execution, Trace), Box<Fault>> {
    let (mut executed, mut traced) = (Console::default(), Console::default());
    let execution = execute(program, input, limits, &mut executed);
    let run = trace(program, input, limits, &mut traced);
    assert_eq!(executed, traced);
    match (execution, run) {
        (Ok(execution), Ok((same, trace))) => {
            assert!(execution == same, "{execution:?}\n{same:?}");
            assert_eq!(trace.rows.len() as u64, execution.statistics.cycles);
            assert_eq!((trace.rows.first(), trace.rows.last()), (Some(&0), Some(&program.halt())));
            Ok((same, trace))
        }
        (Err(mut fault), Err(mut same)) => {
            if matches!(fault.trap, Trap::CycleLimit { .. }) {
                // The limit is noticed at jumps; accesses before that may have used more memory.
                (fault.statistics.memory, same.statistics.memory) = ((0, 0), (0, 0));
                (fault.statistics.peak_memory, same.statistics.peak_memory) = (0, 0);
            }
            assert!(fault == same, "{fault:?}\n{same:?}");
            Err(Box::new(fault))
        }
        (execution, run) => panic!("{execution:?}\n{:?}", run.map(|(execution, _)| execution)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::mutate;
    use rand::SeedableRng;
    use rand::rngs::StdRng;
    use std::collections::BTreeMap;

    #[test]
    fn generated_programs_end_in_many_ways() {
        let (mut rng, seeds) = (StdRng::seed_from_u64(3), program_seeds());
        let mut ends = BTreeMap::new();
        for _ in 0..3000 {
            let data = mutate(&mut rng, &seeds);
            let program = Program::new(image(&data), MEMORY).unwrap();
            let result = run_both(&program, &input(&data), &Limits { max_cycles: 1000 });
            let end = result.map_or_else(|fault| fault.trap.name(), |_| "exit");
            *ends.entry(end).or_insert(0) += 1;
        }
        assert!(ends.len() >= 8 && ends["exit"] > 100, "{ends:?}");
    }
}
