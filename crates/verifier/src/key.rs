//! Verification keys: what a verifier knows of a program.

use crate::VerifyError;
use core::fmt;
use sha3::{Digest, Keccak256};
use zkvm_isa::program::Program;
use zkvm_pcs::{InnerScheme, basis};

/// Digest of what is proven of a program: its rows, its image, its place in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramId(pub [u8; 32]);

impl ProgramId {
    /// Parses 64 hexadecimal digits, with or without `0x`.
    pub fn from_hex(text: &str) -> Option<ProgramId> {
        let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
        let (pairs, rest) = digits.as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return None;
        }
        let mut id = [0; 32];
        for (byte, [high, low]) in id.iter_mut().zip(pairs) {
            let digit = |c: &u8| char::from(*c).to_digit(16).and_then(|d| u8::try_from(d).ok());
            *byte = digit(high)? << 4 | digit(low)?;
        }
        Some(ProgramId(id))
    }
}

impl fmt::Display for ProgramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ProgramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProgramId({self})")
    }
}

/// A program with its id. The id is computed from the very rows that the verifier evaluates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    program: Program,
    id: ProgramId,
}

impl Key {
    /// The key of a program.
    pub fn new(program: Program) -> Key {
        let mut hash = Keccak256::new();
        hash.update(b"zkvm program");
        program.encode(&mut |bytes: &[u8]| hash.update(bytes));
        Key { program, id: ProgramId(hash.finalize().into()) }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Its id.
    pub fn id(&self) -> ProgramId {
        self.id
    }
}

/// What the statement absorbs of the commitment scheme: its name and the digest of its bases.
pub(crate) fn scheme_digest(scheme: InnerScheme, log_row: usize) -> Result<[u8; 32], VerifyError> {
    let size = u32::try_from(log_row).ok();
    let most = usize::try_from(basis::MAX_LOG_SIZE).unwrap_or(0);
    let bounds = VerifyError::Size { what: "row", found: log_row, least: 0, most };
    let bases = size.and_then(basis::digest).ok_or(bounds)?;
    let name: &[u8] = match scheme {
        InnerScheme::InnerProduct => b"inner product",
        InnerScheme::Clear => b"clear",
    };
    Ok(Keccak256::new().chain_update(name).chain_update(bases).finalize().into())
}
