//! Runs a program without a trace, instruction by instruction.
//!
//! The text is decoded once ([`op`]), a small loop executes it ([`core`]), and what the loop leaves
//! to others is done here. Nothing is counted per instruction: jumps are counted where they start
//! and end, and how often control passed each place follows at the end. Cycles are the difference of
//! two prefix sums, taken at each jump.

mod core;
mod op;

use self::core::{Core, Registers};
use self::op::{NOWHERE, Op, Text};
use crate::calls::Calls;
use crate::code::{Code, Stop};
use crate::count::{End, Finished, Usage};
use crate::execution::{Execution, Limits};
use crate::fault::{Fault, Trap};
use crate::host::Host;
use crate::input::Input;
use crate::memory::{Access, Memory};
use zkvm_abi::{ecall, output};
use zkvm_isa::Semantics;
use zkvm_isa::program::Program;

const SP: usize = 2;
const A0: usize = 10;
const A7: usize = 17;

/// Runs a program. Memory: what the program touches of its region, and 40 bytes per instruction.
///
/// # Errors
/// [`Fault`] if the run traps.
pub fn execute(program: &Program, input: &Input, limits: &Limits, host: &mut dyn Host) -> Result<Execution, Fault> {
    let code = Code::new(program);
    let text = Text::new(&code, program);
    let private: Vec<_> = input.private_words().collect();
    let mut machine = Machine::new(program, &code, &text, input, limits, host);
    let end = machine.run(&private);
    machine.finish(end)
}

struct Machine<'a> {
    program: &'a Program,
    code: &'a Code<'a>,
    text: &'a Text,
    registers: Registers,
    memory: Memory,
    usage: Usage,
    jumps: Vec<u64>,
    entries: Vec<u64>,
    /// As in [`Core`].
    cycles: i64,
    max_cycles: u64,
    pc: u32,
    calls: Calls<'a>,
}

impl<'a> Machine<'a> {
    fn new(
        program: &'a Program,
        code: &'a Code<'a>,
        text: &'a Text,
        input: &Input,
        limits: &Limits,
        host: &'a mut dyn Host,
    ) -> Self {
        let mut registers = [0; 256];
        registers[SP] = program.layout().stack_pointer;
        let pc = program.row_of(program.image().entry).map_or(NOWHERE, |row| text.op_at(row));
        let before_entry = text.ops.get(pc as usize).map_or(0, |op| op.rows_before);
        let mut entries = vec![0; text.ops.len()];
        if let Some(entry) = entries.get_mut(pc as usize) {
            *entry = 1;
        }
        Machine {
            program,
            code,
            text,
            registers,
            memory: Memory::new(program, input),
            usage: Usage::new(program),
            jumps: vec![0; text.ops.len()],
            entries,
            cycles: i64::from(code.prologue_rows()) - i64::from(before_entry),
            max_cycles: limits.max_cycles.min(i64::MAX as u64),
            pc,
            calls: Calls::new(host),
        }
    }

    /// Executes until the program exits or traps.
    fn run(&mut self, private: &[u32]) -> End {
        let mut private = private;
        loop {
            let usage = self.usage;
            let mut core = Core {
                registers: &mut self.registers,
                window: &mut self.memory.words_mut()[usage.start..usage.end],
                window_base: self.program.layout().base + 4 * usage.start as u32,
                private,
                jumps: &mut self.jumps,
                entries: &mut self.entries,
                cycles: self.cycles,
                max_cycles: self.max_cycles as i64,
                pc: self.pc,
            };
            core.run(self.text);
            (private, self.cycles, self.pc) = (core.private, core.cycles, core.pc);
            if let Some(end) = self.help() {
                return end;
            }
        }
    }

    /// Does what the loop cannot do at the operation where it stopped, or ends the run.
    fn help(&mut self) -> Option<End> {
        let Some(&op) = self.text.ops.get(self.pc as usize) else {
            return Some(self.no_entry());
        };
        let row = self.text.rows[self.pc as usize];
        let cycles = (self.cycles + i64::from(op.rows_before)) as u64;
        if cycles + u64::from(op.opcode.is_some()) > self.max_cycles {
            return Some(self.cycle_limit());
        }
        let Some(opcode) = op.opcode else {
            let from = self.pc.checked_sub(1).map(|before| self.text.rows[before as usize]);
            return Some(End::Stopped(self.code.trap_at(row, from), row));
        };
        let address = self.registers[usize::from(op.rs1)].wrapping_add(op.imm);
        let stop = match opcode.instruction().semantics {
            Semantics::Ecall => return self.call(row, cycles),
            Semantics::Load { width, .. } => self.access(Access::Load, address, width.bytes())?,
            Semantics::Store(width) => self.access(Access::Store, address, width.bytes())?,
            Semantics::Advice => Trap::PrivateInputExhausted.into(),
            Semantics::Jalr => self.jump_indirect(&op, address & !1)?,
            _ => self.code.trap_at(self.program.rows()[row as usize].target, Some(row)),
        };
        Some(End::Stopped(stop, row))
    }

