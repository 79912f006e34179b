//! What a guest program imports: entry point, typed inputs and output, console, cycle markers.
//!
//! ```
//! #![cfg_attr(target_arch = "riscv32", no_std, no_main)]
//!
//! #[zkvm::main]
//! fn fibonacci(n: u32) -> u64 {
//!     (0..n).fold((0u64, 1u64), |(a, b), _| (b, a.wrapping_add(b))).0
//! }
//! ```
//!
//! On any other target than the guest's the crate has the same interface: the annotated function
//! is an ordinary function, `println!` prints, and [`cycles`] calls its closure.
//!
//! # Inputs and output
//!
//! Arguments are [postcard](https://docs.rs/postcard) encodings laid end to end, in the order of
//! the arguments: those that the verifier sees form the public input, the others the private
//! input, which proofs hide by default. Each input must be used up: bytes left over are an error, and
//! so is a value cut short. The return value, `()` and `Result` included, is encoded the same way and is
//! public; an `Err` is a value like any other, and the exit code of the guest is then 0. A panic is not a
//! value: the run ends with exit code 101 and an empty output.
//!
//! `&[u8]` and `&str` arguments borrow from the input without a copy. A `Vec<u8>` is decoded byte by
//! byte; prefer `&[u8]` for bulk data.
//!
//! # Memory
//!
//! A bump allocator serves the heap: it takes back a block only if that was the last one given
//! out. A guest has one hart, so atomics compile to plain loads and stores, and `Arc` and crates
//! built on it work.
#![cfg_attr(target_arch = "riscv32", no_std)]

#[cfg(target_arch = "riscv32")]
extern crate alloc;

#[cfg(any(target_arch = "riscv32", test))]
mod bump;
pub mod console;
mod cycles;
pub mod io;
#[cfg(target_arch = "riscv32")]
mod runtime;

pub use cycles::{CycleSpan, cycles};
pub use zkvm_macros::main;
