//! The party that computes.

pub mod kernels;
