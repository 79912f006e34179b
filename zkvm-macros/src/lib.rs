//! zkvm-macros
