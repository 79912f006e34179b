//! Why a proof is refused.

use zkvm_isa::program::ProgramError;
use zkvm_pcs::{OpeningError, ShapeError};
use zkvm_transcript::TapeError;

/// Why a proof does not verify.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VerifyError {
    /// The proof is for another program.
    #[error("the proof is for program {found}, not for {expected}")]
    OtherProgram {
        /// Program id in the proof.
        found: crate::ProgramId,
        /// Program id of the key.
        expected: crate::ProgramId,
    },
    /// The program did not exit with an accepted code.
    #[error("the program exited with code {0}; only the codes named in the policy are accepted")]
    ExitCode(u32),
    /// A size is outside the verifier's bounds.
    #[error("{what} = 2^{found} is outside the bounds 2^{least} to 2^{most}")]
    Size {
        /// Which size.
        what: &'static str,
        /// Its binary logarithm in the proof.
        found: usize,
        /// Least accepted.
        least: usize,
        /// Most accepted.
        most: usize,
    },
    /// The input does not fit the input block.
    #[error("the input has {found} bytes, at most {most} fit")]
    InputTooLong {
        /// Its length.
        found: usize,
        /// The capacity.
        most: usize,
    },
    /// The output does not fit the output block.
    #[error("the output has {found} bytes, at most {most} fit")]
    OutputTooLong {
        /// Its length.
        found: usize,
        /// The capacity.
        most: usize,
    },
    /// The commitment has no such shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A message could not be read.
    #[error(transparent)]
    Tape(#[from] TapeError),
    /// The last round of a sum-check does not agree with the claimed values.
    #[error(
        "the proof does not hold for this program and these public values: it is of others, or altered (sum-check `{0}`)"
    )]
    Sumcheck(&'static str),
    /// The hidden messages do not satisfy the checks of the sum-checks and of the opening.
    #[error(
        "the proof does not hold for this program and these public values: it is of others, or altered (hidden messages)"
    )]
    Hidden,
    /// The opening of the columns fails.
    #[error("the proof does not hold for this program and these public values: it is of others, or altered ({0})")]
    Opening(#[from] OpeningError<TapeError>),
}

/// A text is not a program id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a program id has 64 hexadecimal digits")]
pub struct InvalidProgramId;

/// Why bytes are not a proof.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ProofError {
    /// The bytes do not begin like a proof.
    #[error("not a proof: the first bytes are not those of a proof file")]
    NotAProof,
    /// The proof was made by another version.
    #[error("the proof has version {found}, this program reads version {expected}: prove again or use that version")]
    Version {
        /// Version in the proof.
        found: u32,
        /// Version of this crate.
        expected: u32,
    },
    /// The proof is of no known kind.
    #[error("the proof is of kind {0}; 0 and 1 (zero-knowledge) are known")]
    Kind(u8),
    /// The bytes end early.
    #[error("the proof is truncated")]
    Truncated,
}

/// Why bytes are not a verification key.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// The bytes do not begin like a key.
    #[error("not a verification key: the first bytes are not those of a key file")]
    NotAKey,
    /// The key was written by another version.
    #[error("the key has version {found}, this program reads version {expected}: export it again")]
    Version {
        /// Version in the key.
        found: u32,
        /// Version of this crate.
        expected: u32,
    },
    /// The bytes end early.
    #[error("the key is truncated")]
    Truncated,
    /// A segment is neither executable nor not.
    #[error("a segment of the key has flags {0:#x}")]
    SegmentFlags(u32),
    /// More bytes than the key's lengths say.
    #[error("{0} bytes follow the key")]
    TrailingBytes(usize),
    /// The key is of another program than the one expected.
    #[error("the key is of program {found}, not of {expected}")]
    OtherProgram {
        /// Program id of the key.
        found: crate::ProgramId,
        /// Program id expected.
        expected: crate::ProgramId,
    },
    /// The key is of no valid program.
    #[error(transparent)]
    Program(#[from] ProgramError),
}
