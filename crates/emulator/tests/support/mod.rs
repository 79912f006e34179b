//! What the tests of the machine share.
#![allow(dead_code)] // Each test file uses its own part.

pub mod constraints;

use zkvm_emulator::testing::{Asm, ElfWriter};
use zkvm_emulator::{Console, Elf, Execution, Fault, Input, Limits, Statistics, Trace, Trap, execute, trace};
use zkvm_isa::program::{MemoryConfig, Program};

pub fn load(elf: &ElfWriter) -> Program {
    let file = elf.write();
    let elf = Elf::parse(&file).unwrap();
    Program::new(elf.image, MemoryConfig::default()).unwrap()
}

pub fn assemble(asm: &Asm) -> Program {
    load(&asm.elf())
}

/// A run in both modes, which must agree in all that they report and print.
pub fn run_with(program: &Program, input: &Input, limits: &Limits) -> Result<(Execution, Trace, Console), Fault> {
    let (mut executed, mut traced) = (Console::default(), Console::default());
    let execution = execute(program, input, limits, &mut executed);
    let result = trace(program, input, limits, &mut traced);
    assert_eq!(executed, traced);
    match (execution, result) {
        (Ok(execution), Ok((same, trace))) => {
            assert_eq!(execution.exit_code, same.exit_code);
            assert!(execution.output == same.output, "the modes differ in their output");
            check_same(&execution.statistics, &same.statistics);
            assert_eq!(trace.len() as u64, execution.statistics.cycles);
            constraints::check(program, input, &trace);
            Ok((execution, trace, executed))
        }
        (Err(mut fault), Err(mut same)) => {
            if matches!(fault.trap, Trap::CycleLimit { .. }) {
                // The limit is noticed at jumps; accesses before that may have used more memory.
                fault.statistics.memory = (0, 0);
                same.statistics.memory = (0, 0);
            }
            assert_eq!((fault.trap, fault.pc), (same.trap, same.pc));
            check_same(&fault.statistics, &same.statistics);
            Err(fault)
        }
        (Ok(_), Err(fault)) => panic!("only the trace has {fault}"),
        (Err(fault), Ok(_)) => panic!("only execution has {fault}"),
    }
}

/// Equality, with short messages.
fn check_same(executed: &Statistics, traced: &Statistics) {
    assert_eq!(executed.memory, traced.memory);
    for (executed, traced) in executed.profile.iter().zip(&traced.profile) {
        assert_eq!(executed, traced);
    }
    assert!(executed == traced);
}

pub fn run(asm: &Asm) -> Result<(Execution, Trace, Console), Fault> {
    run_with(&assemble(asm), &Input::default(), &Limits::default())
}

pub fn trap(asm: &Asm) -> (Trap, u32) {
    let fault = run(asm).map(|(execution, ..)| execution).expect_err("the program should trap");
    (fault.trap, fault.pc)
}
