//! The vector path: slices cut into batches, and what the operands of each addition are.

mod batch;
mod inverse;
mod invert;

use batch::Batch;
use core::cell::RefCell;
use zkvm_pcs::Point;
use zkvm_pcs::kernel::Term;

/// Most additions that share an inversion. The inversion then costs each less than a nanosecond, and
/// the batch still fits the second-level cache.
const BATCH: usize = 2048;

thread_local! {
    static SPACE: RefCell<Option<Box<Batch>>> = const { RefCell::new(None) };
}

/// Gives the thread's buffers to `f`.
#[target_feature(enable = "avx512ifma,avx512vl")]
fn with_space(f: impl FnOnce(&mut Batch)) {
    SPACE.with_borrow_mut(|space| f(space.get_or_insert_with(|| Box::new(Batch::new()))));
}

/// Length of the batches, of about equal length, that `n` additions are done in.
fn batch(n: usize) -> usize {
    n.div_ceil(n.div_ceil(BATCH).max(1)).max(1)
}

fn at(points: &[Point], index: usize) -> &Point {
    points.get(index).unwrap_or(&Point::IDENTITY)
}

fn operand(points: &[Point], term: Term) -> (&Point, bool) {
    (at(points, term.index()), term.is_negated())
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn sum_pairs(points: &[Point], pairs: &[[Term; 2]], sums: &mut [Point]) {
    let size = batch(pairs.len().min(sums.len()));
    with_space(|space| {
        for (pairs, sums) in pairs.chunks(size).zip(sums.chunks_mut(size)) {
            let count = pairs.len().min(sums.len());
            space.load(count, |i| operand(points, pairs[i][0]), |i| operand(points, pairs[i][1]));
            space.finish(sums, |i| i);
        }
    });
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn accumulate(lanes: &mut [Point], targets: &[u32], points: &[Point], terms: &[Term]) {
    let size = batch(targets.len().min(terms.len()));
    with_space(|space| {
        for (targets, terms) in targets.chunks(size).zip(terms.chunks(size)) {
            let count = targets.len().min(terms.len());
            let lane = |i: usize| targets[i] as usize;
            space.load(count, |i| (at(lanes, lane(i)), false), |i| operand(points, terms[i]));
            space.finish(lanes, lane);
        }
    });
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn add_assign(left: &mut [Point], right: &[Point], negate_right: bool) {
    let size = batch(left.len().min(right.len()));
    with_space(|space| {
        for (left, right) in left.chunks_mut(size).zip(right.chunks(size)) {
            let count = left.len().min(right.len());
            space.load(count, |i| (&left[i], false), |i| (&right[i], negate_right));
            space.finish(left, |i| i);
        }
    });
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn double(points: &mut [Point]) {
    with_space(|space| {
        for points in points.chunks_mut(batch(points.len())) {
            space.load_doubles(points);
            space.finish(points, |i| i);
        }
    });
}
