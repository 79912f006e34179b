//! Kernel of [`registers::Val`]: Σ_t inc(t)·wa(r_k, t)·lt(t, r2), with wa from a table of 64 entries
//! and increments as integers until the first variable is bound.

use crate::kernels::fr;
use crate::relations::twist::increments::{Increments, LessThan, Lines};
use crate::relations::twist::val::{self, Steps};
use crate::relations::twist::word::{Prepared, PreparedTable};
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::relations::registers;

/// See the module's documentation.
pub type ValKernel<'a> = val::ValKernel<Writes<'a>>;

impl<'a> ValKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &registers::Val, witness: &'a Witness<'a>) -> Self {
        let writes = Writes {
            witness,
            destinations: witness.statement.program.rows().iter().map(|row| row.rd).collect(),
            wa: PreparedTable::new(fr::eq_table(&relation.cell)),
        };
        Self::from_steps(writes, LessThan::new(&relation.r2, Fr::ZERO))
    }
}

/// The register writes of the steps.
pub struct Writes<'a> {
    witness: &'a Witness<'a>,
    /// Destination of every bytecode row.
    destinations: Vec<u8>,
    wa: PreparedTable,
}

impl Writes<'_> {
    /// Destination and increment of a step.
    #[inline]
    fn step(&self, t: usize) -> (usize, i64) {
        (self.destinations[self.witness.rows[t] as usize].into(), self.witness.rd_inc(t))
    }
}

impl Steps for Writes<'_> {
    fn first_round(&self, block: usize, pairs: usize, lines: &mut Lines) {
        for i in 0..pairs {
            let t = 2 * (pairs * block + i);
            let [(rd0, inc0), (rd1, inc1)] = [self.step(t), self.step(t + 1)];
            let [from, to] = [rd0, rd1].map(|rd| &self.wa.prepared[rd]);
            // With a line through (from, inc0) and (to, inc1), products of integers and two entries.
            let change = inc1 - inc0;
            lines.at_zero[i] = from.times(inc0);
            lines.at_two[i] = Prepared::dot([to, from], [2 * (inc1 + change), -(inc1 + change)]);
            lines.leading[i] = Prepared::dot([to, from], [change, -change]);
        }
    }

    fn bind_first(&self, challenge: Fr, block: usize) -> Increments {
        let weights = [Fr::ONE - challenge, challenge];
        let wa = weights.map(|weight| self.wa.plain.iter().map(|value| weight * value).collect::<Vec<_>>());
        let weights = weights.map(Prepared::new);
        let bound = |pair: usize| {
            let steps = [self.step(2 * pair), self.step(2 * pair + 1)];
            let inc = Prepared::dot(weights.each_ref(), steps.map(|(_, inc)| inc));
            (inc, wa[0][steps[0].0] + wa[1][steps[1].0])
        };
        let pairs = self.witness.steps() / 2;
        let mut columns = Increments { inc: fr::zeros(pairs), ra: fr::zeros(pairs) };
        let blocks = columns.inc.par_chunks_mut(block).zip(columns.ra.par_chunks_mut(block)).enumerate();
        blocks.for_each(|(i, (inc, ra))| {
            for (pair, (inc, ra)) in (i * block..).zip(inc.iter_mut().zip(ra)) {
                (*inc, *ra) = bound(pair);
            }
        });
        columns
    }
}
