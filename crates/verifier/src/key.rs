//! Verification keys: what a verifier knows of a program.

use crate::{InvalidProgramId, KeyError, VerifyError};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use sha3::{Digest, Keccak256};
use zkvm_isa::program::{Draft, Image, MemoryConfig, Program, Segment};
use zkvm_pcs::{InnerScheme, basis};

/// Digest of what is proven of a program: its rows, its image, its place in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProgramId(pub [u8; 32]);

impl ProgramId {
    fn from_hex(text: &str) -> Option<ProgramId> {
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

    fn expect(self, found: ProgramId) -> Result<(), KeyError> {
        if found == self { Ok(()) } else { Err(KeyError::OtherProgram { found, expected: self }) }
    }
}

/// Parses 64 hexadecimal digits, with or without `0x`.
impl FromStr for ProgramId {
    type Err = InvalidProgramId;

    fn from_str(text: &str) -> Result<ProgramId, InvalidProgramId> {
        ProgramId::from_hex(text).ok_or(InvalidProgramId)
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

/// Prefix of what a program id is the hash of.
const PROGRAM: &[u8] = b"zkvm program";
const MAGIC: &[u8; 8] = b"zkvmkey\n";
/// Version of the encoding of keys.
const KEY_VERSION: u32 = 1;

/// A program with its id. The id is computed from the very rows that the verifier evaluates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    program: Program,
    id: ProgramId,
}

impl Key {
    /// The key of a program.
    pub fn new(program: Program) -> Key {
        let mut hash = Keccak256::new_with_prefix(PROGRAM);
        program.encode(&mut |bytes: &[u8]| hash.update(bytes));
        Key { program, id: ProgramId(hash.finalize().into()) }
    }

    /// The encoding: all that a verifier needs of a program. Whoever receives it from somebody else
    /// decodes it with [`from_bytes_of`](Self::from_bytes_of).
    pub fn to_bytes(&self) -> Vec<u8> {
        let (image, config) = (self.program.image(), self.program.config());
        let mut bytes = Vec::from(MAGIC);
        let length = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
        let header = [KEY_VERSION, config.stack_bytes, config.heap_bytes, image.entry, length(image.segments.len())];
        bytes.extend(header.iter().flat_map(|word| word.to_le_bytes()));
        for segment in &image.segments {
            let header = [segment.addr, segment.mem_size, u32::from(segment.executable), length(segment.bytes.len())];
            bytes.extend(header.iter().flat_map(|word| word.to_le_bytes()));
            bytes.extend(&segment.bytes);
        }
        bytes
    }

    /// Decodes [`to_bytes`](Self::to_bytes) and builds the bytecode table anew. The table can take more
    /// than a hundred times the memory of the bytes.
    ///
    /// # Errors
    /// If the bytes are not the encoding of a program.
    pub fn from_bytes(bytes: &[u8]) -> Result<Key, KeyError> {
        Ok(Key::new(Self::draft(bytes)?.build()?))
    }

    /// Decodes the key of the program `id` from bytes of unknown origin. The table is built only if the
    /// id is the one expected; until then memory is in proportion to the bytes.
    ///
    /// # Errors
    /// If the bytes are not the encoding of a program, or that of another one.
    pub fn from_bytes_of(id: ProgramId, bytes: &[u8]) -> Result<Key, KeyError> {
        let (found, draft) = Self::draft_from_bytes(bytes)?;
        id.expect(found)?;
        let key = Key::new(draft.build()?);
        // The id that counts is that of the rows themselves.
        id.expect(key.id)?;
        Ok(key)
    }

    /// Decodes a key of unknown origin as far as it takes to describe it: its id, and the program without
    /// the table, in memory in proportion to the bytes.
    ///
    /// # Errors
    /// If the bytes are not the encoding of a program.
    pub fn draft_from_bytes(bytes: &[u8]) -> Result<(ProgramId, Draft), KeyError> {
        let draft = Self::draft(bytes)?;
        let mut hash = Keccak256::new_with_prefix(PROGRAM);
        draft.encode(&mut |bytes: &[u8]| hash.update(bytes))?;
        Ok((ProgramId(hash.finalize().into()), draft))
    }

    fn draft(bytes: &[u8]) -> Result<Draft, KeyError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(KeyError::NotAKey)?;
        let version = word(&mut rest)?;
        if version != KEY_VERSION {
            return Err(KeyError::Version { found: version, expected: KEY_VERSION });
        }
        let config = MemoryConfig { stack_bytes: word(&mut rest)?, heap_bytes: word(&mut rest)? };
        let mut image = Image { entry: word(&mut rest)?, segments: Vec::new() };
        for _ in 0..word(&mut rest)? {
            image.segments.push(segment(&mut rest)?);
        }
        if !rest.is_empty() {
            return Err(KeyError::TrailingBytes(rest.len()));
        }
        Ok(Draft::new(image, config)?)
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

fn word(bytes: &mut &[u8]) -> Result<u32, KeyError> {
    let (word, rest) = bytes.split_first_chunk::<4>().ok_or(KeyError::Truncated)?;
    *bytes = rest;
    Ok(u32::from_le_bytes(*word))
}

fn segment(rest: &mut &[u8]) -> Result<Segment, KeyError> {
    let (addr, mem_size, flags, length) = (word(rest)?, word(rest)?, word(rest)?, word(rest)?);
    let length = usize::try_from(length).map_err(|_| KeyError::Truncated)?;
    let (bytes, after) = rest.split_at_checked(length).ok_or(KeyError::Truncated)?;
    *rest = after;
    match flags {
        0 | 1 => Ok(Segment { addr, bytes: bytes.to_vec(), mem_size, executable: flags == 1 }),
        flags => Err(KeyError::SegmentFlags(flags)),
    }
}

/// What the statement absorbs of the commitment scheme: its name and the digest of its bases.
pub(crate) fn scheme_digest(scheme: InnerScheme, hiding: bool, log_row: usize) -> Result<[u8; 32], VerifyError> {
    let size = u32::try_from(log_row).ok();
    let most = usize::try_from(basis::MAX_LOG_SIZE).unwrap_or(0);
    let bounds = VerifyError::Size { what: "row", found: log_row, least: 0, most };
    let bases = size.and_then(basis::digest).ok_or(bounds)?;
    let name: &[u8] = match scheme {
        InnerScheme::InnerProduct => b"inner product",
        InnerScheme::Clear => b"clear",
    };
    let kind: &[u8] = if hiding { b"hiding " } else { b"" };
    Ok(Keccak256::new().chain_update(kind).chain_update(name).chain_update(bases).finalize().into())
}
