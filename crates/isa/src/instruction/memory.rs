//! Loads and stores.

use super::{FUNCT3, Format, Instruction, Operands, Semantics, Width};
use crate::code::{Code, K};
use crate::row::{Flags, Row, SINK};
use crate::table::TableId;

const fn load(
    name: &'static str,
    funct3: u32,
    width: Width,
    signed: bool,
    rows: fn(&mut Code, Operands),
) -> Instruction {
    let semantics = Semantics::Load { width, signed };
    Instruction { name, format: Format::Offset, mask: FUNCT3, fixed: 0x03 | funct3 << 12, semantics, rows }
}

const fn store(name: &'static str, funct3: u32, width: Width, rows: fn(&mut Code, Operands)) -> Instruction {
    let semantics = Semantics::Store(width);
    Instruction { name, format: Format::S, mask: FUNCT3, fixed: 0x23 | funct3 << 12, semantics, rows }
}

/// The flag that binds y to the offset in the word.
const fn offset(width: Width) -> Flags {
    match width {
        Width::Half => Flags::HALF,
        Width::Byte | Width::Word => Flags::BYTE,
    }
}

/// rd = table(word at rs1 + imm, offset). Into x0 the access and its alignment remain.
fn load_part(code: &mut Code, table: TableId, width: Width, o: Operands) {
    let flags = Flags::MEM.with(Flags::LOAD).with(Flags::WORD_IN).with(offset(width));
    let row = Row { rs1: o.rs1, disp: o.imm.into(), flags, ..Row::EMPTY };
    code.push(match o.rd {
        0 => row,
        rd => Row { rd, flags: flags.with(Flags::OUT), table: Some(table), ..row },
    });
}

/// Packs the value with its offset, then merges it into the word.
fn store_part(code: &mut Code, prepare: TableId, merge: TableId, width: Width, o: Operands) {
    let (rs1, disp) = (o.rs1, i64::from(o.imm));
    let load = Flags::MEM.with(Flags::LOAD).with(Flags::PREP).with(Flags::OUT);
    let flags = load.with(offset(width));
    code.push(Row { rs1, rs2: o.rs2, rd: K[0], disp, flags, table: Some(prepare), ..Row::EMPTY });
    let flags = Flags::MEM.with(Flags::MERGE).with(Flags::WORD_IN).with(Flags::Y);
    code.push(Row { rs1, rs2: K[0], disp, flags, table: Some(merge), ..Row::EMPTY });
}

pub const LB: Instruction = load("lb", 0, Width::Byte, true, |code, o| load_part(code, TableId::Lb, Width::Byte, o));
pub const LH: Instruction = load("lh", 1, Width::Half, true, |code, o| load_part(code, TableId::Lh, Width::Half, o));
pub const LW: Instruction = load("lw", 2, Width::Word, false, |code, o| {
    let flags = Flags::MEM.with(Flags::LOAD).with(offset(Width::Word));
    let (rd, flags) = match o.rd {
        0 => (SINK, flags),
        rd => (rd, flags.with(Flags::LW)),
    };
    code.push(Row { rs1: o.rs1, rd, disp: o.imm.into(), flags, ..Row::EMPTY });
});
pub const LBU: Instruction =
    load("lbu", 4, Width::Byte, false, |code, o| load_part(code, TableId::Lbu, Width::Byte, o));
pub const LHU: Instruction =
    load("lhu", 5, Width::Half, false, |code, o| load_part(code, TableId::Lhu, Width::Half, o));

pub const SB: Instruction = store("sb", 0, Width::Byte, |code, o| {
    store_part(code, TableId::PrepareByte, TableId::MergeByte, Width::Byte, o);
});
pub const SH: Instruction = store("sh", 1, Width::Half, |code, o| {
    store_part(code, TableId::PrepareHalf, TableId::MergeHalf, Width::Half, o);
});
pub const SW: Instruction = store("sw", 2, Width::Word, |code, o| code.store_word(o.rs1, o.rs2, o.imm.into()));
