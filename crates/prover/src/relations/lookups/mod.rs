//! Kernels of the instruction lookups.

mod automaton;
mod chunks;
mod classes;
mod phases;
mod read;
mod sums;

pub use chunks::ChunksKernel;
pub use read::ReadKernel;
