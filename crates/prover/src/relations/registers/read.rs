//! Kernel of [`registers::Read`]: index rounds from one table of pairs of cells, then cycle rounds.
//!
//! Once the index is bound to r_k, a step's ra1, ra2 and wa are entries of the table eq(r_k, ·) and
//! Val(r_k, t) is a running sum of eq(r_k, rd)·inc. So the first cycle round and the columns that are
//! left after it come from table entries and products with words; blocks start from the registers
//! that [`Steps`] has kept.

use super::correlation::Correlation;
use super::steps::{CELLS, Row, Steps};
use super::sweep::correlate;
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::split_eq::GruenEq;
use crate::relations::twist::quadratic::{Product, Quadratic, of_pairs, of_products};
use crate::relations::twist::word::{Prepared, PreparedTable};
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::registers;
use zkvm_protocol::shape::LOG_REGISTERS;

/// See the module's documentation.
pub struct ReadKernel<'a> {
    steps: Steps<'a>,
    gamma: Fr,
    eq: GruenEq,
    /// The bound index coordinates.
    cell: Vec<Fr>,
    phase: Phase,
}

enum Phase {
    Index(Correlation),
    FirstCycle(Addresses),
    Cycle(Columns),
}

/// The columns over the unbound cycles.
struct Columns {
    /// ra1 + γ·ra2 + γ²·wa.
    access: Vec<Fr>,
    wa: Vec<Fr>,
    val: Vec<Fr>,
    inc: Vec<Fr>,
}

impl<'a> ReadKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &registers::Read, witness: &'a Witness<'a>) -> Self {
        let steps = Steps::new(witness);
        let correlation = correlate(&steps, &relation.r1, relation.gamma);
        let eq = GruenEq::new(&relation.r1, Fr::ONE);
        ReadKernel { steps, gamma: relation.gamma, eq, cell: Vec::new(), phase: Phase::Index(correlation) }
    }
}

impl Kernel for ReadKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        let sums = match &self.phase {
            Phase::Index(correlation) => return correlation.round(claim),
            Phase::FirstCycle(addresses) => addresses.first_round(&self.steps, &self.eq, self.gamma),
            Phase::Cycle(columns) => columns.round(&self.eq, self.gamma),
        };
        self.eq.cubic(claim, sums.at_zero, sums.leading)
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.phase {
            Phase::Index(correlation) => {
                correlation.bind(challenge);
                self.cell.push(challenge);
                if self.cell.len() == LOG_REGISTERS {
                    self.phase = Phase::FirstCycle(Addresses::new(&self.cell, &self.steps, self.gamma));
                }
                return;
            }
            Phase::FirstCycle(addresses) => self.phase = Phase::Cycle(addresses.bind(&self.steps, challenge)),
            Phase::Cycle(columns) => columns.bind(challenge),
        }
        self.eq.bind(challenge);
    }

    fn claims(&self) -> Vec<Fr> {
        let Phase::Cycle(columns) = &self.phase else { return Vec::new() };
        let [access, wa, val, inc] =
            [&columns.access, &columns.wa, &columns.val, &columns.inc].map(|c| c.first().copied().unwrap_or(Fr::ZERO));
        vec![access - self.gamma.square() * wa, wa, val, inc]
    }
}

impl Columns {
    fn round(&self, eq: &GruenEq, gamma: Fr) -> Quadratic {
        let products = [
            Product { coefficient: Fr::ONE, factors: [&self.access, &self.val] },
            Product { coefficient: gamma.square(), factors: [&self.wa, &self.inc] },
        ];
        of_products(&eq.above(), &products)
    }

    fn bind(&mut self, challenge: Fr) {
        for column in [&mut self.access, &mut self.wa, &mut self.val, &mut self.inc] {
            fr::bind_low(column, challenge);
        }
    }
}

/// eq(r_k, ·) over the cells, as weights of the accesses of a step.
struct Addresses {
    /// eq, for wa and the increments of Val.
    wa: PreparedTable,
    /// ra1 + γ·ra2 + γ²·wa of every kind of step.
    access: Vec<Fr>,
}

impl Addresses {
    fn new(cell: &[Fr], steps: &Steps, gamma: Fr) -> Self {
        let wa = PreparedTable::new(fr::eq_table(cell));
        let weight = |cell: u8| wa.plain[usize::from(cell)];
        let access = |row: &Row| weight(row.rs1) + gamma * (weight(row.rs2) + gamma * weight(row.rd));
        Addresses { access: steps.kinds().iter().map(access).collect(), wa }
    }

