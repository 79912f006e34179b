//! Random programs: both modes agree, and every trace satisfies the constraints of its rows.

mod support;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use support::{assemble, run_with};
use zkvm_abi::{IMAGE_BASE, OUTPUT_ADDRESS, output};
use zkvm_emulator::testing::{A0, A7, Asm, BRANCHES, DATA, I_TYPE, LOADS, R_TYPE, S10, S11, SHIFTS, STORES, ZERO};
use zkvm_emulator::{Input, Limits, Trap};

/// Values at which arithmetic goes wrong.
const EDGES: [u32; 12] =
    [0, 1, 2, 31, 32, 0xff, 0x8000, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff];

fn word(rng: &mut StdRng) -> u32 {
    if rng.gen_bool(0.5) { *EDGES.choose(rng).unwrap() } else { rng.gen_range(0..=u32::MAX) }
}

/// Any register but the two that the loop needs.
fn any(rng: &mut StdRng) -> u32 {
    *(0..26).chain(28..32).collect::<Vec<_>>().choose(rng).unwrap()
}

/// The address of the data area, and the counter of the loop.
const BASE: u32 = S10;
const COUNT: u32 = S11;

fn random_instruction(asm: &mut Asm, rng: &mut StdRng) {
    let (rd, rs1, rs2) = (any(rng), any(rng), any(rng));
    match rng.gen_range(0..20) {
        0..=7 => R_TYPE.choose(rng).unwrap().1(asm, rd, rs1, rs2),
        8..=10 => I_TYPE.choose(rng).unwrap().1(asm, rd, rs1, rng.gen_range(-2048..2048)),
        11 => SHIFTS.choose(rng).unwrap().1(asm, rd, rs1, rng.gen_range(0..32)),
        12 | 13 => {
            let (name, emit) = LOADS.choose(rng).unwrap();
            emit(asm, rd, BASE, aligned(name, rng));
        }
        14 | 15 => {
            let (name, emit) = STORES.choose(rng).unwrap();
            emit(asm, rs2, BASE, aligned(name, rng));
        }
        16 => {
            let past = asm.label();
            BRANCHES.choose(rng).unwrap().1(asm, rs1, rs2, past);
            I_TYPE.choose(rng).unwrap().1(asm, rd, rs1, rng.gen_range(-2048..2048));
            asm.place(past);
        }
        17 => {
            // Past one instruction, directly or through a register.
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
        18 => asm.li(rd, word(rng)),
        _ => match rng.gen_range(0..4) {
            0 => asm.auipc(rd, word(rng)),
            1 => asm.fence(),
            2 => asm.advice(rd.max(1)),
            _ => {
                asm.li(A7, rng.gen_range(0x5a00..0x5a04));
                asm.ecall();
            }
        },
    }
}

fn aligned(name: &str, rng: &mut StdRng) -> i32 {
    let width = match name.as_bytes()[1] {
        b'b' => 1,
        b'h' => 2,
        _ => 4,
    };
    rng.gen_range(-2048 / width..2048 / width) * width
}

/// A loop over random instructions; the output is all registers.
fn random_program(rng: &mut StdRng, len: usize) -> Asm {
    let mut asm = Asm::new();
    for register in 1..32 {
        asm.li(register, word(rng));
    }
    asm.li(BASE, DATA + 2048);
    asm.li(COUNT, rng.gen_range(1..5));
    let (first, past) = (asm.label(), asm.label());
    asm.j(first);
    // The body is further than a branch reaches.
    let top = asm.here();
    asm.place(first);
    for _ in 0..len {
        random_instruction(&mut asm, rng);
    }
    asm.addi(COUNT, COUNT, -1);
    asm.beq(COUNT, ZERO, past);
    asm.j(top);
    asm.place(past);
    asm.li(BASE, OUTPUT_ADDRESS);
    for register in (1..32).filter(|&register| register != BASE) {
        asm.sw(register, BASE, 4 * (output::DATA as i32 + register as i32));
    }
    asm.li(A0, 128);
    asm.sw(A0, BASE, 4 * output::LENGTH as i32);
    asm.exit();
    let data: Vec<u8> = (0..4096).map(|_| rng.gen_range(0..=255)).collect();
    asm.data(DATA, &data);
    asm
}

#[test]
fn both_modes_agree_on_random_programs() {
    for seed in 0..150 {
        let mut rng = StdRng::seed_from_u64(seed);
        let len = rng.gen_range(1..400);
        let program = assemble(&random_program(&mut rng, len));
        let private = (0..10_000).map(|_| rng.gen_range(0..=255)).collect();
        let input = Input::new(vec![], private).unwrap();
        let (execution, ..) = run_with(&program, &input, &Limits::default()).unwrap();
        assert_eq!(execution.exit_code, 128);
        assert_eq!(execution.output.len(), 128);
    }
}

#[test]
fn both_modes_stop_alike_at_every_cycle_limit() {
    let mut rng = StdRng::seed_from_u64(7);
    let program = assemble(&random_program(&mut rng, 60));
    let input = Input::new(vec![], vec![1; 10_000]).unwrap();
    let all = run_with(&program, &input, &Limits::default()).unwrap().0.statistics.cycles;
    for max_cycles in 0..all + 2 {
        let result = run_with(&program, &input, &Limits { max_cycles });
        match result {
            Ok((execution, ..)) => assert!(execution.statistics.cycles <= max_cycles),
            Err(fault) => {
                assert_eq!(fault.trap, Trap::CycleLimit { limit: max_cycles });
                assert!(fault.statistics.cycles <= max_cycles.max(2));
                assert!(max_cycles < all);
            }
        }
    }
}

#[test]
fn both_modes_trap_alike_on_random_words() {
    let mut traps = std::collections::BTreeMap::new();
    for seed in 0..3000 {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut asm = Asm::new();
        for register in 1..32 {
            let address = IMAGE_BASE + rng.gen_range(0..300);
            asm.li(register, if rng.gen_bool(0.5) { word(&mut rng) } else { address });
        }
        for _ in 0..40 {
            match rng.gen_range(0..10) {
                // Right major opcodes, all else random: traps, jumps and accesses anywhere.
                0 => {
                    let major = [0x03, 0x13, 0x23, 0x33, 0x63, 0x67, 0x6f, 0x73, 0x0b, 0x0f, 0x37];
                    asm.word(rng.gen_range(0..=u32::MAX) & !0x7f | major.choose(&mut rng).unwrap());
                }
                _ => random_instruction(&mut asm, &mut rng),
            }
        }
        let program = assemble(&asm);
        let result = run_with(&program, &Input::default(), &Limits { max_cycles: 2000 });
        let name = result.map_or_else(|fault| fault.trap.name(), |_| "exit");
        *traps.entry(name).or_insert(0) += 1;
    }
    assert!(traps.len() >= 8, "{traps:?}");
}
