//! Control flow: Σ_t eq⁺¹(r1,t)·(row(t) + γ·addr(t)).
//!
//! eq⁺¹ over (high, low) is eq(high)·eq⁺¹(low) + eq⁺¹(high)·(carry out of low): two products of halves,
//! so [`Linear`] applies.

use super::linear::{Columns, Factor, Linear, carry_table, high_bits, successor_table};
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::witness::Witness;
use ark_ff::One;
use zkvm_algebra::{Fr, Univariate};
use zkvm_protocol::relations::control::Next;

/// The kernel of [`Next`].
pub struct NextKernel<'a> {
    sum: Linear<2, Rows<'a>>,
    gamma: Fr,
}

/// Row index and address of every step.
struct Rows<'a>(&'a Witness<'a>);

impl Columns<2> for Rows<'_> {
    fn at(&self, t: usize) -> [i64; 2] {
        // Addresses are below 2^33.
        [self.0.rows[t].into(), self.0.row(t).addr as i64]
    }
}

impl<'a> NextKernel<'a> {
    /// The kernel before its first round.
    pub fn new(relation: &Next, witness: &'a Witness<'a>) -> Self {
        let weights = [Fr::one(), relation.gamma];
        let (high, low) = relation.r1.split_at(high_bits(relation.r1.len()));
        let factors = vec![
            Factor { high: fr::eq_table(high), low: successor_table(low), weights },
            Factor { high: successor_table(high), low: carry_table(low), weights },
        ];
        NextKernel { sum: Linear::new(factors, Rows(witness)), gamma: relation.gamma }
    }
}

impl Kernel for NextKernel<'_> {
    fn round(&mut self, claim: Fr) -> Univariate {
        self.sum.round(claim)
    }
    fn bind(&mut self, challenge: Fr) {
        self.sum.bind(challenge);
    }
    fn claims(&self) -> Vec<Fr> {
        let [row, addr] = self.sum.values();
        vec![row + self.gamma * addr]
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
            let r1 = random_point(1, shape.log_t);
            let next = Next { gamma: random_point(2, 1)[0], r1, values: [Fr::one(); 2], halt: [Fr::one(); 2] };
            compare(&next, &witness, &mut NextKernel::new(&next, &witness));
        }
    }
}
