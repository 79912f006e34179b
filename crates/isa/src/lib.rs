//! RV32IM instructions, their bytecode rows and their lookup tables, each defined once.
//!
//! An [`instruction`] expands to [`row`]s, at most one lookup into a [`table`] each; a [`program`]
//! is the table of all rows, and [`invariants`] are what makes its flags sound.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
extern crate alloc;

pub mod code;
pub mod instruction;
pub mod invariants;
pub mod program;
pub mod row;
pub mod table;

/// A word as a size or place.
#[allow(clippy::as_conversions, reason = "asserted: nothing is lost")]
const fn size(word: u32) -> usize {
    const { assert!(usize::BITS >= u32::BITS) };
    word as usize
}

pub use instruction::{Decoded, Execute, Instruction, Opcode, Operands, Semantics, Width, decode};
