//! One batch of additions.

use super::invert::invert;
use crate::kernels::ifma::lanes::{Lanes, carry, sub_loose};
use crate::kernels::ifma::{Coordinates, words};
use ark_bn254::Fq;
use ark_ff::Field;
use core::arch::x86_64::*;
use core::mem::offset_of;
use zkvm_pcs::Point;

pub(super) type Eight = Lanes<Coordinates>;
/// 32 values: four vectors, each for eight additions.
pub(super) type Group = [Eight; 4];

/// What 32 additions leave for the backward pass: λ is numerator/denominator. Coordinates are
/// canonical, denominators in (0,2p), numerators in (0,4p).
#[derive(Clone, Copy)]
struct Step {
    x1: Group,
    y1: Group,
    x2: Group,
    numerators: Group,
    denominators: Group,
    /// Of the denominators up to this group.
    products: Group,
}

impl Step {
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn new() -> Step {
        let zero = [Eight::zero(); 4];
        Step { x1: zero, y1: zero, x2: zero, numerators: zero, denominators: zero, products: zero }
    }
}

/// The buffers of a batch. They are kept, for clearing them would cost more than a short batch.
pub(super) struct Batch {
    count: usize,
    steps: Vec<Step>,
    /// Additions without a chord or tangent, and their sums.
    special: Vec<(usize, Point)>,
    backward: Backward,
}

/// What the backward pass has for one group.
struct Backward {
    /// Inverse of the products up to the group, and up to the one before.
    inverse: Group,
    next: Group,
    /// Inverses of the denominators, times 2^262.
    own: Group,
    slope: Group,
    across: Group,
    x3: Group,
    y3: Group,
}

impl Batch {
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub(super) fn new() -> Batch {
        let zero = [Eight::zero(); 4];
        let [inverse, next, own, slope, across, x3, y3] = [zero; 7];
        let backward = Backward { inverse, next, own, slope, across, x3, y3 };
        Batch { count: 0, steps: Vec::new(), special: Vec::new(), backward }
    }

    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn start(&mut self, count: usize) {
        self.count = count;
        self.special.clear();
        let groups = count.div_ceil(32);
        if self.steps.len() < groups {
            self.steps.resize(groups, Step::new());
        }
    }

    /// Takes the operands of `count` additions, each a point and whether its negative is meant.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub(super) fn load<'a>(
        &mut self,
        count: usize,
        left: impl Fn(usize) -> (&'a Point, bool),
        right: impl Fn(usize) -> (&'a Point, bool),
    ) {
        self.start(count);
        let groups = count.div_ceil(32);
        let mut named = [[[(&Point::IDENTITY, false); 8]; 2]; 8];
        for g in 0..groups + 1 {
            for c in 0..4 {
                // The points of a group are asked for while those of the one before are worked on.
                if g < groups {
                    let [lefts, rights] = &mut named[4 * (g % 2) + c];
                    for l in 0..8 {
                        // Past the end, the last addition again.
                        let i = (32 * g + 8 * c + l).min(count - 1);
                        (lefts[l], rights[l]) = (left(i), right(i));
                        words::prefetch(lefts[l].0);
                        words::prefetch(rights[l].0);
                    }
                }
                if g > 0 {
                    let [left, right] = &named[4 * ((g - 1) % 2) + c];
                    self.load_eight(g - 1, c, &Operands::gather(|l| left[l]), &Operands::gather(|l| right[l]));
                }
            }
            if g > 0 {
                self.multiply(g - 1);
            }
        }
    }

    /// Takes eight pairs of operands.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn load_eight(&mut self, g: usize, c: usize, left: &Operands, right: &Operands) {
        let none = identities(left.x) | identities(right.x);
        let mut same = _mm512_cmpeq_epi64_mask(left.x[0], right.x[0]);
        for k in 1..4 {
            same = _mm512_mask_cmpeq_epi64_mask(same, left.x[k], right.x[k]);
        }
        let [x1, y1, x2, y2] = [left.x, left.y, right.x, right.y].map(|words| Eight::unpack(words));
        let y1 = negate(y1, left.negated);
        let step = &mut self.steps[g];
        (step.x1[c], step.y1[c], step.x2[c]) = (x1, y1, x2);
        let difference = sub_loose::<Coordinates, 2>(y2.negate_loose(right.negated), y1.0);
        step.numerators[c] = Eight::from_limbs(carry(difference));
        step.denominators[c] = x2.sub::<1>(x1);
        if none | same != 0 {
            self.without_chord(g, c, none | same, left, right);
        }
    }

