//! The two verifiers agree: on programs, on honest proofs, on altered and forged ones, and on honest
//! proofs of false runs; zero-knowledge or not.

mod altered;
mod committed;
mod example;
mod false_runs;
mod forged;
mod honest;
mod keys;
mod layout;
mod messages;
mod support;
