//! The products of RAM chunks.

use super::column::Column;
use super::support::Support;
use super::{Group, Product, Products};
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::split_eq::GruenEq;
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::ram::Chunks;

/// The kernel of [`Chunks`]: two products that share all columns but the tail's. Steps without an
/// access are zero in every column, so only pairs with an access are visited.
pub struct RamChunksKernel(Products<'static>);

impl RamChunksKernel {
    /// The kernel before its first round.
    pub fn new(relation: &Chunks, witness: &Witness) -> Self {
        let bytes: Vec<Option<u32>> = (0..witness.steps()).into_par_iter().map(|t| witness.ram_byte(t)).collect();
        let shape = &witness.statement.shape;
        let (shared, tail) = (relation.shared.len(), relation.tail.len());
        let tails = relation.tail.iter().chain(&relation.half_tail);
        let places = (0..shared + tail).chain(shared..shared + tail);
        let points: Vec<(&Vec<Fr>, usize)> = relation.shared.iter().chain(tails).zip(places).collect();
        let columns = points.into_par_iter().map(|(point, chunk)| {
            let range = shape.chunk_range(shape.ram_bits(), chunk);
            column(&bytes, shape.ram_bits() - range.end, point)
        });
        let accesses = (0u32..).zip(&bytes).filter_map(|(t, byte)| byte.map(|_| t));
        let group = |r: &[Fr], scale, tail: Range<usize>, claim| Group {
            eq: Some(GruenEq::new(r, scale)),
            products: vec![Product::of((0..shared).chain(tail))],
            claim,
        };
        let groups = vec![
            group(&relation.r2, Fr::ONE, shared..shared + tail, relation.values[0]),
            group(&relation.r3, relation.gamma, shared + tail..shared + 2 * tail, Fr::ZERO),
        ];
        let support = Support::of_cells(shape.log_t, accesses);
        RamChunksKernel(Products::new(columns.collect(), support, groups))
    }
}

/// The chunk of κ bits above bit `shift`, at an address point; steps without access have the key 2^κ.
fn column(bytes: &[Option<u32>], shift: usize, point: &[Fr]) -> Column<'static> {
    let mut table = fr::eq_table(point);
    let absent = table.len();
    table.push(Fr::ZERO);
    let key = |byte: &Option<u32>| byte.map_or(absent, |byte| (byte >> shift) as usize & (absent - 1));
    Column::of_keys(table, bytes.iter().map(key))
}

impl Kernel for RamChunksKernel {
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
    use super::super::tests::{points, sum};
    use super::*;
    use crate::reference::compare;
    use crate::testing::mixed_run;
    use zkvm_protocol::Shape;

    fn check(witness: &Witness, shape: &Shape) {
        let [address, r2, r3, gamma] = points(7, [shape.ram_bits(), shape.log_t, shape.log_t, 1]);
        let relation = |values| Chunks::new(shape, gamma[0], &address, &r2, &r3, values);
        // With γ = 0 the sum is the first claim.
        let first = Chunks { gamma: Fr::ZERO, ..relation([Fr::ZERO; 2]) };
        let relation = relation([sum(&first, witness), Fr::ZERO]);
        compare(&relation, witness, &mut RamChunksKernel::new(&relation, witness));
    }

    #[test]
    fn the_kernel_of_ram_chunks_agrees_with_the_declaration() {
        let run = mixed_run(2);
        for log_k in [1, 2, 4, 8, 16] {
            let shape = run.shape(log_k);
            check(&run.witness(shape), &shape);
        }
    }

    #[test]
    fn a_run_without_accesses_sums_to_zero() {
        let run = mixed_run(1);
        let mut shape = run.shape(4);
        let mut witness = run.witness(shape);
        let quiet = (0..witness.steps()).find(|t| witness.ram_byte(*t).is_none()).expect("a step without access");
        let row = witness.rows[quiet];
        witness.rows.fill(row);
        check(&witness, &shape);
        shape.log_t = 1;
        witness.rows.truncate(2);
        witness.statement.shape = shape;
        check(&witness, &shape);
    }
}