    /// Gives the lanes of the mask a tangent, or takes them out.
    #[cold]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn without_chord(&mut self, g: usize, c: usize, mask: __mmask8, left: &Operands, right: &Operands) {
        let (left, right) = (left.points(), right.points());
        let mut tangents = 0;
        for l in (0..8).filter(|l| mask & 1 << l != 0) {
            let (p, q) = (left[l], right[l]);
            let sum = match (p.is_identity(), q.is_identity()) {
                (true, _) => q,
                (_, true) => p,
                _ if p.y != q.y => Point::IDENTITY,
                _ => {
                    tangents |= 1 << l;
                    continue;
                }
            };
            let i = 32 * g + 8 * c + l;
            if i < self.count {
                self.special.push((i, sum));
            }
        }
        let step = &mut self.steps[g];
        let (numerators, denominators) = tangent(step.x1[c], step.y1[c]);
        step.numerators[c] = step.numerators[c].replace(tangents, numerators);
        step.denominators[c] = step.denominators[c].replace(mask, one()).replace(tangents, denominators);
    }

    /// Takes points to be doubled.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub(super) fn load_doubles(&mut self, points: &[Point]) {
        self.start(points.len());
        for g in 0..points.len().div_ceil(32) {
            for c in 0..4 {
                let last = points.len() - 1;
                let Operands { x, y, .. } = Operands::gather(|l| (&points[(32 * g + 8 * c + l).min(last)], false));
                let none = identities(x);
                for i in (0..8).filter(|l| none & 1 << l != 0).map(|l| 32 * g + 8 * c + l) {
                    if i < self.count {
                        self.special.push((i, Point::IDENTITY));
                    }
                }
                let (x, y) = (Eight::unpack(x), Eight::unpack(y));
                let (numerators, denominators) = tangent(x, y);
                let step = &mut self.steps[g];
                (step.x1[c], step.y1[c], step.x2[c]) = (x, y, x);
                (step.numerators[c], step.denominators[c]) = (numerators, denominators.replace(none, one()));
            }
            self.multiply(g);
        }
    }

    /// The product of the denominators up to group g.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn multiply(&mut self, g: usize) {
        let (before, rest) = self.steps.split_at_mut(g);
        let step = &mut rest[0];
        match before.last() {
            Some(before) => mul(&mut step.products, &before.products, &step.denominators),
            None => step.products = step.denominators,
        }
    }

    /// Sum i goes to `out[position(i)]`.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    pub(super) fn finish(&mut self, out: &mut [Point], position: impl Fn(usize) -> usize) {
        let steps = &self.steps[..self.count.div_ceil(32)];
        let Some(last) = steps.last() else { return };
        let work = &mut self.backward;
        invert(&mut work.inverse, &last.products);
        for (g, step) in steps.iter().enumerate().rev() {
            if g > 0 {
                mul(&mut work.own, &work.inverse, &steps[g - 1].products);
                mul(&mut work.next, &work.inverse, &step.denominators);
            } else {
                work.own = work.inverse;
            }
            work.sums(step);
            core::mem::swap(&mut work.inverse, &mut work.next);
            for c in 0..4 {
                let rows = rows(work.x3[c], work.y3[c]);
                for (i, row) in (32 * g + 8 * c..self.count).zip(rows) {
                    if let Some(point) = out.get_mut(position(i)) {
                        store_point(point, row);
                    }
                }
            }
        }
        for (i, sum) in &self.special {
            if let Some(point) = out.get_mut(position(*i)) {
                *point = *sum;
            }
        }
    }
}

