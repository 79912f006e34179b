//! Rings, the BN254 scalar field and group, multilinear and univariate polynomials.
//!
//! Points are written most significant variable first: coordinate 0 belongs to the top bit of an
//! index. A table of 2^n values is the multilinear polynomial with those values on {0,1}^n.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
extern crate alloc;

pub mod encoding;
pub mod multilinear;
pub mod ring;
pub mod univariate;

pub use ark_bn254::{Fq, Fr, G1Affine, G1Projective};
pub use ark_ff::{AdditiveGroup, Field, One, PrimeField, Zero};
pub use ring::Ring;
pub use univariate::Univariate;
