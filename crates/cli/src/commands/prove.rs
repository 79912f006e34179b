//! `cargo zkvm prove`

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use zkvm_emulator::Trace;
use zkvm_host::{
    Execution, Guest, Input, Options, Proof, Setup, Trapped, check_writable, has_private_input, provable, prove_trace,
    save_key,
};

use crate::args::LimitArgs;
use crate::bases;
use crate::failure::Failure;
use crate::guest::{Context, Loaded};
use crate::inputs::RunArgs;
use crate::output::save;
use crate::progress::Progress;
use crate::report::{Bytes, Grouped, Lines, Seconds};
use crate::run::{RunReport, Terminal};

/// Longest run that verifiers accept, as a power of two.
const MAX_LOG_CYCLES: i64 = 28;

/// Name of the trap at the limit of cycles.
const CYCLE_LIMIT: &str = "cycle-limit";

/// Runs a guest and proves the run.
#[derive(Args, Debug)]
pub struct Prove {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// Where the proof goes [default: the guest's name with the extension proof]. A new file is readable
    /// by you alone unless the proof is zero-knowledge
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write the key, which verifiers need who do not have the guest
    #[arg(long, value_name = "FILE")]
    key_out: Option<PathBuf>,
    /// Whether the proof is zero-knowledge: shows nothing of the run but the public values and powers of
    /// two that bound its steps and memory [default: yes if there is private input]
    #[arg(long, value_name = "ANSWER", num_args = 0..=1, require_equals = true, default_missing_value = "yes")]
    #[arg(value_parser = PossibleValuesParser::new(["yes", "no"]).map(|answer| answer == "yes"))]
    zero_knowledge: Option<bool>,
    /// Exit code that the run must end with
    #[arg(long, value_name = "CODE", default_value_t = 0)]
    exit_code: u32,
    /// Longest run that is proven, in cycles, as a power of two from 8 to 28; memory grows with it [default: 24]
    #[arg(long, value_name = "LOG2", value_parser = clap::value_parser!(u8).range(8..=MAX_LOG_CYCLES))]
    max_log_cycles: Option<u8>,
    /// Pad shorter runs to this many cycles, as a power of two, so that the proof does not tell their length
    #[arg(long, value_name = "LOG2", value_parser = clap::value_parser!(u8).range(0..=MAX_LOG_CYCLES))]
    min_log_cycles: Option<u8>,
    /// Pad smaller runs to this many words of memory, as a power of two, so that the proof does not tell how far
    /// they went; as far as the program can go at most
    #[arg(long, value_name = "LOG2", value_parser = clap::value_parser!(u8).range(0..=30))]
    min_log_words: Option<u8>,
    /// Memory that the proof may take [default: what the system has available]
    #[arg(long, value_name = "MIB")]
    max_memory: Option<u64>,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    run: RunReport,
    proof: Option<PathBuf>,
    proof_bytes: Option<u64>,
    zero_knowledge: Option<bool>,
    prove_seconds: Option<Seconds>,
    steps: Vec<StepReport>,
    key: Option<PathBuf>,
}

#[derive(Serialize)]
struct StepReport {
    name: &'static str,
    seconds: Seconds,
}

impl Prove {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let (guest, input) = self.run.split()?;
        let Loaded { guest, path, .. } = context.load(&guest)?;
        let input = input.encode(guest.signature())?;
        let output = self.output.clone().unwrap_or_else(|| default_output(&guest, &path));
        for path in [Some(&output), self.key_out.as_ref()].into_iter().flatten() {
            check_writable(path)?;
        }

