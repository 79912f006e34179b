//! Sums of products of columns over the cycles.
//!
//! ```text
//! Σ_t Σ_g weight_g(t) · Σ_j scale_j · Π_{i ∈ product j} column_i(t),   weight_g = eq(r_g, ·) or 1
//! ```
//!
//! is the form of the cycle rounds of every relation whose factors are one-hot columns bound at an
//! address point. Such a column takes few values, so it stays a table with keys for the first
//! rounds ([`column`]) and becomes field elements when there are few enough of them. Cycles at which
//! all products vanish are left out ([`support`]). The eq factor of a group is split off each round
//! (eprint 2024/108): the messages of a group are l(X)·q(X), of which q(1) follows from the claim.

pub mod column;
pub mod eq_sum;
pub mod index_sum;
mod keys;
pub mod ram;
mod round;
pub mod support;

use super::split_eq::GruenEq;
use crate::kernel::Kernel;
use column::Column;
use rayon::prelude::*;
use round::Interpolation;
use support::Support;
use zkvm_algebra::{Field, Fr, Univariate};

/// Bytes for each cycle that the columns may take as field elements.
const BYTES_PER_CYCLE: usize = 80;

/// Products with a common weight.
pub struct Group {
    /// eq(r, ·); the constant one if there is none.
    pub eq: Option<GruenEq>,
    /// The products; in all groups together of the same number of columns, at least one.
    pub products: Vec<Product>,
    /// The group's part of the claim. With one group only it may be anything.
    pub claim: Fr,
}

/// scale · Π columns.
pub struct Product {
    /// The factor.
    pub scale: Fr,
    /// The columns, by number.
    pub columns: Vec<usize>,
}

impl Product {
    /// The product of some columns.
    pub fn of(columns: impl IntoIterator<Item = usize>) -> Self {
        Product { scale: Fr::ONE, columns: columns.into_iter().collect() }
    }
}

/// The kernel of such a sum; its claims are the columns' values.
pub struct Products<'a> {
    columns: Vec<Column<'a>>,
    support: Support,
    groups: Vec<Group>,
    interpolation: Interpolation,
    /// Rounds until the columns become field elements.
    tabulated: usize,
    /// The last message of each group.
    messages: Vec<Univariate>,
}

impl<'a> Products<'a> {
    /// The sum over the cycles of `support`, outside of which every product is zero.
    pub fn new(columns: Vec<Column<'a>>, support: Support, groups: Vec<Group>) -> Self {
        let degree = groups.iter().flat_map(|group| &group.products).map(|p| p.columns.len()).max().unwrap_or(1);
        let per_cycle = columns.len() * size_of::<Fr>();
        let tabulated = per_cycle.div_ceil(BYTES_PER_CYCLE).next_power_of_two().ilog2().max(1) as usize;
        Products {
            columns,
            support,
            groups,
            interpolation: Interpolation::new(degree),
            tabulated,
            messages: Vec::new(),
        }
    }

    /// The claims of all groups, of which only the sum is certain.
    fn split_claim(&mut self, claim: Fr) {
        if let Some((last, others)) = self.groups.split_last_mut() {
            last.claim = claim - others.iter().map(|group| group.claim).sum::<Fr>();
        }
    }
}

impl Kernel for Products<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        self.split_claim(claim);
        let values = round::evaluate(&self.columns, &self.support, &self.groups);
        self.messages = Vec::with_capacity(self.groups.len());
        for (group, values) in self.groups.iter().zip(values.chunks(self.interpolation.degree())) {
            self.messages.push(self.interpolation.message(group, values));
        }
        let mut message = Univariate::default();
        self.messages.iter().for_each(|part| message.add_scaled(part, Fr::ONE));
        message
    }

    fn bind(&mut self, challenge: Fr) {
        for (group, message) in self.groups.iter_mut().zip(&self.messages) {
            group.claim = message.evaluate(challenge);
            if let Some(eq) = &mut group.eq {
                eq.bind(challenge);
            }
        }
        self.tabulated = self.tabulated.saturating_sub(1);
        let done = Support::All { log_cells: 0 };
        let step = std::mem::replace(&mut self.support, done).step();
        let tabulated = self.tabulated > 0;
        self.columns.par_iter_mut().for_each(|column| match tabulated {
            true => column.bind(challenge, &step),
            false => column.materialise(challenge, &step),
        });
        self.support = step.to;
    }

    fn claims(&self) -> Vec<Fr> {
        self.columns.iter().map(Column::value).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests;
