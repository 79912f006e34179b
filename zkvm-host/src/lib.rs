//! zkvm-host
