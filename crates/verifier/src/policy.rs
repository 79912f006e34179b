//! What a verifier accepts besides a valid proof.

use crate::{Key, Proof, VerifyError};
use alloc::vec::Vec;
use zkvm_isa::program::Layout;
use zkvm_pcs::InnerScheme;
use zkvm_protocol::Shape;

/// Largest κ.
const MAX_LOG_K: usize = 8;
/// A row may have at most 2^this times the square root of a column's positions.
const ROW_EXCESS: usize = 6;

/// Bounds on proofs. Sizes chosen by the prover are checked against them before any challenge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Accepted exit codes.
    pub exit_codes: Vec<u32>,
    /// Largest log2 of the trace length.
    pub max_log_t: usize,
    /// Largest log2 of a commitment row.
    pub max_log_row: usize,
    /// The scheme that opens the folded row.
    pub scheme: InnerScheme,
}

impl Default for Policy {
    /// Exit code 0, up to 2^28 steps, rows of up to 2^20 positions, the inner-product argument.
    fn default() -> Self {
        Policy { exit_codes: Vec::from([0]), max_log_t: 28, max_log_row: 20, scheme: InnerScheme::InnerProduct }
    }
}

fn within(what: &'static str, found: usize, least: usize, most: usize) -> Result<usize, VerifyError> {
    if (least..=most).contains(&found) { Ok(found) } else { Err(VerifyError::Size { what, found, least, most }) }
}

impl Policy {
    /// The shape of the instance that `proof` is about, checked against the bounds.
    pub(crate) fn shape(&self, key: &Key, input: &[u8], proof: &Proof) -> Result<Shape, VerifyError> {
        if proof.program != key.id() {
            return Err(VerifyError::OtherProgram { found: proof.program, expected: key.id() });
        }
        if !self.exit_codes.contains(&proof.exit_code) {
            return Err(VerifyError::ExitCode(proof.exit_code));
        }
        if input.len() > zkvm_abi::MAX_INPUT_BYTES {
            return Err(VerifyError::InputTooLong { found: input.len(), most: zkvm_abi::MAX_INPUT_BYTES });
        }
        if proof.output.len() > zkvm_abi::MAX_OUTPUT_BYTES {
            return Err(VerifyError::OutputTooLong { found: proof.output.len(), most: zkvm_abi::MAX_OUTPUT_BYTES });
        }
        let Layout { min_log_words, max_log_words, .. } = *key.program().layout();
        let size = |log: u32| usize::try_from(log).unwrap_or(usize::MAX);
        let [log_t, log_k, log_ram, log_row] =
            [proof.sizes.log_t, proof.sizes.log_k, proof.sizes.log_ram, proof.sizes.log_row].map(usize::from);
        if !log_k.is_power_of_two() {
            return Err(VerifyError::Size { what: "addresses of a chunk", found: log_k, least: 1, most: MAX_LOG_K });
        }
        // Rows much longer than columns have rows would make verification cost more than the proof's size.
        let variables = log_t.saturating_add(log_k);
        let longest_row = variables.min((variables / 2).saturating_add(ROW_EXCESS));
        Ok(Shape {
            log_t: within("steps", log_t, 1, self.max_log_t)?,
            log_k: within("addresses of a chunk", log_k, 1, MAX_LOG_K)?,
            log_bytecode: key.program().log_rows(),
            log_ram: within("words of memory", log_ram, size(min_log_words), size(max_log_words))?,
            log_row: within("row", log_row, log_k, self.max_log_row.min(longest_row))?,
        })
    }
}
