//! What verifying rests on beside the verifier: where the commitment's bases come from, and who adds
//! points. With the feature `prove` both are the prover's: bases kept on disk, vector instructions.
//! Without it, bases are made by each process, and additions are portable code.

#[cfg(any(test, not(feature = "prove")))]
mod alone;

#[cfg(not(feature = "prove"))]
pub use {
    alone::{Setup, SetupError},
    zkvm_pcs::kernel::Scalar as Fastest,
};
#[cfg(feature = "prove")]
pub use {
    zkvm_prover::kernels::g1::Batched as Fastest,
    zkvm_prover::{Setup, SetupError},
};
