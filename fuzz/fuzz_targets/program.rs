//! `program`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (zkvm_fuzz::target("program").expect("a target").check)(data));
