//! zkvm-verifier
#![no_std]
