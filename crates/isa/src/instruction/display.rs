//! Disassembly, without pseudo-instructions.

use super::{Decoded, Format, Operands};
use core::fmt;

/// ABI names of the registers.
pub const REGISTER_NAMES: [&str; 32] = [
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "s2",
    "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
];

impl fmt::Display for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |register: u8| REGISTER_NAMES.get(usize::from(register)).unwrap_or(&"?");
        let Operands { imm, .. } = self.operands;
        let (rd, rs1, rs2) = (name(self.operands.rd), name(self.operands.rs1), name(self.operands.rs2));
        f.write_str(self.instruction.name)?;
        match self.instruction.format {
            Format::R => write!(f, " {rd}, {rs1}, {rs2}"),
            Format::I | Format::Shift => write!(f, " {rd}, {rs1}, {imm}"),
            Format::Offset => write!(f, " {rd}, {imm}({rs1})"),
            Format::S => write!(f, " {rs2}, {imm}({rs1})"),
            Format::B => write!(f, " {rs1}, {rs2}, {imm}"),
            Format::U => write!(f, " {rd}, {:#x}", imm.cast_unsigned() >> 12),
            Format::J => write!(f, " {rd}, {imm}"),
            Format::Destination => write!(f, " {rd}"),
            Format::Bare => Ok(()),
        }
    }
}
