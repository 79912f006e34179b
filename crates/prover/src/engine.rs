//! Which kernel runs a relation.

use crate::kernel::Kernel;
use crate::relations;
use crate::witness::Witness;
use zkvm_algebra::Fr;
use zkvm_protocol::Relation;
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::relations::{booleanity, bytecode, control, dense, lookups, ram, reduction, registers, spartan};

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

/// The optimised kernels.
pub struct Optimised;

macro_rules! optimised {
    ($($relation:ty => $kernel:ty;)*) => {
        $(impl<'p> Engine<$relation> for Optimised {
            fn kernel<'a>(relation: &$relation, witness: &'a Witness<'a>) -> Box<dyn Kernel + 'a>
            where
                $relation: 'a,
            {
                Box::new(<$kernel>::new(relation, witness))
            }
        })*
    };
}

optimised! {
    spartan::Zerocheck => relations::spartan::ZerocheckKernel<'_>;
    lookups::Read => relations::lookups::ReadKernel<'_>;
    lookups::Chunks => relations::lookups::ChunksKernel;
    ram::Read => relations::ram::ReadKernel<'_>;
    ram::Output => relations::ram::OutputKernel;
    ram::Val => relations::ram::ValKernel<'_>;
    ram::Chunks => relations::products::ram::RamChunksKernel;
    registers::Read => relations::registers::ReadKernel<'_>;
    registers::Val => relations::registers::ValKernel<'_>;
    control::Next => relations::control::NextKernel<'_>;
    bytecode::Read<'p> => relations::bytecode::ReadKernel<'_>;
    booleanity::Booleanity => relations::booleanity::BooleanityKernel;
    dense::Dense => relations::dense::DenseKernel<'_>;
    reduction::Addresses => relations::reduction::AddressesKernel;
}

impl SkipEngine for Optimised {
    fn skip(skip: &Skip, witness: &Witness) -> Vec<Fr> {
        relations::spartan::skip(skip, witness)
    }
}
