//! Random programs: both modes agree, and every trace satisfies the constraints of its rows.

mod support;

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use support::{assemble, run_with};
use zkvm_abi::{IMAGE_BASE, OUTPUT_ADDRESS, output};
use zkvm_emulator::testing::random::{self, BASE, Mix, word};
use zkvm_emulator::testing::{A0, Asm, DATA};
use zkvm_emulator::{Input, Limits, Trap};

/// A loop over random instructions; the output is all registers.
fn random_program(rng: &mut StdRng, len: usize) -> Asm {
    let mut asm = Asm::new();
    random::program(&mut asm, rng, len, DATA + 2048, Mix::Machine);
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
                _ => random::instruction(&mut asm, &mut rng, Mix::Machine),
            }
        }
        let program = assemble(&asm);
        let result = run_with(&program, &Input::default(), &Limits { max_cycles: 2000 });
        let name = result.map_or_else(|fault| fault.trap.name(), |_| "exit");
        *traps.entry(name).or_insert(0) += 1;
    }
    assert!(traps.len() >= 8, "{traps:?}");
}
