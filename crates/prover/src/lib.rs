//! The party that computes.

pub mod engine;
pub mod kernel;
pub mod kernels;
pub mod observer;
pub mod party;
pub mod reference;
pub mod relations;
pub mod sumcheck;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod witness;
