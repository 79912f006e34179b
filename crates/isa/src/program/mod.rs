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
use crate::size;
use alloc::vec::Vec;

pub use layout::{Layout, MemoryConfig};

use build::Plan;

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
    plan: Plan,
    rows: Vec<Row>,
}

/// A program without its bytecode table: all that its encoding needs. It takes memory in proportion to
/// the image, of which the table can be more than a hundred times.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Draft {
    image: Image,
    config: MemoryConfig,
    layout: Layout,
    plan: Plan,
}

impl Draft {
    /// Lays out the image and its table.
    ///
    /// # Errors
    /// If the image is malformed, does not fit the address space or has too many instructions.
    pub fn new(image: Image, config: MemoryConfig) -> Result<Draft, ProgramError> {
        check_segments(&image.segments)?;
        let layout = Layout::new(&image.segments, config)?;
        let plan = Plan::new(&image, &layout)?;
        Ok(Draft { image, config, layout, plan })
    }

    /// Entry and segments.
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// Sizes it is laid out with.
    pub fn config(&self) -> MemoryConfig {
        self.config
    }

    /// Place in memory.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Index of the halt row.
    pub fn halt(&self) -> u32 {
        self.plan.halt
    }

    /// Feeds `sink` the encoding of the program; see [`Program::encode`].
    ///
    /// # Errors
    /// None after [`Draft::new`] has succeeded.
    pub fn encode(&self, sink: &mut impl FnMut(&[u8])) -> Result<(), ProgramError> {
        encode_head(&self.layout, self.plan.halt, sink);
        self.plan.write(&self.image, &self.layout, |row| sink(&row.to_bytes()))?;
        encode_image(&self.image, &self.layout, sink);
        Ok(())
    }

    /// Builds the bytecode table and checks it.
    ///
    /// # Errors
    /// If the table breaks a decode invariant, which would be a bug in this crate.
    pub fn build(self) -> Result<Program, ProgramError> {
        let Draft { image, config, layout, plan } = self;
        let rows = plan.table(&image, &layout)?;
        crate::invariants::check(&rows, plan.halt)?;
        Ok(Program { image, config, layout, plan, rows })
    }
}

impl Program {
    /// Lays out the image and builds the bytecode table.
    ///
    /// # Errors
    /// If the image is malformed, does not fit the address space or has too many instructions.
    pub fn new(image: Image, config: MemoryConfig) -> Result<Program, ProgramError> {
        Draft::new(image, config)?.build()
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
        self.plan.halt
    }

    /// b, for a table of 2^b rows.
    pub fn log_rows(&self) -> usize {
        // The number of rows is a power of two.
        size(self.rows.len().trailing_zeros())
    }

    /// The first row of the instruction at `addr`, None if there is none. O(log of the number of
    /// runs of instructions).
    pub fn row_of(&self, addr: u32) -> Option<u32> {
        self.plan.index.row_of(addr)
    }

    /// Address of the text instruction that a row belongs to; None for all other rows.
    pub fn instruction_address(&self, row: u32) -> Option<u32> {
        let rows = self.rows.get(..=size(row))?;
        let sequence = rows.iter().rev().take_while(|row| !row.is_trap());
        sequence.filter_map(Row::address).next()
    }

    /// The nonzero words of the image as (word index in the region, value), by increasing index.
    /// The public input is not among them.
    pub fn initial_words(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        initial_words(&self.image, &self.layout)
    }

    /// Feeds `sink` the canonical bytes of everything that a proof depends on: layout, rows up to
    /// halt (the padding follows from their number) and the nonzero words of the image. Injective:
    /// all integers are little-endian of fixed size and each list is preceded by its length.
    pub fn encode(&self, sink: &mut impl FnMut(&[u8])) {
        let rows = size(self.halt()).saturating_add(1);
        encode_head(&self.layout, self.halt(), sink);
        self.rows.iter().take(rows).for_each(|row| sink(&row.to_bytes()));
        encode_image(&self.image, &self.layout, sink);
    }
}

fn initial_words<'a>(image: &'a Image, layout: &Layout) -> impl Iterator<Item = (u32, u32)> + use<'a> {
    let base = layout.base;
    // A region begins below its image, and a byte has four places in its word.
    let place = move |addr: u32| (addr.wrapping_sub(base) / 4, (addr & 3) << 3);
    let bytes = image.segments.iter().flat_map(|s| (s.addr..).zip(&s.bytes));
    let bytes = bytes.map(move |(addr, byte)| {
        let (index, shift) = place(addr);
        (index, u32::from(*byte).wrapping_shl(shift))
    });
    let mut bytes = bytes.peekable();
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

/// The layout and the number of rows.
fn encode_head(layout: &Layout, halt: u32, sink: &mut impl FnMut(&[u8])) {
    let l = layout;
    let layout = [l.base, l.stack_pointer, l.output, l.input, l.heap, l.min_log_words, l.max_log_words];
    layout.iter().for_each(|field| sink(&field.to_le_bytes()));
    sink(&u64::from(halt).saturating_add(1).to_le_bytes());
}

/// The nonzero words of the image, after their number.
fn encode_image(image: &Image, layout: &Layout, sink: &mut impl FnMut(&[u8])) {
    let number = initial_words(image, layout).fold(0u64, |number, _| number.saturating_add(1));
    sink(&number.to_le_bytes());
    for (index, value) in initial_words(image, layout) {
        sink(&(u64::from(value) << 32 | u64::from(index)).to_le_bytes());
    }
}

/// Requires segments within the address space, in order and apart.
fn check_segments(segments: &[Segment]) -> Result<(), ProgramError> {
    let mut free = 0;
    for segment in segments {
        let addr = segment.addr;
        let end = u64::from(addr).saturating_add(u64::from(segment.mem_size));
        if u64::from(addr) < free {
            return Err(ProgramError::Overlap { addr });
        }
        if segment.bytes.len() > size(segment.mem_size) || end > 1 << 32 {
            return Err(ProgramError::SegmentSize { addr });
        }
        free = end;
    }
    Ok(())
}
