//! The party that computes.

pub mod engine;
pub mod file;
mod hiding;
pub mod kernel;
pub mod kernels;
mod memory;
pub mod observer;
pub mod party;
pub mod pcs;
mod prove;
#[cfg(test)]
mod reference;
pub mod relations;
mod setup;
pub mod sumcheck;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod witness;

pub use prove::{Options, ProveError, prove};
pub use setup::{CACHE_VARIABLE, Setup, SetupError, cache_directory};
pub use zkvm_protocol::statement::PublicIo;
