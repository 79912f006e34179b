//! Host SDK: build, execute, prove and verify guests.
//!
//! [`Program`] is a guest with the Rust types of its function, [`Host`] runs and proves it,
//! [`Verifier`] checks proofs. [`Guest`] is the same without types: any static RV32IM executable.
//!
//! The proof of a run with private arguments is zero-knowledge: it shows nothing of them but what follows
//! from the public values and from the sizes in the proof (`sizes` of [`Proof::inner`]), of which the number
//! of steps and the extent of memory depend on the run. [`ProveBuilder::zero_knowledge`] overrides that.
//! A verifier accepts proofs of both kinds.
//!
//! | feature | for | what |
//! | --- | --- | --- |
//! | `prove` (default) | programs that prove | everything |
//! | `verify` | programs that only verify | [`Verifier`], [`Proof`], [`Key`]: no prover, no machine, no `unsafe` code of this project |
//! | `build` | build scripts | [`build`], [`signature`], [`toolchain`] |

#[cfg(feature = "build")]
pub mod build;
#[cfg(feature = "build")]
pub mod signature;
#[cfg(feature = "build")]
pub mod toolchain;

#[cfg(feature = "verify")]
mod arguments;
#[cfg(feature = "verify")]
mod backend;
#[cfg(feature = "verify")]
mod error;
#[cfg(feature = "prove")]
mod guest;
#[cfg(feature = "prove")]
mod host;
#[cfg(feature = "prove")]
mod program;
#[cfg(feature = "verify")]
mod proof;
#[cfg(any(feature = "build", feature = "verify"))]
mod readable;
#[cfg(feature = "verify")]
mod verifier;

#[cfg(feature = "verify")]
pub use {
    arguments::Arguments,
    backend::SetupError,
    error::{Error, InputError},
    proof::{FileError, Proof, load_key, load_key_of, read_file},
    verifier::Verifier,
    zkvm_pcs::Basis,
    zkvm_verifier::{InvalidProgramId, Key, KeyError, Policy, ProgramId, ProofError, VerifyError},
};
#[cfg(feature = "prove")]
pub use {
    backend::Setup,
    guest::{Guest, LoadError, Trapped},
    host::{Host, ProveBuilder, Run, has_private_input, provable, prove_trace},
    program::Program,
    proof::{check_writable, save_key, write_file},
    zkvm_emulator::{Console, Execution, Fault, Input, Limits, Statistics, Stream, Trap},
    zkvm_isa::program::MemoryConfig,
    zkvm_prover::observer::{Observer, Step},
    zkvm_prover::{Options, ProveError},
};
