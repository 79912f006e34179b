//! zkvm-protocol
#![no_std]
