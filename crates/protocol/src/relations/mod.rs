//! The relations, one module per subject.

pub mod booleanity;
pub mod bytecode;
pub mod control;
pub mod dense;
pub mod lookups;
pub mod ram;
pub mod reduction;
pub mod registers;
pub mod spartan;
