//! Small programs for tests and benchmarks: an assembler and a writer of ELF files.
//!
//! The encodings are written down a second time here, from the RISC-V manual's tables, so that tests
//! do not decode what the decoder's own list has encoded.

mod asm;
mod elf_writer;

pub use asm::*;
pub use elf_writer::{ElfWriter, SegmentWriter};
