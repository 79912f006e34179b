//! Kernels of the instruction lookups.

mod chunks;

pub use chunks::ChunksKernel;
