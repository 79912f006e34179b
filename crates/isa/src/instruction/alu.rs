//! Integer arithmetic, logic, comparison, shifts.

use super::{FUNCT3, FUNCT7, Format, Instruction, MAJOR, Operands, Semantics, register};
use crate::code::{Code, K};
use crate::table::TableId;

/// rd = f(rs1, imm): major opcode OP-IMM.
const fn immediate(
    name: &'static str,
    funct3: u32,
    f: fn(u32, u32) -> u32,
    rows: fn(&mut Code, Operands),
) -> Instruction {
    let fixed = 0x13 | funct3 << 12;
    Instruction { name, format: Format::I, mask: FUNCT3, fixed, semantics: Semantics::Immediate(f), rows }
}

/// rd = f(rs1, amount): major opcode OP-IMM with funct7.
const fn shift_immediate(
    name: &'static str,
    funct7: u32,
    funct3: u32,
    f: fn(u32, u32) -> u32,
    rows: fn(&mut Code, Operands),
) -> Instruction {
    let fixed = 0x13 | funct3 << 12 | funct7 << 25;
    Instruction { format: Format::Shift, mask: FUNCT7, fixed, ..immediate(name, funct3, f, rows) }
}

/// rd = f(pc, imm << 12).
const fn upper(name: &'static str, major: u32, semantics: Semantics, rows: fn(&mut Code, Operands)) -> Instruction {
    Instruction { name, format: Format::U, mask: MAJOR, fixed: major, semantics, rows }
}

/// Shift of rs1 by rs2: the mask of the bits kept, then the shift by that mask.
fn shift(code: &mut Code, mask: TableId, table: TableId, o: Operands) {
    code.add(mask, o.rs2, 0, K[0]);
    code.lookup(table, o.rs1, K[0], o.rd);
}

fn less(a: u32, b: u32) -> u32 {
    u32::from(a.cast_signed() < b.cast_signed())
}
fn less_unsigned(a: u32, b: u32) -> u32 {
    u32::from(a < b)
}
fn right_arithmetic(a: u32, b: u32) -> u32 {
    a.cast_signed().wrapping_shr(b).cast_unsigned()
}

/// Mask of the bits that a left shift by `amount` keeps.
fn kept_left(amount: i32) -> u32 {
    u32::MAX.wrapping_shr(amount.cast_unsigned())
}
/// Mask of the bits that a right shift by `amount` keeps.
fn kept_right(amount: i32) -> u32 {
    u32::MAX.wrapping_shl(amount.cast_unsigned())
}

pub const LUI: Instruction = upper("lui", 0x37, Semantics::Lui, |code, o| code.constant(o.rd, o.imm.cast_unsigned()));
pub const AUIPC: Instruction = upper("auipc", 0x17, Semantics::Auipc, |code, o| {
    code.constant(o.rd, code.pc().wrapping_add_signed(o.imm));
});

pub const ADDI: Instruction =
    immediate("addi", 0, u32::wrapping_add, |code, o| code.add_imm(o.rs1, o.imm.cast_unsigned(), o.rd));
pub const SLTI: Instruction = immediate("slti", 2, less, |code, o| {
    code.lookup_imm(TableId::Lt, o.rs1, o.imm.cast_unsigned(), o.rd);
});
pub const SLTIU: Instruction = immediate("sltiu", 3, less_unsigned, |code, o| {
    code.lookup_imm(TableId::Ltu, o.rs1, o.imm.cast_unsigned(), o.rd);
});
pub const XORI: Instruction = immediate(
    "xori",
    4,
    |a, b| a ^ b,
    |code, o| {
        code.lookup_imm(TableId::Xor, o.rs1, o.imm.cast_unsigned(), o.rd);
    },
);
pub const ORI: Instruction = immediate(
    "ori",
    6,
    |a, b| a | b,
    |code, o| {
        code.lookup_imm(TableId::Or, o.rs1, o.imm.cast_unsigned(), o.rd);
    },
);
pub const ANDI: Instruction = immediate(
    "andi",
    7,
    |a, b| a & b,
    |code, o| {
        code.lookup_imm(TableId::And, o.rs1, o.imm.cast_unsigned(), o.rd);
    },
);
pub const SLLI: Instruction = shift_immediate("slli", 0, 1, u32::wrapping_shl, |code, o| {
    code.lookup_imm(TableId::Sll, o.rs1, kept_left(o.imm), o.rd);
});
pub const SRLI: Instruction = shift_immediate("srli", 0, 5, u32::wrapping_shr, |code, o| {
    code.lookup_imm(TableId::Srl, o.rs1, kept_right(o.imm), o.rd);
});
pub const SRAI: Instruction = shift_immediate("srai", 0x20, 5, right_arithmetic, |code, o| {
    code.lookup_imm(TableId::Sra, o.rs1, kept_right(o.imm), o.rd);
});

pub const ADD: Instruction =
    register("add", 0, 0, u32::wrapping_add, |code, o| code.add(TableId::Low, o.rs1, o.rs2, o.rd));
pub const SUB: Instruction = register("sub", 0x20, 0, u32::wrapping_sub, |code, o| code.sub(o.rs1, o.rs2, o.rd));
pub const SLL: Instruction = register("sll", 0, 1, u32::wrapping_shl, |code, o| {
    shift(code, TableId::MaskLow, TableId::Sll, o);
});
pub const SLT: Instruction = register("slt", 0, 2, less, |code, o| code.lookup(TableId::Lt, o.rs1, o.rs2, o.rd));
pub const SLTU: Instruction =
    register("sltu", 0, 3, less_unsigned, |code, o| code.lookup(TableId::Ltu, o.rs1, o.rs2, o.rd));
pub const XOR: Instruction =
    register("xor", 0, 4, |a, b| a ^ b, |code, o| code.lookup(TableId::Xor, o.rs1, o.rs2, o.rd));
pub const SRL: Instruction = register("srl", 0, 5, u32::wrapping_shr, |code, o| {
    shift(code, TableId::MaskHigh, TableId::Srl, o);
});
pub const SRA: Instruction = register("sra", 0x20, 5, right_arithmetic, |code, o| {
    shift(code, TableId::MaskHigh, TableId::Sra, o);
});
pub const OR: Instruction = register("or", 0, 6, |a, b| a | b, |code, o| code.lookup(TableId::Or, o.rs1, o.rs2, o.rd));
pub const AND: Instruction =
    register("and", 0, 7, |a, b| a & b, |code, o| code.lookup(TableId::And, o.rs1, o.rs2, o.rd));
