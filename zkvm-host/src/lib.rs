//! Host SDK: build, execute, prove and verify guests.
//!
//! [`Program`] is a guest with the Rust types of its function, [`Host`] runs and proves it,
//! [`Verifier`] checks proofs. [`Guest`] is the same without types: any static RV32IM executable.
//! Build scripts use [`build`] alone and switch off the feature `prove`.

pub mod build;
pub mod signature;
pub mod toolchain;

#[cfg(feature = "prove")]
mod arguments;
#[cfg(feature = "prove")]
mod error;
#[cfg(feature = "prove")]
mod guest;
#[cfg(feature = "prove")]
mod host;
#[cfg(feature = "prove")]
mod program;
#[cfg(feature = "prove")]
mod proof;

#[cfg(feature = "prove")]
pub use {
    arguments::Arguments,
    error::{Error, InputError},
    guest::{Guest, LoadError, Trapped},
    host::{Host, ProveBuilder, Run, Verifier, provable, prove_trace},
    program::Program,
    proof::{FileError, Proof, check_writable, load_key, load_key_of, save_key, write_file},
    zkvm_emulator::{Console, Execution, Fault, Input, Limits, Statistics, Stream, Trap},
    zkvm_isa::program::MemoryConfig,
    zkvm_pcs::Basis,
    zkvm_prover::observer::{Observer, Step},
    zkvm_prover::{Options, ProveError, Setup, SetupError},
    zkvm_verifier::{InvalidProgramId, Key, Policy, ProgramId, VerifyError},
};
