//! RV32IM instructions, their bytecode rows and their lookup tables, each defined once.
#![no_std]
extern crate alloc;

pub mod program;
pub mod row;
pub mod table;
