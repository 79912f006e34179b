//! The two verifiers agree: on honest proofs, on altered ones, and on honest proofs of false runs.

mod altered;
mod false_runs;
mod honest;
mod support;
