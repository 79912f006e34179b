//! Rows under construction.
//!
//! Instructions describe their rows with the methods of [`Code`]; a static target is a [`Target`]
//! until every row has its index.

use crate::instruction::Decoded;
use crate::row::{Advice, Flags, Row, SCRATCH, WRAP};
use crate::table::TableId;
use alloc::vec::Vec;

/// Scratch cells of a sequence, free at its start.
pub const K: [u8; 6] = [SCRATCH, SCRATCH + 1, SCRATCH + 2, SCRATCH + 3, SCRATCH + 4, SCRATCH + 5];

/// Where a branch or direct jump leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The instruction at an address; the trap row if there is none.
    Address(u32),
    /// The first exit row.
    Exit,
}

/// Rows under construction and the targets they wait for.
#[derive(Default)]
pub struct Code {
    rows: Vec<Row>,
    /// By place among the rows.
    targets: Vec<(usize, Target)>,
    /// Number of rows handed on before these.
    before: u32,
    /// Whether the last of those is a trap row.
    trapped: bool,
    /// Address of the instruction being expanded.
    pc: u32,
    /// Whether the next row is the first of that instruction.
    first: bool,
}

/// Flags of a row that looks up rs1 and rs2 + imm.
const ALU: Flags = Flags::ALU.with(Flags::Y);

impl Code {
    /// Index of the next row.
    pub fn position(&self) -> u32 {
        self.before.saturating_add(u32::try_from(self.rows.len()).unwrap_or(u32::MAX))
    }

    /// Whether the last row is a trap row.
    pub fn ends_in_trap(&self) -> bool {
        self.rows.last().map_or(self.trapped, Row::is_trap)
    }

    /// Address of the instruction being expanded.
    pub fn pc(&self) -> u32 {
        self.pc
    }

    /// Appends the rows of the instruction at address `pc`.
    pub fn instruction(&mut self, pc: u32, decoded: &Decoded) {
        (self.pc, self.first) = (pc, true);
        decoded.instruction.expand(self, decoded.operands);
    }

    /// Fills in the targets by `row_of` and hands the rows on to `sink`, in order.
    pub fn flush(&mut self, row_of: impl Fn(Target) -> u32, sink: impl FnMut(&Row)) {
        for (row, target) in self.targets.drain(..) {
            if let Some(row) = self.rows.get_mut(row) {
                row.target = row_of(target);
            }
        }
        (self.before, self.trapped) = (self.position(), self.ends_in_trap());
        self.rows.iter().for_each(sink);
        self.rows.clear();
    }

