//! The optimised kernels, one module per subject; each is tested against the reference prover.

pub mod histogram;
pub mod split_eq;
