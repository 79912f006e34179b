//! zkvm-sdk
#![no_std]
