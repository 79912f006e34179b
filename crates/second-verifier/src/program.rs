//! The program as data: layout, rows, memory image (section 1), and its digest (section 7).

use sha3::{Digest, Keccak256};

use crate::F;

/// Bytes of the output block, O.
pub(crate) const OUTPUT_BYTES: usize = 1 << 16;
/// Bytes of the public input block, I.
pub(crate) const INPUT_BYTES: usize = 3 * (1 << 20) - OUTPUT_BYTES;
/// Bytes of output that fit (section 1.1): three words precede them.
pub const OUTPUT_CAPACITY: usize = OUTPUT_BYTES - 12;
/// Bytes of public input that fit (section 1.1): its length precedes them.
pub const INPUT_CAPACITY: usize = INPUT_BYTES - 4;
/// Words of the output block as a binary logarithm.
pub const LOG_OUTPUT_WORDS: usize = 14;

/// The flags of a row by their bit (section 1.2).
#[expect(missing_docs, reason = "the document's names; constraints say what they mean")]
pub mod flags {
    pub const ALU: usize = 0;
    pub const Y: usize = 1;
    pub const ADD: usize = 2;
    pub const SUB: usize = 3;
    pub const MUL: usize = 4;
    pub const MEM: usize = 5;
    pub const LOAD: usize = 6;
    pub const BYTE: usize = 7;
    pub const HALF: usize = 8;
    pub const WORD_IN: usize = 9;
    pub const PREP: usize = 10;
    pub const LW: usize = 11;
    pub const SW: usize = 12;
    pub const MERGE: usize = 13;
    pub const OUT: usize = 14;
    pub const CONST: usize = 15;
    pub const ASSERT: usize = 16;
    pub const BRANCH: usize = 17;
    pub const JUMP: usize = 18;
    pub const JALR: usize = 19;
    pub const ADVICE: usize = 20;
}

/// Place of everything in memory (section 1.1). The output block is inside the region of the least m words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Address of word 0.
    pub base: u32,
    /// Initial stack pointer.
    pub stack_pointer: u32,
    /// Address of the output block, a multiple of 2^16 above `base`.
    pub output: u32,
    /// Address of the public input block.
    pub input: u32,
    /// First address above the image.
    pub heap: u32,
    /// Least m.
    pub least_m: u32,
    /// Largest m.
    pub largest_m: u32,
}

/// A row of the bytecode table (section 1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// RISC-V address if the row is the first of a text instruction, else 2^32 + row index.
    pub addr: u64,
    /// Constant of the ALU.
    pub imm: u64,
    /// Displacement of a memory access, or a constant.
    pub disp: i64,
    /// Row index that a branch or jump leads to.
    pub target: u32,
    /// Flag n at bit n.
    pub flags: u32,
    /// First cell read.
    pub rs1: u8,
    /// Second cell read.
    pub rs2: u8,
    /// Cell written.
    pub rd: u8,
    /// Id of the lookup table, if the row has one.
    pub table: Option<u8>,
}

impl Row {
    /// The trap row at `index`.
    pub fn trap(index: u64) -> Row {
        let flags = 1 << flags::ASSERT;
        Row { addr: (1 << 32) + index, imm: 0, disp: 0, target: 0, flags, rs1: 0, rs2: 0, rd: 63, table: None }
    }

    /// Flag n, as 0 or 1.
    pub fn flag(&self, n: usize) -> F {
        F::from(self.flags >> n & 1)
    }

    /// The 36 bytes of the encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(self.addr.to_le_bytes());
        bytes.extend(self.imm.to_le_bytes());
        bytes.extend(self.disp.to_le_bytes());
        bytes.extend(self.target.to_le_bytes());
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend([self.rs1, self.rs2, self.rd, self.table.map_or(0, |id| id + 1)]);
        bytes
    }
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Place of everything in memory.
    pub layout: Layout,
    /// The rows up to and with the halt row.
    pub rows: Vec<Row>,
    /// The nonzero words of the image with their index in the region, by increasing index.
    pub image: Vec<(u32, u32)>,
}

impl Program {
    /// Index of the halt row.
    pub fn halt(&self) -> u64 {
        self.rows.len() as u64 - 1
    }

    /// b: the table has 2^b rows, at least 16 (section 1.2).
    pub fn log_rows(&self) -> usize {
        self.rows.len().next_power_of_two().ilog2().max(4) as usize
    }

    /// The whole table with its index: trap rows follow the halt row.
    pub fn table(&self) -> impl Iterator<Item = (u64, Row)> + '_ {
        let padding = (self.rows.len() as u64..1 << self.log_rows()).map(Row::trap);
        (0..).zip(self.rows.iter().cloned().chain(padding))
    }

    /// The program digest (section 7).
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Keccak256::new_with_prefix(b"zkvm program");
        let Layout { base, stack_pointer, output, input, heap, least_m, largest_m } = self.layout;
        for number in [base, stack_pointer, output, input, heap, least_m, largest_m] {
            hash.update(number.to_le_bytes());
        }
        hash.update((self.rows.len() as u64).to_le_bytes());
        self.rows.iter().for_each(|row| hash.update(row.encode()));
        hash.update((self.image.len() as u64).to_le_bytes());
        for (index, value) in &self.image {
            hash.update(((u64::from(*value) << 32) + u64::from(*index)).to_le_bytes());
        }
        hash.finalize().into()
    }
}

/// The words that `bytes` fill, little-endian, the last one padded with zeros (section 1.1).
fn words(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks(4).map(|chunk| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        u32::from_le_bytes(word)
    })
}

impl crate::Statement<'_> {
    /// The memory at the start, word by word: the image; from `input` its length in bytes, then its bytes.
    pub fn initial_memory(&self) -> impl Iterator<Item = (u64, F)> + '_ {
        let layout = &self.program.layout;
        let image = self.program.image.iter().map(|&(index, value)| (u64::from(index), F::from(value)));
        let first = u64::from((layout.input - layout.base) / 4);
        let input = std::iter::once(self.input.len() as u32).chain(words(self.input));
        image.chain((first..).zip(input.map(F::from)))
    }

    /// The output block at the end, word by word: exited, exit code, length of the output, output.
    pub fn output_block(&self) -> impl Iterator<Item = (u64, F)> + '_ {
        let head = [1, self.exit_code, self.output.len() as u32];
        (0..).zip(head.into_iter().chain(words(self.output)).map(F::from))
    }
}
