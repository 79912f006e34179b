//! The file of a proof (section 7, *Files*).

use crate::Error;

/// The version of the protocol.
pub const VERSION: u32 = 2;

/// The parts of a proof file.
pub struct ProofFile<'a> {
    /// Digest of the program.
    pub program: [u8; 32],
    /// t, κ, m, c.
    pub sizes: [u8; 4],
    /// Whether the proof is zero-knowledge.
    pub zero_knowledge: bool,
    /// Exit code.
    pub exit_code: u32,
    /// Output.
    pub output: &'a [u8],
    /// The prover's messages.
    pub tape: &'a [u8],
}

impl<'a> ProofFile<'a> {
    /// Takes a file apart.
    pub fn read(file: &'a [u8]) -> Result<ProofFile<'a>, Error> {
        let Some(rest) = file.strip_prefix(b"zkvmprf\n") else { return Err(Error::NotAProof) };
        let (version, rest) = take_u32(rest)?;
        if version != VERSION {
            return Err(Error::Version(version));
        }
        let (program, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
        let (sizes, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
        let (&kind, rest) = rest.split_first().ok_or(Error::Truncated)?;
        let zero_knowledge = match kind {
            0 => false,
            1 => true,
            _ => return Err(Error::Kind(kind)),
        };
        let (exit_code, rest) = take_u32(rest)?;
        let (length, rest) = take_u32(rest)?;
        let (output, tape) = rest.split_at_checked(length as usize).ok_or(Error::Truncated)?;
        Ok(ProofFile { program: *program, sizes: *sizes, zero_knowledge, exit_code, output, tape })
    }
}

fn take_u32(bytes: &[u8]) -> Result<(u32, &[u8]), Error> {
    let (first, rest) = bytes.split_first_chunk().ok_or(Error::Truncated)?;
    Ok((u32::from_le_bytes(*first), rest))
}
