//! Zero-knowledge proofs.

use super::{check, prove_with};
use crate::testing::mixed_run;
use rand::SeedableRng;
use rand::rngs::StdRng;

#[test]
fn hidden_proofs_are_accepted_for_several_chunk_sizes() {
    let run = mixed_run(1);
    for log_k in [1, 2, 4] {
        let mut shape = run.shape(log_k);
        shape.log_row = 7;
        let witness = run.hidden_witness(shape);
        let proof = prove_with(&run.key, &witness, Some(StdRng::seed_from_u64(log_k as u64)));
        assert_eq!(check(&run.key, &run.io.input, &proof), Ok(()), "κ = {log_k}");
    }
}
