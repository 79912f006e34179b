//! The claims on the columns, at several address points, become one address point.
//!
//! At the cycle point that all claims share, a column is a table over its addresses
//! ([`address_histograms`]); the rounds over these tables cost nothing in comparison.

use super::histogram::address_histograms;
use super::linear::product_round;
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::witness::Witness;
use ark_ff::Zero;
use zkvm_algebra::{Fr, Univariate};
use zkvm_protocol::relation::powers;
use zkvm_protocol::relations::reduction::Addresses;

/// The kernel of [`Addresses`].
pub struct AddressesKernel {
    /// For each column, its weights and its values over the addresses.
    products: Vec<[Vec<Fr>; 2]>,
}

impl AddressesKernel {
    /// The kernel before its first round.
    pub fn new(relation: &Addresses, witness: &Witness) -> Self {
        let columns = witness.statement.shape.columns();
        let mut weights = vec![vec![Fr::zero(); 1 << relation.log_k]; columns.len()];
        for (claim, power) in relation.claims.iter().zip(powers(relation.gamma)) {
            if let Some(weights) = weights.get_mut(claim.column) {
                let table = fr::eq_table_scaled(&claim.point, power);
                weights.iter_mut().zip(table).for_each(|(weight, value)| *weight += value);
            }
        }
        let values = address_histograms(witness, &columns, &relation.r4);
        AddressesKernel { products: weights.into_iter().zip(values).map(|(w, v)| [w, v]).collect() }
    }
}

impl Kernel for AddressesKernel {
    fn round(&mut self, claim: Fr) -> Univariate {
        product_round(&self.products, claim, |table| {
            let (low, high) = table.split_at(table.len() / 2);
            low.iter().copied().zip(high.iter().copied())
        })
    }
    fn bind(&mut self, challenge: Fr) {
        self.products.iter_mut().flatten().for_each(|table| fr::bind_high(table, challenge));
    }
    fn claims(&self) -> Vec<Fr> {
        self.products.iter().map(|[_, values]| values[0]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::compare;
    use crate::testing::{mixed_run, random_point};
    use zkvm_protocol::relations::reduction::ColumnClaim;

    #[test]
    fn the_kernel_agrees_with_the_reference() {
        let run = mixed_run(1);
        for log_k in [1, 2, 4, 8] {
            let shape = run.shape(log_k);
            let witness = run.witness(shape);
            let columns = shape.columns().len();
            // Two claims on most columns, none on the second.
            let claim = |i: usize| {
                let column = if i % columns == 1 { 0 } else { i % columns };
                ColumnClaim { column, point: random_point(i as u64, shape.log_k), value: Fr::from(0u64) }
            };
            let addresses = Addresses {
                gamma: random_point(8, 1)[0],
                log_k: shape.log_k,
                columns,
                r4: random_point(9, shape.log_t),
                claims: (0..2 * columns).map(claim).collect(),
            };
            compare(&addresses, &witness, &mut AddressesKernel::new(&addresses, &witness));
        }
    }
}
