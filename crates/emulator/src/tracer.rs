//! Runs a program row by row, as the proof will have it, and writes the trace.

use crate::calls::Calls;
use crate::code::{Code, Stop};
use crate::count::{End, Finished, Usage};
use crate::execution::{Execution, Limits};
use crate::fault::{Fault, Trap};
use crate::host::Host;
use crate::input::Input;
use crate::memory::{Access, Memory};
use crate::step::{Kind, Step};
use crate::trace::{Buffer, CHUNK, Entry, TouchedWord, Trace};
use zkvm_isa::program::Program;
use zkvm_isa::row::Advice;

const SP: usize = 2;
const CELLS: usize = 64;

/// Runs a program and records every row. Memory: 28 bytes per row, at most `max_cycles` rows, and
/// the region of the program.
///
/// # Errors
/// [`Fault`] if the run traps.
pub fn trace(
    program: &Program,
    input: &Input,
    limits: &Limits,
    host: &mut dyn Host,
) -> Result<(Execution, Trace), Fault> {
    let code = Code::new(program);
    let steps: Vec<_> = program.rows().iter().map(|row| Step::new(row, code.exit_row())).collect();
    let mut tracer = Tracer {
        program,
        code: &code,
        registers: [0; CELLS],
        memory: Memory::new(program, input),
        usage: Usage::new(program),
        touched: vec![0; (1usize << program.layout().max_log_words).div_ceil(64)],
        private: Box::new(input.private_words()),
        calls: Calls::new(host),
        trace: Trace::default(),
        buffer: Buffer::new(),
    };
    let end = tracer.run(&steps, program.halt(), limits.max_cycles);
    tracer.finish(input, end)
}

struct Tracer<'a> {
    program: &'a Program,
    code: &'a Code<'a>,
    registers: [u32; CELLS],
    memory: Memory,
    usage: Usage,
    /// One bit per word of memory.
    touched: Vec<u64>,
    private: Box<dyn Iterator<Item = u32> + 'a>,
    calls: Calls<'a>,
    trace: Trace,
    buffer: Box<Buffer>,
}

/// What a row changes.
struct Effect {
    value: u32,
    ram: (u32, u32),
    next: u32,
}

impl<'a> Tracer<'a> {
    /// Executes rows until the halt row has been executed.
    fn run(&mut self, steps: &[Step], halt: u32, max_cycles: u64) -> End {
        let mut row = 0;
        loop {
            let room = max_cycles - self.trace.len() as u64;
            if room == 0 {
                // A jump that leads nowhere traps itself, before the limit is considered.
                let limit = Trap::CycleLimit { limit: max_cycles };
                let trapped = self.code.is_trap(row);
                let stop = if trapped { self.trap_row(row) } else { limit.into() };
                return End::Stopped(stop, row);
            }
            let end = self.chunk(steps, &mut row, halt, room.min(CHUNK as u64) as usize);
            self.buffer.flush(&mut self.trace);
            if let Some(end) = end {
                return end;
            }
        }
    }

    /// Executes up to `count` rows from `row` on, unless the run ends before.
    fn chunk(&mut self, steps: &[Step], row: &mut u32, halt: u32, count: usize) -> Option<End> {
        for _ in 0..count {
            let at = *row;
            let step = &steps[at as usize];
            let (rs1, rs2) = (self.cell(step.rs1), self.cell(step.rs2));
            let effect = match self.execute(step, at, rs1, rs2) {
                Ok(effect) => effect,
                Err(stop) => return Some(End::Stopped(stop, at)),
            };
            let value = effect.value & step.writes;
            let old = std::mem::replace(&mut self.registers[step.rd as usize % CELLS], value);
            self.buffer.push(Entry { row: at, rs1, rs2, rd: (old, value), ram: effect.ram });
            if at == halt {
                return Some(End::Halted);
            }
            *row = effect.next;
        }
        None
    }

    #[inline(always)]
    fn cell(&self, index: u8) -> u32 {
        self.registers[index as usize % CELLS]
    }

    #[inline(always)]
    fn execute(&mut self, step: &Step, row: u32, rs1: u32, rs2: u32) -> Result<Effect, Stop> {
        let mut next = row + 1;
        let mut ram = (0, 0);
        let imm = step.imm;
        let sum = || u64::from(rs1) + u64::from(rs2) + imm;
        let product = || u64::from(rs1) * u64::from(rs2);
        let value = match step.kind {
            Kind::Empty => 0,
            Kind::Trap => return Err(self.trap_row(row)),
            Kind::Const => u64::from(step.disp),
            Kind::Alu => step.lookup(rs1, step.y(rs2)),
            Kind::Add => step.lookup_linear(sum()),
            Kind::Sub => {
                let difference = (u64::from(rs1) + imm).checked_sub(u64::from(rs2));
                step.lookup_linear(difference.ok_or(Trap::NoWitness { row })?)
            }
            Kind::Mul => step.lookup_linear(product()),
            Kind::Assert if step.lookup(rs1, step.y(rs2)) == 1 => 0,
            Kind::Assert => return Err(Trap::NoWitness { row }.into()),
            Kind::Advice => self.advice(step.advice)?.into(),
            Kind::Jump => {
                next = step.target;
                step.disp.into()
            }
            Kind::JumpRegister => {
                let target = step.lookup_linear(sum()) as u32;
                let row = self.program.row_of(target);
                next = row.ok_or_else(|| self.code.jump_trap(target))?;
                step.disp.into()
            }
            Kind::Branch => {
                if step.lookup(rs1, step.y(rs2)) != 0 {
                    next = step.target;
                }
                0
            }
            Kind::Call => {
                if step.lookup(rs1, step.y(rs2)) != 0 {
                    next = step.target;
                } else {
                    self.call();
                }
                0
            }
            _ => self.access(step, rs1, rs2, &mut ram)?,
        };
        let value = u32::try_from(value).map_err(|_| Trap::NoWitness { row })?;
        Ok(Effect { value, ram, next })
    }

