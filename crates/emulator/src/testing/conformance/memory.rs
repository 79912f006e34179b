//! Loads and stores: every offset, every place in a word, signs and neighbours.

use super::{Case, rotated};
use crate::testing::{A0, A1, A2, A3, EmitI, LOADS, S0, S11, STORES, ZERO};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Words with every sign at every place.
const WORDS: [u32; 6] = [0x807f_01ff, 0x7f80_ff00, 0x0000_8000, 0x8000_7fff, 0xffff_ffff, 0x0180_fe7e];

pub(super) fn directed() -> Vec<Case> {
    let mut cases = brief();
    cases.extend(LOADS.iter().map(|load| every_offset_loaded(*load)));
    cases.extend(STORES.iter().map(|store| every_offset_stored(*store)));
    cases
}

pub(super) fn brief() -> Vec<Case> {
    vec![loads(), stores(), registers()]
}

/// Bytes that an access moves.
fn width(name: &str) -> i32 {
    match name.as_bytes()[1] {
        b'b' => 1,
        b'h' => 2,
        _ => 4,
    }
}

/// Each load at each place of each word, with addresses summed in different ways, into another
/// register, into the one that holds the address, and into x0.
fn loads() -> Case {
    let mut case = Case::new("places of loads");
    let bytes: Vec<u8> = WORDS.iter().flat_map(|word| word.to_le_bytes()).collect();
    let address = case.reserve(&bytes);
    for (name, emit) in LOADS {
        for place in (0..bytes.len() as i32).step_by(width(name) as usize) {
            // The base is aligned or not, below the address or above it.
            let offset = [0, 1, -1, 3, -2, 2047, -2048][place as usize % 7];
            case.asm.li(A1, (address + place as u32).wrapping_add_signed(-offset));
            emit(&mut case.asm, A0, A1, offset);
            case.record(A0, &[]);
            emit(&mut case.asm, ZERO, A1, offset);
            case.record(ZERO, &[]);
            emit(&mut case.asm, A1, A1, offset);
            case.record(A1, &[]);
        }
    }
    case
}

/// Each store at each place of a word, of different values, of the address itself and of x0; its word
/// and both neighbours are results.
fn stores() -> Case {
    let mut case = Case::new("places of stores");
    for (name, emit) in STORES {
        for place in (0..4).step_by(width(name) as usize) {
            for (number, value) in WORDS.into_iter().enumerate() {
                let words = [0x4433_2211, 0x8877_6655, 0xccbb_aa99u32];
                let address = case.reserve(&words.map(u32::to_le_bytes).concat()) + 4 + place as u32;
                let offset = [0, 1, -1, 2, 2047, -2048][number];
                case.asm.li(A1, address.wrapping_add_signed(-offset));
                case.asm.li(A0, value);
                let source = [A0, A1, ZERO][number % 3];
                emit(&mut case.asm, source, A1, offset);
            }
        }
    }
    case
}

/// Every access with every register in every position; x0 as a base has no address to access.
fn registers() -> Case {
    let mut case = Case::new("every register in every access");
    let bytes: Vec<u8> = WORDS.iter().flat_map(|word| word.to_le_bytes()).collect();
    let address = case.reserve(&bytes);
    for (number, (_, emit)) in (0..).zip(LOADS) {
        for first in (0..32).filter(|first| (first + number + 1) % 32 != ZERO) {
            let [rd, rs1] = rotated(first, 1 + number);
            case.asm.li(rs1, address + 8);
            emit(&mut case.asm, rd, rs1, 4 * (number as i32 - 2));
            case.record(rd, &[]);
        }
    }
    for (number, (_, emit)) in (0..).zip(STORES) {
        for first in (0..32).filter(|first| (first + number + 1) % 32 != ZERO) {
            let slot = case.reserve(&0x1111_1111u32.to_le_bytes());
            let [rs2, rs1] = rotated(first, 1 + number);
            case.asm.li(rs2, 0x89ab_cdef);
            case.asm.li(rs1, slot - 16);
            emit(&mut case.asm, rs2, rs1, 16);
        }
    }
    case
}

/// 4 KiB of no meaning.
fn noise(seed: u64) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..4096).map(|_| rng.gen_range(0..=255)).collect()
}

/// A load at every aligned offset from one base.
fn every_offset_loaded((name, emit): (&str, EmitI)) -> Case {
    let mut case = Case::new(format!("every offset of {name}"));
    let base = case.reserve(&noise(1)) + 2048;
    let offsets: Vec<i32> = (-2048..2048).step_by(width(name) as usize).collect();
    case.asm.li(S0, base);
    for some in offsets.chunks(500) {
        let results = case.results(some.len());
        case.asm.li(S11, results);
        for (place, offset) in (0..).zip(some) {
            emit(&mut case.asm, A0, S0, *offset);
            case.asm.sw(A0, S11, 4 * place);
        }
    }
    case
}

/// A store of another value at every aligned offset from one base; in a first block, at every other
/// one.
fn every_offset_stored((name, emit): (&str, EmitI)) -> Case {
    let mut case = Case::new(format!("every offset of {name}"));
    for step in [2, 1] {
        let base = case.reserve(&noise(2)) + 2048;
        case.asm.li(S0, base);
        case.asm.li(A2, 0x8765_4321);
        case.asm.li(A3, 0x9e37_79b9);
        for offset in (-2048..2048).step_by(step * width(name) as usize) {
            emit(&mut case.asm, A2, S0, offset);
            case.asm.add(A2, A2, A3);
        }
    }
    case
}
