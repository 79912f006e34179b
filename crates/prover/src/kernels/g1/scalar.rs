//! The portable path.

use super::NEGATE;
use super::point::{Point, coordinate};
use ark_bn254::{Fq, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::{Field, One};

/// The point that an index with sign names.
pub(super) fn look_up(table: &[Point], index: u32) -> Point {
    table[(index & !NEGATE) as usize].negated(index & NEGATE != 0)
}

/// a + b where the formula for points of different x does not apply.
pub(super) fn add_special(a: Point, b: Point) -> Point {
    if a.is_identity() {
        b
    } else if b.is_identity() {
        a
    } else {
        (G1Affine::from(a) + G1Affine::from(b)).into_affine().into()
    }
}

/// Whether the formula for points of different x does not apply.
pub(super) fn is_special(a: &Point, b: &Point) -> bool {
    a.is_identity() || b.is_identity() || a.x() == b.x()
}

pub(super) fn accumulate(acc: &mut [Point], table: &[Point], indices: &[u32]) {
    add_batch(acc, |i| i, table, indices);
}

pub(super) fn add_to_targets(acc: &mut [Point], targets: &[u32], table: &[Point], indices: &[u32]) {
    add_batch(acc, |i| targets[i] as usize, table, indices);
}

fn add_batch(acc: &mut [Point], target: impl Fn(usize) -> usize, table: &[Point], indices: &[u32]) {
    let mut product = Fq::one();
    // (denominator, product of those before), or none where the addition was done on its own.
    let mut steps = Vec::with_capacity(indices.len());
    for (i, index) in indices.iter().enumerate() {
        let (a, b) = (&mut acc[target(i)], look_up(table, *index));
        if is_special(a, &b) {
            *a = add_special(*a, b);
            steps.push(None);
        } else {
            let dx = coordinate(*b.x()) - coordinate(*a.x());
            steps.push(Some((dx, product)));
            product *= dx;
        }
    }
    let Some(mut inverse) = product.inverse() else { return };
    for (i, step) in steps.into_iter().enumerate().rev() {
        if let Some((dx, before)) = step {
            let (a, b) = (&mut acc[target(i)], look_up(table, indices[i]));
            *a = chord(a, &b, inverse * before);
            inverse *= dx;
        }
    }
}

/// a + b, given 1/(x_b − x_a).
fn chord(a: &Point, b: &Point, inverse: Fq) -> Point {
    let ((x1, y1), (x2, y2)) = (a.coordinates(), b.coordinates());
    let slope = (y2 - y1) * inverse;
    let x = slope.square() - x1 - x2;
    Point::from_coordinates(x, slope * (x1 - x) - y1)
}
