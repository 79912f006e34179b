//! Proving a traced run.

use crate::engine::Optimised;
use crate::memory;
use crate::observer::{Observer, observe};
use crate::party::{Computer, longest_message};
use crate::pcs::OpenError;
use crate::setup::{Setup, SetupError};
use crate::witness::Witness;
use rand::SeedableRng;
use rand::rngs::{OsRng, StdRng};
use zkvm_emulator::Trace;
use zkvm_pcs::InnerScheme;
use zkvm_protocol::statement::PublicIo;
use zkvm_protocol::{Shape, script};
use zkvm_transcript::{TapeWriter, Transcript};
use zkvm_verifier::{DOMAIN, Key, Proof, Sizes, VerifyError, statement};

/// What the prover may choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// κ, the binary logarithm of the addresses of a chunk column: 1, 2, 4 or 8.
    pub log_k: usize,
    /// c, the binary logarithm of a commitment row; by default a function of the trace's length.
    pub log_row: Option<usize>,
    /// Smallest trace, as a binary logarithm: a shorter run is padded to it, so that the proof does not tell
    /// how long it was.
    pub min_log_t: usize,
    /// Largest trace, as a binary logarithm: a longer run is refused before proving.
    pub max_log_t: usize,
    /// Fewest words of memory that the proof is about, as a binary logarithm, even if the run touches
    /// none beyond a smaller number. At most all that the program may touch count.
    pub min_log_ram: usize,
    /// Bytes of memory that a proof may take; by default what the system has available, where it
    /// tells. A run that would take more is refused before proving.
    pub max_memory: Option<u64>,
    /// Whether the proof shows nothing of the run but its public values and the sizes above.
    pub zero_knowledge: bool,
}

impl Default for Options {
    /// κ = 4, sizes as small as possible, up to 2^24 steps, as much memory as there is.
    fn default() -> Self {
        Options {
            log_k: 4,
            log_row: None,
            min_log_t: 0,
            max_log_t: 24,
            min_log_ram: 0,
            max_memory: None,
            zero_knowledge: false,
        }
    }
}