    /// A row that accesses memory: the value for rd, and the word before and after.
    #[inline(always)]
    fn access(&mut self, step: &Step, rs1: u32, rs2: u32, ram: &mut (u32, u32)) -> Result<u64, Stop> {
        let addr = rs1.wrapping_add(step.disp);
        let width = u32::from(step.width);
        let Some(index) = self.memory.index(addr, width) else {
            return Err(self.memory_trap(step, addr).into());
        };
        if !self.usage.contains(index) {
            self.usage.touch(index);
        }
        self.touched[index / 64] |= 1 << (index % 64);
        let cell = &mut self.memory.words_mut()[index];
        let word = *cell;
        // Sub-word tables count the place in bytes or in halves.
        let place = if width == 2 { addr % 4 / 2 } else { addr % 4 };
        *ram = (word, word);
        Ok(match step.kind {
            Kind::LoadWord => word.into(),
            Kind::LoadPart => step.lookup(word, place),
            Kind::Prepare => step.lookup(rs2, place),
            Kind::Store => {
                (*cell, ram.1) = (rs2, rs2);
                0
            }
            Kind::Merge => {
                let merged = step.lookup(word, step.y(rs2)) as u32;
                (*cell, ram.1) = (merged, merged);
                0
            }
            _ => 0,
        })
    }

    #[cold]
    fn memory_trap(&self, step: &Step, addr: u32) -> Trap {
        let access = match step.kind {
            Kind::Store | Kind::Prepare | Kind::Merge => Access::Store,
            _ => Access::Load,
        };
        self.memory.trap(access, addr, step.width.into(), self.registers[SP])
    }

    /// The word of an advice row.
    fn advice(&mut self, advice: Advice) -> Result<u32, Trap> {
        Ok(match advice {
            Advice::Input => self.private.next().ok_or(Trap::PrivateInputExhausted)?,
            Advice::Quotient { rs1, rs2 } => self.cell(rs1).checked_div(self.cell(rs2)).unwrap_or(u32::MAX),
            Advice::AbsQuotient { rs1, rs2 } => {
                let (dividend, divisor) = (self.cell(rs1) as i32, self.cell(rs2) as i32);
                let by_zero = if dividend < 0 { 1 } else { u32::MAX };
                dividend.unsigned_abs().checked_div(divisor.unsigned_abs()).unwrap_or(by_zero)
            }
        })
    }

    fn call(&mut self) {
        let cycles = self.trace.len() + self.buffer.len();
        self.calls.perform(&self.registers, &self.memory, cycles as u64);
    }

    /// Why there is no way on at a trap row.
    #[cold]
    fn trap_row(&self, row: u32) -> Stop {
        self.code.trap_at(row, self.last_first_row())
    }

    /// The first row of the last instruction that was begun.
    fn last_first_row(&self) -> Option<u32> {
        let recent = self.buffer.rows().iter().rev();
        let older = self.trace.rows.iter().rev();
        recent.chain(older).copied().find(|&row| self.code.is_first(row))
    }

    fn finish(self, input: &Input, end: End) -> Result<(Execution, Trace), Fault> {
        let program = self.program;
        let mut executions = vec![0; program.rows().len()];
        for &row in &self.trace.rows {
            executions[row as usize] += 1;
        }
        let last = self.last_first_row();
        let Tracer { code, memory, usage, touched, calls, mut trace, .. } = self;
        let calls = calls.finish();
        let memory = &memory;
        let finished = Finished { program, code, memory, usage, executions, last, calls };
        let execution = finished.result(end)?;
        trace.touched = touched_words(&touched, usage, memory, &Memory::new(program, input));
        Ok((execution, trace))
    }
}

/// The words whose bits are set, all of them among those in use.
fn touched_words(touched: &[u64], usage: Usage, memory: &Memory, initial: &Memory) -> Vec<TouchedWord> {
    let mut words = Vec::new();
    let range = usage.start / 64..usage.end.div_ceil(64);
    for (at, &bits) in range.clone().zip(&touched[range]) {
        let mut bits = bits;
        while bits != 0 {
            let index = 64 * at + bits.trailing_zeros() as usize;
            bits &= bits - 1;
            let (initial, last) = (initial.words()[index], memory.words()[index]);
            words.push(TouchedWord { index: index as u32, initial, last });
        }
    }
    words
}
