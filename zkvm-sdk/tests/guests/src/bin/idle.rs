//! No argument, no value.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

#[zkvm::main]
fn idle() {}
