//! Small programs for tests and benchmarks: an assembler, a writer of ELF files, random
//! instructions, programs for every instruction ([`conformance`]) and an independent machine to
//! compare with ([`qemu`]).
//!
//! The encodings are written down a second time here, from the RISC-V manual's tables, so that tests
//! do not decode what the decoder's own list has encoded.

mod asm;
pub mod conformance;
mod elf_writer;
pub mod qemu;
pub mod random;

pub use asm::*;
pub use elf_writer::{ElfWriter, SegmentWriter};
