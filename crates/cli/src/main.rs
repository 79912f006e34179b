//! `cargo zkvm`.
fn main() {}
