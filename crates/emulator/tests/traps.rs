//! Every trap: cause, place and name, alike in both modes.

mod support;

use support::{assemble, load, run_with, trap};
use zkvm_abi::{HEAP_BYTES, OUTPUT_ADDRESS, PANIC_EXIT_CODE, STACK_BYTES, output};
use zkvm_emulator::testing::{A0, A1, Asm, DATA, SP, TEXT, ZERO};
use zkvm_emulator::{Elf, Input, Limits, Trap};
use zkvm_isa::program::{Image, MemoryConfig, Program, Segment};

/// The trap of a program after one instruction.
fn second(program: impl FnOnce(&mut Asm)) -> (Trap, u32) {
    let mut asm = Asm::new();
    asm.fence();
    program(&mut asm);
    asm.exit();
    trap(&asm)
}

#[test]
fn words_that_are_no_instruction_trap_when_reached() {
    let compressed_nop = 0x0001;
    let csr = 0xc000_2573;
    let fence_i = 0x0000_100f;
    let advice_into_x0 = zkvm_abi::advice_word(0);
    let float_load = 0x0000_2007;
    for word in [0, u32::MAX, compressed_nop, csr, fence_i, advice_into_x0, float_load] {
        let expected = (Trap::IllegalInstruction { word }, TEXT + 4);
        assert_eq!(second(|asm| asm.word(word)), expected);
        // By a jump, a taken branch, and an indirect jump, past another such word.
        let jumped = second(|asm| {
            let target = asm.label();
            asm.j(target);
            asm.word(0);
            asm.place(target);
            asm.word(word);
        });
        assert_eq!(jumped, (expected.0, TEXT + 12));
        let branched = second(|asm| {
            let target = asm.label();
            asm.beq(ZERO, ZERO, target);
            asm.word(0);
            asm.place(target);
            asm.word(word);
        });
        assert_eq!(branched, (expected.0, TEXT + 12));
        let indirect = second(|asm| {
            asm.auipc(A0, 0);
            asm.jalr(ZERO, A0, 12);
            asm.word(0);
            asm.word(word);
        });
        assert_eq!(indirect, (expected.0, TEXT + 16));
    }
}

#[test]
fn ebreak_is_a_breakpoint() {
    assert_eq!(second(Asm::ebreak), (Trap::Breakpoint, TEXT + 4));
}

#[test]
fn unreached_words_do_no_harm() {
    let mut asm = Asm::new();
    asm.exit();
    asm.word(0);
    asm.ebreak();
    assert!(support::run(&asm).is_ok());
}

#[test]
fn jumps_out_of_text_trap() {
    let expected = (Trap::InstructionAccessFault { target: DATA }, TEXT + 8);
    let indirect = second(|asm| {
        asm.lui(A0, DATA);
        asm.jalr(ZERO, A0, 0);
    });
    assert_eq!(indirect, expected);
    // jal x0, +0x400
    let direct = second(|asm| asm.word(0x4000_006f));
    assert_eq!(direct, (Trap::InstructionAccessFault { target: TEXT + 4 + 0x400 }, TEXT + 4));
    let null = second(|asm| asm.jalr(ZERO, ZERO, 0));
    assert_eq!(null, (Trap::InstructionAccessFault { target: 0 }, TEXT + 4));
}

#[test]
fn running_past_the_end_of_text_traps() {
    let mut asm = Asm::new();
    asm.fence();
    asm.fence();
    assert_eq!(trap(&asm), (Trap::InstructionAccessFault { target: TEXT + 8 }, TEXT + 4));
}

#[test]
fn running_into_a_gap_between_segments_traps() {
    let mut asm = Asm::new();
    asm.fence();
    let mut elf = asm.elf();
    let mut second = elf.segments[0].clone();
    second.addr += 64;
    elf.segments.push(second);
    let fault = run_with(&load(&elf), &Input::default(), &Limits::default()).unwrap_err();
    assert_eq!((fault.trap, fault.pc), (Trap::InstructionAccessFault { target: TEXT + 4 }, TEXT));
}

