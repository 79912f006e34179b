//! The properties, by what the bytes are.

pub mod program;
pub mod proof;
pub mod run;
pub mod values;
