//! The machine: loads ELF files, runs their programs, and writes traces for the prover.
//!
//! Nothing here knows a field element. What an instruction does is defined once, in `zkvm_isa`.

pub mod elf;
pub mod symbols;
#[cfg(feature = "testing")]
pub mod testing;

pub use elf::{Elf, ElfError};
pub use symbols::Symbols;