impl Backward {
    /// The 32 sums of a group, given the inverses of its denominators.
    ///
    /// Scales: coordinates are taken times 2^256, so λ comes out times 2^258 and λ² times 2^256
    /// again; λ(x₁−x₃) needs a factor of 4.
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn sums(&mut self, step: &Step) {
        mul(&mut self.slope, &step.numerators, &self.own);
        square(&mut self.x3, &self.slope);
        for c in 0..4 {
            let x = sub_loose::<Coordinates, 2>(self.x3[c].0, step.x1[c].0);
            self.x3[c] = Eight::canonical_from::<2>(sub_loose::<Coordinates, 0>(x, step.x2[c].0));
            let across = sub_loose::<Coordinates, 1>(step.x1[c].0, self.x3[c].0);
            self.across[c] = Eight::shifted_from::<2>(across);
        }
        mul(&mut self.y3, &self.slope, &self.across);
        for c in 0..4 {
            let y = sub_loose::<Coordinates, 1>(self.y3[c].0, step.y1[c].0);
            self.y3[c] = Eight::canonical_from::<1>(y);
        }
    }
}

/// 3x² and 2y.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn tangent(x: Eight, y: Eight) -> (Eight, Eight) {
    let mut triple = Eight::shifted_from::<2>(x.0).square().0;
    for limb in &mut triple {
        *limb = _mm512_add_epi64(*limb, _mm512_add_epi64(*limb, *limb));
    }
    (Eight::from_limbs(carry(triple)), Eight::shifted_from::<1>(y.0))
}

/// A denominator for lanes that take no part.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn one() -> Eight {
    Eight::broadcast_words(Fq::ONE.0.0)
}

/// The negative in the lanes of the mask.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn negate(y: Eight, mask: __mmask8) -> Eight {
    if mask == 0 { y } else { y.replace(mask, Eight::zero().sub::<1>(y)) }
}

/// Lanes with x = 0. The curve has no point there: it would have order three.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn identities(x: [__m512i; 4]) -> __mmask8 {
    let any = _mm512_or_si512(_mm512_or_si512(x[0], x[1]), _mm512_or_si512(x[2], x[3]));
    _mm512_testn_epi64_mask(any, any)
}

/// A point is the words of its coordinates, x first, and nothing else.
const _: () = assert!(
    size_of::<Point>() == 64 && size_of::<Fq>() == 32 && offset_of!(Point, x) == 0 && offset_of!(Point, y) == 32
);

/// Eight points, as words of their coordinates, and which of them are meant negative.
struct Operands {
    x: [__m512i; 4],
    y: [__m512i; 4],
    negated: __mmask8,
}

impl Operands {
    #[inline]
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn gather<'a>(operand: impl Fn(usize) -> (&'a Point, bool)) -> Operands {
        let mut points = [&Point::IDENTITY; 8];
        let mut negated = 0;
        for (l, point) in points.iter_mut().enumerate() {
            let negative;
            (*point, negative) = operand(l);
            negated |= u8::from(negative) << l;
        }
        let [a, b, c, d, e, f, g, h] = points;
        let x = words::gather([a, b, c, d, e, f, g, h].map(|p| &p.x.0.0));
        let y = words::gather([a, b, c, d, e, f, g, h].map(|p| &p.y.0.0));
        Operands { x, y, negated }
    }

    /// The points, negated where they are meant to be.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn points(&self) -> [Point; 8] {
        let [a, b, c, d] = self.x;
        let [e, f, g, h] = self.y;
        let mut points = [Point::IDENTITY; 8];
        for ((l, row), point) in words::transpose([a, b, c, d, e, f, g, h]).into_iter().enumerate().zip(&mut points) {
            store_point(point, row);
            if self.negated & 1 << l != 0 {
                *point = -*point;
            }
        }
        points
    }
}

/// The points with these canonical coordinates, a point to a vector.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn rows(x: Eight, y: Eight) -> [__m512i; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (x.pack(), y.pack());
    words::transpose([a, b, c, d, e, f, g, h])
}

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn store_point(point: &mut Point, row: __m512i) {
    // SAFETY: a point is 64 bytes without padding (asserted above), all of which the reference covers,
    // and any words are valid for its type; the store needs no alignment.
    unsafe { _mm512_storeu_si512(core::ptr::from_mut(point).cast(), row) }
}

/// Four products, out of line: inlined into its callers this spills.
#[inline(never)]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn mul(out: &mut Group, a: &Group, b: &Group) {
    for c in 0..4 {
        out[c] = a[c].mul(b[c]);
    }
}

/// Four squares.
#[inline(never)]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn square(out: &mut Group, a: &Group) {
    for c in 0..4 {
        out[c] = a[c].square();
    }
}
