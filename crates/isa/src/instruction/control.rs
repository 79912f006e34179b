//! Branches and jumps.

use super::{FUNCT3, Format, Instruction, MAJOR, Operands, Semantics};
use crate::code::{Code, Target};
use crate::table::TableId;

const fn branch(
    name: &'static str,
    funct3: u32,
    holds: fn(u32, u32) -> bool,
    rows: fn(&mut Code, Operands),
) -> Instruction {
    let semantics = Semantics::Branch(holds);
    Instruction { name, format: Format::B, mask: FUNCT3, fixed: 0x63 | funct3 << 12, semantics, rows }
}

fn branch_if(code: &mut Code, table: TableId, o: Operands) {
    code.branch(table, o.rs1, o.rs2, 0, relative(code, o));
}

fn relative(code: &Code, o: Operands) -> Target {
    Target::Address(code.pc().wrapping_add_signed(o.imm))
}

pub const BEQ: Instruction = branch("beq", 0, |a, b| a == b, |code, o| branch_if(code, TableId::Eq, o));
pub const BNE: Instruction = branch("bne", 1, |a, b| a != b, |code, o| branch_if(code, TableId::Ne, o));
pub const BLT: Instruction =
    branch("blt", 4, |a, b| a.cast_signed() < b.cast_signed(), |code, o| branch_if(code, TableId::Lt, o));
pub const BGE: Instruction =
    branch("bge", 5, |a, b| a.cast_signed() >= b.cast_signed(), |code, o| branch_if(code, TableId::Ge, o));
pub const BLTU: Instruction = branch("bltu", 6, |a, b| a < b, |code, o| branch_if(code, TableId::Ltu, o));
pub const BGEU: Instruction = branch("bgeu", 7, |a, b| a >= b, |code, o| branch_if(code, TableId::Geu, o));

pub const JAL: Instruction = Instruction {
    name: "jal",
    format: Format::J,
    mask: MAJOR,
    fixed: 0x6f,
    semantics: Semantics::Jal,
    rows: |code, o| code.jump(o.rd, relative(code, o)),
};
pub const JALR: Instruction = Instruction {
    name: "jalr",
    format: Format::Offset,
    mask: FUNCT3,
    fixed: 0x67,
    semantics: Semantics::Jalr,
    rows: |code, o| code.jump_indirect(o.rd, o.rs1, o.imm.cast_unsigned()),
};
