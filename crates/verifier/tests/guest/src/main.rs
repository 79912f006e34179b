//! The verifier on the machine that it verifies runs of: a 32-bit one without an operating system.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

extern crate alloc;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use zkvm_pcs::Basis;
use zkvm_verifier::{Key, Policy, Proof, verify};

/// Verifies a proof with default policy. All arguments are encoded, as in files; the last two are what
/// the proof is about.
#[zkvm::main]
fn check(
    #[private] basis: Vec<u8>,
    #[private] key: Vec<u8>,
    #[private] input: Vec<u8>,
    #[private] proof: Vec<u8>,
) -> Result<(), String> {
    let basis = zkvm::cycles("basis", || Basis::from_bytes(&basis)).map_err(|error| error.to_string())?;
    let key = zkvm::cycles("key", || Key::from_bytes(&key)).map_err(|error| error.to_string())?;
    let proof = Proof::from_bytes(&proof).map_err(|error| error.to_string())?;
    let verdict = zkvm::cycles("verify", || verify(&key, &basis, &input, &proof, &Policy::default()));
    verdict.map_err(|error| error.to_string())
}
