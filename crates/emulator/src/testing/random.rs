//! Random programs that run to their end.

use super::{A7, Asm, BRANCHES, I_TYPE, LOADS, R_TYPE, S10, S11, SHIFTS, STORES, ZERO};
use rand::{Rng, rngs::StdRng, seq::SliceRandom};

/// Register that holds the address of the memory accessed.
pub const BASE: u32 = S10;
/// Register that counts the rounds of the loop.
pub const COUNT: u32 = S11;

/// Which instructions occur.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mix {
    /// RV32IM without environment calls.
    Portable,
    /// That, `advice`, and calls that only this machine knows.
    Machine,
}

/// Values at which arithmetic goes wrong.
const EDGES: [u32; 12] =
    [0, 1, 2, 31, 32, 0xff, 0x8000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff];

/// A word, often an edge.
pub fn word(rng: &mut StdRng) -> u32 {
    if rng.gen_bool(0.5) { *EDGES.choose(rng).expect("not empty") } else { rng.gen_range(0..=u32::MAX) }
}

/// Any register but [`BASE`] and [`COUNT`].
fn any(rng: &mut StdRng) -> u32 {
    let register = rng.gen_range(0..30);
    if register < BASE { register } else { register + 2 }
}

fn choose<T: Copy>(list: &[(&'static str, T)], rng: &mut StdRng) -> (&'static str, T) {
    *list.choose(rng).expect("not empty")
}

/// Appends a random instruction, with what it needs to be followed by the next one.
pub fn instruction(asm: &mut Asm, rng: &mut StdRng, mix: Mix) {
    let (rd, rs1, rs2) = (any(rng), any(rng), any(rng));
    match rng.gen_range(0..20) {
        0..=7 => choose(R_TYPE, rng).1(asm, rd, rs1, rs2),
        8..=10 => choose(I_TYPE, rng).1(asm, rd, rs1, rng.gen_range(-2048..2048)),
        11 => choose(SHIFTS, rng).1(asm, rd, rs1, rng.gen_range(0..32)),
        12 | 13 => {
            let (name, emit) = choose(LOADS, rng);
            emit(asm, rd, BASE, aligned(name, rng));
        }
        14 | 15 => {
            let (name, emit) = choose(STORES, rng);
            emit(asm, rs2, BASE, aligned(name, rng));
        }
        16 => {
            let past = asm.label();
            choose(BRANCHES, rng).1(asm, rs1, rs2, past);
            choose(I_TYPE, rng).1(asm, rd, rs1, rng.gen_range(-2048..2048));
            asm.place(past);
        }
        17 => jump(asm, rng, rd),
        18 => asm.li(rd, word(rng)),
        _ => match (rng.gen_range(0..4), mix) {
            (0, _) => asm.auipc(rd, word(rng)),
            (1, _) | (_, Mix::Portable) => asm.fence(),
            (2, Mix::Machine) => asm.advice(rd.max(1)),
            (_, Mix::Machine) => {
                asm.li(A7, rng.gen_range(0x5a00..0x5a04));
                asm.ecall();
            }
        },
    }
}

/// Jumps past a word that is no instruction, directly or through a register.
fn jump(asm: &mut Asm, rng: &mut StdRng, rd: u32) {
    if rng.gen_bool(0.5) {
        let past = asm.label();
        asm.jal(rd, past);
        asm.word(0);
        asm.place(past);
    } else {
        asm.auipc(1, 0);
        asm.jalr(rd, 1, 12 + rng.gen_range(0..2));
        asm.word(0);
    }
}

/// An offset that the access takes.
fn aligned(name: &str, rng: &mut StdRng) -> i32 {
    let width = match name.as_bytes()[1] {
        b'b' => 1,
        b'h' => 2,
        _ => 4,
    };
    rng.gen_range(-2048 / width..2048 / width) * width
}

/// Sets all registers, then runs `len` random instructions a few times. They access the 4 KiB around
/// `memory`. At the end [`COUNT`] is zero.
pub fn program(asm: &mut Asm, rng: &mut StdRng, len: usize, memory: u32, mix: Mix) {
    for register in 1..32 {
        asm.li(register, word(rng));
    }
    asm.li(BASE, memory);
    asm.li(COUNT, rng.gen_range(1..5));
    let (first, past) = (asm.label(), asm.label());
    asm.j(first);
    // The body is further than a branch reaches.
    let top = asm.here();
    asm.place(first);
    for _ in 0..len {
        instruction(asm, rng, mix);
    }
    asm.addi(COUNT, COUNT, -1);
    asm.beq(COUNT, ZERO, past);
    asm.j(top);
    asm.place(past);
}
