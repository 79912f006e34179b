//! The products of lookup chunks: every 16-bit group is the product of its committed columns.

use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::products::column::Column;
use crate::relations::products::support::Support;
use crate::relations::products::{Group, Product, Products};
use crate::relations::split_eq::GruenEq;
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relation::powers;
use zkvm_protocol::relations::lookups::Chunks;
use zkvm_protocol::shape::{INDEX_BITS, Shape};

/// The kernel of [`Chunks`].
pub struct ChunksKernel(Products<'static>);

impl ChunksKernel {
    /// The kernel before its first round.
    pub fn new(relation: &Chunks, witness: &Witness) -> Self {
        let shape = &witness.statement.shape;
        let columns = relation.points.par_iter().enumerate().map(|(i, point)| column(witness, shape, i, point));
        let per_group = shape.group_chunks();
        let product = |(group, scale): (usize, Fr)| Product {
            scale,
            columns: (group * per_group..(group + 1) * per_group).collect(),
        };
        let group = Group {
            eq: Some(GruenEq::new(&relation.r2, Fr::ONE)),
            products: (0..relation.groups.len()).zip(powers(relation.gamma)).map(product).collect(),
            claim: Fr::ZERO,
        };
        ChunksKernel(Products::new(columns.collect(), Support::All { log_cells: shape.log_t }, vec![group]))
    }
}

/// Chunk `chunk` of the index at an address point.
fn column(witness: &Witness, shape: &Shape, chunk: usize, point: &[Fr]) -> Column<'static> {
    let range = shape.chunk_range(INDEX_BITS, chunk);
    let (shift, mask) = (INDEX_BITS - range.end, (1 << range.len()) - 1);
    Column::of_keys(fr::eq_table(point), witness.index.iter().map(|index| (index >> shift & mask) as usize))
}

impl Kernel for ChunksKernel {
    fn round(&mut self, claim: Fr) -> Univariate {
        self.0.round(claim)
    }
    fn bind(&mut self, challenge: Fr) {
        self.0.bind(challenge);
    }
    fn claims(&self) -> Vec<Fr> {
        self.0.claims()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::compare;
    use crate::relations::products::tests::points;
    use crate::testing::mixed_run;

    #[test]
    fn the_kernel_of_lookup_chunks_agrees_with_the_declaration() {
        let run = mixed_run(2);
        for log_k in [1, 2, 4, 8, 16] {
            let shape = run.shape(log_k);
            let witness = run.witness(shape);
            let [index, r2, gamma] = points(log_k as u64, [INDEX_BITS, shape.log_t, 1]);
            let relation = Chunks::new(&shape, gamma[0], &index, &r2, &[Fr::ZERO; 4]);
            compare(&relation, &witness, &mut ChunksKernel::new(&relation, &witness));
        }
    }
}
