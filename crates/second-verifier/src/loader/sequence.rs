//! The notation for rows of section 1.3.

use crate::program::Row;
use crate::program::flags::*;

/// Cells K0, K1, … of sequences.
pub const K: [u8; 6] = [32, 33, 34, 35, 36, 37];

/// Tables by their id (section 2).
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Table {
    Low,
    LowEven,
    High,
    SatLow,
    MaskHigh,
    MaskLow,
    And,
    Or,
    Xor,
    Eq,
    Ne,
    Lt,
    Ge,
    Ltu,
    Geu,
    Sll,
    Srl,
    Sra,
    Abs,
    ApplySign,
    SignAnd,
    SignSum,
    ValidRemainder,
    ValidDivZero,
    Lb,
    Lh,
    Lbu,
    Lhu,
    PrepareByte,
    PrepareHalf,
    MergeByte,
    MergeHalf,
}

/// Where a row leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// Nowhere: target 0.
    None,
    /// To the row at an address.
    Address(u32),
    /// To the first exit row.
    Exit,
    /// To itself.
    Itself,
}

/// A row before its index and its target are known.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The row, but for addr and target.
    pub row: Row,
    /// Its target.
    pub target: Target,
}

/// The second operand of a row.
#[derive(Clone, Copy)]
pub enum Operand {
    /// A cell.
    Cell(u8),
    /// A constant, written # in the document.
    Constant(u32),
}

/// The row with only these flags.
pub fn row(flags: &[usize]) -> Draft {
    let flags = flags.iter().map(|flag| 1 << flag).sum();
    let row = Row { addr: 0, imm: 0, disp: 0, target: 0, flags, rs1: 0, rs2: 0, rd: 63, table: None };
    Draft { row, target: Target::None }
}

/// The empty row.
pub fn empty() -> Draft {
    row(&[])
}

/// The trap row.
pub fn trap() -> Draft {
    row(&[ASSERT])
}

impl Draft {
    /// With one flag more.
    pub fn flag(mut self, flag: usize) -> Draft {
        self.row.flags |= 1 << flag;
        self
    }

    /// With the cells that it reads.
    pub fn reads(mut self, rs1: u8, rs2: u8) -> Draft {
        (self.row.rs1, self.row.rs2) = (rs1, rs2);
        self
    }

    /// With these operands.
    pub fn operands(mut self, rs1: u8, second: Operand) -> Draft {
        self.row.rs1 = rs1;
        match second {
            Operand::Cell(rs2) => self.row.rs2 = rs2,
            Operand::Constant(constant) => self.row.imm = constant.into(),
        }
        self
    }

    /// With the cell that it writes.
    pub fn writes(mut self, rd: u8) -> Draft {
        self.row.rd = rd;
        self
    }

    /// With a constant of the ALU.
    pub fn imm(mut self, imm: u64) -> Draft {
        self.row.imm = imm;
        self
    }

    /// With a displacement or constant.
    pub fn disp(mut self, disp: i64) -> Draft {
        self.row.disp = disp;
        self
    }

    /// With a table.
    pub fn table(mut self, table: Table) -> Draft {
        self.row.table = Some(table as u8);
        self
    }

    /// With a target.
    pub fn to(mut self, target: Target) -> Draft {
        self.target = target;
        self
    }

    /// Whether it is the trap row.
    pub fn is_trap(&self) -> bool {
        self.row.flags == 1 << ASSERT && self.row.table.is_none()
    }
}

/// T(p, q) → r.
pub fn lookup(table: Table, p: u8, q: Operand, r: u8) -> Draft {
    row(&[ALU, Y, OUT]).operands(p, q).writes(r).table(table)
}

/// assert T(p, q).
pub fn assert(table: Table, p: u8, q: u8) -> Draft {
    row(&[ALU, Y, ASSERT]).reads(p, q).table(table)
}

/// T(p + q) → r.
pub fn sum(table: Table, p: u8, q: Operand, r: u8) -> Draft {
    row(&[ADD, OUT]).operands(p, q).writes(r).table(table)
}

/// T(p · q) → r.
pub fn product(table: Table, p: u8, q: u8, r: u8) -> Draft {
    row(&[MUL, OUT]).reads(p, q).writes(r).table(table)
}

/// sub p − q → r.
pub fn sub(p: u8, q: u8, r: u8) -> Draft {
    sub_exact(p, q, r).imm(1 << 32)
}

/// sub-exact p − q → r.
pub fn sub_exact(p: u8, q: u8, r: u8) -> Draft {
    row(&[SUB, OUT]).reads(p, q).writes(r).table(Table::Low)
}

/// const c → r.
pub fn constant(c: u32, r: u8) -> Draft {
    row(&[CONST]).writes(r).disp(c.into())
}

/// advice → r.
pub fn advice(r: u8) -> Draft {
    row(&[ADVICE, OUT]).writes(r).table(Table::Low)
}

/// move p → r: no row at all if p = r.
pub fn copy(p: u8, r: u8) -> Option<Draft> {
    (p != r).then(|| sum(Table::Low, p, Operand::Constant(0), r))
}
