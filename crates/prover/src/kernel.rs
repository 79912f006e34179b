//! What the prover runs of a relation in a sum-check.

use zkvm_algebra::{Fr, Univariate};

/// One relation's part of a batched sum-check. Only the relation's own rounds reach it.
pub trait Kernel: Send {
    /// The round polynomial g, with g(0) + g(1) = `claim`, of at most the declared degree.
    fn round(&mut self, claim: Fr) -> Univariate;
    /// Binds the round's variable.
    fn bind(&mut self, challenge: Fr);
    /// The witness polynomials at the final point, in the relation's order.
    fn claims(&self) -> Vec<Fr>;
}
