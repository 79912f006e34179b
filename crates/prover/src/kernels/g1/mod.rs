//! Batched affine additions in G1: the kernel on which commitments and multi-scalar multiplications
//! run, see [`zkvm_pcs::kernel`].
//!
//! An affine addition (x₁,y₁) + (x₂,y₂) is λ = (y₂−y₁)/(x₂−x₁), x₃ = λ² − x₁ − x₂,
//! y₃ = λ(x₁−x₃) − y₁: with the inverse at hand, two multiplications and a square. Independent
//! additions share one inversion (Montgomery's trick): running products of the denominators forwards,
//! one inversion, and the inverses backwards, for three multiplications each.
//!
//! The vector path keeps eight additions side by side and four such vectors in flight. The running
//! products are then 32 independent chains, of which only the ends are inverted. The forward pass
//! brings the operands into limbs and leaves them in the second-level cache for the backward pass. A
//! chord fails where an operand is the identity or both have the same x; such lanes get the tangent
//! instead, or take no part and their sum is put in its place at the end.

#[cfg(target_arch = "x86_64")]
mod ifma;

use super::dispatch;
use zkvm_pcs::Point;
use zkvm_pcs::kernel::{Kernel, Scalar, Term};

/// The best kernel for this processor, chosen at each call; the scalar path is [`Scalar`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Batched;

impl Kernel for Batched {
    fn sum_pairs(self, points: &[Point], pairs: &[[Term; 2]], sums: &mut [Point]) {
        dispatch!(ifma::sum_pairs(points, pairs, sums), Scalar.sum_pairs(points, pairs, sums))
    }

    fn accumulate(self, lanes: &mut [Point], targets: &[u32], points: &[Point], terms: &[Term]) {
        dispatch!(ifma::accumulate(lanes, targets, points, terms), Scalar.accumulate(lanes, targets, points, terms))
    }

    fn add_assign(self, left: &mut [Point], right: &[Point], negate_right: bool) {
        dispatch!(ifma::add_assign(left, right, negate_right), Scalar.add_assign(left, right, negate_right))
    }

    fn double(self, points: &mut [Point]) {
        dispatch!(ifma::double(points), Scalar.double(points))
    }
}

#[cfg(test)]
mod tests;
