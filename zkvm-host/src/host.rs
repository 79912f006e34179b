//! Running and proving a typed program.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use zkvm_abi::PANIC_EXIT_CODE;
use zkvm_emulator::{Console, Execution, Input, Limits, Statistics, Trace};
use zkvm_prover::observer::{Observer, Step};
use zkvm_prover::{Options, Setup};
use zkvm_verifier::Key;

use crate::arguments::{Arguments, decode};
use crate::error::Error;
use crate::program::Program;
use crate::proof::Proof;
use crate::verifier::Verifier;

/// Runs and proves one program.
#[derive(Clone, Debug)]
pub struct Host<A, O, P = A> {
    program: Program<A, O, P>,
    setup: Arc<Setup>,
    limits: Limits,
    options: Options,
}

/// A finished run.
#[derive(Clone, Debug)]
pub struct Run<O> {
    /// What the function returned.
    pub output: O,
    /// Cycles, instructions, profile, memory.
    pub statistics: Statistics,
    /// What the guest printed.
    pub console: Console,
}

impl<A: Arguments, O: DeserializeOwned, P: Arguments> Host<A, O, P> {
    /// A host with the setup shared by the whole process.
    pub fn new(program: Program<A, O, P>) -> Self {
        Host { program, setup: Setup::shared(), limits: Limits::default(), options: Options::default() }
    }

    /// Bounds the number of cycles of runs.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Uses another setup.
    #[must_use]
    pub fn setup(mut self, setup: Arc<Setup>) -> Self {
        self.setup = setup;
        self
    }

    /// The program.
    pub fn program(&self) -> &Program<A, O, P> {
        &self.program
    }

    /// Runs the function without proving.
    ///
    /// # Errors
    /// If the arguments do not fit, or the guest traps, panics or exits with another code than zero.
    pub fn execute(&self, arguments: A) -> Result<Run<O>, Error> {
        let input = self.program.input(&arguments)?;
        let mut console = Console::default();
        let execution = self.program.guest().execute(&input, &self.limits, &mut console)?;
        let output = decode(&succeeded(&execution)?.output)?;
        Ok(Run { output, statistics: execution.statistics, console })
    }

    /// Prepares a proof; [`ProveBuilder::run`] makes it.
    pub fn prove(&self, arguments: A) -> ProveBuilder<'_, A, O, P> {
        let options = self.options.clone();
        ProveBuilder { host: self, arguments, options, zero_knowledge: None, observer: Box::new(()) }
    }

    /// A verifier of proofs of this program.
    pub fn verifier(&self) -> Verifier<O, P> {
        Verifier::new(self.program.guest().key().clone()).setup(self.setup.clone())
    }
}

/// A run that exited with zero.
fn succeeded(execution: &Execution) -> Result<&Execution, Error> {
    match (execution.exit_code, &execution.statistics.panic) {
        (0, _) => Ok(execution),
        (PANIC_EXIT_CODE, Some(message)) => Err(Error::Panic { message: message.clone() }),
        (code, _) => Err(Error::Exit(code)),
    }
}

/// A proof to be made.
pub struct ProveBuilder<'h, A, O, P> {
    host: &'h Host<A, O, P>,
    arguments: A,
    options: Options,
    zero_knowledge: Option<bool>,
    observer: Box<dyn Observer + 'h>,
}

/// Calls a function with every finished step.
struct Callback<F>(F);

impl<F: FnMut(Step)> Observer for Callback<F> {
    fn finished(&mut self, step: Step) {
        (self.0)(step);
    }
}

impl<'h, A: Arguments, O: DeserializeOwned, P: Arguments> ProveBuilder<'h, A, O, P> {
    /// Sets the prover's options. Of [`Options::zero_knowledge`], only `true` has an effect: to do without,
    /// use [`zero_knowledge`](Self::zero_knowledge).
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Makes the proof zero-knowledge, or not: whether it shows nothing of the run but its public values and
    /// sizes. By default it does so if the run [has a private input](has_private_input).
    #[must_use]
    pub fn zero_knowledge(mut self, zero_knowledge: bool) -> Self {
        self.zero_knowledge = Some(zero_knowledge);
        self
    }

    /// Calls `progress` with every finished step.
    #[must_use]
    pub fn progress(mut self, progress: impl FnMut(Step) + 'h) -> Self {
        self.observer = Box::new(Callback(progress));
        self
    }

    /// Runs the guest and proves the run.
    ///
    /// # Errors
    /// As [`Host::execute`]; and if the run is too long to be proven.
    pub fn run(mut self) -> Result<Proof, Error> {
        let program = self.host.program();
        let input = program.input(&self.arguments)?;
        let by_default = self.options.zero_knowledge || has_private_input(&input);
        self.options.zero_knowledge = self.zero_knowledge.unwrap_or(by_default);
        let limits = provable(self.host.limits, &self.options);
        let (execution, trace) = program.guest().trace(&input, &limits, &mut Console::default())?;
        succeeded(&execution)?;
        let Host { setup, .. } = self.host;
        prove_trace(setup, program.guest().key(), input.public(), execution, trace, &self.options, &mut *self.observer)
    }
}

/// Whether a run on `input` has anything to hide. One without private input follows from what the verifier
/// has, and may as well be shown.
pub fn has_private_input(input: &Input) -> bool {
    !input.private().is_empty()
}

/// Limits for a run that is to be proven: a trace too long for the prover need not be recorded.
pub fn provable(limits: Limits, options: &Options) -> Limits {
    let longest = u32::try_from(options.max_log_t).ok().and_then(|log| 1u64.checked_shl(log));
    Limits { max_cycles: limits.max_cycles.min(longest.unwrap_or(u64::MAX)) }
}

/// Proves a traced run, whatever its exit code: in zero knowledge exactly if the options say so.
///
/// # Errors
/// If the run is too long to be proven.
pub fn prove_trace(
    setup: &Setup,
    key: &Key,
    input: &[u8],
    execution: Execution,
    trace: Trace,
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<Proof, Error> {
    let io = zkvm_prover::PublicIo { input: input.to_vec(), exit_code: execution.exit_code, output: execution.output };
    Ok(Proof::new(zkvm_prover::prove(setup, key, &io, trace, options, observer)?))
}
