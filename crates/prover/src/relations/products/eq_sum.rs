//! Σ_s scale_s·eq(r_s, ·) over the cycles, computed where it is needed.

use super::super::split_eq::SplitEq;
use crate::kernels::fr;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// A weighted sum of equality polynomials in the same variables, bound from the bottom.
///
/// A table of all cycles is never needed before the other columns become field elements: a cell is
/// an inner product of split tables.
pub struct EqSum {
    terms: Vec<(Fr, Vec<Fr>)>,
    tables: Vec<SplitEq>,
    /// Sum of the scales of all r_s = 0, whose polynomials are one at cell 0 and zero elsewhere.
    at_first: Fr,
}

impl EqSum {
    /// Variables of a block of cells, which is filled at once.
    pub const LOW_BITS: usize = 10;

    /// The sum of scale·eq(point, ·) over the pairs given.
    pub fn new(terms: impl IntoIterator<Item = (Fr, Vec<Fr>)>) -> Self {
        let (first, terms): (Vec<_>, Vec<_>) =
            terms.into_iter().partition(|(_, point)| point.iter().all(|r| *r == Fr::ZERO));
        let at_first = first.iter().map(|(scale, _)| *scale).sum();
        let mut sum = EqSum { terms, tables: Vec::new(), at_first };
        sum.tabulate();
        sum
    }

    fn tabulate(&mut self) {
        let table = |(scale, point): &(Fr, Vec<Fr>)| SplitEq::new(point, *scale, Self::LOW_BITS);
        self.tables = self.terms.iter().map(table).collect();
    }

    /// Writes the cells from `start` on, all of one block of 2^[`EqSum::LOW_BITS`].
    pub fn fill(&self, start: usize, out: &mut [Fr]) {
        out.fill(Fr::ZERO);
        for table in &self.tables {
            let size = table.low.len();
            fr::add_scaled(out, table.high[start / size], &table.low[start % size..][..out.len()]);
        }
        if let (0, Some(first)) = (start, out.first_mut()) {
            *first += self.at_first;
        }
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, r: Fr) {
        for (scale, point) in &mut self.terms {
            if let Some(last) = point.pop() {
                *scale *= eq(&[last], &[r]);
            }
        }
        self.at_first *= Fr::ONE - r;
        self.tabulate();
    }

    /// The value, with all variables bound.
    pub fn value(&self) -> Fr {
        self.at_first + self.terms.iter().map(|(scale, _)| *scale).sum::<Fr>()
    }
}
