//! Group operations on slices: many independent affine additions that share one field inversion.
//!
//! An affine addition needs 1/(x₂ - x₁). Montgomery's trick turns n inversions into one and 3(n-1)
//! multiplications, so that an addition costs 6 multiplications: less than any formula for a single
//! projective addition. Everything that adds points (multi-scalar multiplications, row commitments,
//! the folding of a basis) is therefore written as operations on slices, over the trait [`Kernel`],
//! of which [`Scalar`] is the portable implementation.

use crate::lazy::{self, Lazy, difference, negate_if};
use crate::point::Point;
use crate::size;
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, Field};
use zkvm_algebra::Fq;

/// The position of a point in a slice, below 2^31, and whether its negative is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term(u32);

impl Term {
    const NEGATED: u32 = 1 << 31;

    /// The point at `index`.
    #[inline]
    pub const fn plus(index: u32) -> Term {
        Term(index & !Self::NEGATED)
    }

    /// The negative of the point at `index`.
    #[inline]
    pub const fn minus(index: u32) -> Term {
        Term(index | Self::NEGATED)
    }

    /// Position in the slice.
    #[inline]
    pub const fn index(self) -> usize {
        size(self.0 & !Self::NEGATED)
    }

    /// Whether the negative is meant.
    #[inline]
    pub const fn is_negated(self) -> bool {
        self.0 & Self::NEGATED != 0
    }

    /// The point that is meant, of `points`.
    #[inline(always)]
    pub fn resolve(self, points: &[Point]) -> Point {
        let point = at(points, self.index());
        Point { x: point.x, y: negate_if(point.y, self.is_negated()) }
    }
}

/// Affine additions on slices. All operations are complete: equal, opposite and identity operands
/// are correct. A term beyond the end of its slice counts as the identity.
pub trait Kernel: Copy + Send + Sync {
    /// sums\[i\] ← points\[pairs\[i\]\[0\]\] + points\[pairs\[i\]\[1\]\], over the shorter length.
    fn sum_pairs(self, points: &[Point], pairs: &[[Term; 2]], sums: &mut [Point]);
    /// lanes\[targets\[i\]\] ← lanes\[targets\[i\]\] + points\[terms\[i\]\], over the shorter length.
    /// The targets are distinct.
    fn accumulate(self, lanes: &mut [Point], targets: &[u32], points: &[Point], terms: &[Term]);
    /// left\[i\] ← left\[i\] ± right\[i\], over the shorter length.
    fn add_assign(self, left: &mut [Point], right: &[Point], negate_right: bool);
    /// points\[i\] ← 2·points\[i\].
    fn double(self, points: &mut [Point]);
}

/// The portable kernel: 64-bit limbs, one addition after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scalar;

impl Kernel for Scalar {
    fn sum_pairs(self, points: &[Point], pairs: &[[Term; 2]], sums: &mut [Point]) {
        let mut batch = Batch::default();
        for (pairs, sums) in pairs.chunks(BATCH).zip(sums.chunks_mut(BATCH)) {
            let [first, second] = [0, 1].map(|i| pairs.iter().take(sums.len()).filter_map(move |pair| pair.get(i)));
            load(&mut batch.left, points, first);
            load(&mut batch.right, points, second);
            sums.iter_mut().zip(batch.sums()).for_each(|(slot, sum)| *slot = sum);
        }
    }

    fn accumulate(self, lanes: &mut [Point], targets: &[u32], points: &[Point], terms: &[Term]) {
        let mut batch = Batch::default();
        for (targets, terms) in targets.chunks(BATCH).zip(terms.chunks(BATCH)) {
            batch.left.clear();
            batch.left.extend(targets.iter().map(|target| *at(lanes, size(*target))));
            load(&mut batch.right, points, terms.iter());
            for (target, sum) in targets.iter().zip(batch.sums()) {
                if let Some(lane) = lanes.get_mut(size(*target)) {
                    *lane = sum;
                }
            }
        }
    }

    fn add_assign(self, left: &mut [Point], right: &[Point], negate_right: bool) {
        let mut batch = Batch::default();
        for (left, right) in left.chunks_mut(BATCH).zip(right.chunks(BATCH)) {
            batch.left.clear();
            batch.left.extend_from_slice(left);
            batch.right.clear();
            batch.right.extend_from_slice(right);
            if negate_right {
                batch.right.iter_mut().for_each(|q| q.y = -q.y);
            }
            left.iter_mut().zip(batch.sums()).for_each(|(slot, sum)| *slot = sum);
        }
    }

    fn double(self, points: &mut [Point]) {
        let mut batch = Batch::default();
        for points in points.chunks_mut(BATCH) {
            batch.left.clear();
            batch.left.extend_from_slice(points);
            batch.right.clone_from(&batch.left);
            points.iter_mut().zip(batch.sums()).for_each(|(slot, sum)| *slot = sum);
        }
    }
}

#[inline(always)]
fn at(points: &[Point], index: usize) -> &Point {
    points.get(index).unwrap_or(&Point::IDENTITY)
}

/// Fills `operands` with the points that `terms` denote. Signs come in a second pass: the first is
/// nothing but copies of cache lines, whose misses overlap.
fn load<'a>(operands: &mut Vec<Point>, points: &[Point], terms: impl Iterator<Item = &'a Term> + Clone) {
    operands.clear();
    operands.extend(terms.clone().map(|term| *at(points, term.index())));
    for (operand, term) in operands.iter_mut().zip(terms) {
        operand.y = negate_if(operand.y, term.is_negated());
    }
}

