//! The dense columns: their claims at r1, r2 and r3 become claims at one point.
//!
//! Each eq(r_i, ·) is a product of two halves, so [`Linear`] applies.

use super::linear::{Columns, Factor, Linear, high_bits};
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::witness::Witness;
use ark_ff::{Field, One, Zero};
use zkvm_algebra::{Fr, Univariate};
use zkvm_protocol::relations::dense::Dense;
use zkvm_protocol::shape::DENSE;

/// The kernel of [`Dense`].
pub struct DenseKernel<'a>(Linear<DENSE, SubColumns<'a>>);

/// rd_inc, ram_inc, taken and mul_left of every step.
struct SubColumns<'a>(&'a Witness<'a>);

impl Columns<DENSE> for SubColumns<'_> {
    fn at(&self, t: usize) -> [i64; DENSE] {
        self.0.dense(t)
    }
}

impl<'a> DenseKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &Dense, witness: &'a Witness<'a>) -> Self {
        let (zero, one, gamma) = (Fr::zero(), Fr::one(), relation.gamma);
        let square = gamma.square();
        let weights = [[zero, zero, gamma, one], [square, square * gamma, zero, zero]];
        let weights = [weights[0], weights[1], weights[1].map(|weight| weight * square)];
        let factor = |(point, weights): (&Vec<Fr>, _)| {
            let (high, low) = point.split_at(high_bits(point.len()));
            Factor { high: fr::eq_table(high), low: fr::eq_table(low), weights }
        };
        let factors = relation.points.iter().zip(weights).map(factor).collect();
        DenseKernel(Linear::new(factors, SubColumns(witness)))
    }
}

impl Kernel for DenseKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        self.0.round(claim)
    }
    fn bind(&mut self, challenge: Fr) {
        self.0.bind(challenge);
    }
    fn claims(&self) -> Vec<Fr> {
        self.0.values().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::compare;
    use crate::testing::{mixed_run, random_point};

    #[test]
    fn the_kernel_agrees_with_the_reference() {
        for (rounds, padding) in [(1, 0), (1, 1), (15, 0)] {
            let run = mixed_run(rounds);
            let mut shape = run.shape(4);
            shape.log_t += padding;
            let witness = run.witness(shape);
            let points = [1, 2, 3].map(|seed| random_point(seed, shape.log_t));
            let dense = Dense { gamma: random_point(4, 1)[0], points, values: [Fr::one(); 6] };
            compare(&dense, &witness, &mut DenseKernel::new(&dense, &witness));
        }
    }
}
