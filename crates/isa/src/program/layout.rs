//! The RAM region of a program.
//!
//! Usually `[stack | output | input | image | heap]`: the stack grows down out of the region, and a
//! step there has no witness. An image linked too low for that gets `[image | heap | stack | output |
//! input]`, where an overflowing stack runs into the heap unnoticed.

use super::{ProgramError, Segment};
use zkvm_abi::{INPUT_BYTES, OUTPUT_BYTES};

/// Lowest address of a region: below it, rs1 + displacement could be negative.
const LOWEST: u64 = 1 << 11;
/// First address above every region: above it, rs1 + displacement could exceed 2^32.
const HIGHEST: u64 = (1 << 32) - (1 << 11);
/// Bits of the stack pointer that are zero (RISC-V calling convention).
const STACK_MISALIGNMENT: u32 = 15;

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
        MemoryConfig { stack_bytes: zkvm_abi::STACK_BYTES, heap_bytes: zkvm_abi::HEAP_BYTES }
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

impl Layout {
    /// The layout of an image: segments in address order.
    pub(super) fn new(segments: &[Segment], config: MemoryConfig) -> Result<Layout, ProgramError> {
        let mut loaded = segments.iter().filter(|s| s.mem_size > 0);
        let first = loaded.next().ok_or(ProgramError::Empty)?;
        let last = loaded.next_back().unwrap_or(first);
        let image = u64::from(first.addr & !3);
        let heap = sum([last.addr, last.mem_size]).next_multiple_of(4);
        let output = u64::from(OUTPUT_BYTES);
        let stack = u64::from(config.stack_bytes).next_multiple_of(output);
        let blocks = stack.saturating_add(sum([OUTPUT_BYTES, INPUT_BYTES]));
        match image.checked_sub(blocks) {
            Some(base) if base >= LOWEST => Self::above_stack(base, stack, heap, config),
            _ => Self::below_stack(image, stack, heap, config),
        }
    }

    /// `[stack | output | input | image | heap]` from `base`. The heap is what of its limit fits.
    fn above_stack(base: u64, stack: u64, heap: u64, config: MemoryConfig) -> Result<Layout, ProgramError> {
        let used = heap.saturating_sub(base);
        let min = log_words(used);
        let max = log_words(used.saturating_add(config.heap_bytes.into()));
        let max = (min..=max).rev().find(|log| fits(base, *log)).unwrap_or(min);
        Self::at(base, base.saturating_add(stack), heap, min, max)
    }

    /// `[image | heap | stack | output | input]` from the image.
    fn below_stack(base: u64, stack: u64, heap: u64, config: MemoryConfig) -> Result<Layout, ProgramError> {
        if base < LOWEST {
            return Err(ProgramError::TooLow { addr: word(base) });
        }
        let used = heap.saturating_sub(base).saturating_add(config.heap_bytes.into());
        let output = used.saturating_add(stack).next_multiple_of(OUTPUT_BYTES.into());
        let size = log_words(output.saturating_add(sum([OUTPUT_BYTES, INPUT_BYTES])));
        Self::at(base, base.saturating_add(output), heap, size, size)
    }

    fn at(base: u64, output: u64, heap: u64, min: u32, max: u32) -> Result<Layout, ProgramError> {
        if !fits(base, max) {
            return Err(ProgramError::TooLarge { base: word(base) });
        }
        // All addresses lie in the region, so below 2^32.
        Ok(Layout {
            base: word(base),
            stack_pointer: word(output) & !STACK_MISALIGNMENT,
            output: word(output),
            input: word(output.saturating_add(OUTPUT_BYTES.into())),
            heap: word(heap),
            min_log_words: min,
            max_log_words: max,
        })
    }
}

/// Whether a region of 2^`log` words from `base` keeps its distance from the end of the address space.
fn fits(base: u64, log: u32) -> bool {
    let bytes = 1u64.checked_shl(log).and_then(|words| words.checked_mul(4));
    bytes.is_some_and(|bytes| base.saturating_add(bytes) <= HIGHEST)
}

fn sum(parts: [u32; 2]) -> u64 {
    parts.map(u64::from).iter().fold(0, |sum, part| sum.saturating_add(*part))
}

/// An address, which is below 2^32 where it is used.
fn word(address: u64) -> u32 {
    u32::try_from(address).unwrap_or(u32::MAX)
}

/// log2 of the smallest power of two of words that holds `bytes`.
fn log_words(bytes: u64) -> u32 {
    bytes.div_ceil(4).next_power_of_two().trailing_zeros()
}
