//! A factor of a product: a column over the cycles, bound from the bottom.

use super::eq_sum::EqSum;
use super::keys::Keys;
use super::support::{Step, Support};
use crate::kernels::fr;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// Largest table that binding may make by joining the keys of two cycles.
const MAX_JOINT: usize = 512;
/// Cells that become field elements together; they lie in one block of an [`EqSum`].
const BLOCK: usize = 1 << 8;

/// A column over the unbound cycles.
pub enum Column<'a> {
    /// A value for each key.
    Table(TableColumn),
    /// A product of two values for each index.
    Split(SplitColumn<'a>),
    /// A sum of equality polynomials.
    Eqs(EqSum),
    /// The cells of the supported pairs.
    Values(Vec<Fr>),
}

impl<'a> Column<'a> {
    /// The column table\[key\] with a key for each cycle, all below the length of `table`.
    pub fn of_keys(table: Vec<Fr>, keys: impl Iterator<Item = usize>) -> Self {
        Column::Table(TableColumn { keys: Keys::collect(table.len(), keys), tables: vec![table] })
    }

    /// The column eq(point, bits) of as many bits of the index above bit `shift`, in two halves.
    pub fn of_bits(point: &[Fr], index: &'a [u64], shift: usize) -> Self {
        let (high, low) = point.split_at(point.len() / 2);
        let (high_table, low_table) = (fr::eq_table(high), fr::eq_table(low));
        Column::Split(SplitColumn { index, shift, low_bits: low.len(), high: high_table, low: low_table })
    }

    /// The cells of a run of pairs; `buffer` has room for them.
    pub fn cells<'b>(&'b self, support: &Support, pairs: Range<usize>, buffer: &'b mut [Fr]) -> &'b [Fr] {
        match self {
            Column::Values(values) => return &values[2 * pairs.start..2 * pairs.end],
            Column::Table(column) => column.keys.gather(&column.tables, support, pairs, buffer),
            Column::Split(column) => column.fill(support, pairs, buffer),
            Column::Eqs(sum) => sum.fill(2 * pairs.start, buffer),
        }
        buffer
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, r: Fr, step: &Step) {
        match self {
            Column::Table(column) => column.bind(r),
            Column::Eqs(sum) => sum.bind(r),
            Column::Split(_) => self.materialise(r, step),
            Column::Values(values) => {
                fr::bind_low(values, r);
                step.pairing.place(values);
            }
        }
    }

    /// Binds the lowest variable and keeps the cells as field elements from then on.
    pub fn materialise(&mut self, r: Fr, step: &Step) {
        if let Column::Split(column) = self {
            let mut values = build(step.from.pairs(), |pairs, out| {
                let mut cells = [Fr::ZERO; 2 * BLOCK];
                let cells = &mut cells[..2 * out.len()];
                column.fill(&step.from, pairs, cells);
                fr::bind_low_into(cells, r, out);
            });
            step.pairing.place(&mut values);
            *self = Column::Values(values);
            return;
        }
        self.bind(r, step);
        if matches!(self, Column::Table(_) | Column::Eqs(_)) && step.to.log_cells() > 0 {
            let values = build(2 * step.to.pairs(), |cells, out| {
                self.cells(&step.to, cells.start / 2..cells.end / 2, out);
            });
            *self = Column::Values(values);
        }
    }

    /// The value, with all cycles bound.
    pub fn value(&self) -> Fr {
        match self {
            Column::Table(column) => column.keys.last_cell(&column.tables),
            Column::Split(column) => column.cell(0),
            Column::Eqs(sum) => sum.value(),
            // A support without cells leaves a zero.
            Column::Values(values) => values.first().copied().unwrap_or(Fr::ZERO),
        }
    }
}

/// `count` values, filled a block at a time.
fn build(count: usize, fill: impl Fn(Range<usize>, &mut [Fr]) + Sync) -> Vec<Fr> {
    let mut values = fr::zeros(count);
    values.par_chunks_mut(BLOCK).enumerate().for_each(|(block, out)| {
        let start = block * BLOCK;
        fill(start..start + out.len(), out);
    });
    values
}

/// A column with few values: table\[key\] at every cycle.
///
/// Bound at r_1, r_2, …, a cell is Σ_j eq((…, r_2, r_1), j)·table\[key of its j-th cycle\]. While the
/// squared table is small, two keys are joined into one with a table of sums; after that there is a
/// scaled table for every j, and a cell is a sum of as many entries.
pub struct TableColumn {
    keys: Keys,
    tables: Vec<Vec<Fr>>,
}

impl TableColumn {
    fn bind(&mut self, r: Fr) {
        let scaled = |scale| {
            let mut tables = self.tables.clone();
            tables.iter_mut().for_each(|table| fr::scale(table, scale));
            tables
        };
        let (mut low, high) = (scaled(Fr::ONE - r), scaled(r));
        self.tables = match (&low[..], &high[..]) {
            ([low], [high]) if low.len() * low.len() <= MAX_JOINT => {
                self.keys = self.keys.joined(low.len());
                vec![high.iter().flat_map(|h| low.iter().map(move |l| *l + h)).collect()]
            }
            _ => {
                low.extend(high);
                low
            }
        };
    }
}

/// A column with more values than the cache holds: the product of a value for the high and one for
/// the low half of some index bits. Not bound but as field elements.
pub struct SplitColumn<'a> {
    index: &'a [u64],
    shift: usize,
    low_bits: usize,
    high: Vec<Fr>,
    low: Vec<Fr>,
}

impl SplitColumn<'_> {
    #[inline(always)]
    fn low(&self, cell: usize) -> Fr {
        self.low[(self.index[cell] >> self.shift) as usize & (self.low.len() - 1)]
    }

    #[inline(always)]
    fn high(&self, cell: usize) -> Fr {
        self.high[(self.index[cell] >> (self.shift + self.low_bits)) as usize & (self.high.len() - 1)]
    }

    fn cell(&self, cell: usize) -> Fr {
        self.high(cell) * self.low(cell)
    }

    fn fill(&self, support: &Support, pairs: Range<usize>, out: &mut [Fr]) {
        let mut low = [Fr::ZERO; 2 * BLOCK];
        let low = &mut low[..out.len()];
        support.fill(pairs.clone(), low, |cell| self.low(cell));
        support.fill(pairs, out, |cell| self.high(cell));
        fr::mul_assign(out, low);
    }
}
