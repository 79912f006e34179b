//! Programs: the loaded image, its place in memory and its bytecode table.

use crate::row::Row;
use alloc::vec::Vec;

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

/// Sizes that the builder of a program may choose; they are part of its identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryConfig {
    /// Stack size in bytes; rounded up to a multiple of the output block.
    pub stack_bytes: u32,
    /// Limit of the heap above the image in bytes.
    pub heap_bytes: u32,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        MemoryConfig {
            stack_bytes: zkvm_abi::STACK_BYTES,
            heap_bytes: zkvm_abi::HEAP_BYTES,
        }
    }
}

/// Place of everything in the RAM region. Words are 4 bytes; word 0 is at `base`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// First address of the region; word-aligned, at least 2^11.
    pub base: u32,
    /// Initial stack pointer.
    pub stack_pointer: u32,
    /// Address of the output block, aligned to its size relative to `base`.
    pub output: u32,
    /// Address of the public input block.
    pub input: u32,
    /// First address above the image, word-aligned: where a heap may begin.
    pub heap: u32,
    /// log2 of the smallest region, in words, that holds stack, blocks and image.
    pub min_log_words: u32,
    /// log2 of the largest region, in words, that the program may use.
    pub max_log_words: u32,
}

/// A program ready to run and to prove.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Program {
    /// Entry and segments.
    pub image: Image,
    /// Sizes it was built with.
    pub config: MemoryConfig,
    /// Place in memory.
    pub layout: Layout,
    /// The bytecode table, padded with trap rows to a power of two.
    pub rows: Vec<Row>,
    /// Index of the halt row.
    pub halt: u32,
}
