//! Group operations on slices: many independent affine additions that share one field inversion.
//!
//! An affine addition needs 1/(x₂ - x₁). Montgomery's trick turns n inversions into one and 3(n-1)
//! multiplications, so that an addition costs 6 multiplications: less than any formula for a single
//! projective addition. Everything that adds points (multi-scalar multiplications, row commitments,
//! the folding of a basis) is therefore written as operations on slices, over the trait [`Kernel`],
//! of which [`Scalar`] is the portable implementation.

use crate::point::Point;
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
        (self.0 & !Self::NEGATED) as usize
    }

    /// Whether the negative is meant.
    #[inline]
    pub const fn is_negated(self) -> bool {
        self.0 & Self::NEGATED != 0
    }
}

/// Affine additions on slices. All operations are complete: equal, opposite and identity operands
/// are correct. A term beyond the end of its slice counts as the identity.
pub trait Kernel: Copy + Send + Sync {
    /// A point in the representation that the kernel computes on.
    type Point: Copy + Send + Sync;

    /// The neutral element.
    fn identity(self) -> Self::Point;
    /// Conversion from standard points.
    fn import(self, points: &[Point]) -> Vec<Self::Point>;
    /// Conversion to standard points.
    fn export(self, points: &[Self::Point]) -> Vec<Point>;
    /// The point that a term denotes.
    fn resolve(self, points: &[Self::Point], term: Term) -> Self::Point;
    /// sums\[i\] ← points\[pairs\[i\]\[0\]\] + points\[pairs\[i\]\[1\]\], over the shorter length.
    fn sum_pairs(self, points: &[Self::Point], pairs: &[[Term; 2]], sums: &mut [Self::Point]);
    /// lanes\[targets\[i\]\] ← lanes\[targets\[i\]\] + points\[terms\[i\]\], over the shorter length.
    /// The targets are distinct.
    fn accumulate(self, lanes: &mut [Self::Point], targets: &[u32], points: &[Self::Point], terms: &[Term]);
    /// left\[i\] ← left\[i\] ± right\[i\], over the shorter length.
    fn add_assign(self, left: &mut [Self::Point], right: &[Self::Point], negate_right: bool);
    /// points\[i\] ← 2·points\[i\].
    fn double(self, points: &mut [Self::Point]);
}

/// The portable kernel: 64-bit limbs, one addition after the other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scalar;

impl Kernel for Scalar {
    type Point = Point;

    fn identity(self) -> Point {
        Point::IDENTITY
    }

    fn import(self, points: &[Point]) -> Vec<Point> {
        points.to_vec()
    }

    fn export(self, points: &[Point]) -> Vec<Point> {
        points.to_vec()
    }

    #[inline(always)]
    fn resolve(self, points: &[Point], term: Term) -> Point {
        let point = points.get(term.index()).copied().unwrap_or(Point::IDENTITY);
        if term.is_negated() { -point } else { point }
    }

    fn sum_pairs(self, points: &[Point], pairs: &[[Term; 2]], sums: &mut [Point]) {
        for (pairs, sums) in pairs.chunks(BATCH).zip(sums.chunks_mut(BATCH)) {
            add_batch(&mut Pairs { points, pairs, sums });
        }
    }

    fn accumulate(self, lanes: &mut [Point], targets: &[u32], points: &[Point], terms: &[Term]) {
        for (targets, terms) in targets.chunks(BATCH).zip(terms.chunks(BATCH)) {
            add_batch(&mut Lanes { lanes, targets, points, terms });
        }
    }

    fn add_assign(self, left: &mut [Point], right: &[Point], negate_right: bool) {
        for (left, right) in left.chunks_mut(BATCH).zip(right.chunks(BATCH)) {
            add_batch(&mut Slices { left, right, negate_right });
        }
    }

    fn double(self, points: &mut [Point]) {
        for points in points.chunks_mut(BATCH) {
            add_batch(&mut Doubles { points });
        }
    }
}

/// Additions that share an inversion: its share is then a few nanoseconds, and the operands of a
/// batch are still in the second-level cache when they are read again.
const BATCH: usize = 2048;

/// A batch of independent additions.
trait Additions {
    fn len(&self) -> usize;
    fn operands(&self, i: usize) -> (Point, Point);
    fn set(&mut self, i: usize, sum: Point);
}

/// How the sum of two points is formed.
enum Case {
    /// Different x: the chord; holds x₂ - x₁.
    Chord(Fq),
    /// Equal points: the tangent; holds 2y.
    Tangent(Fq),
    /// One operand is the identity or both cancel: this is the sum.
    Trivial(Point),
}

#[inline(always)]
fn classify(p: &Point, q: &Point) -> Case {
    let denominator = q.x - p.x;
    if denominator != Fq::ZERO && !p.is_identity() && !q.is_identity() {
        Case::Chord(denominator)
    } else {
        classify_rare(p, q)
    }
}

