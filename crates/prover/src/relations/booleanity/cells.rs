//! Cycle rounds over whole symbols.
//!
//! Let h(s) be a column's value with the steps of symbol s bound. After d further rounds, a cell is
//! Σ_e eq(r, e)·h(symbol e) over 2^d symbols: table entries are added, not multiplied, until the
//! columns are short enough to be kept as field elements.
//!
//! The sum Σ_i γ^i(h_i² - h_i) over the columns at one place is formed before it is weighted by eq.
//! Its products need no γ^i: column i is kept times γ^⌊i/2⌋ =: δ, so that the products of even columns
//! are right, and those of odd ones miss a common factor γ; and δ²(h² - h) = δh·(δh - δ).

use super::symbols::{Symbol, Symbols, Table, with_table};
use crate::kernels::fr;
use crate::relations::split_eq::SplitEq;
use crate::relations::twist::quadratic::Quadratic;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::relation::powers;

/// Rounds over symbols before columns become field elements.
const TABLE_ROUNDS: u32 = 2;
/// Pairs of cells that are handled together, in all columns.
const CHUNK: usize = 1 << 7;

/// The columns over the unbound cycles.
pub struct Cells {
    gamma: Fr,
    /// δ of each column.
    scales: Vec<Fr>,
    columns: Columns,
}

enum Columns {
    /// For each column, 2^d tables one after the other: eq(r, e)·δ·h.
    Tables { tables: Vec<Vec<Fr>>, symbols: usize, first: Option<FirstRound> },
    /// δ·cell.
    Values(Vec<Vec<Fr>>),
}

/// What the counts of symbols at even and odd places say about the first round.
#[derive(Clone, Copy)]
struct FirstRound {
    /// Σ (h² - h) over the even places.
    at_zero: Fr,
    /// Σ h² over all places.
    squares: Fr,
}

impl Cells {
    /// From the values of the symbols and their weights at even and odd places.
    pub fn new(values: Vec<Fr>, counts: &[Vec<Fr>; 2], gamma: Fr, symbols: &Symbols) -> Self {
        let sum = |counts: &[Fr], term: &dyn Fn(Fr) -> Fr| -> Fr {
            counts.iter().zip(&values).map(|(count, value)| *count * term(*value)).sum()
        };
        let first = FirstRound {
            at_zero: sum(&counts[0], &|h| h.square() - h),
            squares: counts.iter().map(|counts| sum(counts, &|h| h.square())).sum(),
        };
        let columns = with_table!(symbols, |table| table.columns);
        let scales: Vec<Fr> = powers(gamma).flat_map(|power| [power; 2]).take(columns).collect();
        let tables = scales.iter().map(|scale| values.iter().map(|value| *scale * value).collect()).collect();
        Cells { gamma, scales, columns: Columns::Tables { tables, symbols: values.len(), first: Some(first) } }
    }

    /// Σ weight·Σ_i γ^i(h_i² - h_i); `scale` is the factor that all weights contain.
    pub fn round(&self, weights: &SplitEq, symbols: &Symbols, scale: Fr) -> Quadratic {
        let first = match &self.columns {
            Columns::Tables { first, .. } => *first,
            Columns::Values(_) => None,
        };
        let chunk = CHUNK.min(weights.low.len());
        let per_block = weights.low.len() / chunk;
        let part = |buffer: &mut Buffer, part: usize| {
            let (block, start) = (part / per_block, part % per_block * chunk);
            let low = &weights.low[start..start + chunk];
            let cells = buffer.fill(self, symbols, part * chunk..(part + 1) * chunk);
            let sums = if first.is_some() {
                Quadratic { at_zero: Fr::ZERO, leading: fr::product_rows(low, &cells, self.gamma) }
            } else {
                let [at_zero, leading] = fr::square_rows(low, &cells, &self.scales, self.gamma);
                Quadratic { at_zero, leading }
            };
            Quadratic::default().add_scaled(weights.high[block], sums)
        };
        let parts = weights.high.len() * per_block;
        let sums = (0..parts).into_par_iter().map_init(|| Buffer::new(self, chunk), part);
        let sums = sums.reduce(Quadratic::default, Quadratic::plus);
        match first {
            // (h' - h)² = h'² + h² - 2hh', of which the sums have Σ hh'.
            Some(FirstRound { at_zero, squares }) => {
                Quadratic { at_zero: scale * at_zero, leading: scale * squares - sums.leading.double() }
            }
            None => sums,
        }
    }