/// Why a run cannot be proven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The run is longer than the options allow.
    #[error(
        "the run has {steps} steps, the prover accepts 2^{max_log_t}: proving it would take about {memory_mib} MiB; raise the limit if the machine has that much memory"
    )]
    TooLong {
        /// Steps of the run.
        steps: usize,
        /// The limit.
        max_log_t: usize,
        /// Memory that a proof of it would take, in MiB.
        memory_mib: u64,
    },
    /// Every run would be padded beyond the limit.
    #[error("runs are padded to 2^{min_log_t} steps, the prover accepts 2^{max_log_t}: pad less, or raise the limit")]
    Padding {
        /// Steps to which runs are padded.
        min_log_t: usize,
        /// The limit.
        max_log_t: usize,
    },
    /// The proof would take more memory than there is.
    #[error(
        "proving the run, {steps} steps, would take about {needed_mib} MiB of memory, of which {available_mib} MiB are available: shorten the run, use a machine with more, or raise the limit if the system can give more"
    )]
    Memory {
        /// Steps of the run.
        steps: usize,
        /// Memory that a proof of it would take, in MiB.
        needed_mib: u64,
        /// Memory that it may take, in MiB.
        available_mib: u64,
    },
    /// κ is none of 1, 2, 4 and 8.
    #[error("chunks of {0} bits are not supported: choose 1, 2, 4 or 8")]
    ChunkBits(usize),
    /// The row is shorter than a message.
    #[error("a zero-knowledge proof needs rows of at least {needed} positions, not 2^{log_row}")]
    RowTooShort {
        /// c.
        log_row: usize,
        /// Scalars of the longest message.
        needed: usize,
    },
    /// The system gives no randomness.
    #[error("a zero-knowledge proof needs randomness, which the system does not give: {0}")]
    Randomness(#[source] rand::Error),
    /// The sizes have no statement.
    #[error(transparent)]
    Statement(#[from] VerifyError),
    /// The columns could not be committed to or opened.
    #[error(transparent)]
    Commitment(#[from] OpenError),
    /// The bases are not available.
    #[error(transparent)]
    Setup(#[from] SetupError),
}

/// Smallest trace: commitment and opening cost the same below.
const MIN_LOG_T: usize = 8;

/// The shape of a trace's proof.
fn shape(key: &Key, trace: &Trace, options: &Options) -> Result<Shape, ProveError> {
    let Options { log_k, min_log_t, max_log_t, max_memory, .. } = *options;
    if ![1, 2, 4, 8].contains(&log_k) {
        return Err(ProveError::ChunkBits(log_k));
    }
    if min_log_t > max_log_t {
        return Err(ProveError::Padding { min_log_t, max_log_t });
    }
    let steps = trace.rows.len();
    let log_t = (steps.next_power_of_two().ilog2() as usize).max(MIN_LOG_T).max(min_log_t);
    let needed = memory::needed(log_t);
    if log_t > max_log_t {
        return Err(ProveError::TooLong { steps, max_log_t, memory_mib: needed >> 20 });
    }
    if let Some(available) = max_memory.or_else(memory::available)
        && needed > available
    {
        return Err(ProveError::Memory { steps, needed_mib: needed >> 20, available_mib: available >> 20 });
    }
    let program = key.program();
    let words = trace.touched.last().map_or(1, |word| u64::from(word.index) + 1);
    let layout = program.layout();
    let least = u32::try_from(options.min_log_ram).map_or(layout.max_log_words, |log| log.min(layout.max_log_words));
    let log_ram = words.next_power_of_two().ilog2().max(layout.min_log_words).max(least);
    let log_row = options.log_row.unwrap_or_else(|| row_size(log_t, log_k));
    let shape = Shape { log_t, log_k, log_bytecode: program.log_rows(), log_ram: log_ram as usize, log_row };
    let needed = longest_message(&shape);
    if options.zero_knowledge && needed.next_power_of_two().ilog2() as usize > log_row {
        return Err(ProveError::RowTooShort { log_row, needed });
    }
    Ok(shape)
}

/// Balances the rows (2^(t+κ-c) per column in the proof) against opening and verification (2^c):
/// 2^16 positions at 2^20 steps. One more halves the proof and doubles the verifier's time.
fn row_size(log_t: usize, log_k: usize) -> usize {
    (log_t + log_k).div_ceil(2) + 4
}

/// Proves that the program of `key`, on the public values `io`, runs as `trace` says.
///
/// # Errors
/// If the run is too long for `options` or the commitment's bases cannot be had.
pub fn prove(
    setup: &Setup,
    key: &Key,
    io: &PublicIo,
    trace: Trace,
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<Proof, ProveError> {
    let shape = shape(key, &trace, options)?;
    let statement = statement(key, io, shape, InnerScheme::InnerProduct, options.zero_knowledge)?;
    let hiding = options.zero_knowledge.then(|| StdRng::from_rng(OsRng)).transpose().map_err(ProveError::Randomness)?;
    let commitment = observe(observer, "setup", || setup.commitment(&shape))?;
    let witness = observe(observer, "witness", || Witness::new(statement, trace));
    let tape = TapeWriter::new(Transcript::new(DOMAIN));
    let mut computer = Computer::<_, Optimised>::new(&witness, commitment, tape, hiding, observer);
    script::run(&mut computer, &statement)?;
    let size = |log: usize| u8::try_from(log).expect("sizes are below 2^64");
    let Shape { log_t, log_k, log_ram, log_row, .. } = shape;
    Ok(Proof {
        program: key.id(),
        sizes: Sizes { log_t: size(log_t), log_k: size(log_k), log_ram: size(log_ram), log_row: size(log_row) },
        zero_knowledge: options.zero_knowledge,
        exit_code: io.exit_code,
        output: io.output.clone(),
        tape: computer.finish()?,
    })
}