#[cold]
fn classify_rare(p: &Point, q: &Point) -> Case {
    if p.is_identity() {
        Case::Trivial(*q)
    } else if q.is_identity() {
        Case::Trivial(*p)
    } else if p.y == q.y {
        Case::Tangent(p.y.double())
    } else {
        Case::Trivial(Point::IDENTITY)
    }
}

/// Forms all sums of a batch with one inversion.
fn add_batch(additions: &mut impl Additions) {
    let n = additions.len();
    // Product of the denominators of all additions before this one, and its own.
    let mut products: Vec<(Fq, Fq)> = Vec::with_capacity(n);
    let mut product = Fq::ONE;
    for i in 0..n {
        let (p, q) = additions.operands(i);
        let denominator = match classify(&p, &q) {
            Case::Chord(denominator) | Case::Tangent(denominator) => denominator,
            Case::Trivial(_) => Fq::ONE,
        };
        products.push((product, denominator));
        product *= denominator;
    }
    // No denominator is zero; were one, its sums would merely be wrong.
    let mut inverse = product.inverse().unwrap_or(Fq::ZERO);
    for (i, (before, denominator)) in products.into_iter().enumerate().rev() {
        let own = inverse * before;
        inverse *= denominator;
        let (p, q) = additions.operands(i);
        additions.set(i, finish(&p, &q, own));
    }
}

/// p + q, given the inverse of the denominator.
#[inline(always)]
fn finish(p: &Point, q: &Point, inverse: Fq) -> Point {
    let slope = match classify(p, q) {
        Case::Chord(_) => (q.y - p.y) * inverse,
        Case::Tangent(_) => {
            let square = p.x.square();
            (square.double() + square) * inverse
        }
        Case::Trivial(sum) => return sum,
    };
    let x = slope.square() - p.x - q.x;
    Point { x, y: slope * (p.x - x) - p.y }
}

struct Pairs<'a> {
    points: &'a [Point],
    pairs: &'a [[Term; 2]],
    sums: &'a mut [Point],
}

impl Additions for Pairs<'_> {
    fn len(&self) -> usize {
        self.pairs.len().min(self.sums.len())
    }
    #[inline(always)]
    fn operands(&self, i: usize) -> (Point, Point) {
        match self.pairs.get(i) {
            Some(&[p, q]) => (Scalar.resolve(self.points, p), Scalar.resolve(self.points, q)),
            None => (Point::IDENTITY, Point::IDENTITY),
        }
    }
    #[inline(always)]
    fn set(&mut self, i: usize, sum: Point) {
        if let Some(slot) = self.sums.get_mut(i) {
            *slot = sum;
        }
    }
}

struct Lanes<'a> {
    lanes: &'a mut [Point],
    targets: &'a [u32],
    points: &'a [Point],
    terms: &'a [Term],
}

impl Lanes<'_> {
    #[inline(always)]
    fn target(&self, i: usize) -> usize {
        self.targets.get(i).map_or(usize::MAX, |target| *target as usize)
    }
}

impl Additions for Lanes<'_> {
    fn len(&self) -> usize {
        self.targets.len().min(self.terms.len())
    }
    #[inline(always)]
    fn operands(&self, i: usize) -> (Point, Point) {
        let lane = self.lanes.get(self.target(i)).copied().unwrap_or(Point::IDENTITY);
        let term = self.terms.get(i).map_or(Point::IDENTITY, |term| Scalar.resolve(self.points, *term));
        (lane, term)
    }
    #[inline(always)]
    fn set(&mut self, i: usize, sum: Point) {
        let target = self.target(i);
        if let Some(slot) = self.lanes.get_mut(target) {
            *slot = sum;
        }
    }
}

struct Slices<'a> {
    left: &'a mut [Point],
    right: &'a [Point],
    negate_right: bool,
}

impl Additions for Slices<'_> {
    fn len(&self) -> usize {
        self.left.len().min(self.right.len())
    }
    #[inline(always)]
    fn operands(&self, i: usize) -> (Point, Point) {
        match (self.left.get(i), self.right.get(i)) {
            (Some(p), Some(q)) => (*p, if self.negate_right { -*q } else { *q }),
            _ => (Point::IDENTITY, Point::IDENTITY),
        }
    }
    #[inline(always)]
    fn set(&mut self, i: usize, sum: Point) {
        if let Some(slot) = self.left.get_mut(i) {
            *slot = sum;
        }
    }
}

struct Doubles<'a> {
    points: &'a mut [Point],
}

impl Additions for Doubles<'_> {
    fn len(&self) -> usize {
        self.points.len()
    }
    #[inline(always)]
    fn operands(&self, i: usize) -> (Point, Point) {
        let point = self.points.get(i).copied().unwrap_or(Point::IDENTITY);
        (point, point)
    }
    #[inline(always)]
    fn set(&mut self, i: usize, sum: Point) {
        if let Some(slot) = self.points.get_mut(i) {
            *slot = sum;
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
            assert_eq!(*sum, added(Scalar.resolve(&all, *p), Scalar.resolve(&all, *q)));
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
