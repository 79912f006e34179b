//! One sweep over the steps for all index rounds of the registers.
//!
//! C(k, k') of [`Correlation`] sums, over every access to k, the value of every cell k' at that time:
//! the registers at the start of a block of steps, plus the increments since. The latter are counted
//! by halving the block: whatever the left half added to a cell, all accesses of the right half see.
//! A node of the recursion contributes (accesses of its right half by cell) × (net increments of its
//! left half by cell), and as both are at most the few registers in use, large nodes cost almost
//! nothing per step. Increments are integers and additions are unreduced.

use super::correlation::Correlation;
use super::steps::{CELLS, Steps};
use crate::relations::split_eq::{LOW_BITS, SplitEq};
use crate::relations::twist::word::{Prepared, SignedSum};
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// Steps that are handled one by one.
const LEAF: usize = 4;

/// What a range of steps does to the registers.
struct Effect {
    /// Cells with an entry in `increments`.
    written: u64,
    /// Net increments.
    increments: [i64; CELLS],
    /// Cells with an entry in `weights`.
    accessed: u64,
    /// Sum of the weights of the accesses.
    weights: [Fr; CELLS],
}

impl Effect {
    const NONE: Effect = Effect { written: 0, increments: [0; CELLS], accessed: 0, weights: [Fr::ZERO; CELLS] };

    fn clear(&mut self) {
        (self.written, self.accessed) = (0, 0);
    }

    #[inline]
    fn write(&mut self, cell: usize, increment: i64) {
        let bit = 1 << cell;
        self.increments[cell] = if self.written & bit == 0 { increment } else { self.increments[cell] + increment };
        self.written |= bit;
    }

    #[inline]
    fn access(&mut self, cell: usize, weight: &Fr) {
        let bit = 1 << cell;
        if self.accessed & bit == 0 {
            self.weights[cell] = *weight;
        } else {
            self.weights[cell] += weight;
        }
        self.accessed |= bit;
    }

    fn append(&mut self, later: &Effect) {
        members(later.written).for_each(|cell| self.write(cell, later.increments[cell]));
        members(later.accessed).for_each(|cell| self.access(cell, &later.weights[cell]));
    }
}

/// The cells of a set, ascending.
fn members(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let cell = (set != 0).then(|| set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(cell)
    })
}

/// Unreduced C and I of a block.
struct Sums {
    /// By written cell, then accessed cell.
    pairs: Vec<[SignedSum; CELLS]>,
    cells: [SignedSum; CELLS],
}

impl Sums {
    fn new() -> Self {
        Sums { pairs: vec![[SignedSum::default(); CELLS]; CELLS], cells: [SignedSum::default(); CELLS] }
    }

    #[inline]
    fn pair(&mut self, accessed: usize, weight: &Fr, written: usize, increment: i64) {
        self.pairs[written][accessed].add(weight, increment);
    }

    /// Adds all of it, times `scale`, to `total`; leaves zeros.
    fn drain(&mut self, effect: &Effect, scale: Fr, total: &mut Correlation) {
        for written in members(effect.written) {
            for accessed in members(effect.accessed) {
                let sum = std::mem::take(&mut self.pairs[written][accessed]);
                total.pairs[accessed * CELLS + written] += scale * sum.reduce();
            }
            total.cells[written] += scale * std::mem::take(&mut self.cells[written]).reduce();
        }
    }
}

/// Sweeps over blocks of steps; the weights of the accesses are those of the low eq table.
struct Sweep<'a> {
    steps: &'a Steps<'a>,
    /// eq, γ·eq and γ²·eq over the steps of a block: the weights of rs1, rs2 and rd.
    weights: [Vec<Fr>; 3],
    sums: Sums,
    /// One effect for each level of the recursion.
    stack: Vec<Effect>,
}

impl Sweep<'_> {
    /// Adds the accesses of the block, whose high weight is `scale`, to `total`.
    fn block(&mut self, block: usize, scale: Fr, total: &mut Correlation) {
        let mut stack = std::mem::take(&mut self.stack);
        if let Some((effect, rest)) = stack.split_first_mut() {
            let range = self.steps.range(block);
            self.range(range.start, 0, range.len(), effect, rest);
            self.sums.drain(effect, scale, total);
            for accessed in members(effect.accessed) {
                let weight = scale * effect.weights[accessed];
                let row = &mut total.pairs[accessed * CELLS..(accessed + 1) * CELLS];
                add_words(row, weight, self.steps.snapshot(block));
            }
        }
        self.stack = stack;
    }

    /// The effect of `count` steps from `start + offset` on.
    fn range(&mut self, start: usize, offset: usize, count: usize, effect: &mut Effect, stack: &mut [Effect]) {
        effect.clear();
        match stack.split_first_mut() {
            Some((right, rest)) if count > LEAF => {
                let half = count / 2;
                self.range(start, offset, half, effect, rest);
                self.range(start, offset + half, half, right, rest);
                for written in members(effect.written) {
                    for accessed in members(right.accessed) {
                        let weight = &right.weights[accessed];
                        self.sums.pair(accessed, weight, written, effect.increments[written]);
                    }
                }
                effect.append(right);
            }
            _ => (offset..offset + count).for_each(|offset| self.step(start, offset, effect)),
        }
    }

    /// One step after those of `effect`.
    #[inline]
    fn step(&mut self, start: usize, offset: usize, effect: &mut Effect) {
        let row = self.steps.row(start + offset);
        let cells = [row.rs1, row.rs2, row.rd].map(usize::from);
        for written in members(effect.written) {
            for (cell, weights) in cells.iter().zip(&self.weights) {
                self.sums.pair(*cell, &weights[offset], written, effect.increments[written]);
            }
        }
        for (cell, weights) in cells.iter().zip(&self.weights) {
            effect.access(*cell, &weights[offset]);
        }
        let increment = self.steps.increment(start + offset);
        if increment != 0 {
            self.sums.cells[cells[2]].add(&self.weights[2][offset], increment);
            effect.write(cells[2], increment);
        }
    }
}

/// row\[k\] += weight·words\[k\].
fn add_words(row: &mut [Fr], weight: Fr, words: &[u32; CELLS]) {
    let weight = Prepared::new(weight);
    for (slot, word) in row.iter_mut().zip(words).filter(|(_, word)| **word != 0) {
        *slot += weight.times(i64::from(*word));
    }
}

/// C with ra = ra1 + γ·ra2 + γ²·wa and I with γ²·wa, weighted by eq(r1, ·).
pub fn correlate(steps: &Steps, r1: &[Fr], gamma: Fr) -> Correlation {
    let eq = SplitEq::new(r1, Fr::ONE, LOW_BITS + 1);
    let weights = [Fr::ONE, gamma, gamma.square()].map(|c| eq.low.iter().map(|w| c * w).collect::<Vec<_>>());
    let pieces = rayon::current_num_threads().min(steps.blocks());
    let piece = |piece: usize| {
        let levels = 2 + steps.block_len().ilog2() as usize;
        let stack = (0..levels).map(|_| Effect::NONE).collect();
        let mut sweep = Sweep { steps, weights: weights.clone(), sums: Sums::new(), stack };
        let mut total = Correlation::new(CELLS);
        for block in (0..steps.blocks()).skip(piece).step_by(pieces) {
            sweep.block(block, eq.high[block], &mut total);
        }
        total
    };
    let add = |a: Correlation, b: Correlation| a.plus(&b);
    (0..pieces).into_par_iter().map(piece).reduce(|| Correlation::new(CELLS), add)
}
