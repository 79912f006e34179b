//! The optimised kernels, one module per subject; each is tested against the reference prover.

pub mod booleanity;
pub mod bytecode;
pub mod control;
pub mod dense;
pub mod histogram;
pub mod linear;
pub mod lookups;
pub mod products;
pub mod ram;
pub mod reduction;
pub mod registers;
pub mod spartan;
pub mod split_eq;
pub mod twist;
