//! A second verifier, written from `docs/protocol.md` alone.
//!
//! It shares with the rest of this repository the crates for the field, the curve (arkworks) and Keccak-256, and no code.
//! It is meant to be read: every module follows one section of the document and says which, sums are written as sums,
//! and nothing is done for speed. Its tests compare it with `zkvm-verifier` on honest and on altered proofs: where the
//! two differ, one of them or the document is wrong.
//!
//! [`Program::from_key`] makes the program of a verification key, [`verify`] checks a proof for it. The decode rules
//! (section 1.4) are not checked here: they are true of every table made as sections 1.2 and 1.3 say.
//!
//! | section | module |
//! | --- | --- |
//! | conventions | [`multilinear`] |
//! | 1 Machine | [`loader`], [`program`] |
//! | 2 Lookup tables | [`tables`] |
//! | 3 Instance and columns | [`shape`] |
//! | 4 Constraints | [`constraints`] |
//! | 5 Sum-checks | [`engine`], [`stages`], which see a proof through a [`channel`] |
//! | 6 Commitment and opening | [`bases`], [`opening`] |
//! | 7 Transcript and encodings | [`transcript`], [`tape`], [`mod@file`] |
//! | 8 Zero knowledge | [`hiding`] |

pub mod bases;
pub mod channel;
pub mod constraints;
pub mod engine;
mod error;
pub mod file;
pub mod hiding;
pub mod loader;
pub mod multilinear;
pub mod opening;
pub mod program;
pub mod shape;
pub mod stages;
pub mod tables;
pub mod tape;
pub mod transcript;

pub use bases::Bases;
pub use error::Error;
pub use program::{Layout, Program, Row};

use file::ProofFile;
use shape::Shape;
use tape::Tape;

/// The scalar field of BN254.
pub type F = ark_bn254::Fr;

/// What the verifier decides for itself (section 3, section 7 *Files*).
pub struct Policy {
    /// Exit codes that it accepts.
    pub exit_codes: Vec<u32>,
    /// Largest t.
    pub max_log_t: usize,
    /// The bases of the commitment; their number bounds c.
    pub bases: Bases,
}

/// What an accepted proof says of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its exit code.
    pub exit_code: u32,
    /// Its output.
    pub output: Vec<u8>,
}

/// The public part of a run, as the stages see it.
pub struct Statement<'a> {
    /// The program.
    pub program: &'a Program,
    /// Sizes of the instance.
    pub shape: Shape,
    /// Public input.
    pub input: &'a [u8],
    /// Exit code.
    pub exit_code: u32,
    /// Output.
    pub output: &'a [u8],
}

/// Accepts exactly if the proof file proves a run of `program` on the public `input`.
///
/// # Errors
/// Whatever is wrong with the proof, see [`Error`].
pub fn verify(program: &Program, input: &[u8], policy: &Policy, proof: &[u8]) -> Result<Outcome, Error> {
    let file = ProofFile::read(proof)?;
    if file.program != program.digest() {
        return Err(Error::OtherProgram);
    }
    if !policy.exit_codes.contains(&file.exit_code) {
        return Err(Error::ExitCode(file.exit_code));
    }
    if input.len() > program::INPUT_CAPACITY || file.output.len() > program::OUTPUT_CAPACITY {
        return Err(Error::TooLong);
    }
    let shape = Shape::new(file.sizes, program, policy)?;
    let statement = Statement { program, shape, input, exit_code: file.exit_code, output: file.output };
    let mut tape = Tape::new(file.tape);
    let scheme: &[u8] = if file.zero_knowledge { b"hiding inner product" } else { b"inner product" };
    absorb_statement(&mut tape, &statement, &[scheme, &policy.bases.digest(statement.shape.c)]);
    let messages = if file.zero_knowledge { hiding::verify } else { verify_tape };
    messages(tape, &statement, &policy.bases)?;
    Ok(Outcome { exit_code: file.exit_code, output: file.output.to_vec() })
}

/// Section 7, *Statement*; the scheme is what is hashed under this label.
fn absorb_statement(tape: &mut Tape, statement: &Statement, scheme: &[&[u8]]) {
    let shape = &statement.shape;
    tape.transcript.absorb("version", &file::VERSION.to_le_bytes());
    tape.transcript.absorb("program", &statement.program.digest());
    for (label, size) in [("t", shape.t), ("κ", shape.kappa), ("b", shape.b), ("m", shape.m), ("c", shape.c)] {
        tape.transcript.absorb(label, &(size as u64).to_le_bytes());
    }
    tape.transcript.absorb("scheme", &transcript::keccak(scheme));
    tape.transcript.absorb("input", statement.input);
    tape.transcript.absorb("exit code", &statement.exit_code.to_le_bytes());
    tape.transcript.absorb("output", statement.output);
}

/// Section 7, *Tape*: the messages in their order, of a proof that is not zero-knowledge.
fn verify_tape(mut tape: Tape, statement: &Statement, bases: &Bases) -> Result<(), Error> {
    let rows = tape.points("rows", statement.shape.commitment_rows())?;
    let claims = stages::verify(&mut tape, statement)?;
    opening::verify(&mut tape, &statement.shape, bases, &rows, &claims)?;
    tape.finish()
}
