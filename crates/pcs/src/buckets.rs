//! Bucket sums: the inner part of Pippenger's multi-scalar multiplication.
//!
//! Terms are sorted by bucket (counting sort), then all buckets are summed together as binary
//! trees: each pass adds neighbours within every bucket, in one batch as long as the pass. The
//! weighted sum Σ (b+1)·B_b over the buckets is found by halving the table, again in long batches.

use crate::kernel::{Kernel, Term};
use crate::point::Point;
use alloc::vec::Vec;
use ark_ff::AdditiveGroup;
use core::mem;
use zkvm_algebra::G1Projective;

/// Sums points into buckets; keeps its buffers between uses.
pub struct Buckets<K: Kernel> {
    kernel: K,
    /// Terms of `points`, bucket after bucket, and how many each bucket has.
    terms: Vec<Term>,
    lengths: Vec<u32>,
    points: Vec<K::Point>,
    // Buffers of a pass.
    next_terms: Vec<Term>,
    pairs: Vec<[Term; 2]>,
    singles: Vec<Term>,
    spare: Vec<K::Point>,
}

impl<K: Kernel> Buckets<K> {
    /// Empty buffers.
    pub fn new(kernel: K) -> Self {
        Buckets {
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

    /// The sums of `count` buckets. `entries` lists (bucket, term of `points`) and is walked twice;
    /// entries of a bucket beyond the last are ignored.
    pub fn sums<I>(&mut self, points: &[K::Point], count: usize, entries: impl Fn() -> I) -> Vec<K::Point>
    where
        I: Iterator<Item = (u32, Term)>,
    {
        self.sort(count, entries);
        self.halve_runs(points);
        while self.lengths.iter().any(|length| *length > 1) {
            let source = mem::take(&mut self.points);
            self.halve_runs(&source);
            self.spare = source;
        }
        let mut terms = self.terms.iter();
        let mut next = || terms.next().map_or(self.kernel.identity(), |term| self.kernel.resolve(&self.points, *term));
        self.lengths.iter().map(|length| if *length == 0 { self.kernel.identity() } else { next() }).collect()
    }

    /// Counting sort of the entries by bucket.
    fn sort<I: Iterator<Item = (u32, Term)>>(&mut self, count: usize, entries: impl Fn() -> I) {
        self.lengths.clear();
        self.lengths.resize(count, 0);
        for (bucket, _) in entries() {
            if let Some(length) = self.lengths.get_mut(bucket as usize) {
                *length = length.saturating_add(1);
            }
        }
        let mut total = 0usize;
        let mut cursors = Vec::with_capacity(count);
        for length in &self.lengths {
            cursors.push(total);
            total = total.saturating_add(*length as usize);
        }
        self.terms.clear();
        self.terms.resize(total, Term::plus(0));
        for (bucket, term) in entries() {
            if let Some(cursor) = cursors.get_mut(bucket as usize)
                && let Some(slot) = self.terms.get_mut(*cursor)
            {
                *slot = term;
                *cursor = cursor.saturating_add(1);
            }
        }
    }

    /// Adds neighbours within every bucket: `points` become the sums of all pairs of `source`,
    /// followed by the points left single.
    fn halve_runs(&mut self, source: &[K::Point]) {
        self.pairs.clear();
        self.singles.clear();
        self.next_terms.clear();
        let pair_count: u32 = self.lengths.iter().map(|length| length / 2).sum();
        let mut rest = self.terms.as_slice();
        for length in &mut self.lengths {
            let (run, after) = rest.split_at_checked(*length as usize).unwrap_or((rest, &[]));
            rest = after;
            let (pairs, single) = run.as_chunks::<2>();
            for pair in pairs {
                self.next_terms.push(term_at(self.pairs.len()));
                self.pairs.push(*pair);
            }
            if let [single] = single {
                self.next_terms.push(term_at(self.singles.len().saturating_add(pair_count as usize)));
                self.singles.push(*single);
            }
            *length = length.div_ceil(2);
        }
        let mut sums = mem::take(&mut self.spare);
        sums.resize(self.pairs.len(), self.kernel.identity());
        self.kernel.sum_pairs(source, &self.pairs, &mut sums);
        sums.extend(self.singles.iter().map(|single| self.kernel.resolve(source, *single)));
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
pub fn weighted_sums<K: Kernel>(kernel: K, buckets: Vec<K::Point>, width: usize) -> Vec<G1Projective> {
    // Blocks of equal length: the table, then one ΣH in progress per level, earliest (heaviest) first.
    let mut length = buckets.len();
    let mut blocks = buckets;
    while width > 0 && length > width {
        let half = length / 2;
        let mut low = Vec::with_capacity(blocks.len() / 2 + half);
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
    let blocks: Vec<Point> = kernel.export(&blocks);
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
