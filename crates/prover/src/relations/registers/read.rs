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
use crate::relations::twist::products::{Product, Quadratic, of_pairs, quadratic};
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
                    self.phase = Phase::FirstCycle(Addresses::new(&self.cell, self.gamma));
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
        quadratic(&eq.above(), &products)
    }

    fn bind(&mut self, challenge: Fr) {
        for column in [&mut self.access, &mut self.wa, &mut self.val, &mut self.inc] {
            fr::bind_low(column, challenge);
        }
    }
}

/// eq(r_k, ·) over the cells, as weights of the three accesses of a step.
struct Addresses {
    /// eq, for wa and the increments of Val.
    wa: PreparedTable,
    /// eq, γ·eq and γ²·eq.
    access: [Vec<Fr>; 3],
}

impl Addresses {
    fn new(cell: &[Fr], gamma: Fr) -> Self {
        Self::scaled(PreparedTable::new(fr::eq_table(cell)), gamma)
    }

    fn scaled(wa: PreparedTable, gamma: Fr) -> Self {
        let access = [Fr::ONE, gamma, gamma.square()].map(|c| wa.plain.iter().map(|value| c * value).collect());
        Addresses { wa, access }
    }

    #[inline]
    fn access(&self, row: Row) -> Fr {
        let [rs1, rs2, rd] = &self.access;
        rs1[usize::from(row.rs1)] + rs2[usize::from(row.rs2)] + rd[usize::from(row.rd)]
    }

    /// Weight times increment: what a step adds to Val.
    #[inline]
    fn step(&self, row: Row, increment: i64) -> Fr {
        self.wa.prepared[usize::from(row.rd)].times_signed(increment)
    }

    fn first_round(&self, steps: &Steps, eq: &GruenEq, gamma: Fr) -> Quadratic {
        let weights = eq.above();
        let block = |block: usize| {
            let products = self.block_products(steps, block);
            let read = of_pairs(&weights.low, [&products.access, &products.val]);
            let write = Quadratic {
                at_zero: fr::inner_product(&weights.low, &products.write_at_zero),
                leading: fr::inner_product(&weights.low, &products.write_leading),
            };
            Quadratic::default().add_scaled(weights.high[block], read.add_scaled(gamma.square(), write))
        };
        steps.par_blocks().map(block).reduce(Quadratic::default, Quadratic::plus)
    }

    fn block_products(&self, steps: &Steps, block: usize) -> BlockProducts {
        let mut products = BlockProducts::new(steps.block_len());
        let mut val = self.wa.dot(steps.snapshot(block));
        for (pair, t) in steps.range(block).step_by(2).enumerate() {
            let rows = [steps.row(t), steps.row(t + 1)];
            let increments = [steps.increment(t), steps.increment(t + 1)];
            let written = [self.step(rows[0], increments[0]), self.step(rows[1], increments[1])];
            for i in 0..2 {
                products.access[2 * pair + i] = self.access(rows[i]);
                products.val[2 * pair + i] = val;
                val += written[i];
            }
            // wa·inc is a product of two lines; its value at 0 is what the first step adds to Val.
            let [from, to] = rows.map(|row| self.wa.prepared[usize::from(row.rd)]);
            products.write_at_zero[pair] = written[0];
            products.write_leading[pair] = to.minus(&from).times_signed(increments[1] - increments[0]);
        }
        products
    }

    /// The columns with the lowest cycle variable bound.
    fn bind(&self, steps: &Steps, challenge: Fr) -> Columns {
        let bound = BoundAddresses::new(self, challenge);
        let pairs = steps.block_len() / 2;
        let column = || vec![Fr::ZERO; steps.blocks() * pairs];
        let mut columns = Columns { access: column(), wa: column(), val: column(), inc: column() };
        let access = columns.access.par_chunks_mut(pairs).zip(columns.wa.par_chunks_mut(pairs));
        let values = columns.val.par_chunks_mut(pairs).zip(columns.inc.par_chunks_mut(pairs));
        access.zip(values).enumerate().for_each(|(block, ((access, wa), (val, inc)))| {
            let mut before = self.wa.dot(steps.snapshot(block));
            for (i, t) in steps.range(block).step_by(2).enumerate() {
                let rows = [steps.row(t), steps.row(t + 1)];
                let increments = [steps.increment(t), steps.increment(t + 1)];
                access[i] = bound.tables[0].access(rows[0]) + bound.tables[1].access(rows[1]);
                wa[i] = bound.tables.iter().zip(rows).map(|(table, row)| table.wa.plain[usize::from(row.rd)]).sum();
                val[i] = before + bound.tables[1].step(rows[0], increments[0]);
                inc[i] = bound.weights.iter().zip(increments).map(|(weight, inc)| weight.times_signed(inc)).sum();
                before += self.step(rows[0], increments[0]) + self.step(rows[1], increments[1]);
            }
        });
        columns
    }
}

/// The tables times 1 - r for even and times r for odd steps.
struct BoundAddresses {
    tables: [Addresses; 2],
    weights: [Prepared; 2],
}

impl BoundAddresses {
    fn new(addresses: &Addresses, challenge: Fr) -> Self {
        let weights = [Fr::ONE - challenge, challenge];
        let tables = weights.map(|weight| {
            let access = addresses.access.each_ref().map(|table| table.iter().map(|v| weight * v).collect());
            Addresses { wa: addresses.wa.scaled(weight), access }
        });
        BoundAddresses { tables, weights: weights.map(Prepared::new) }
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
        BlockProducts { access: zeros(steps), val: zeros(steps), write_at_zero: zeros(pairs), write_leading: zeros(pairs) }
    }
}

const _: () = assert!(CELLS == 64, "sets of cells are 64-bit masks");
