//! Types that the guests share with the tests that run them.
#![cfg_attr(target_arch = "riscv32", no_std)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// An enum with every kind of variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// Nothing.
    Empty,
    /// One field.
    Circle(u32),
    /// Named fields.
    Rectangle {
        /// Horizontal.
        width: u16,
        /// Vertical.
        height: u16,
    },
}

/// A struct of many types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Sum of the integers.
    pub sum: i64,
    /// The text, reversed.
    pub text: String,
    /// Sum of the bytes.
    pub bytes: u32,
    /// The list without gaps.
    pub list: Vec<[u16; 3]>,
    /// The shape.
    pub shape: Shape,
}

/// What the guest `cases` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Case {
    /// Panics with this number in the message.
    Panic(u32),
    /// Panics with a message of many lines.
    LongPanic,
    /// Reads beyond the end of a slice.
    IndexOutOfBounds(u32),
    /// Prints two lines, one to each stream.
    Console,
    /// Marks two spans of cycles, one inside the other.
    Cycles,
    /// Shares values through `Arc`, `bytes` and atomics.
    Atomics,
    /// Allocates, grows, frees and allocates again.
    Heap(u32),
    /// Returns an error.
    Error,
    /// Recurses this deep.
    Recursion(u32),
    /// Never ends.
    Endless,
    /// Returns this many bytes.
    Output(u32),
    /// Allocates this many bytes and writes the last one.
    Memory(u32),
}

/// The error of `Case::Error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub reason: String,
}
