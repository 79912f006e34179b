//! Why a proof is refused.

use crate::F;

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The first bytes are not those of a proof.
    #[error("not a proof")]
    NotAProof,
    /// The proof is of another version.
    #[error("a proof of version {0}")]
    Version(u32),
    /// The proof is of a kind that this verifier does not know.
    #[error("a proof of kind {0}")]
    Kind(u8),
    /// The file or its tape ends early.
    #[error("the proof ends early")]
    Truncated,
    /// The proof names another program.
    #[error("a proof of another program")]
    OtherProgram,
    /// The exit code is none that the policy accepts.
    #[error("exit code {0}")]
    ExitCode(u32),
    /// Input or output are longer than their blocks.
    #[error("input or output do not fit their block")]
    TooLong,
    /// A size is out of bounds.
    #[error("{name} = {value} is out of bounds")]
    Size {
        /// Which size.
        name: &'static str,
        /// Its value.
        value: usize,
    },
    /// Bytes that encode no scalar.
    #[error("no scalar in `{0}`")]
    Scalar(&'static str),
    /// Bytes that encode no point of the curve.
    #[error("no point in `{0}`")]
    Point(&'static str),
    /// The last claim of a sum-check is not that of the values.
    #[error("the sum-check of the {stage} fails")]
    SumCheck {
        /// The stage.
        stage: &'static str,
        /// The claim after the last round.
        claim: F,
        /// What the values give.
        sum: F,
    },
    /// A challenge of the inner-product argument is zero.
    #[error("a challenge that must not be zero is")]
    ZeroChallenge,
    /// The opening fails.
    #[error("the opening fails")]
    Opening,
    /// A hidden message has more scalars than a row of the commitment.
    #[error("`{0}` is too long to be committed")]
    LongMessage(&'static str),
    /// The scalars shown for a hidden message are not those committed.
    #[error("hidden message {0} is not on its line")]
    Line(usize),
    /// The last claims of a zero-knowledge proof are not those of the values.
    #[error("the hidden comparisons fail")]
    Comparisons {
        /// What the coefficients give.
        coefficients: F,
        /// What the values give.
        values: F,
    },
    /// Bytes after the last message.
    #[error("{0} bytes after the last message")]
    TrailingBytes(usize),
}
