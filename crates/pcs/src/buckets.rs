//! Bucket sums: the inner part of Pippenger's multi-scalar multiplication.
//!
//! Points are added to their buckets in the order in which they come, many buckets at a time, since
//! additions to different buckets are independent. What meets a bucket that already has an addition
//! in the current batch is deferred. Deferred terms, and all terms where there are few buckets, are
//! sorted by bucket and summed as binary trees, all buckets in the same pass. The weighted sum
//! Σ (b+1)·B_b over the buckets is found by halving the table, again in long batches.

use crate::kernel::{Kernel, Term};
use crate::point::Point;
use crate::size;
use alloc::vec;
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use core::mem;
use zkvm_algebra::G1Projective;

/// Buckets per addition of a batch: one term in sixteen is deferred where digits are uniform.
const BUCKETS_PER_ADDITION: usize = 8;
/// Length of the batches of additions to buckets; shorter ones are not worth an inversion.
const BATCH: core::ops::RangeInclusive<usize> = 256..=2048;
/// The batch number of a bucket that has no point yet.
const EMPTY: u32 = 0;

/// Sums points into buckets; keeps its buffers between uses.
pub struct Buckets<K: Kernel> {
    kernel: K,
    /// For every bucket the batch of its last addition.
    batches: Vec<u32>,
    /// Additions of the current batch.
    targets: Vec<u32>,
    added: Vec<Term>,
    deferred: Vec<(u32, Term)>,
    /// Buffer for what is deferred again.
    again: Vec<(u32, Term)>,
    trees: Trees<K>,
}

impl<K: Kernel> Buckets<K> {
    /// Empty buffers.
    pub fn new(kernel: K) -> Self {
        let trees = Trees::new(kernel);
        let (batches, targets, added) = (Vec::new(), Vec::new(), Vec::new());
        Buckets { kernel, batches, targets, added, deferred: Vec::new(), again: Vec::new(), trees }
    }

    /// The sums of `count` buckets. `entries` lists (bucket, term of `points`); entries of a bucket
    /// beyond the last are ignored.
    pub fn sums(&mut self, points: &[Point], count: usize, entries: impl Iterator<Item = (u32, Term)>) -> Vec<Point> {
        self.deferred.clear();
        let batch = (count / BUCKETS_PER_ADDITION).min(*BATCH.end());
        let mut sums = vec![Point::IDENTITY; count];
        if batch < *BATCH.start() {
            self.deferred.extend(entries);
        } else {
            self.batches.clear();
            self.batches.resize(count, EMPTY);
            // The batch before the first, so that a bucket filled in one can be added to in the same.
            let first = self.add(points, &mut sums, entries, batch, EMPTY + 2);
            self.add_deferred(points, &mut sums, batch, first);
        }
        self.trees.add_to(&mut sums, points, &self.deferred);
        sums
    }

    /// Adds what was deferred, as long as that leaves few entries deferred again.
    fn add_deferred(&mut self, points: &[Point], sums: &mut [Point], batch: usize, mut next: u32) {
        let mut before = usize::MAX;
        while self.deferred.len() >= batch && self.deferred.len() <= before / 2 {
            before = self.deferred.len();
            let mut entries = mem::replace(&mut self.deferred, mem::take(&mut self.again));
            next = self.add(points, sums, entries.drain(..), batch, next);
            self.again = entries;
        }
    }

    /// Adds entries to `sums`, `batch` at a time, and defers those of buckets that are in use. Batches
    /// are numbered from `current`; gives the next number.
    fn add(
        &mut self,
        points: &[Point],
        sums: &mut [Point],
        entries: impl Iterator<Item = (u32, Term)>,
        batch: usize,
        mut current: u32,
    ) -> u32 {
        self.targets.clear();
        self.added.clear();
        entries.for_each(|(bucket, term)| {
            let Some(last) = self.batches.get_mut(size(bucket)) else { return };
            if *last == current {
                self.deferred.push((bucket, term));
            } else if *last == EMPTY {
                *last = current.wrapping_sub(1);
                if let Some(sum) = sums.get_mut(size(bucket)) {
                    *sum = term.resolve(points);
                }
            } else {
                *last = current;
                self.targets.push(bucket);
                self.added.push(term);
                if self.targets.len() == batch {
                    self.kernel.accumulate(sums, &self.targets, points, &self.added);
                    self.targets.clear();
                    self.added.clear();
                    current = current.wrapping_add(1).max(EMPTY + 2);
                }
            }
        });
        self.kernel.accumulate(sums, &self.targets, points, &self.added);
        current.wrapping_add(1).max(EMPTY + 2)
    }
}

