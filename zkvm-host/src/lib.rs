//! zkvm-host

pub mod build;
pub mod signature;
pub mod toolchain;
