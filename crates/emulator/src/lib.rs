//! The machine: loads ELF files, runs their programs, and writes traces for the prover.
//!
//! Nothing here knows a field element. What an instruction does is defined once, in `zkvm_isa`.

//!
//! - [`elf`]: what is accepted as a program;
//! - [`execute`]: runs a program as fast as it can, and counts what a proof would cost;
//! - [`trace()`]: runs the rows of the bytecode table and records them for the prover;
//! - [`Fault`]: why a run ended without an exit. Such a run has no proof.

mod calls;
mod code;
mod count;
pub mod elf;
mod execution;
mod fault;
mod host;
mod input;
mod interpreter;
mod memory;
mod step;
mod symbols;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
mod tracer;

pub use elf::{Elf, ElfError};
pub use execution::{Count, Execution, Limits, Span, Statistics};
pub use fault::{Fault, Trap};
pub use host::{Console, Host, Stream};
pub use input::{Input, InputError};
pub use interpreter::execute;
pub use memory::Memory;
pub use symbols::{Location, Symbols};
pub use trace::{TouchedWord, Trace};
pub use tracer::trace;
