//! The vector path: eight additions side by side, four groups of eight in flight.

use super::NEGATE;
use super::point::{Point, coordinate};
use super::scalar::{add_special, look_up};
use crate::kernels::ifma::lanes::{Lanes, carry, sub_loose};
use crate::kernels::ifma::{Coordinates, words};
use ark_bn254::Fq;
use ark_ff::Field;
use core::arch::x86_64::*;
use core::cell::RefCell;

type Eight = Lanes<Coordinates>;
/// 32 values: four vectors, each for eight additions.
type Group = [Eight; 4];

/// Distance, in additions, between asking for a point and reading it.
const AHEAD: usize = 48;

/// Per group of 32 additions: the denominators, their products up to this group, and the lanes that
/// take no part.
#[derive(Clone, Copy)]
struct Step {
    denominators: Group,
    products: Group,
    skipped: [__mmask8; 4],
}

impl Step {
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn new() -> Step {
        let zero = [Eight::zero(); 4];
        Step { denominators: zero, products: zero, skipped: [0; 4] }
    }
}

thread_local! {
    static STEPS: RefCell<Vec<Step>> = const { RefCell::new(Vec::new()) };
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn accumulate(acc: &mut [Point], table: &[Point], indices: &[u32]) {
    Batch { target: |i| i, table, indices }.add(acc);
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn add_to_targets(acc: &mut [Point], targets: &[u32], table: &[Point], indices: &[u32]) {
    Batch { target: |i| targets[i] as usize, table, indices }.add(acc);
}

/// Additions `acc[target(i)] += ±table[indices[i]]` with distinct targets.
struct Batch<'a, T> {
    target: T,
    table: &'a [Point],
    indices: &'a [u32],
}

impl<T: Fn(usize) -> usize> Batch<'_, T> {
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn add(&self, acc: &mut [Point]) {
        let groups = self.indices.len().div_ceil(32);
        STEPS.with_borrow_mut(|steps| {
            if steps.len() < groups {
                steps.resize(groups, Step::new());
            }
            let steps = &mut steps[..groups];
            self.multiply_denominators(acc, steps);
            self.finish(acc, steps);
        });
    }

    /// Lane l of vector c of group g is this addition; past the end, the last one.
    fn position(&self, g: usize, c: usize, l: usize) -> usize {
        (32 * g + 8 * c + l).min(self.indices.len() - 1)
    }

    fn operand(&self, i: usize) -> &Point {
        &self.table[(self.indices[i] & !NEGATE) as usize]
    }

    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn multiply_denominators(&self, acc: &mut [Point], steps: &mut [Step]) {
        let one = Eight::broadcast_words(Fq::ONE.0.0);
        for g in 0..steps.len() {
            let (before, step) = steps.split_at_mut(g);
            let step = &mut step[0];
            for c in 0..4 {
                let (dx, skipped) = self.denominators(acc, g, c);
                step.denominators[c] = dx.replace(skipped, one);
                step.skipped[c] = skipped;
            }
            match before.last() {
                Some(before) => mul(&mut step.products, &before.products, &step.denominators),
                None => step.products = step.denominators,
            }
        }
    }

    /// x₂ − x₁ in (0,2p), and the lanes for which it is meaningless. Those additions are done here.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn denominators(&self, acc: &mut [Point], g: usize, c: usize) -> (Eight, __mmask8) {
        let mut x1 = [&[0; 4]; 8];
        let mut x2 = [&[0; 4]; 8];
        for l in 0..8 {
            let i = self.position(g, c, l);
            x1[l] = acc[(self.target)(i)].x();
            x2[l] = self.operand(i).x();
            words::prefetch(self.operand((i + AHEAD).min(self.indices.len() - 1)));
        }
        let (x1, x2) = (words::gather_halves(x1), words::gather_halves(x2));
        let ones = _mm512_set1_epi64(-1);
        let mut skipped = _mm512_cmpeq_epi64_mask(x1[3], ones) | _mm512_cmpeq_epi64_mask(x2[3], ones);
        let mut same = _mm512_cmpeq_epi64_mask(x1[0], x2[0]);
        for k in 1..4 {
            same = _mm512_mask_cmpeq_epi64_mask(same, x1[k], x2[k]);
        }
        skipped |= same;
        let real = (self.indices.len() - (32 * g + 8 * c).min(self.indices.len())).min(8);
        let present = ((1u16 << real) - 1) as __mmask8;
        if skipped & present != 0 {
            for l in (0..8).filter(|l| skipped & present & 1 << l != 0) {
                let i = self.position(g, c, l);
                let a = &mut acc[(self.target)(i)];
                *a = add_special(*a, look_up(self.table, self.indices[i]));
            }
        }
        (Eight::unpack(x2).sub::<1>(Eight::unpack(x1)), skipped | !present)
    }

    /// Inverts the last products and works backwards.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn finish(&self, acc: &mut [Point], steps: &[Step]) {
        let Some((first, rest)) = steps.split_first() else { return };
        let mut inverse = invert(&steps[steps.len() - 1].products);
        let mut own = inverse;
        let mut next = inverse;
        for (g, step) in rest.iter().enumerate().rev() {
            mul(&mut own, &inverse, &steps[g].products);
            mul(&mut next, &inverse, &step.denominators);
            inverse = next;
            self.add_group(acc, g + 1, &own, step.skipped);
        }
        self.add_group(acc, 0, &inverse, first.skipped);
    }

    /// The 32 additions of a group, given 1/(x₂ − x₁)·2^262.
    ///
    /// Scales: coordinates are taken times 2^256, so λ comes out times 2^258 and λ² times 2^256
    /// again; λ(x₁−x₃) needs a factor of 4.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn add_group(&self, acc: &mut [Point], g: usize, inverse: &Group, skipped: [__mmask8; 4]) {
        let zero = Eight::zero();
        let (mut x1, mut x2, mut y1, mut work) = ([zero; 4], [zero; 4], [zero; 4], [zero; 4]);
        for c in 0..4 {
            let y2;
            (x1[c], y1[c]) = gather(|l| &acc[(self.target)(self.position(g, c, l))]);
            (x2[c], y2) = gather(|l| self.operand(self.position(g, c, l)));
            let y2 = y2.negate_loose(self.signs(g, c));
            work[c] = Eight::from_limbs(carry(sub_loose::<Coordinates, 2>(y2, y1[c].0)));
        }
        let (mut slope, mut x3) = (x1, x1);
        mul(&mut slope, &work, inverse);
        square(&mut x3, &slope);
        for c in 0..4 {
            let x = sub_loose::<Coordinates, 2>(x3[c].0, x1[c].0);
            x3[c] = Eight::canonical_from::<2>(sub_loose::<Coordinates, 0>(x, x2[c].0));
            work[c] = Eight::shifted_from::<2>(sub_loose::<Coordinates, 1>(x1[c].0, x3[c].0));
        }
        let y3 = &mut x2;
        mul(y3, &slope, &work);
        for c in 0..4 {
            let y = Eight::canonical_from::<1>(sub_loose::<Coordinates, 1>(y3[c].0, y1[c].0));
            for (l, row) in rows(x3[c], y).into_iter().enumerate() {
                if skipped[c] & 1 << l == 0 {
                    let i = self.position(g, c, l);
                    words::store(&mut acc[(self.target)(i)].0, row);
                }
            }
        }
    }

    /// The lanes whose second operand is taken negative.
    #[target_feature(enable = "avx512ifma,avx512vl")]
    fn signs(&self, g: usize, c: usize) -> __mmask8 {
        let mut mask = 0;
        for l in 0..8 {
            mask |= ((self.indices[self.position(g, c, l)] >> 31) as __mmask8) << l;
        }
        mask
    }
}

