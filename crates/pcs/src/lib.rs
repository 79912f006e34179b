//! Polynomial commitment, verifier halves: folded rows opened by an inner-product argument.
//!
//! A column is a multilinear polynomial over t cycle and κ address variables, given by its values at
//! the positions cycle·2^κ + k. It is cut into rows of 2^c consecutive positions; a row is committed
//! as Σ value·G_i, over the same bases for all rows. All columns are opened at one point: rows are
//! folded with the weights of the point's upper coordinates, and an inner scheme proves the value of
//! the folded row at its lower ones (Hyrax, eprint 2017/1132; Bulletproofs, eprint 2017/1066).
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
extern crate alloc;

pub mod basis;
pub mod buckets;
pub mod clear;
pub mod equation;
pub mod folded_rows;
pub mod hiding;
pub mod ipa;
pub mod kernel;
mod lazy;
pub mod msm;
pub mod point;
pub mod shape;

pub use basis::{Basis, BasisError};
pub use equation::Equation;
pub use folded_rows::{Claims, InnerScheme, OpeningError, read_opening, verify_opening};
pub use point::Point;
pub use shape::{Shape, ShapeError};

/// A word as a size or place.
#[inline(always)]
#[allow(clippy::as_conversions, reason = "asserted: nothing is lost")]
const fn size(word: u32) -> usize {
    const { assert!(usize::BITS >= u32::BITS) };
    word as usize
}

#[cfg(test)]
fn test_points(count: usize, seed: u64) -> alloc::vec::Vec<Point> {
    use ark_ff::UniformRand;
    use rand::{SeedableRng, rngs::StdRng};
    use zkvm_algebra::{G1Affine, G1Projective};
    let rng = &mut StdRng::seed_from_u64(seed);
    (0..count).map(|_| G1Affine::from(G1Projective::rand(rng)).into()).collect()
}