    /// Fills in the targets by `row_of` and returns the rows.
    pub fn resolve(mut self, row_of: impl Fn(Target) -> u32) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.rows.len());
        self.flush(row_of, |row| rows.push(*row));
        rows
    }

    /// Appends a row, giving it its address.
    pub fn push(&mut self, row: Row) {
        let addr = match self.first {
            true => u64::from(self.pc),
            false => Row::synthetic(self.position()),
        };
        self.first = false;
        self.rows.push(Row { addr, ..row });
    }

    /// Does nothing.
    pub fn empty(&mut self) {
        self.push(Row::EMPTY);
    }

    /// Has no witness.
    pub fn trap(&mut self) {
        self.push(Row::TRAP);
    }

    /// rd = table(rs1, rs2).
    pub fn lookup(&mut self, table: TableId, rs1: u8, rs2: u8, rd: u8) {
        let flags = ALU.with(Flags::OUT);
        self.push(Row { rs1, rs2, rd, flags, table: Some(table), ..Row::EMPTY });
    }

    /// rd = table(rs1, imm).
    pub fn lookup_imm(&mut self, table: TableId, rs1: u8, imm: u32, rd: u8) {
        let (flags, imm) = (ALU.with(Flags::OUT), u64::from(imm));
        self.push(Row { rs1, rd, imm, flags, table: Some(table), ..Row::EMPTY });
    }

    /// Requires table(rs1, rs2) = 1.
    pub fn assert(&mut self, table: TableId, rs1: u8, rs2: u8) {
        let flags = ALU.with(Flags::ASSERT);
        self.push(Row { rs1, rs2, flags, table: Some(table), ..Row::EMPTY });
    }

    /// rd = table(rs1 + rs2).
    pub fn add(&mut self, table: TableId, rs1: u8, rs2: u8, rd: u8) {
        let flags = Flags::ADD.with(Flags::OUT);
        self.push(Row { rs1, rs2, rd, flags, table: Some(table), ..Row::EMPTY });
    }

    /// rd = rs1 + imm mod 2^32.
    pub fn add_imm(&mut self, rs1: u8, imm: u32, rd: u8) {
        let (flags, imm) = (Flags::ADD.with(Flags::OUT), u64::from(imm));
        self.push(Row { rs1, rd, imm, flags, table: Some(TableId::Low), ..Row::EMPTY });
    }

    /// rd = rs1, if they differ.
    pub fn move_to(&mut self, rd: u8, rs1: u8) {
        if rd != rs1 {
            self.add_imm(rs1, 0, rd);
        }
    }

    /// rd = rs1 - rs2 mod 2^32.
    pub fn sub(&mut self, rs1: u8, rs2: u8, rd: u8) {
        let flags = Flags::SUB.with(Flags::OUT);
        let table = Some(TableId::Low);
        self.push(Row { rs1, rs2, rd, imm: WRAP, flags, table, ..Row::EMPTY });
    }

    /// rd = rs1 - rs2; without a witness if that is negative.
    pub fn sub_exact(&mut self, rs1: u8, rs2: u8, rd: u8) {
        let flags = Flags::SUB.with(Flags::OUT);
        self.push(Row { rs1, rs2, rd, flags, table: Some(TableId::Low), ..Row::EMPTY });
    }

    /// rd = table(rs1 · rs2).
    pub fn mul(&mut self, table: TableId, rs1: u8, rs2: u8, rd: u8) {
        let flags = Flags::MUL.with(Flags::OUT);
        self.push(Row { rs1, rs2, rd, flags, table: Some(table), ..Row::EMPTY });
    }

    /// rd = a word of the prover's choice.
    pub fn advice(&mut self, rd: u8, advice: Advice) {
        let flags = Flags::ADVICE.with(Flags::OUT);
        let (table, advice) = (Some(TableId::Low), Some(advice));
        self.push(Row { rd, flags, table, advice, ..Row::EMPTY });
    }

    /// rd = value.
    pub fn constant(&mut self, rd: u8, value: u32) {
        let (flags, disp) = (Flags::CONST, i64::from(value));
        self.push(Row { rd, disp, flags, ..Row::EMPTY });
    }

    /// Jumps to `target` if table(rs1, rs2 + imm) = 1.
    pub fn branch(&mut self, table: TableId, rs1: u8, rs2: u8, imm: u32, target: Target) {
        let (flags, imm) = (ALU.with(Flags::BRANCH), u64::from(imm));
        self.targets.push((self.rows.len(), target));
        self.push(Row { rs1, rs2, imm, flags, table: Some(table), ..Row::EMPTY });
    }

    /// Jumps to `target`; rd = pc + 4 unless rd is x0.
    pub fn jump(&mut self, rd: u8, target: Target) {
        self.targets.push((self.rows.len(), target));
        self.linking(rd, Row { flags: Flags::JUMP, ..Row::EMPTY });
    }

    /// Jumps to the instruction at rs1 + imm with bit 0 cleared; rd = pc + 4 unless rd is x0.
    pub fn jump_indirect(&mut self, rd: u8, rs1: u8, imm: u32) {
        let (flags, imm) = (Flags::ADD.with(Flags::JALR), u64::from(imm));
        self.linking(rd, Row { rs1, imm, flags, table: Some(TableId::LowEven), ..Row::EMPTY });
    }

    /// Jumps to itself: the halt row.
    pub fn halt(&mut self) {
        let target = self.position();
        self.push(Row { flags: Flags::JUMP, target, ..Row::EMPTY });
    }

    /// memory[rs1 + disp] = rs2, a word.
    pub fn store_word(&mut self, rs1: u8, rs2: u8, disp: i64) {
        let flags = Flags::MEM.with(Flags::SW).with(Flags::BYTE);
        self.push(Row { rs1, rs2, disp, flags, ..Row::EMPTY });
    }

    /// `row`, writing the link if rd is not x0.
    fn linking(&mut self, rd: u8, row: Row) {
        self.push(match rd {
            0 => row,
            _ => {
                let (flags, link) = (row.flags.with(Flags::CONST), self.pc.wrapping_add(4));
                Row { rd, disp: i64::from(link), flags, ..row }
            }
        });
    }
}
