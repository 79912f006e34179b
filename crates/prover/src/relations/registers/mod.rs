//! Registers: Twist over 64 cells, three accesses in every step.

mod correlation;
mod read;
mod steps;
mod sweep;
mod val;

pub use read::ReadKernel;
pub use val::ValKernel;

#[cfg(test)]
mod tests;