/// The coordinates of eight points.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn gather<'a>(point: impl Fn(usize) -> &'a Point) -> (Eight, Eight) {
    let mut rows = [_mm512_setzero_si512(); 8];
    for (l, row) in rows.iter_mut().enumerate() {
        *row = words::load(&point(l).0);
    }
    let [a, b, c, d, e, f, g, h] = words::transpose(rows);
    (Eight::unpack([a, b, c, d]), Eight::unpack([e, f, g, h]))
}

/// The points with these canonical coordinates.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn rows(x: Eight, y: Eight) -> [__m512i; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (x.pack(), y.pack());
    words::transpose([a, b, c, d, e, f, g, h])
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

/// 32 inverses with one inversion in the field.
///
/// Takes values in the form a·2^e and gives a^-1·2^(518−e): with the products of a batch of G groups
/// (e = 256 − 4(G−1), each multiplication losing a factor of 16), the multiplications backwards come
/// out as 1/(x₂ − x₁)·2^262.
#[target_feature(enable = "avx512ifma,avx512vl")]
fn invert(values: &Group) -> Group {
    let mut flat = [[0; 4]; 32];
    for (c, v) in values.iter().enumerate() {
        let words = v.canonical().pack();
        for (k, words) in words.into_iter().enumerate() {
            let mut lanes = [0; 8];
            words::store(&mut lanes, words);
            for (l, word) in lanes.into_iter().enumerate() {
                flat[8 * c + l][k] = word;
            }
        }
    }
    let mut elements = flat.map(coordinate);
    // A factor of 2^6 in addition to the inverse of representatives with R = 2^256.
    ark_ff::batch_inversion_and_mul(&mut elements, &Fq::from(64u64));
    let mut out = *values;
    for (c, out) in out.iter_mut().enumerate() {
        let word = |k: usize| {
            let mut lanes = [0; 8];
            for (l, lane) in lanes.iter_mut().enumerate() {
                *lane = elements[8 * c + l].0.0[k];
            }
            words::load(&lanes)
        };
        *out = Eight::unpack([word(0), word(1), word(2), word(3)]);
    }
    out
}
