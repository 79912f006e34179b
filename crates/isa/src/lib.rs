//! RV32IM instructions, their bytecode rows and their lookup tables, each defined once.
//!
//! An [`instruction`] expands to [`row`]s, at most one lookup into a [`table`] each; a [`program`]
//! is the table of all rows, and [`invariants`] are what makes its flags sound.
#![no_std]
extern crate alloc;

pub mod code;
pub mod instruction;
pub mod invariants;
pub mod program;
pub mod row;
pub mod table;

pub use instruction::{Decoded, Execute, Instruction, Opcode, Operands, Semantics, Width, decode};
