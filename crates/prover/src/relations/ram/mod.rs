//! RAM: Twist over 2^m words, of which a run touches few.
//!
//! Nothing of size 2^m holds field elements: cells are numbered in the order of their bit-reversed
//! word index, in which binding the top bit merges neighbours ([`cells`]).

mod access;
mod cells;
mod first_cycle;
mod index;
mod keys;
mod output;
mod read;
mod segment;
mod val;

pub use output::OutputKernel;
pub use read::ReadKernel;
pub use val::ValKernel;

#[cfg(test)]
mod tests;
