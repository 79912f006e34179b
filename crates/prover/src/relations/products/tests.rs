//! What the tests of sums of products share.

use crate::kernel::Kernel;
use crate::reference::{Oracle, Reference};
use crate::witness::Witness;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// Random points of these numbers of coordinates.
pub fn points<const N: usize>(seed: u64, lengths: [usize; N]) -> [Vec<Fr>; N] {
    let rng = &mut StdRng::seed_from_u64(seed);
    lengths.map(|length| (0..length).map(|_| Fr::rand(rng)).collect())
}

/// What the relation claims, by its declaration.
pub fn sum<R: Oracle + Clone + Sync + Send>(relation: &R, witness: &Witness) -> Fr {
    let first = Reference::new(relation.clone(), witness).round(Fr::ZERO);
    first.evaluate(Fr::ZERO) + first.evaluate(Fr::ONE)
}