#[test]
fn text_may_have_several_segments() {
    let mut asm = Asm::new();
    asm.li(A0, 7);
    asm.lui(A1, DATA);
    asm.jalr(A1, A1, 0);
    asm.addi(A0, A0, 1);
    asm.exit();
    let mut elf = asm.elf();
    let mut far = Asm::new();
    far.addi(A0, A0, 10);
    far.jalr(ZERO, A1, 0);
    let mut segment = far.elf().segments[0].clone();
    segment.addr = DATA;
    elf.segments.push(segment);
    let (execution, ..) = run_with(&load(&elf), &Input::default(), &Limits::default()).unwrap();
    assert_eq!(execution.exit_code, 18);
}

#[test]
fn jumps_to_misaligned_addresses_trap() {
    let expected = (Trap::InstructionAddressMisaligned { target: TEXT + 6 }, TEXT + 4);
    assert_eq!(second(|asm| asm.word(0x0020_006f)), expected);
    // beq x0, x0, +2
    assert_eq!(second(|asm| asm.word(0x0000_0163)), expected);
    let indirect = second(|asm| {
        asm.auipc(A0, 0);
        asm.jalr(ZERO, A0, 11);
    });
    assert_eq!(indirect, (Trap::InstructionAddressMisaligned { target: TEXT + 14 }, TEXT + 8));
}

#[test]
fn a_branch_that_is_not_taken_may_lead_anywhere() {
    let mut asm = Asm::new();
    asm.word(0x0000_1163); // bne x0, x0, +2
    asm.exit();
    assert!(support::run(&asm).is_ok());
}

#[test]
fn misaligned_accesses_trap() {
    for offset in 1..4 {
        let addr = DATA + offset as u32;
        let expected = (Trap::LoadAddressMisaligned { addr }, TEXT + 8);
        let access = |emit: fn(&mut Asm, u32, u32, i32)| {
            second(|asm| {
                asm.lui(A1, DATA);
                emit(asm, A0, A1, offset);
            })
        };
        assert_eq!(access(Asm::lw), expected);
        assert_eq!(access(Asm::sw), (Trap::StoreAddressMisaligned { addr }, TEXT + 8));
        if offset % 2 == 1 {
            assert_eq!(access(Asm::lh), expected);
            assert_eq!(access(Asm::lhu), expected);
            assert_eq!(access(Asm::sh), (Trap::StoreAddressMisaligned { addr }, TEXT + 8));
        }
    }
    let into_x0 = second(|asm| asm.lw(ZERO, SP, 2));
    assert_eq!(into_x0.0, Trap::LoadAddressMisaligned { addr: OUTPUT_ADDRESS + 2 });
}

#[test]
fn accesses_outside_memory_trap() {
    let program = assemble(&Asm::new_exit());
    let end = program.layout().base + (4 << program.layout().max_log_words);
    assert!(end >= TEXT + HEAP_BYTES);
    for addr in [0, 4, 0x1000, end, 0x8000_0000, 0xffff_fffc] {
        let access = |emit: fn(&mut Asm, u32, u32, i32)| {
            second(|asm| {
                asm.li(A1, addr);
                emit(asm, A0, A1, 0);
            })
            .0
        };
        for load in [Asm::lb, Asm::lhu, Asm::lw] {
            assert_eq!(access(load), Trap::LoadAccessFault { addr });
        }
        for store in [Asm::sb, Asm::sh, Asm::sw] {
            assert_eq!(access(store), Trap::StoreAccessFault { addr });
        }
    }
    let last = second(|asm| {
        asm.li(A1, end);
        asm.sb(A1, A1, -1);
        asm.lw(A0, A1, -4);
        asm.ebreak();
    });
    assert_eq!(last.0, Trap::Breakpoint);
}

#[test]
fn endless_recursion_overflows_the_stack() {
    let mut asm = Asm::new();
    asm.symbol("recurse");
    let recurse = asm.here();
    asm.addi(SP, SP, -16);
    asm.sw(A0, SP, 12);
    asm.jal(A0, recurse);
    let end = OUTPUT_ADDRESS - STACK_BYTES;
    let (trap, pc) = trap(&asm);
    assert_eq!((trap, pc), (Trap::StackOverflow { addr: end - 4, end }, TEXT + 4));

    let program = assemble(&asm);
    let fault = run_with(&program, &Input::default(), &Limits::default()).unwrap_err();
    let file = asm.elf().write();
    let symbols = Elf::parse(&file).unwrap().symbols;
    let message = fault.display(&symbols).to_string();
    assert!(message.starts_with("stack overflow: access to 0x00bffffc"), "{message}");
    assert!(message.ends_with("at pc 0x01000004 in recurse+0x4"), "{message}");
}

