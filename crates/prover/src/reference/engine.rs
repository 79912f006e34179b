//! The engine of reference kernels.

use super::{Oracle, Reference};
use crate::engine::{Engine, SkipEngine};
use crate::kernel::Kernel;
use crate::witness::Witness;
use zkvm_algebra::Fr;
use zkvm_protocol::relations::spartan::Skip;

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
        super::skip(skip, witness)
    }
}
