//! Runs rows as the constraints of a step say, over a few words of memory.

use zkvm_isa::row::{Advice, Flags, Mode, Row};
use zkvm_isa::table::interleave;

/// First address of the memory.
pub const BASE: u32 = 0x8000;
/// Where every static target leads.
pub const TARGET: u32 = 0xabcd;

/// Registers, memory, and what advice rows get.
#[derive(Clone)]
pub struct Machine {
    pub registers: [u32; 64],
    pub memory: [u32; 16],
    /// Next word of the private input.
    pub input: u32,
    /// Overrides quotients.
    pub advice: Option<u32>,
}

/// State after an instruction; scratch cells and sink are zeroed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    pub registers: [u32; 64],
    pub memory: [u32; 16],
    pub next: u32,
}

/// The step of a row has no witness.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoWitness;

impl Machine {
    pub fn new(input: u32) -> Machine {
        Machine { registers: [0; 64], memory: [0; 16], input, advice: None }
    }

    /// The word of an advice row that its hint names.
    pub fn quotient(&self, advice: Advice) -> u32 {
        let at = |cell: u8| self.registers[usize::from(cell)];
        match advice {
            Advice::Input => self.input,
            Advice::Quotient { rs1, rs2 } => at(rs1).checked_div(at(rs2)).unwrap_or(u32::MAX),
            Advice::AbsQuotient { rs1, rs2 } => {
                let (a, b) = (at(rs1) as i32, at(rs2) as i32);
                let by_zero = if a < 0 { 1 } else { u32::MAX };
                a.unsigned_abs().checked_div(b.unsigned_abs()).unwrap_or(by_zero)
            }
        }
    }

    /// Runs the rows of one instruction at `pc`.
    pub fn run(&self, pc: u32, rows: &[Row]) -> Result<Outcome, NoWitness> {
        let mut machine = self.clone();
        let mut next = pc + 4;
        for row in rows {
            if let Some(target) = machine.step(row)? {
                next = target;
            }
        }
        machine.registers[32..].fill(0);
        Ok(Outcome { registers: machine.registers, memory: machine.memory, next })
    }

    /// One row; the target if it jumps.
    fn step(&mut self, row: &Row) -> Result<Option<u32>, NoWitness> {
        let has = |flag| row.flags.has(flag);
        let (a, b) = (u64::from(self.registers[usize::from(row.rs1)]), u64::from(self.registers[usize::from(row.rs2)]));

        let (mut word, mut offset) = (0, 0);
        let mut cell = None;
        if has(Flags::MEM) {
            let at = a as i64 + row.disp - i64::from(BASE);
            let index = usize::try_from(at / 4).ok().filter(|_| at >= 0);
            word = *index.and_then(|index| self.memory.get(index)).ok_or(NoWitness)?;
            (offset, cell) = (at as u64 % 4, index);
        }
        let index = match row.mode() {
            Mode::None => 0,
            Mode::Interleaved => {
                let x = if has(Flags::ALU) {
                    a
                } else if has(Flags::WORD_IN) {
                    word.into()
                } else {
                    b
                };
                let y = if has(Flags::Y) {
                    b + row.imm
                } else if has(Flags::BYTE) {
                    offset
                } else {
                    offset / 2
                };
                interleave(x.try_into().unwrap(), y.try_into().unwrap())
            }
            Mode::Linear if has(Flags::ADD) => a + b + row.imm,
            Mode::Linear if has(Flags::SUB) => (a + row.imm).checked_sub(b).ok_or(NoWitness)?,
            Mode::Linear => {
                let advice = row.advice.expect("advice");
                self.advice.unwrap_or_else(|| self.quotient(advice)).into()
            }
            Mode::Product => a * (b + row.imm),
        };
        let aligned_half = !has(Flags::HALF) || offset % 2 == 0;
        let aligned_word = !has(Flags::BYTE) || row.mode() == Mode::Interleaved || offset == 0;
        let out = row.table.map_or(0, |table| table.entry(index));
        if !aligned_half || !aligned_word || has(Flags::ASSERT) && out != 1 {
            return Err(NoWitness);
        }

        if let Some(cell) = cell {
            self.memory[cell] = if has(Flags::SW) {
                b as u32
            } else if has(Flags::MERGE) {
                out as u32
            } else {
                word
            };
        }
        let rd = &mut self.registers[usize::from(row.rd)];
        if has(Flags::OUT) {
            // 2^32, from SATLOW: the exact subtraction that follows would be negative.
            *rd = u32::try_from(out).map_err(|_| NoWitness)?;
        } else if has(Flags::LW) {
            *rd = word;
        } else if has(Flags::CONST) {
            *rd = row.disp.try_into().unwrap();
        }
        let jumps = has(Flags::JUMP) || has(Flags::BRANCH) && out == 1;
        Ok(if has(Flags::JALR) { Some(out as u32) } else { jumps.then_some(row.target) })
    }
}
