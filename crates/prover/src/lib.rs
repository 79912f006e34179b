//! zkvm-prover
