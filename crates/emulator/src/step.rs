//! One bytecode row as an operation: which values it reads, what it computes, where control goes.

use zkvm_isa::row::{Advice, Flags, Row, SINK};
use zkvm_isa::table::TableId;

/// What a row does. `table` is looked up where the row has a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Nothing.
    Empty,
    /// No witness.
    Trap,
    /// The constant.
    Const,
    /// Table of rs1 and rs2 + imm.
    Alu,
    /// Table of the sum rs1 + rs2 + imm.
    Add,
    /// Table of the difference rs1 - rs2 + imm.
    Sub,
    /// Table of the product rs1 · rs2.
    Mul,
    /// The table of rs1 and rs2 + imm must say 1.
    Assert,
    /// A word that is not computed.
    Advice,
    /// The memory word.
    LoadWord,
    /// Table of the memory word and the place in it.
    LoadPart,
    /// A load without a result.
    Touch,
    /// Memory becomes rs2.
    Store,
    /// Table of rs2 and the place in the word.
    Prepare,
    /// Memory becomes the table of the word and rs2.
    Merge,
    /// To the target.
    Jump,
    /// To the target if the table of rs1 and rs2 + imm says 1.
    Branch,
    /// As `Branch`; if not taken, a host call.
    Call,
    /// To the table of the sum rs1 + rs2 + imm.
    JumpRegister,
}

/// A row, decoded for execution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) imm: u64,
    pub(crate) disp: u32,
    pub(crate) target: u32,
    pub(crate) kind: Kind,
    pub(crate) table: TableId,
    pub(crate) rs1: u8,
    pub(crate) rs2: u8,
    pub(crate) rd: u8,
    /// Width of the memory access in bytes; log2 of what the place in the word counts.
    pub(crate) width: u8,
    /// All ones if the row writes rd, else 0.
    pub(crate) writes: u32,
    pub(crate) advice: Advice,
}

impl Step {
    pub(crate) fn new(row: &Row, exit_row: u32) -> Self {
        Step {
            imm: row.imm,
            disp: row.disp as u32,
            target: row.target,
            kind: kind(row, exit_row),
            table: row.table.unwrap_or(TableId::Low),
            rs1: row.rs1,
            rs2: row.rs2,
            rd: row.rd,
            width: width(row),
            writes: if row.rd == SINK { 0 } else { u32::MAX },
            advice: row.advice.unwrap_or(Advice::Input),
        }
    }

    /// The table at two operands. Tables reach 2^32 only where the next row has no witness.
    #[inline(always)]
    pub(crate) fn lookup(&self, x: u32, y: u32) -> u64 {
        self.table.entry_of(x, y)
    }

    /// The table at a linear index.
    #[inline(always)]
    pub(crate) fn lookup_linear(&self, index: u64) -> u64 {
        self.table.entry_of((index >> 32) as u32, index as u32)
    }

    /// The second operand.
    #[inline(always)]
    pub(crate) fn y(&self, rs2: u32) -> u32 {
        // imm < 2^32, and 0 unless rs2 is x0: a decode invariant.
        rs2.wrapping_add(self.imm as u32)
    }
}

/// Bytes accessed: what the alignment constraint asks for. A merge repeats a checked access.
fn width(row: &Row) -> u8 {
    let flags = row.flags;
    if flags.has(Flags::HALF) {
        2
    } else if flags.has(Flags::BYTE) && !flags.any(Flags::WORD_IN.with(Flags::PREP)) {
        4
    } else {
        1
    }
}

fn kind(row: &Row, exit_row: u32) -> Kind {
    let flags = row.flags;
    if flags.has(Flags::MEM) {
        return memory_kind(row);
    }
    if flags.has(Flags::JALR) {
        Kind::JumpRegister
    } else if flags.has(Flags::JUMP) {
        Kind::Jump
    } else if flags.has(Flags::BRANCH) {
        if row.target == exit_row { Kind::Call } else { Kind::Branch }
    } else if flags.has(Flags::ADVICE) {
        Kind::Advice
    } else if flags.has(Flags::ALU) {
        if flags.has(Flags::ASSERT) { Kind::Assert } else { Kind::Alu }
    } else if flags.has(Flags::MUL) {
        Kind::Mul
    } else if flags.has(Flags::ADD) {
        Kind::Add
    } else if flags.has(Flags::SUB) {
        Kind::Sub
    } else if flags.has(Flags::CONST) {
        Kind::Const
    } else if row.is_trap() {
        Kind::Trap
    } else {
        Kind::Empty
    }
}

fn memory_kind(row: &Row) -> Kind {
    let flags = row.flags;
    if flags.has(Flags::SW) {
        Kind::Store
    } else if flags.has(Flags::MERGE) {
        Kind::Merge
    } else if flags.has(Flags::PREP) {
        Kind::Prepare
    } else if flags.has(Flags::LW) {
        Kind::LoadWord
    } else if flags.has(Flags::OUT) {
        Kind::LoadPart
    } else {
        Kind::Touch
    }
}
