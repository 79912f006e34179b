//! RV32IM and the custom instruction `advice`, each instruction one value.
//!
//! A value holds name, encoding, what the instruction does ([`Semantics`]) and the rows that prove it.
//! Decoder, disassembler, emulator and bytecode are readings of the list below; nothing else knows one
//! instruction from another.

mod alu;
mod control;
mod display;
mod format;
mod memory;
mod multiply;
mod system;

pub use display::REGISTER_NAMES;
pub use format::{Format, Operands};

use crate::code::Code;
use alu::*;
use control::*;
use memory::*;
use multiply::*;
use system::*;

/// Size of a memory access.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// 1 byte.
    Byte,
    /// 2 bytes, aligned.
    Half,
    /// 4 bytes, aligned.
    Word,
}

impl Width {
    /// Number of bytes.
    pub const fn bytes(self) -> u32 {
        match self {
            Width::Byte => 1,
            Width::Half => 2,
            Width::Word => 4,
        }
    }
}

/// What an instruction does. Writing x0 has no effect; execution goes on at pc + 4 if nothing else is said.
#[derive(Clone, Copy, Debug)]
pub enum Semantics {
    /// rd = f(rs1, rs2)
    Register(fn(u32, u32) -> u32),
    /// rd = f(rs1, imm)
    Immediate(fn(u32, u32) -> u32),
    /// rd = the value at rs1 + imm, sign-extended if `signed`
    Load {
        /// Size of the value.
        width: Width,
        /// Whether it is a signed number.
        signed: bool,
    },
    /// The low bits of rs2 go to rs1 + imm.
    Store(Width),
    /// pc = pc + imm if f(rs1, rs2)
    Branch(fn(u32, u32) -> bool),
    /// rd = imm
    Lui,
    /// rd = pc + imm
    Auipc,
    /// rd = pc + 4, pc = pc + imm
    Jal,
    /// rd = pc + 4, pc = rs1 + imm with bit 0 cleared
    Jalr,
    /// Nothing.
    Fence,
    /// Call of the environment, by the number in a7 ([`zkvm_abi::ecall`]).
    Ecall,
    /// rd = the next word of the private input
    Advice,
}

impl Semantics {
    /// Whether writing rd is all that the instruction does.
    const fn only_writes(self) -> bool {
        use Semantics::*;
        matches!(self, Register(_) | Immediate(_) | Lui | Auipc)
    }
}

/// An instruction.
#[derive(Debug)]
pub struct Instruction {
    /// Mnemonic.
    pub name: &'static str,
    /// Place of the operands.
    pub format: Format,
    /// Bits of the word that are fixed.
    pub mask: u32,
    /// Their values.
    pub fixed: u32,
    /// What it does.
    pub semantics: Semantics,
    /// The rows that prove it, for rd ≠ x0 where it only writes rd.
    rows: fn(&mut Code, Operands),
}

impl Instruction {
    /// The word with these operands.
    pub fn encode(&self, operands: Operands) -> u32 {
        self.fixed | self.format.encode(operands)
    }

    /// Appends the rows that prove it.
    pub(crate) fn expand(&self, code: &mut Code, operands: Operands) {
        if self.semantics.only_writes() && operands.rd == 0 {
            code.empty();
        } else {
            (self.rows)(code, operands);
        }
    }
}

/// What acts by the semantics of instructions; see [`Opcode::execute`].
pub trait Execute {
    /// What a step gives.
    type Output;
    /// One instruction. Mark it `#[inline(always)]`.
    fn execute(&mut self, semantics: Semantics) -> Self::Output;
}

macro_rules! instructions {
    ($($name:ident)*) => {
        /// Number of an instruction in the list: a dense code for predecoded programs.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        #[allow(missing_docs, clippy::upper_case_acronyms, reason = "mnemonics")]
        pub enum Opcode { $($name),* }

        impl Opcode {
            /// All instructions.
            pub const ALL: &'static [Opcode] = &[$(Opcode::$name),*];

            /// The instruction.
            pub const fn instruction(self) -> &'static Instruction {
                match self { $(Opcode::$name => &$name),* }
            }

            /// Calls `machine` with the instruction's semantics as a constant: the compiler makes
            /// one specialised copy per instruction, without indirect calls.
            #[inline(always)]
            pub fn execute<E: Execute>(self, machine: &mut E) -> E::Output {
                match self {
                    $(Opcode::$name => machine.execute(const { $name.semantics })),*
                }
            }
        }
    };
}

instructions! {
    LUI AUIPC JAL JALR
    BEQ BNE BLT BGE BLTU BGEU
    LB LH LW LBU LHU SB SH SW
    ADDI SLTI SLTIU XORI ORI ANDI SLLI SRLI SRAI
    ADD SUB SLL SLT SLTU XOR SRL SRA OR AND
    FENCE ECALL
    MUL MULH MULHSU MULHU DIV DIVU REM REMU
    ADVICE
}

/// A word read as an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Decoded {
    /// Its number.
    pub opcode: Opcode,
    /// The instruction.
    pub instruction: &'static Instruction,
    /// Its operands.
    pub operands: Operands,
}

/// Reads a word; None if it is no instruction of this machine, that is, a trap.
pub fn decode(word: u32) -> Option<Decoded> {
    Opcode::ALL.iter().find_map(|&opcode| {
        let instruction = opcode.instruction();
        if word & instruction.mask != instruction.fixed {
            return None;
        }
        let operands = instruction.format.decode(word)?;
        Some(Decoded { opcode, instruction, operands })
    })
}

/// Mask of the major opcode.
const MAJOR: u32 = 0x7f;
/// Mask of major opcode and funct3.
const FUNCT3: u32 = MAJOR | 7 << 12;
/// Mask of major opcode, funct3 and funct7.
const FUNCT7: u32 = FUNCT3 | 0x7f << 25;

/// rd = f(rs1, rs2): major opcode OP.
const fn register(
    name: &'static str,
    funct7: u32,
    funct3: u32,
    f: fn(u32, u32) -> u32,
    rows: fn(&mut Code, Operands),
) -> Instruction {
    Instruction {
        name,
        format: Format::R,
        mask: FUNCT7,
        fixed: 0x33 | funct3 << 12 | funct7 << 25,
        semantics: Semantics::Register(f),
        rows,
    }
}
