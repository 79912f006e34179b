//! Rings, the BN254 scalar field and group, multilinear and univariate polynomials.
//!
//! Points are written most significant variable first: coordinate 0 belongs to the top bit of an index.
#![no_std]
extern crate alloc;

pub mod ring;

pub use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
pub use ring::Ring;
