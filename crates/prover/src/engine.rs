//! Which kernel runs a relation.

use crate::kernel::Kernel;
use crate::reference::{Oracle, Reference};
use crate::witness::Witness;
use zkvm_algebra::Fr;
use zkvm_protocol::Relation;
use zkvm_protocol::relations::spartan::Skip;

/// Gives kernels for relations of type `R`.
pub trait Engine<R: Relation> {
    /// The kernel of `relation` before its first round.
    fn kernel<'a>(relation: &R, witness: &'a Witness<'a>) -> Box<dyn Kernel + 'a>
    where
        R: 'a;
}

/// Gives the univariate skip.
pub trait SkipEngine {
    /// The quotient's coefficients.
    fn skip(skip: &Skip, witness: &Witness) -> Vec<Fr>;
}

/// The reference kernels, derived from the declarations.
pub struct ByDefinition;

impl<R: Oracle + Clone + Send> Engine<R> for ByDefinition {
    fn kernel<'a>(relation: &R, witness: &'a Witness<'a>) -> Box<dyn Kernel + 'a>
    where
        R: 'a,
    {
        Box::new(Reference::new(relation.clone(), witness))
    }
}

impl SkipEngine for ByDefinition {
    fn skip(skip: &Skip, witness: &Witness) -> Vec<Fr> {
        crate::reference::skip(skip, witness)
    }
}

/// The optimised kernels.
pub type Optimised = ByDefinition;
