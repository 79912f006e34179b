//! Traps: why a run ends without an exit. A run that traps has no proof.

use crate::execution::Statistics;
use crate::symbols::Symbols;
use core::fmt;
use thiserror::Error;

/// The cause of a trap, in the terms of the RISC-V manual where it has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum Trap {
    /// The word is no instruction of RV32IM, nor `advice`.
    #[error("illegal instruction {word:#010x}")]
    IllegalInstruction {
        /// The instruction word.
        word: u32,
    },
    /// A jump to an address that is no multiple of 4.
    #[error("instruction address misaligned: jump to {target:#010x}")]
    InstructionAddressMisaligned {
        /// Where the jump leads.
        target: u32,
    },
    /// Control reached an address that is not text.
    #[error("instruction access fault: no instruction at {target:#010x}")]
    InstructionAccessFault {
        /// The address.
        target: u32,
    },
    /// A load from an address that is no multiple of its width.
    #[error("load address misaligned: {addr:#010x}")]
    LoadAddressMisaligned {
        /// The address.
        addr: u32,
    },
    /// A store to an address that is no multiple of its width.
    #[error("store address misaligned: {addr:#010x}")]
    StoreAddressMisaligned {
        /// The address.
        addr: u32,
    },
    /// A load from outside the memory region.
    #[error("load access fault: {addr:#010x} is outside memory")]
    LoadAccessFault {
        /// The address.
        addr: u32,
    },
    /// A store outside the memory region.
    #[error("store access fault: {addr:#010x} is outside memory")]
    StoreAccessFault {
        /// The address.
        addr: u32,
    },
    /// An access below the stack, which is the lowest part of memory.
    #[error("stack overflow: access to {addr:#010x}, below the end of the stack at {end:#010x}")]
    StackOverflow {
        /// The address.
        addr: u32,
        /// Lowest address of the stack.
        end: u32,
    },
    /// EBREAK.
    #[error("breakpoint (ebreak)")]
    Breakpoint,
    /// The program did not end within the allowed number of cycles.
    #[error("the limit of {limit} cycles is reached: raise it, or look for an endless loop")]
    CycleLimit {
        /// The limit in cycles (executed bytecode rows).
        limit: u64,
    },
    /// The program reads more private input than there is.
    #[error("the private input is exhausted: the program reads more than it was given")]
    PrivateInputExhausted,
    /// The output block does not hold a length and that many bytes followed by zeros.
    #[error(
        "the output block is malformed: it says {length} bytes; did the program write to memory that is not its own?"
    )]
    MalformedOutput {
        /// The length that the block holds.
        length: u32,
    },
    /// A row of the bytecode table that no values satisfy: the table is at fault, not the program.
    #[error("bytecode row {row} has no witness: this is a defect of the decoder, please report it")]
    NoWitness {
        /// The row.
        row: u32,
    },
}

impl Trap {
    /// A stable name for machines to read, such as `illegal-instruction`.
    pub const fn name(&self) -> &'static str {
        match self {
            Trap::IllegalInstruction { .. } => "illegal-instruction",
            Trap::InstructionAddressMisaligned { .. } => "instruction-address-misaligned",
            Trap::InstructionAccessFault { .. } => "instruction-access-fault",
            Trap::LoadAddressMisaligned { .. } => "load-address-misaligned",
            Trap::StoreAddressMisaligned { .. } => "store-address-misaligned",
            Trap::LoadAccessFault { .. } => "load-access-fault",
            Trap::StoreAccessFault { .. } => "store-access-fault",
            Trap::StackOverflow { .. } => "stack-overflow",
            Trap::Breakpoint => "breakpoint",
            Trap::CycleLimit { .. } => "cycle-limit",
            Trap::PrivateInputExhausted => "private-input-exhausted",
            Trap::MalformedOutput { .. } => "malformed-output",
            Trap::NoWitness { .. } => "no-witness",
        }
    }
}

/// A trap, where it happened, and what was counted until then.
#[derive(Clone, PartialEq, Debug, Error)]
#[error("{trap}, at pc {pc:#010x}")]
pub struct Fault {
    /// The cause.
    pub trap: Trap,
    /// Address of the instruction that trapped.
    pub pc: u32,
    /// What had been counted before that instruction.
    pub statistics: Box<Statistics>,
}

impl Fault {
    /// The message with the name of the function, if there is one.
    pub fn display<'a>(&'a self, symbols: &'a Symbols) -> impl fmt::Display + 'a {
        Described { fault: self, symbols }
    }
}

struct Described<'a> {
    fault: &'a Fault,
    symbols: &'a Symbols,
}

impl fmt::Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fault)?;
        match self.symbols.locate(self.fault.pc) {
            Some(location) => write!(f, " in {location}"),
            None => Ok(()),
        }
    }
}
