//! The kernel of the bytecode lookup: Shout (eprint 2025/105), row index first.
//!
//! With F_s(b) = Σ_t eq(r_s,t)·\[row(t) = b\] and Val_s(b) the functional of point s on row b, the
//! index rounds are a sum-check of Σ_b Σ_s F_s(b)·Val_s(b). Bound at r_b it leaves
//! Σ_t Π_i ra_i(t)·E(t) with E = Σ_s Val_s(r_b)·eq(r_s, ·), a product over the cycles.

mod frequencies;
mod values;

use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::products::column::Column;
use crate::relations::products::eq_sum::EqSum;
use crate::relations::products::index_sum::IndexSum;
use crate::relations::products::support::Support;
use crate::relations::products::{Group, Product, Products};
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Fr, Univariate};
use zkvm_protocol::Shape;
use zkvm_protocol::relations::bytecode::Read;
use zkvm_protocol::relations::ram::chunk_points;

/// The kernel of [`Read`].
pub struct ReadKernel<'a> {
    witness: &'a Witness<'a>,
    shape: Shape,
    log_rows: usize,
    /// The cycle points of the claims.
    points: Vec<Vec<Fr>>,
    /// Challenges of the index rounds.
    index: Vec<Fr>,
    state: State,
}

enum State {
    Index(IndexSum),
    Cycles(Products<'static>),
}

impl<'a> ReadKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &Read, witness: &'a Witness<'a>) -> Self {
        let points: Vec<Vec<Fr>> = relation.claimed.iter().map(|claimed| claimed.point.clone()).collect();
        let frequencies = frequencies::frequencies(&witness.rows, relation.log_rows, &points);
        let values = values::values(relation.rows, relation.log_rows, &relation.claimed);
        let state = State::Index(IndexSum::new(frequencies, values));
        ReadKernel { witness, shape: relation.shape, log_rows: relation.log_rows, points, index: Vec::new(), state }
    }

    /// The products over the cycles, with the value of each functional at the bound row point.
    fn cycles(&self, values: &[Fr]) -> Products<'static> {
        let mut columns: Vec<Column> = chunk_points(&self.shape, &self.index)
            .par_iter()
            .enumerate()
            .map(|(chunk, point)| {
                let shift = self.log_rows - self.shape.chunk_range(self.log_rows, chunk).end;
                let mask = (1 << self.shape.log_k) - 1;
                let keys = self.witness.rows.iter().map(|row| (row >> shift) as usize & mask);
                Column::of_keys(fr::eq_table(point), keys)
            })
            .collect();
        columns.push(Column::Eqs(EqSum::new(values.iter().copied().zip(self.points.clone()))));
        let group = Group { eq: None, products: vec![Product::of(0..columns.len())], claim: Fr::ZERO };
        Products::new(columns, Support::All { log_cells: self.shape.log_t }, vec![group])
    }
}

impl Kernel for ReadKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        match &mut self.state {
            State::Index(sum) => sum.round(claim),
            State::Cycles(products) => products.round(claim),
        }
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.state {
            State::Cycles(products) => products.bind(challenge),
            State::Index(sum) => {
                sum.bind(challenge);
                self.index.push(challenge);
                if self.index.len() == self.log_rows {
                    let values = sum.right().to_vec();
                    self.state = State::Cycles(self.cycles(&values));
                }
            }
        }
    }

    fn claims(&self) -> Vec<Fr> {
        let State::Cycles(products) = &self.state else { return Vec::new() };
        let mut values = products.claims();
        // E is public.
        values.pop();
        values
    }
}

#[cfg(test)]
mod tests;
