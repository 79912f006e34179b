//! zkvm-pcs
#![no_std]
