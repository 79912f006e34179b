//! Rows of the bytecode table: what one step of the machine does.
//!
//! A row says which cells are read and written, which lookup is made and where control goes. The
//! constraints of a step (`zkvm_protocol::relations::spartan`) read nothing of the program but the
//! fields below; the decode invariants ([`crate::invariants`]) are what makes them sound.

use crate::table::TableId;

/// Register cell 63: what a row without a destination "writes". No row reads it.
pub const SINK: u8 = 63;
/// First scratch cell of instruction sequences; cells 32..=62 are scratch.
pub const SCRATCH: u8 = 32;
/// Immediate of a wrapping subtraction: 2^32.
pub const WRAP: u64 = 1 << 32;

macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $bit:expr;)*) => {
        impl Flags {
            $($(#[$doc])* pub const $name: Flags = Flags(1 << $bit);)*
            /// Every flag with its name, in bit order.
            pub const ALL: &'static [(Flags, &'static str)] = &[$((Flags::$name, stringify!($name))),*];
        }
    };
}

/// Set of row flags.
#[derive(Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct Flags(pub u32);

flags! {
    /// x = rs1
    ALU = 0;
    /// y = rs2 + imm
    Y = 1;
    /// lin = rs1 + rs2 + imm
    ADD = 2;
    /// lin = rs1 - rs2 + imm
    SUB = 3;
    /// prod = rs1 * rs2
    MUL = 4;
    /// the row accesses memory at rs1 + disp
    MEM = 5;
    /// memory keeps its value
    LOAD = 6;
    /// y = offset in the word
    BYTE = 7;
    /// 2y = offset in the word
    HALF = 8;
    /// x = memory word read
    WORD_IN = 9;
    /// x = rs2: prepares a sub-word store
    PREP = 10;
    /// rd = memory word read
    LW = 11;
    /// memory word = rs2
    SW = 12;
    /// memory word = lookup output
    MERGE = 13;
    /// rd = lookup output
    OUT = 14;
    /// rd = disp
    CONST = 15;
    /// lookup output = 1
    ASSERT = 16;
    /// jump to target if the lookup output is 1
    BRANCH = 17;
    /// jump to target
    JUMP = 18;
    /// jump to the instruction whose address is the lookup output
    JALR = 19;
    /// lin = a word of the prover's choice
    ADVICE = 20;
}

impl Flags {
    /// No flag.
    pub const NONE: Flags = Flags(0);
    /// Number of flags.
    pub const COUNT: usize = Self::ALL.len();

    /// Union.
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
    /// Whether every flag of `other` is set.
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
    /// Whether any flag of `other` is set.
    pub const fn any(self, other: Flags) -> bool {
        self.0 & other.0 != 0
    }
    /// How many flags of `other` are set.
    pub const fn count(self, other: Flags) -> u32 {
        (self.0 & other.0).count_ones()
    }
}

impl core::fmt::Debug for Flags {
    /// The names of the flags, joined by `|`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut names = Self::ALL.iter().filter(|(flag, _)| self.has(*flag)).map(|(_, name)| name);
        f.write_str(names.next().unwrap_or(&"NONE"))?;
        names.try_for_each(|name| write!(f, "|{name}"))
    }
}

/// How a row forms its 64-bit lookup index.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Mode {
    /// No lookup.
    None,
    /// `x31 y31 … x0 y0` of the operands x and y.
    Interleaved,
    /// The index is `lin`.
    Linear,
    /// The index is `prod`.
    Product,
}

/// Where the emulator finds the word of an advice row. Outside digest and proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Advice {
    /// The next word of the private input.
    Input,
    /// Unsigned quotient of two registers; 2^32 - 1 if the divisor is 0.
    Quotient {
        /// Register of the dividend.
        rs1: u8,
        /// Register of the divisor.
        rs2: u8,
    },
    /// Quotient of the absolute values of two registers; if the divisor is 0, 1 for a negative
    /// dividend, else 2^32 - 1.
    AbsQuotient {
        /// Register of the dividend.
        rs1: u8,
        /// Register of the divisor.
        rs2: u8,
    },
}

/// One row of the bytecode table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Row {
    /// RISC-V address if the row is the first of a text instruction, else 2^32 + row index.
    pub addr: u64,
    /// First source cell, 0..=62.
    pub rs1: u8,
    /// Second source cell, 0..=62.
    pub rs2: u8,
    /// Destination cell, 1..=63.
    pub rd: u8,
    /// ALU constant, 0..=2^32.
    pub imm: u64,
    /// Displacement of a memory access, or the constant of [`Flags::CONST`].
    pub disp: i64,
    /// Row index of a static target; 0 without one.
    pub target: u32,
    /// Flags.
    pub flags: Flags,
    /// Lookup table, if the row has one.
    pub table: Option<TableId>,
    /// Hint to the emulator; not part of what is proven.
    pub advice: Option<Advice>,
}

impl Row {
    /// Address of a row that is not the first of a text instruction, less its index.
    pub const SYNTHETIC: u64 = 1 << 32;

    /// The address of the row `index` if it is not the first of a text instruction.
    pub fn synthetic(index: u32) -> u64 {
        Self::SYNTHETIC | u64::from(index)
    }

    /// The row that does nothing.
    pub const EMPTY: Row = Row {
        addr: Self::SYNTHETIC,
        rs1: 0,
        rs2: 0,
        rd: SINK,
        imm: 0,
        disp: 0,
        target: 0,
        flags: Flags::NONE,
        table: None,
        advice: None,
    };

    /// The row that has no witness: it asserts an output that it does not have.
    pub const TRAP: Row = Row { flags: Flags::ASSERT, ..Self::EMPTY };

    /// Bytes of [`Row::to_bytes`].
    pub const BYTES: usize = 36;

    /// RISC-V address, if the row is the first of a text instruction.
    pub fn address(&self) -> Option<u32> {
        u32::try_from(self.addr).ok()
    }

    /// Whether this is a trap row, which has no witness.
    pub fn is_trap(&self) -> bool {
        self.flags == Flags::ASSERT && self.table.is_none()
    }

    /// Everything that is proven of the row, in fixed places, little-endian.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let table = self.table.map_or(0, |table| table.number().saturating_add(1));
        let numbers = [self.addr, self.imm, self.disp.cast_unsigned()].map(u64::to_le_bytes);
        let halves = [self.target, self.flags.0].map(u32::to_le_bytes);
        let fields = numbers.as_flattened().iter().chain(halves.as_flattened());
        let mut bytes = [0; Self::BYTES];
        for (byte, field) in bytes.iter_mut().zip(fields.chain(&[self.rs1, self.rs2, self.rd, table])) {
            *byte = *field;
        }
        bytes
    }

    /// The lookup mode, a function of the flags.
    pub const fn mode(&self) -> Mode {
        let f = self.flags;
        if f.has(Flags::MUL) {
            Mode::Product
        } else if f.any(Flags::ADD.with(Flags::SUB).with(Flags::ADVICE)) {
            Mode::Linear
        } else if f.any(Flags::ALU.with(Flags::WORD_IN).with(Flags::PREP)) {
            Mode::Interleaved
        } else {
            Mode::None
        }
    }
}
