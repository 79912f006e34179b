//! The optimised kernels, one module per subject; each is tested against the reference prover.