    /// Binds the lowest variable; frees the symbols when they are no longer needed.
    pub fn bind(&mut self, challenge: Fr, symbols: &mut Symbols) {
        match &mut self.columns {
            Columns::Values(columns) => columns.iter_mut().for_each(|column| fr::bind_low(column, challenge)),
            Columns::Tables { tables, first, .. } => {
                *first = None;
                tables.par_iter_mut().for_each(|tables| {
                    let mut high = tables.clone();
                    fr::scale(&mut high, challenge);
                    fr::scale(tables, Fr::ONE - challenge);
                    tables.extend(high);
                });
            }
        }
        self.materialise(symbols);
    }

    /// Turns the columns into field elements once they are short.
    fn materialise(&mut self, symbols: &mut Symbols) {
        let Columns::Tables { tables, symbols: alphabet, .. } = &self.columns else { return };
        let per_cell = tables.first().map_or(1, |tables| tables.len() / alphabet);
        let count = with_table!(&*symbols, |table| table.len) / per_cell;
        if count > 1 && per_cell < 1 << TABLE_ROUNDS {
            return;
        }
        let column = |(column, tables): (usize, &Vec<Fr>)| {
            let mut cells = fr::zeros(count);
            for (chunk, cells) in cells.chunks_mut(2 * CHUNK).enumerate() {
                gather(symbols, column, tables, *alphabet, chunk * 2 * CHUNK, cells);
            }
            cells
        };
        let values = tables.par_iter().enumerate().map(column).collect();
        self.columns = Columns::Values(values);
        symbols.clear();
    }

    /// The columns at the final point.
    pub fn claims(&self) -> Vec<Fr> {
        let Columns::Values(columns) = &self.columns else { return Vec::new() };
        let unscale = |(column, scale): (&Vec<Fr>, &Fr)| {
            // γ is zero with negligible probability.
            column.first().copied().unwrap_or(Fr::ZERO) * scale.inverse().unwrap_or(Fr::ZERO)
        };
        columns.iter().zip(&self.scales).map(unscale).collect()
    }
}

/// Cells of a column from `first` on: sums of entries of the tables, one for each symbol of a cell.
fn gather(symbols: &Symbols, column: usize, tables: &[Fr], alphabet: usize, first: usize, cells: &mut [Fr]) {
    with_table!(symbols, |table| match tables.len() / alphabet {
        1 => gather_by::<1, _>(table, column, tables, first, cells),
        2 => gather_by::<2, _>(table, column, tables, first, cells),
        _ => gather_by::<4, _>(table, column, tables, first, cells),
    });
}

/// [`gather`] with `N` symbols to a cell.
fn gather_by<const N: usize, S: Symbol>(
    table: &Table<S>,
    column: usize,
    tables: &[Fr],
    first: usize,
    cells: &mut [Fr],
) {
    let alphabet = tables.len() / N;
    let tables: [&[Fr]; N] = std::array::from_fn(|e| &tables[e * alphabet..(e + 1) * alphabet]);
    let symbols = table.read(column, first * N..(first + cells.len()) * N);
    for (cell, symbols) in cells.iter_mut().zip(symbols.as_chunks::<N>().0) {
        *cell = tables[0][symbols[0].index()];
        for e in 1..N {
            *cell += tables[e][symbols[e].index()];
        }
    }
}

/// Room for the cells of a chunk of pairs, in all columns.
struct Buffer(Vec<Fr>);

impl Buffer {
    fn new(cells: &Cells, pairs: usize) -> Self {
        match &cells.columns {
            Columns::Values(_) => Buffer(Vec::new()),
            Columns::Tables { tables, .. } => Buffer(vec![Fr::ZERO; 2 * pairs * tables.len()]),
        }
    }

    /// The cells of `pairs` in each column.
    fn fill<'b>(&'b mut self, cells: &'b Cells, symbols: &Symbols, pairs: Range<usize>) -> Vec<&'b [Fr]> {
        let own = 2 * pairs.start..2 * pairs.end;
        match &cells.columns {
            Columns::Values(columns) => columns.iter().map(|column| &column[own.clone()]).collect(),
            Columns::Tables { tables, symbols: alphabet, .. } => {
                let parts = self.0.chunks_mut(own.len()).zip(tables).enumerate();
                for (column, (cells, tables)) in parts {
                    gather(symbols, column, tables, *alphabet, own.start, cells);
                }
                self.0.chunks(own.len()).collect()
            }
        }
    }
}

// A cell has at most four symbols, and those of a chunk are in one block.
const _: () = assert!(TABLE_ROUNDS <= 2 && (2 * CHUNK) << TABLE_ROUNDS <= super::symbols::BLOCK);
