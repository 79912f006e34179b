//! The read of instruction lookups: index rounds in phases, then a product of five columns.

use super::phases::Phases;
use crate::kernel::Kernel;
use crate::relations::products::column::Column;
use crate::relations::products::support::Support;
use crate::relations::products::{Group, Product, Products};
use crate::relations::split_eq::GruenEq;
use crate::witness::Witness;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::lookups::Read;
use zkvm_protocol::shape::{GROUP_BITS, GROUPS, INDEX_BITS};

/// The kernel of [`Read`].
pub struct ReadKernel<'a> {
    witness: &'a Witness<'a>,
    r1: Vec<Fr>,
    state: State<'a>,
}

enum State<'a> {
    Index(Phases),
    Cycles(Products<'a>),
}

impl<'a> ReadKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &Read, witness: &'a Witness<'a>) -> Self {
        let state = State::Index(Phases::new(witness, &relation.r1, relation.gamma));
        ReadKernel { witness, r1: relation.r1.clone(), state }
    }

    /// eq(r1, ·)·V·G_0·G_1·G_2·G_3 over the cycles. V is a value for each class of rows, G_g for each
    /// value of 16 index bits.
    fn cycles(&self, phases: &Phases) -> Products<'a> {
        let class_of_row = phases.class_of_row();
        let class = |row: &u32| usize::from(class_of_row[*row as usize]);
        let value = Column::of_keys(phases.values(), self.witness.rows.iter().map(class));
        let group = |(group, challenges): (usize, &[Fr])| {
            let shift = GROUP_BITS * (GROUPS - 1 - group);
            Column::of_bits(challenges, &self.witness.index, shift)
        };
        let groups = phases.challenges().chunks(GROUP_BITS).enumerate().map(group);
        let columns: Vec<Column<'a>> = std::iter::once(value).chain(groups).collect();
        let products = vec![Product::of(0..columns.len())];
        let group = Group { eq: Some(GruenEq::new(&self.r1, Fr::ONE)), products, claim: Fr::ZERO };
        Products::new(columns, Support::All { log_cells: self.r1.len() }, vec![group])
    }
}

impl Kernel for ReadKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        match &mut self.state {
            State::Index(phases) => phases.round(claim),
            State::Cycles(products) => products.round(claim),
        }
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.state {
            State::Cycles(products) => products.bind(challenge),
            State::Index(phases) => {
                phases.bind(challenge);
                if phases.challenges().len() == INDEX_BITS {
                    let State::Index(phases) = &self.state else { return };
                    self.state = State::Cycles(self.cycles(phases));
                }
            }
        }
    }

    fn claims(&self) -> Vec<Fr> {
        match &self.state {
            State::Index(_) => Vec::new(),
            State::Cycles(products) => products.claims(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::compare;
    use crate::relations::products::tests::points;
    use crate::testing::mixed_run;

    #[test]
    fn the_kernel_agrees_with_the_declaration() {
        let run = mixed_run(1);
        let shape = run.shape(4);
        let witness = run.witness(shape);
        let [r1, gamma] = points(3, [shape.log_t, 1]);
        let relation = Read { gamma: gamma[0], r1, values: [Fr::ZERO; 5] };
        compare(&relation, &witness, &mut ReadKernel::new(&relation, &witness));
    }
}
