//! What guest and machine agree on: memory map, input and output blocks, host calls, exit status.
//!
//! RAM is one contiguous region: `[stack | output block | public input | program image | heap]`.
//! The addresses below are those of guests linked by the SDK; for any other ELF the blocks end
//! where its lowest segment begins, in the same order and with the same sizes.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]

/// Lowest address of an SDK guest's image; the public input ends here.
pub const IMAGE_BASE: u32 = 0x0100_0000;
/// Default stack size in bytes. The stack grows downwards from the output block.
pub const STACK_BYTES: u32 = 1 << 20;
/// log2 of the words of the output block.
pub const LOG_OUTPUT_WORDS: usize = 14;
/// Size of the output block in bytes: a power of two, and the alignment of the block in the region.
pub const OUTPUT_BYTES: u32 = 4 << LOG_OUTPUT_WORDS;
/// Size of the public input block in bytes, its length word included.
pub const INPUT_BYTES: u32 = (3 << 20) - OUTPUT_BYTES;
/// Address of the public input block of an SDK guest: a length in bytes (u32), then the bytes.
pub const INPUT_ADDRESS: u32 = IMAGE_BASE - INPUT_BYTES;
/// Address of the output block of an SDK guest; the stack pointer starts here.
pub const OUTPUT_ADDRESS: u32 = INPUT_ADDRESS - OUTPUT_BYTES;
/// Default limit of the heap above the image, in bytes.
pub const HEAP_BYTES: u32 = 64 << 20;
/// Largest input in bytes.
#[allow(clippy::as_conversions, reason = "a constant below 2^22")]
pub const MAX_INPUT_BYTES: usize = INPUT_BYTES as usize - 4;
/// Largest output in bytes.
#[allow(clippy::as_conversions, reason = "a constant of 2^16")]
pub const MAX_OUTPUT_BYTES: usize = OUTPUT_BYTES as usize - 4 * output::DATA;

/// Words of the output block. All other words are zero.
pub mod output {
    /// [`EXITED`] once the program has exited; written last.
    pub const STATUS: usize = 0;
    /// The exit code (`a0` of the exit call).
    pub const EXIT_CODE: usize = 1;
    /// Length of the output in bytes.
    pub const LENGTH: usize = 2;
    /// First word of the output bytes, little-endian, zero-padded to the end of the block.
    pub const DATA: usize = 3;
    /// Status of a program that has exited.
    pub const EXITED: u32 = 1;
}

/// Numbers of environment calls, in `a7`. All but [`EXIT`](ecall::EXIT) speak to the host during
/// execution only: they change neither registers nor memory and are empty rows of the proof.
pub mod ecall {
    /// Ends the program with exit code `a0`.
    pub const EXIT: u32 = 93;
    /// Writes `a2` bytes at `a1` to the console (`a0`: 1 standard output, 2 standard error).
    pub const WRITE: u32 = 64;
    /// Reports a panic: `a1` bytes of UTF-8 at `a0`. The program exits with [`super::PANIC_EXIT_CODE`] next.
    pub const PANIC: u32 = 0x5a00;
    /// Starts the cycle span named by `a1` bytes at `a0`.
    pub const CYCLES_BEGIN: u32 = 0x5a01;
    /// Ends the cycle span named by `a1` bytes at `a0`.
    pub const CYCLES_END: u32 = 0x5a02;
}

/// Exit code of a guest that panicked.
pub const PANIC_EXIT_CODE: u32 = 101;

/// The instruction word `advice rd` (custom-0): the next word of the private input into `rd`.
pub const fn advice_word(rd: u32) -> u32 {
    0x0b | rd << 7
}
