//! A factor of a product: a column over the cycles, bound from the bottom.

use super::eq_sum::EqSum;
use super::keys::Keys;
use super::support::{Pairing, Support};
use crate::kernels::fr;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// Largest table that binding may make by joining the keys of two cycles.
const MAX_JOINT: usize = 512;
/// Pairs that become field elements together: a block of [`EqSum`].
const CHUNK: usize = 1 << (EqSum::LOW_BITS - 1);

/// A column over the unbound cycles.
pub enum Column {
    /// A value for each key.
    Table(TableColumn),
    /// A sum of equality polynomials.
    Eqs(EqSum),
    /// The cells of the supported pairs.
    Values(Vec<Fr>),
}

impl Column {
    /// The column table\[key\] with a key for each cycle, all below the length of `table`.
    pub fn of_keys(table: Vec<Fr>, keys: impl Iterator<Item = usize>) -> Self {
        Column::Table(TableColumn { keys: Keys::collect(table.len(), keys), tables: vec![table] })
    }

    /// The cells of a run of pairs; `buffer` has room for them.
    pub fn cells<'a>(&'a self, support: &Support, pairs: Range<usize>, buffer: &'a mut [Fr]) -> &'a [Fr] {
        if let Column::Values(values) = self {
            return &values[2 * pairs.start..2 * pairs.end];
        }
        self.fill(support, pairs, buffer);
        buffer
    }

    fn fill(&self, support: &Support, pairs: Range<usize>, out: &mut [Fr]) {
        match self {
            Column::Table(column) => column.keys.gather(&column.tables, support, pairs, out),
            Column::Eqs(sum) => sum.fill(2 * pairs.start, out),
            Column::Values(values) => out.copy_from_slice(&values[2 * pairs.start..2 * pairs.end]),
        }
    }

    /// Binds the lowest variable; `pairing` says where the cells go.
    pub fn bind(&mut self, r: Fr, pairing: &Pairing) {
        match self {
            Column::Table(column) => column.bind(r),
            Column::Eqs(sum) => sum.bind(r),
            Column::Values(values) => {
                fr::bind_low(values, r);
                if let Pairing::Scattered { places, count } = pairing {
                    let mut cells = vec![Fr::ZERO; *count];
                    for (place, value) in places.iter().zip(&*values) {
                        cells[*place as usize] = *value;
                    }
                    *values = cells;
                }
            }
        }
    }

    /// Turns the column into field elements, while there is a pair of cells.
    pub fn materialise(&mut self, support: &Support) {
        if matches!(self, Column::Values(_)) || support.log_cells() == 0 {
            return;
        }
        let mut values = vec![Fr::ZERO; 2 * support.pairs()];
        values.par_chunks_mut(2 * CHUNK).enumerate().for_each(|(i, out)| {
            let pairs = i * CHUNK..i * CHUNK + out.len() / 2;
            self.fill(support, pairs, out);
        });
        *self = Column::Values(values);
    }

    /// The value, with all cycles bound.
    pub fn value(&self) -> Fr {
        match self {
            Column::Table(column) => column.keys.last_cell(&column.tables),
            Column::Eqs(sum) => sum.value(),
            // A support without cells leaves a zero.
            Column::Values(values) => values.first().copied().unwrap_or(Fr::ZERO),
        }
    }
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