#[test]
fn an_image_linked_low_runs_with_the_stack_above_it() {
    let mut elf = Asm::new_exit().elf();
    elf.entry = 0x1_0000;
    elf.segments[0].addr = 0x1_0000;
    let program = load(&elf);
    assert!(program.layout().stack_pointer > 0x1_0000 + HEAP_BYTES);
    assert!(run_with(&program, &Input::default(), &Limits::default()).is_ok());
}

#[test]
fn endless_loops_reach_the_cycle_limit() {
    let mut asm = Asm::new();
    let top = asm.here();
    asm.j(top);
    let program = assemble(&asm);
    for max_cycles in [0, 1, 2, 3, 1000] {
        let fault = run_with(&program, &Input::default(), &Limits { max_cycles }).unwrap_err();
        assert_eq!(fault.trap, Trap::CycleLimit { limit: max_cycles });
        assert_eq!(fault.pc, TEXT);
        assert_eq!(fault.statistics.instructions, max_cycles.saturating_sub(2));
    }
}

#[test]
fn reading_beyond_the_private_input_traps() {
    let mut asm = Asm::new();
    for _ in 0..3 {
        asm.advice(A0);
    }
    asm.exit();
    let program = assemble(&asm);
    for (len, ok) in [(0, false), (4, false), (5, true), (8, true)] {
        let input = Input::new(vec![], vec![3; len]).unwrap();
        match run_with(&program, &input, &Limits::default()) {
            Ok((execution, ..)) => {
                assert!(ok);
                assert_eq!(execution.exit_code, if len == 5 { 3 } else { 0x0303_0303 });
            }
            Err(fault) => {
                assert!(!ok);
                assert_eq!(fault.trap, Trap::PrivateInputExhausted);
            }
        }
    }
}

#[test]
fn a_malformed_output_block_is_refused() {
    let store = |word: usize, value: u32| {
        let mut asm = Asm::new();
        asm.li(A1, OUTPUT_ADDRESS);
        asm.li(A0, value);
        asm.sw(A0, A1, 4 * word as i32);
        asm.exit();
        asm
    };
    let length = zkvm_abi::MAX_OUTPUT_BYTES as u32 + 1;
    assert_eq!(trap(&store(output::LENGTH, length)).0, Trap::MalformedOutput { length });
    assert_eq!(trap(&store(output::LENGTH, u32::MAX)).0, Trap::MalformedOutput { length: u32::MAX });
    assert_eq!(trap(&store(output::DATA, 1)).0, Trap::MalformedOutput { length: 0 });
    let (execution, ..) = support::run(&store(output::LENGTH, length - 1)).unwrap();
    assert_eq!(execution.output.len() as u32, length - 1);
    // Written before the exit, these words are replaced.
    assert_eq!(support::run(&store(output::STATUS, 9)).unwrap().0.exit_code, 9);
    assert_eq!(support::run(&store(output::EXIT_CODE, PANIC_EXIT_CODE)).unwrap().0.exit_code, 101);
}

#[test]
fn an_entry_that_is_no_instruction_traps_at_once() {
    // The loader refuses such files; an image may come from elsewhere.
    for (entry, expected) in [
        (TEXT + 8, Trap::InstructionAccessFault { target: TEXT + 8 }),
        (TEXT + 2, Trap::InstructionAddressMisaligned { target: TEXT + 2 }),
        (TEXT + 4, Trap::IllegalInstruction { word: 0 }),
    ] {
        let bytes = vec![0x13, 0, 0, 0, 0, 0, 0, 0];
        let segments = vec![Segment { addr: TEXT, bytes, mem_size: 8, executable: true }];
        let program = Program::new(Image { entry, segments }, MemoryConfig::default()).unwrap();
        let fault = run_with(&program, &Input::default(), &Limits::default()).unwrap_err();
        assert_eq!((fault.trap, fault.pc), (expected, entry));
    }
}