        let mut terminal = Terminal::new(context.reporter.json);
        let start = Instant::now();
        let options = self.options(&input);
        let limits = provable(self.limits.limits(), &options);
        let result = guest.trace(&input, &limits, &mut terminal);
        let time = start.elapsed();
        let (result, trace) = match result {
            Ok((execution, trace)) => (Ok(execution), Some(trace)),
            Err(trapped) => (Err::<Execution, Trapped>(trapped), None),
        };
        let mut report = Report::new(RunReport::new(&guest, &result, self.exit_code, time, terminal));
        if report.run.trap.as_ref().is_some_and(|trap| trap.name == CYCLE_LIMIT) {
            report.run.add_to_error(self.limit_in_force(&options));
        }
        if let (Ok(execution), Some(trace), None) = (result, trace, &report.run.error) {
            if let Some(path) = &self.key_out {
                save_key(guest.key(), path)?;
                report.key = Some(path.clone());
            }
            let (proof, steps, time) = prove(context, &guest, &input, execution, trace, &options)?;
            save(&proof, &output)?;
            report.proven(&proof, output, steps, time);
        }
        context.reporter.print(&report)?;
        report.run.failure().map_or(Ok(()), Err)
    }

    /// The option that bounds the cycles of a run.
    fn limit_in_force(&self, options: &Options) -> String {
        let log = options.max_log_t;
        match self.limits.max_cycles {
            Some(cycles) if cycles >> log == 0 => "; the limit is --max-cycles".to_owned(),
            _ => format!("; the limit is --max-log-cycles {log}, it can be {MAX_LOG_CYCLES}"),
        }
    }

    fn options(&self, input: &Input) -> Options {
        let options = Options::default();
        Options {
            min_log_t: self.min_log_cycles.map_or(options.min_log_t, usize::from),
            min_log_ram: self.min_log_words.map_or(options.min_log_ram, usize::from),
            max_log_t: self.max_log_cycles.map_or(options.max_log_t, usize::from),
            max_memory: self.max_memory.map(|mib| mib.saturating_mul(1 << 20)),
            zero_knowledge: self.zero_knowledge.unwrap_or_else(|| has_private_input(input)),
            ..options
        }
    }
}

/// The proof, its steps and its time.
fn prove(
    context: &Context,
    guest: &Guest,
    input: &Input,
    execution: Execution,
    trace: Trace,
    options: &Options,
) -> Result<(Proof, Vec<StepReport>, Duration), Failure> {
    let what = format!("proving {} cycles", Grouped(execution.statistics.cycles));
    let mut progress = Progress::start(context.reporter, &what, options.zero_knowledge);
    let start = Instant::now();
    let setup = Setup::shared();
    let proof = prove_trace(&setup, guest.key(), input.public(), execution, trace, options, &mut progress);
    let time = start.elapsed();
    let steps = progress.finish().into_iter();
    let steps = steps.map(|step| StepReport { name: step.name, seconds: Seconds(step.time.wall) }).collect();
    let proof = proof?;
    bases::tell_if_not_kept(context.reporter, &setup, proof.inner().sizes.log_row.into());
    Ok((proof, steps, time))
}

/// The guest's name with the extension `proof`, in the current directory. A name that leads
/// elsewhere, by what the ELF file says, is not used.
fn default_output(guest: &Guest, elf: &Path) -> PathBuf {
    let name = guest.signature().map(|signature| signature.name.clone());
    let name = name.filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_'));
    let name = name.map(Into::into).or_else(|| elf.file_stem().map(ToOwned::to_owned));
    PathBuf::from(name.unwrap_or_else(|| "guest".into())).with_extension("proof")
}

impl Report {
    fn new(run: RunReport) -> Self {
        Report {
            run,
            proof: None,
            proof_bytes: None,
            zero_knowledge: None,
            prove_seconds: None,
            steps: Vec::new(),
            key: None,
        }
    }

    fn proven(&mut self, proof: &Proof, path: PathBuf, steps: Vec<StepReport>, time: Duration) {
        self.proof = Some(path);
        self.proof_bytes = Some(proof.to_bytes().len() as u64);
        self.zero_knowledge = Some(proof.is_zero_knowledge());
        self.prove_seconds = Some(Seconds(time));
        self.steps = steps;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.run.fmt(f)?;
        let mut lines = Lines(f);
        if let (Some(proof), Some(bytes), Some(seconds)) = (&self.proof, self.proof_bytes, self.prove_seconds) {
            let kind = if self.zero_knowledge == Some(true) { ", zero-knowledge" } else { "" };
            lines.line("proof", format_args!("{}, {}{kind}", proof.display(), Bytes(bytes)))?;
            let speed = self.run.cycles as f64 / seconds.0.as_secs_f64() / 1e3;
            lines.line("proving time", format_args!("{seconds}, {speed:.0} kHz"))?;
        }
        lines.optional("key", self.key.as_ref().map(|path| path.display()))?;
        match self.proof {
            Some(_) => lines.line("program", &self.run.program),
            None => Ok(()),
        }
    }
}
