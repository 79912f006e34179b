//! Programs: the loaded image, its place in memory and its bytecode table.
//!
//! Rows, in order: prologue (sets sp, jumps to the entry) | text | shared trap row | exit rows | halt
//! | padding with trap rows to 2^b. Text is the whole aligned words of the file bytes of every
//! executable segment, in address order. Words that are no instruction become a trap row, one for a
//! run of them; one more stands wherever the instruction at addr + 4 is not the next row. Row 0 is
//! the first to be executed.

mod build;
mod layout;

use crate::invariants::InvariantError;
use crate::row::Row;
use alloc::vec::Vec;

pub use layout::{Layout, MemoryConfig};

/// Largest bytecode table: 2^24 rows.
pub const MAX_LOG_ROWS: usize = 24;
/// Smallest bytecode table: 2^4 rows.
pub const MIN_LOG_ROWS: usize = 4;

/// A loadable segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Address of the first byte.
    pub addr: u32,
    /// Bytes present in the file; the rest of the segment is zero.
    pub bytes: Vec<u8>,
    /// Size in memory, at least `bytes.len()`.
    pub mem_size: u32,
    /// Whether its whole aligned words are text.
    pub executable: bool,
}

/// What an ELF file says of a program: entry point and segments, in address order, not overlapping.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Address of the first instruction.
    pub entry: u32,
    /// Segments sorted by address.
    pub segments: Vec<Segment>,
}

/// Why an image is not a program.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProgramError {
    /// Nothing to load.
    #[error("the image has no segments")]
    Empty,
    /// A segment begins before the one listed before it ends.
    #[error("the segment at {addr:#x} overlaps the one before it or is out of order")]
    Overlap {
        /// Address of the segment.
        addr: u32,
    },
    /// A segment has more bytes than memory, or ends above 2^32.
    #[error("the segment at {addr:#x} does not fit its size in memory or the address space")]
    SegmentSize {
        /// Address of the segment.
        addr: u32,
    },
    /// The image begins below 2^11.
    #[error("the image begins at {addr:#x}, but the lowest usable address is 0x800")]
    TooLow {
        /// Lowest address.
        addr: u32,
    },
    /// No region of memory holds image, stack, blocks and heap.
    #[error("image, stack, input and output do not fit into the address space above {base:#x}")]
    TooLarge {
        /// Where the region would begin.
        base: u32,
    },
    /// The bytecode table is longer than 2^[`MAX_LOG_ROWS`].
    #[error("the program has more than 2^24 bytecode rows")]
    TooManyRows,
    /// The rows break a decode invariant: a bug in this crate.
    #[error(transparent)]
    Invariant(#[from] InvariantError),
}

/// A program ready to run and to prove. Its rows keep the decode invariants: there is no other way to
/// make one than [`Program::new`], which checks them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    image: Image,
    config: MemoryConfig,
    layout: Layout,
    rows: Vec<Row>,
    halt: u32,
    index: build::TextIndex,
}

impl Program {
    /// Lays out the image and builds the bytecode table.
    ///
    /// # Errors
    /// If the image is malformed, does not fit the address space or has too many instructions.
    pub fn new(image: Image, config: MemoryConfig) -> Result<Program, ProgramError> {
        check_segments(&image.segments)?;
        let layout = Layout::new(&image.segments, config)?;
        let build::Table { rows, halt, index } = build::table(&image, &layout)?;
        crate::invariants::check(&rows, halt)?;
        Ok(Program { image, config, layout, rows, halt, index })
    }

    /// Entry and segments.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Sizes it was built with.
    pub fn config(&self) -> MemoryConfig {
        self.config
    }

    /// Place in memory.
    #[inline]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The bytecode table, padded with trap rows to a power of two.
    #[inline]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Index of the halt row.
    #[inline]
    pub fn halt(&self) -> u32 {
        self.halt
    }

    /// b, for a table of 2^b rows.
    pub fn log_rows(&self) -> usize {
        self.rows.len().ilog2() as usize
    }

    /// The first row of the instruction at `addr`, None if there is none. O(log of the number of
    /// runs of instructions).
    pub fn row_of(&self, addr: u32) -> Option<u32> {
        self.index.row_of(addr)
    }

    /// Address of the text instruction that a row belongs to; None for all other rows.
    pub fn instruction_address(&self, row: u32) -> Option<u32> {
        let rows = self.rows.get(..=row as usize)?;
        let sequence = rows.iter().rev().take_while(|row| !row.is_trap());
        sequence.filter_map(Row::address).next()
    }

    /// The nonzero words of the image as (word index in the region, value), by increasing index.
    /// The public input is not among them.
    pub fn initial_words(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let base = self.layout.base;
        let segments = self.image.segments.iter();
        let mut bytes = segments
            .flat_map(|s| (s.addr..).zip(&s.bytes))
            .map(move |(addr, byte)| ((addr - base) / 4, u32::from(*byte) << (8 * (addr % 4))))
            .peekable();
        core::iter::from_fn(move || {
            loop {
                let (index, mut word) = bytes.next()?;
                while let Some((_, byte)) = bytes.next_if(|(next, _)| *next == index) {
                    word |= byte;
                }
                if word != 0 {
                    return Some((index, word));
                }
            }
        })
    }

    /// Feeds `sink` the canonical bytes of everything that a proof depends on: layout, rows up to
    /// halt (the padding follows from their number) and the nonzero words of the image. Injective:
    /// all integers are little-endian of fixed size and each list is preceded by its length.
    pub fn encode(&self, sink: &mut impl FnMut(&[u8])) {
        let l = &self.layout;
        let layout = [l.base, l.stack_pointer, l.output, l.input, l.heap, l.min_log_words, l.max_log_words];
        layout.iter().for_each(|field| sink(&field.to_le_bytes()));
        let rows = &self.rows[..=self.halt as usize];
        sink(&(rows.len() as u64).to_le_bytes());
        rows.iter().for_each(|row| sink(&row.to_bytes()));
        sink(&(self.initial_words().count() as u64).to_le_bytes());
        for (index, value) in self.initial_words() {
            sink(&(u64::from(value) << 32 | u64::from(index)).to_le_bytes());
        }
    }
}

/// Requires segments within the address space, in order and apart.
fn check_segments(segments: &[Segment]) -> Result<(), ProgramError> {
    let mut free = 0;
    for segment in segments {
        let addr = segment.addr;
        let end = u64::from(addr) + u64::from(segment.mem_size);
        if u64::from(addr) < free {
            return Err(ProgramError::Overlap { addr });
        }
        if segment.bytes.len() as u64 > u64::from(segment.mem_size) || end > 1 << 32 {
            return Err(ProgramError::SegmentSize { addr });
        }
        free = end;
    }
    Ok(())
}
