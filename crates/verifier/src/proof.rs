//! Proofs and their encoding.

use crate::{ProgramId, ProofError};
use alloc::vec::Vec;
use zkvm_protocol::statement::VERSION;

const MAGIC: &[u8; 8] = b"zkvmprf\n";

/// Sizes that the prover chooses, as binary logarithms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sizes {
    /// Steps.
    pub log_t: u8,
    /// Addresses of a chunk (κ).
    pub log_k: u8,
    /// Words of memory.
    pub log_ram: u8,
    /// Positions of a commitment row.
    pub log_row: u8,
}

/// A proof with the public values that it proves. It has one encoding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    /// The program that ran.
    pub program: ProgramId,
    /// Sizes of the instance.
    pub sizes: Sizes,
    /// Whether the proof shows nothing of the run but what is public.
    pub zero_knowledge: bool,
    /// Exit code of the run.
    pub exit_code: u32,
    /// Output of the run.
    pub output: Vec<u8>,
    /// The prover's messages.
    pub tape: Vec<u8>,
}

impl Proof {
    /// The encoding: magic, version, program id, sizes, 1 if zero-knowledge else 0, exit code, length of
    /// the output, output, tape; integers little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Sizes { log_t, log_k, log_ram, log_row } = self.sizes;
        let mut bytes = Vec::from(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.program.0);
        bytes.extend([log_t, log_k, log_ram, log_row, u8::from(self.zero_knowledge)]);
        bytes.extend(self.exit_code.to_le_bytes());
        bytes.extend(u32::try_from(self.output.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(&self.output);
        bytes.extend(&self.tape);
        bytes
    }

    /// Decodes [`to_bytes`](Self::to_bytes). Whether the tape is well formed shows when verifying.
    pub fn from_bytes(bytes: &[u8]) -> Result<Proof, ProofError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(ProofError::NotAProof)?;
        let found = u32::from_le_bytes(take(&mut rest)?);
        if found != VERSION {
            return Err(ProofError::Version { found, expected: VERSION });
        }
        let program = ProgramId(take(&mut rest)?);
        let [log_t, log_k, log_ram, log_row] = take(&mut rest)?;
        let zero_knowledge = match take(&mut rest)? {
            [0] => false,
            [1] => true,
            [kind] => return Err(ProofError::Kind(kind)),
        };
        let exit_code = u32::from_le_bytes(take(&mut rest)?);
        let length = usize::try_from(u32::from_le_bytes(take(&mut rest)?)).map_err(|_| ProofError::Truncated)?;
        let (output, tape) = rest.split_at_checked(length).ok_or(ProofError::Truncated)?;
        Ok(Proof {
            program,
            sizes: Sizes { log_t, log_k, log_ram, log_row },
            zero_knowledge,
            exit_code,
            output: output.to_vec(),
            tape: tape.to_vec(),
        })
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], ProofError> {
    let (head, rest) = bytes.split_first_chunk::<N>().ok_or(ProofError::Truncated)?;
    *bytes = rest;
    Ok(*head)
}