/// Additions that share an inversion: its share is then a few nanoseconds, and what the first pass
/// over a batch leaves is still in the second-level cache in the second.
const BATCH: usize = 1024;

/// Buffers for a batch of additions.
#[derive(Default)]
struct Batch {
    left: Vec<Point>,
    right: Vec<Point>,
    /// For each addition the product of all denominators before its own, then the inverse of its
    /// own; and its own denominator, then its slope.
    factors: Vec<[Lazy; 2]>,
    /// Additions that have no chord.
    special: Vec<(usize, Special)>,
}

impl Batch {
    /// left\[i\] + right\[i\]. One loop per step, each with few products: in a single loop the
    /// compiler would run out of registers.
    fn sums(&mut self) -> impl Iterator<Item = Point> {
        self.invert_denominators();
        for ((p, q), [inverse, slope]) in self.left.iter().zip(&self.right).zip(&mut self.factors) {
            *slope = Lazy::new(difference(q.y, p.y)).mul(*inverse);
        }
        for (i, special) in &self.special {
            if let (Special::Tangent(p), Some([inverse, slope])) = (special, self.factors.get_mut(*i)) {
                let square = p.x.square();
                *slope = Lazy::new(square.double() + square).mul(*inverse);
            }
        }
        for ((p, q), [_, slope]) in self.left.iter_mut().zip(&self.right).zip(&self.factors) {
            let x = slope.square().sub(lazy::sum(p.x, q.x)).reduce();
            let y = slope.mul(Lazy::new(difference(p.x, x))).sub(Lazy::new(p.y)).reduce();
            *p = Point { x, y };
        }
        for (i, special) in &self.special {
            if let (Special::Known(known), Some(sum)) = (special, self.left.get_mut(*i)) {
                *sum = *known;
            }
        }
        self.left.iter().copied()
    }

    /// Fills the factors and finds the special additions.
    fn invert_denominators(&mut self) {
        self.special.clear();
        self.factors.clear();
        let mut product = Lazy::ONE;
        for (i, (p, q)) in self.left.iter().zip(&self.right).enumerate() {
            let mut denominator = Lazy::new(difference(q.x, p.x));
            if p.x == q.x || p.is_identity() || q.is_identity() {
                let special = Special::of(p, q);
                denominator = special.denominator();
                self.special.push((i, special));
            }
            self.factors.push([product, denominator]);
            product = product.mul(denominator);
        }
        // No denominator is zero; were one, the sums would merely be wrong.
        let mut inverse = Lazy::new(product.reduce().inverse().unwrap_or(Fq::ZERO));
        for [factor, denominator] in self.factors.iter_mut().rev() {
            *factor = inverse.mul(*factor);
            inverse = inverse.mul(*denominator);
        }
    }
}

/// Sums that are not found by a chord.
enum Special {
    /// Of a point with itself: the slope is 3x²/2y.
    Tangent(Point),
    /// One operand is the identity, or both cancel.
    Known(Point),
}

impl Special {
    #[cold]
    fn of(p: &Point, q: &Point) -> Special {
        if p.is_identity() {
            Special::Known(*q)
        } else if q.is_identity() {
            Special::Known(*p)
        } else if p.y == q.y {
            Special::Tangent(*p)
        } else {
            Special::Known(Point::IDENTITY)
        }
    }

    fn denominator(&self) -> Lazy {
        match self {
            Special::Tangent(p) => lazy::sum(p.y, p.y),
            Special::Known(_) => Lazy::ONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_points;
    use zkvm_algebra::G1Projective;

    fn added(p: Point, q: Point) -> Point {
        Point::from(zkvm_algebra::G1Affine::from(G1Projective::from(p) + G1Projective::from(q)))
    }

    #[test]
    fn kernel_operations_are_complete() {
        let base = test_points(3, 5);
        let all: Vec<Point> =
            base.iter().flat_map(|p| [*p, -*p]).chain([Point::IDENTITY, added(base[0], base[0])]).collect();
        let pairs: Vec<[Term; 2]> = (0..8)
            .flat_map(|i| (0..8).flat_map(move |j| [[Term::plus(i), Term::plus(j)], [Term::minus(i), Term::plus(j)]]))
            .collect();
        let mut sums = alloc::vec![Point::IDENTITY; pairs.len()];
        Scalar.sum_pairs(&all, &pairs, &mut sums);
        for ([p, q], sum) in pairs.iter().zip(&sums) {
            assert_eq!(*sum, added(p.resolve(&all), q.resolve(&all)));
        }
        let mut doubled = all.clone();
        Scalar.double(&mut doubled);
        assert!(doubled.iter().zip(&all).all(|(d, p)| *d == added(*p, *p)));
        let mut lanes = all.clone();
        Scalar.accumulate(&mut lanes, &[6, 2, 0], &all, &[Term::minus(1), Term::minus(2), Term::plus(0)]);
        assert_eq!([lanes[6], lanes[2], lanes[0], lanes[1]], [-all[1], Point::IDENTITY, all[7], all[1]]);
        let mut left = all.clone();
        Scalar.add_assign(&mut left, &all, true);
        assert!(left.iter().all(Point::is_identity));
    }
}
