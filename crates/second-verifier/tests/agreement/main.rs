//! The two verifiers agree: on programs, on honest proofs, on altered and forged ones, and on honest
//! proofs of false runs.

mod altered;
mod false_runs;
mod forged;
mod honest;
mod keys;
mod support;
