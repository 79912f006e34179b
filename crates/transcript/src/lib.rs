//! zkvm-transcript
#![no_std]