    /// The entry is no instruction.
    fn no_entry(&self) -> End {
        let prologue = self.code.prologue_rows();
        if self.max_cycles < prologue.into() {
            return End::Stopped(Trap::CycleLimit { limit: self.max_cycles }.into(), 0);
        }
        let row = self.program.rows()[prologue.saturating_sub(1) as usize].target;
        End::Stopped(self.code.trap_at(row, None), row)
    }

    /// Stops at the first operation that does not fit into the limit.
    fn cycle_limit(&mut self) -> End {
        let limit = self.max_cycles;
        let fits = |op: u32| self.cycles + i64::from(self.text.rows_through(op)) <= limit as i64;
        let (mut low, mut high) = (0, self.pc);
        while low < high {
            let middle = (low + high) / 2;
            if fits(middle) { low = middle + 1 } else { high = middle }
        }
        self.pc = low;
        End::Stopped(Trap::CycleLimit { limit }.into(), self.text.rows[low as usize])
    }

    /// The exit call, or one of the host, before which `cycles` rows were executed.
    fn call(&mut self, row: u32, cycles: u64) -> Option<End> {
        if self.registers[A7] != ecall::EXIT {
            self.calls.perform(&self.registers, &self.memory, cycles);
            self.pc += 1;
            return None;
        }
        let limit = self.max_cycles;
        if cycles + 1 + self.code.final_rows() > limit {
            return Some(End::Stopped(Trap::CycleLimit { limit }.into(), row));
        }
        let block = self.program.layout().output;
        self.memory.set_word(block, output::EXIT_CODE, self.registers[A0]);
        self.memory.set_word(block, output::STATUS, output::EXITED);
        Some(End::Halted)
    }

    /// Extends the window to an address that is in memory.
    fn access(&mut self, access: Access, addr: u32, width: u32) -> Option<Stop> {
        if let Some(index) = self.memory.index(addr, width) {
            self.usage.touch(index);
            return None;
        }
        Some(self.memory.trap(access, addr, width, self.registers[SP]).into())
    }

    /// Jumps to an instruction that is not in the first segment of text.
    fn jump_indirect(&mut self, op: &Op, target: u32) -> Option<Stop> {
        let Some(row) = self.program.row_of(target) else {
            return Some(self.code.jump_trap(target));
        };
        let to = self.text.op_at(row);
        self.registers[usize::from(op.rd)] = op.link;
        self.cycles += i64::from(op.rows_before) + 1;
        self.cycles -= i64::from(self.text.ops[to as usize].rows_before);
        self.jumps[self.pc as usize] += 1;
        self.entries[to as usize] += 1;
        self.pc = to;
        None
    }

    fn finish(self, end: End) -> Result<Execution, Fault> {
        let last = match self.text.ops.get(self.pc as usize) {
            Some(op) if op.opcode.is_some() => Some(self.pc),
            Some(_) => self.pc.checked_sub(1),
            None => None,
        };
        let finished = Finished {
            program: self.program,
            code: self.code,
            memory: &self.memory,
            usage: self.usage,
            executions: self.executions(matches!(end, End::Halted)),
            last: last.map(|op| self.text.rows[op as usize]),
            calls: self.calls.finish(),
        };
        finished.result(end)
    }

    /// How often each instruction was executed, at its first row. Control reaches an operation from
    /// the one before it, unless that one jumped or ended the run, and by jumps.
    fn executions(&self, halted: bool) -> Vec<u64> {
        let mut entries = self.entries.clone();
        for (op, &jumps) in self.text.ops.iter().zip(&self.jumps) {
            // Indirect jumps have no static target.
            if let Some(entries) = entries.get_mut(op.target as usize) {
                *entries += jumps;
            }
        }
        let mut executions = vec![0; self.program.rows().len()];
        let mut passing = 0;
        for (index, &row) in self.text.rows.iter().enumerate() {
            let visits = passing + entries[index];
            let last = u64::from(index == self.pc as usize);
            executions[row as usize] = if halted { visits } else { visits - last };
            passing = visits - self.jumps[index] - last;
        }
        executions
    }
}
