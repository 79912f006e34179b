//! Instructions that compute a register: every one on edge values, with each aliasing of its
//! registers and with every register in every position.

use super::{Case, EDGES, for_each, rotated, table, values};
use crate::testing::{A0, A1, A2, A3, A4, EmitI, EmitR, I_TYPE, R_TYPE, S0, S1, S2, S3, S11, SHIFTS, ZERO};

/// Immediates at which sign extension and every bit show.
const IMMEDIATES: [i32; 28] = [
    0, 1, 2, 4, 8, 16, 31, 32, 64, 128, 255, 256, 512, 1023, 1024, 0x555, 2046, 2047, -1, -2, -3, -4, -32, -128, -256,
    -0x556, -2047, -2048,
];

pub(super) fn directed() -> Vec<Case> {
    let mut cases = vec![registers(), upper()];
    for instruction in R_TYPE {
        cases.push(pairs(instruction.0, &[*instruction], &values()));
        cases.push(aliased(instruction.0, &[*instruction], &EDGES));
    }
    for instruction in I_TYPE {
        cases.push(immediates(instruction.0, &[*instruction], &IMMEDIATES, &values()));
    }
    for instruction in SHIFTS {
        cases.push(immediates(instruction.0, &[*instruction], &(0..32).collect::<Vec<_>>(), &values()));
    }
    cases
}

pub(super) fn brief() -> Vec<Case> {
    let few = [0, 1, 7, 0x7fff_ffff, 0x8000_0000, 0xffff_fffd, 0xffff_ffff];
    let multiplies = |name: &str| ["mul", "div", "rem"].iter().any(|prefix| name.starts_with(prefix));
    let sequences: Vec<(&str, EmitR)> = R_TYPE.iter().filter(|(name, _)| multiplies(name)).copied().collect();
    vec![
        registers(),
        upper(),
        aliased("products and quotients of edges", &sequences, &EDGES),
        aliased("registers of few values", R_TYPE, &few),
        immediates("immediates of few values", I_TYPE, &[0, 1, -1, 2047, -2048], &few),
        immediates("shifts of few values", SHIFTS, &[0, 1, 16, 31], &few),
    ]
}

/// The instructions on all pairs of values.
fn pairs(name: &str, instructions: &[(&str, EmitR)], values: &[u32]) -> Case {
    let mut case = Case::new(format!("{name} of pairs"));
    let table = table(&mut case, values);
    for (_, emit) in instructions {
        let results = case.results(values.len() * values.len());
        case.asm.li(S11, results);
        for_each(&mut case, table.clone(), [S0, S2], |case| {
            case.asm.lw(A1, S0, 0);
            for_each(case, table.clone(), [S1, S3], |case| {
                case.asm.lw(A2, S1, 0);
                emit(&mut case.asm, A0, A1, A2);
                case.asm.sw(A0, S11, 0);
                case.asm.addi(S11, S11, 4);
            });
        });
    }
    case
}

/// The instructions on all pairs of values, with each aliasing of destination and sources.
fn aliased(name: &str, instructions: &[(&str, EmitR)], values: &[u32]) -> Case {
    let mut case = Case::new(format!("{name}, aliased"));
    let table = table(&mut case, values);
    for (_, emit) in instructions {
        let results = case.results(values.len() * (3 * values.len() + 2));
        case.asm.li(S11, results);
        for_each(&mut case, table.clone(), [S0, S2], |case| {
            case.asm.lw(A1, S0, 0);
            for_each(case, table.clone(), [S1, S3], |case| {
                case.asm.lw(A2, S1, 0);
                emit(&mut case.asm, A0, A1, A2);
                case.asm.mv(A3, A1);
                emit(&mut case.asm, A3, A3, A2);
                case.asm.mv(A4, A2);
                emit(&mut case.asm, A4, A1, A4);
                store_all(case, &[A0, A3, A4]);
            });
            emit(&mut case.asm, A0, A1, A1);
            case.asm.mv(A3, A1);
            emit(&mut case.asm, A3, A3, A3);
            store_all(case, &[A0, A3]);
        });
    }
    case
}

/// Stores registers one after the other at s11.
fn store_all(case: &mut Case, registers: &[u32]) {
    for (place, register) in (0..).zip(registers) {
        case.asm.sw(*register, S11, 4 * place);
    }
    case.asm.addi(S11, S11, 4 * registers.len() as i32);
}

/// The instructions on all values and immediates, into another register and into the source.
fn immediates(name: &str, instructions: &[(&str, EmitI)], immediates: &[i32], values: &[u32]) -> Case {
    let mut case = Case::new(format!("{name} with immediates"));
    let table = table(&mut case, values);
    for (_, emit) in instructions {
        let results = case.results(2 * values.len() * immediates.len());
        case.asm.li(S11, results);
        for_each(&mut case, table.clone(), [S0, S2], |case| {
            case.asm.lw(A1, S0, 0);
            for &imm in immediates {
                emit(&mut case.asm, A0, A1, imm);
                case.asm.mv(A3, A1);
                emit(&mut case.asm, A3, A3, imm);
                store_all(case, &[A0, A3]);
            }
        });
    }
    case
}

/// Every instruction with every register in every position, x0 included.
fn registers() -> Case {
    let mut case = Case::new("every register in every position");
    for (number, (_, emit)) in (0..).zip(R_TYPE) {
        for first in 0..32 {
            let [rd, rs1, rs2] = rotated(first, 1 + number);
            case.asm.li(rs1, 0x9876_5432);
            case.asm.li(rs2, 0x0123_4567 + number);
            emit(&mut case.asm, rd, rs1, rs2);
            case.record(rd, &[]);
        }
        for [rd, rs1, rs2] in [[ZERO; 3], [A0, ZERO, ZERO], [A0, ZERO, A1], [A0, A1, ZERO], [ZERO, A1, A1]] {
            emit(&mut case.asm, rd, rs1, rs2);
            case.record(rd, &[]);
        }
    }
    for (number, (_, emit)) in (0..).zip(I_TYPE.iter().chain(SHIFTS)) {
        for first in 0..32 {
            let [rd, rs1] = rotated(first, 1 + number);
            case.asm.li(rs1, 0x8765_4321);
            emit(&mut case.asm, rd, rs1, first as i32);
            case.record(rd, &[]);
        }
    }
    case
}

/// `lui` and `auipc`, with every bit of the immediate and into every register.
fn upper() -> Case {
    let mut case = Case::new("upper immediates");
    let bits = (12..32).map(|bit| 1 << bit);
    let immediates = bits.chain([0, 0xffff_f000, 0x7fff_f000, 0x5555_5000, 0xaaaa_a000, 0x1234_5000]);
    for (number, imm) in (0..).zip(immediates.cycle().take(64)) {
        case.asm.lui(number % 32, imm);
        case.record(number % 32, &[]);
        case.asm.auipc((number + 5) % 32, imm);
        case.record((number + 5) % 32, &[]);
    }
    case
}
