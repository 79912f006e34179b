//! `proof-file`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (zkvm_fuzz::target("proof-file").expect("a target").check)(data));