    fn scaled(&self, scale: Fr) -> Self {
        Addresses { wa: self.wa.scaled(scale), access: self.access.iter().map(|value| scale * value).collect() }
    }

    fn first_round(&self, steps: &Steps, eq: &GruenEq, gamma: Fr) -> Quadratic {
        let weights = eq.above();
        let block = |products: &mut BlockProducts, block: usize| {
            self.fill(steps, block, products);
            let read = of_pairs(&weights.low, [&products.access, &products.val]);
            let write = Quadratic {
                at_zero: fr::inner_product(&weights.low, &products.write_at_zero),
                leading: fr::inner_product(&weights.low, &products.write_leading),
            };
            Quadratic::default().add_scaled(weights.high[block], read.add_scaled(gamma.square(), write))
        };
        let blocks = steps.par_blocks().map_init(|| BlockProducts::new(steps.block_len()), block);
        blocks.reduce(Quadratic::default, Quadratic::plus)
    }

    fn fill(&self, steps: &Steps, block: usize, products: &mut BlockProducts) {
        let mut val = self.wa.dot(steps.snapshot(block));
        for (pair, t) in steps.range(block).step_by(2).enumerate() {
            let [from, to] = [t, t + 1].map(|t| &self.wa.prepared[usize::from(steps.row(t).rd)]);
            let increments = [steps.increment(t), steps.increment(t + 1)];
            products.access[2 * pair] = self.access[steps.kind(t)];
            products.access[2 * pair + 1] = self.access[steps.kind(t + 1)];
            // wa·inc is a product of two lines; its value at 0 is what the first step adds to Val.
            let written = from.times(increments[0]);
            let change = increments[1] - increments[0];
            products.write_at_zero[pair] = written;
            products.write_leading[pair] = Prepared::dot([to, from], [change, -change]);
            products.val[2 * pair] = val;
            val += written;
            products.val[2 * pair + 1] = val;
            val += to.times(increments[1]);
        }
    }

    /// The columns with the lowest cycle variable bound.
    fn bind(&self, steps: &Steps, challenge: Fr) -> Columns {
        let weights = [Fr::ONE - challenge, challenge];
        let [even, odd] = weights.map(|weight| self.scaled(weight));
        let weights = weights.map(Prepared::new);
        let pairs = steps.block_len() / 2;
        let column = || fr::zeros(steps.blocks() * pairs);
        let mut columns = Columns { access: column(), wa: column(), val: column(), inc: column() };
        let access = columns.access.par_chunks_mut(pairs).zip(columns.wa.par_chunks_mut(pairs));
        let values = columns.val.par_chunks_mut(pairs).zip(columns.inc.par_chunks_mut(pairs));
        access.zip(values).enumerate().for_each(|(block, ((access, wa), (val, inc)))| {
            let mut before = self.wa.dot(steps.snapshot(block));
            for (i, t) in steps.range(block).step_by(2).enumerate() {
                let [rd0, rd1] = [t, t + 1].map(|t| usize::from(steps.row(t).rd));
                let increments = [steps.increment(t), steps.increment(t + 1)];
                access[i] = even.access[steps.kind(t)] + odd.access[steps.kind(t + 1)];
                wa[i] = even.wa.plain[rd0] + odd.wa.plain[rd1];
                inc[i] = Prepared::dot(weights.each_ref(), increments);
                // Between the steps Val grows by eq(r_k, rd0)·inc, of which r is seen.
                val[i] = before + odd.wa.prepared[rd0].times(increments[0]);
                before += Prepared::dot([&self.wa.prepared[rd0], &self.wa.prepared[rd1]], increments);
            }
        });
        columns
    }
}

/// The lines of a block of steps: two neighbouring values for each pair, or products.
struct BlockProducts {
    access: Vec<Fr>,
    val: Vec<Fr>,
    write_at_zero: Vec<Fr>,
    write_leading: Vec<Fr>,
}

impl BlockProducts {
    fn new(steps: usize) -> Self {
        let zeros = |count| vec![Fr::ZERO; count];
        let pairs = steps / 2;
        BlockProducts {
            access: zeros(steps),
            val: zeros(steps),
            write_at_zero: zeros(pairs),
            write_leading: zeros(pairs),
        }
    }
}

const _: () = assert!(CELLS == 64, "sets of cells are 64-bit masks");