/// Sums terms bucket by bucket as binary trees.
struct Trees<K: Kernel> {
    kernel: K,
    /// Terms of `points`, bucket after bucket, and how many each bucket has.
    terms: Vec<Term>,
    lengths: Vec<u32>,
    points: Vec<Point>,
    // Buffers of a pass.
    next_terms: Vec<Term>,
    pairs: Vec<[Term; 2]>,
    singles: Vec<Term>,
    spare: Vec<Point>,
}

impl<K: Kernel> Trees<K> {
    fn new(kernel: K) -> Self {
        Trees {
            kernel,
            terms: Vec::new(),
            lengths: Vec::new(),
            points: Vec::new(),
            next_terms: Vec::new(),
            pairs: Vec::new(),
            singles: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// Adds to every bucket in `sums` the sum of its entries.
    fn add_to(&mut self, sums: &mut [Point], points: &[Point], entries: &[(u32, Term)]) {
        self.sort(sums.len(), entries);
        self.halve_runs(points);
        while self.lengths.iter().any(|length| *length > 1) {
            let source = mem::take(&mut self.points);
            self.halve_runs(&source);
            self.spare = source;
        }
        let filled = (0u32..).zip(&self.lengths).filter(|(_, length)| **length > 0);
        let targets: Vec<u32> = filled.map(|(bucket, _)| bucket).collect();
        self.kernel.accumulate(sums, &targets, &self.points, &self.terms);
    }

    /// Counting sort of the entries by bucket.
    fn sort(&mut self, count: usize, entries: &[(u32, Term)]) {
        self.lengths.clear();
        self.lengths.resize(count, 0);
        for (bucket, _) in entries {
            if let Some(length) = self.lengths.get_mut(size(*bucket)) {
                *length = length.saturating_add(1);
            }
        }
        let mut total = 0usize;
        let mut cursors = Vec::with_capacity(count);
        for length in &self.lengths {
            cursors.push(total);
            total = total.saturating_add(size(*length));
        }
        self.terms.clear();
        self.terms.resize(total, Term::plus(0));
        for (bucket, term) in entries {
            if let Some(cursor) = cursors.get_mut(size(*bucket))
                && let Some(slot) = self.terms.get_mut(*cursor)
            {
                *slot = *term;
                *cursor = cursor.saturating_add(1);
            }
        }
    }

    /// Adds neighbours within every bucket: `points` become the sums of all pairs of `source`,
    /// followed by the points left single.
    fn halve_runs(&mut self, source: &[Point]) {
        self.pairs.clear();
        self.singles.clear();
        self.next_terms.clear();
        let pair_count: u32 = self.lengths.iter().map(|length| length / 2).sum();
        let mut rest = self.terms.as_slice();
        for length in &mut self.lengths {
            let (run, after) = rest.split_at_checked(size(*length)).unwrap_or((rest, &[]));
            rest = after;
            let (pairs, single) = run.as_chunks::<2>();
            for pair in pairs {
                self.next_terms.push(term_at(self.pairs.len()));
                self.pairs.push(*pair);
            }
            if let [single] = single {
                self.next_terms.push(term_at(self.singles.len().saturating_add(size(pair_count))));
                self.singles.push(*single);
            }
            *length = length.div_ceil(2);
        }
        let mut sums = mem::take(&mut self.spare);
        sums.resize(self.pairs.len(), Point::IDENTITY);
        self.kernel.sum_pairs(source, &self.pairs, &mut sums);
        sums.extend(self.singles.iter().map(|single| single.resolve(source)));
        self.spare = mem::replace(&mut self.points, sums);
        mem::swap(&mut self.terms, &mut self.next_terms);
    }
}

/// The term of a position; positions that do not fit denote no point.
fn term_at(position: usize) -> Term {
    Term::plus(u32::try_from(position).unwrap_or(u32::MAX))
}

/// Σ_b (b+1)·buckets\[b·width + i\] for every i below `width`; the number of b's is a power of two.
///
/// With the upper half H and the lower half L of a table of 2m buckets,
/// Σ b·B_b = Σ_{b<m} b·(L_b + H_b) + m·ΣH_b: one level of additions per bit of b, all sums ΣH of
/// earlier levels halving along in the same batch.
pub fn weighted_sums<K: Kernel>(kernel: K, buckets: Vec<Point>, width: usize) -> Vec<G1Projective> {
    // Blocks of equal length: the table, then one ΣH in progress per level, earliest (heaviest) first.
    let mut length = buckets.len();
    let mut blocks = buckets;
    while width > 0 && length > width {
        let half = length / 2;
        let mut low = Vec::with_capacity((blocks.len() / 2).saturating_add(half));
        let mut high = Vec::with_capacity(blocks.len() / 2);
        for block in blocks.chunks(length) {
            let (block_low, block_high) = block.split_at_checked(half).unwrap_or((block, &[]));
            low.extend_from_slice(block_low);
            high.extend_from_slice(block_high);
        }
        let table_high = high.get(..half).unwrap_or(&high).to_vec();
        kernel.add_assign(&mut low, &high, false);
        low.extend(table_high);
        blocks = low;
        length = half;
    }
    let mut levels = blocks.chunks(width.max(1));
    let totals = levels.next().unwrap_or_default();
    let mut sums = alloc::vec![G1Projective::ZERO; totals.len()];
    for level in levels {
        for (sum, point) in sums.iter_mut().zip(level) {
            sum.double_in_place();
            *sum += G1Projective::from(*point);
        }
    }
    for (sum, total) in sums.iter_mut().zip(totals) {
        *sum += G1Projective::from(*total);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Scalar;
    use crate::test_points;
    use ark_ff::AdditiveGroup;
    use rand::{Rng, SeedableRng, rngs::StdRng};
    use zkvm_algebra::{Fr, G1Affine};

    fn naive(points: &[Point], count: usize, entries: &[(u32, Term)]) -> Vec<Point> {
        let mut sums = vec![G1Projective::ZERO; count];
        for (bucket, term) in entries {
            sums[*bucket as usize] += G1Projective::from(term.resolve(points));
        }
        sums.into_iter().map(|sum| G1Affine::from(sum).into()).collect()
    }

    #[test]
    fn bucket_sums_are_right_however_the_entries_are_spread() {
        let rng = &mut StdRng::seed_from_u64(6);
        let points = test_points(50, 6);
        let mut buckets = Buckets::new(Scalar);
        // Few buckets (trees alone) and many (batches), uniform or nearly all in one bucket.
        for (count, length, skew) in [(16, 300, 0.0), (2048, 6000, 0.0), (2048, 3000, 0.9), (4096, 0, 0.0), (1, 9, 0.0)]
        {
            let entries: Vec<(u32, Term)> = (0..length)
                .map(|_| {
                    let bucket = if rng.gen_bool(skew) { 7 } else { rng.gen_range(0..count as u32) };
                    let point = rng.gen_range(0..points.len() as u32);
                    (bucket, if rng.gen_bool(0.5) { Term::minus(point) } else { Term::plus(point) })
                })
                .collect();
            let sums = buckets.sums(&points, count, entries.iter().copied());
            assert_eq!(sums, naive(&points, count, &entries), "{count} buckets, {length} entries");
        }
    }

    #[test]
    fn weighted_sums_weigh_each_bucket_by_its_number() {
        let points = test_points(24, 7);
        for (width, buckets) in [(1usize, 1usize), (1, 8), (3, 8), (24, 1), (6, 4)] {
            let table = points[..width * buckets].to_vec();
            let sums = weighted_sums(Scalar, table.clone(), width);
            for (i, sum) in sums.iter().enumerate() {
                let expected: G1Projective =
                    (0..buckets).map(|b| G1Projective::from(table[b * width + i]) * Fr::from(b as u64 + 1)).sum();
                assert_eq!(*sum, expected);
            }
            assert_eq!(sums.len(), width);
        }
    }
}
