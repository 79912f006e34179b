//! Running tests on mutants.

use super::build::Programs;
use super::tree::Source;
use crate::Error;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What became of a mutant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fate {
    /// A test failed: its name.
    Killed(String),
    /// All tests passed.
    Survived,
    /// There was no time.
    Undecided,
}

/// A mutant and its fate.
pub struct Verdict {
    /// Path of the file.
    pub path: String,
    line: usize,
    description: String,
    /// What became of it.
    pub fate: Fate,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.description)
    }
}

/// A mutant does not end if a test program takes this much longer than without it, and never if less than
/// [`SHORTEST`].
const SLOWDOWN: u32 = 10;
const SHORTEST: Duration = Duration::from_secs(60);

/// A test program, by the beginning of its name, and which of its tests.
type Test = (&'static str, &'static str);

/// What the tests take without a mutant.
type Baseline = BTreeMap<Test, Duration>;

/// The tests for mutants of a file, in the order in which they run.
fn tests(path: &str) -> Vec<Test> {
    let of_crate: &[Test] = match path.split('/').nth(1) {
        Some("algebra") => &[("zkvm-algebra", ""), ("zkvm-pcs opening", "")],
        Some("transcript") => &[("zkvm-transcript", "")],
        Some("isa") if path.contains("table") => &[("zkvm-isa tables", ""), ("zkvm-isa instructions", "")],
        Some("isa") => &[("zkvm-isa invariants", ""), ("zkvm-isa program", "")],
        Some("pcs") => &[
            ("zkvm-pcs opening", ""),
            ("zkvm-pcs basis", ""),
            ("zkvm-pcs zkvm_pcs", "shape"),
            ("zkvm-pcs zkvm_pcs", "hiding"),
            ("zkvm-verifier kept", "hidden"),
        ],
        Some("verifier") => &[("zkvm-verifier", "")],
        Some("protocol") => &[("zkvm-protocol formulas", ""), ("zkvm-protocol zkvm_protocol", "")],
        _ => &[],
    };
    // An honest proof first: most mutants lose that.
    let forged: &[&str] = match path.split('/').nth(1) {
        Some("isa") => &["claims::without", "constraints"],
        Some("verifier" | "pcs") => {
            &["claims::without", "hiding", "simulation", "constraints", "claims", "faults", "absorption"]
        }
        _ => &["claims::without", "constraints", "claims", "faults", "programs", "control", "accesses", "absorption"],
    };
    let prover = forged.iter().map(|filter| ("zkvm-prover zkvm_prover", *filter));
    of_crate.iter().copied().chain(prover).collect()
}

/// The fates of all mutants whose path or description contains a part of `only`, every `every`-th.
pub fn all(
    sources: &[Source],
    programs: &Programs,
    only: &[String],
    every: usize,
    deadline: Instant,
) -> Result<Vec<Verdict>, Error> {
    let mutants = sources.iter().flat_map(|source| source.mutants.iter().map(move |(number, m)| (source, *number, m)));
    let is_chosen = |path: &str, description: &str| {
        only.is_empty() || only.iter().any(|part| path.contains(part) || description.contains(part))
    };
    let chosen = mutants.filter(|(source, _, mutant)| is_chosen(&source.path, &mutant.description));
    let mut seen = BTreeSet::new();
    let mutants: Vec<_> = chosen.filter(|(_, number, _)| seen.insert(*number)).step_by(every).collect();
    let baseline = baseline(mutants.iter().flat_map(|(source, ..)| tests(&source.path)), programs)?;
    println!("{} mutants", mutants.len());
    let (next, verdicts) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((source, number, mutant)) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fate = fate(*number, &source.path, programs, &baseline, deadline);
                    let (path, line) = (source.path.clone(), mutant.line);
                    let verdict = Verdict { path, line, description: mutant.description.clone(), fate };
                    println!("{number} {verdict}: {:?}", verdict.fate);
                    verdicts.lock().unwrap_or_else(|lock| lock.into_inner()).push((*number, verdict));
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().unwrap_or_else(|lock| lock.into_inner());
    verdicts.sort_by_key(|(number, _)| *number);
    Ok(verdicts.into_iter().map(|(_, verdict)| verdict).collect())
}

/// Runs the tests without a mutant; they must pass.
fn baseline(tests: impl Iterator<Item = Test>, programs: &Programs) -> Result<Baseline, Error> {
    let mut baseline = Baseline::new();
    for test in tests {
        if baseline.contains_key(&test) {
            continue;
        }
        let start = Instant::now();
        let mut commands = commands(test, programs, 0).peekable();
        if commands.peek().is_none() {
            return Err(format!("there is no test program {}", test.0).into());
        }
        for mut command in commands {
            if let Some(failed) = failure(&mut command, Duration::MAX) {
                return Err(format!("without a mutant, {} {}: {failed}", test.0, test.1).into());
            }
        }
        baseline.insert(test, start.elapsed());
        println!("{} {}: {:.1?} without a mutant", test.0, test.1, start.elapsed());
    }
    Ok(baseline)
}

fn commands((program, filter): Test, programs: &Programs, mutant: u32) -> impl Iterator<Item = Command> {
    let matching = programs.iter().filter(move |(name, _)| name.starts_with(program));
    matching.map(move |(_, program)| {
        let mut command = Command::new(program);
        command.args(["--test-threads=1", filter]).env("ZKVM_MUTANT", mutant.to_string());
        command
    })
}

fn fate(number: u32, path: &str, programs: &Programs, baseline: &Baseline, deadline: Instant) -> Fate {
    for test in tests(path) {
        let usual = baseline.get(&test).copied().unwrap_or_default();
        for mut command in commands(test, programs, number) {
            if Instant::now() > deadline {
                return Fate::Undecided;
            }
            if let Some(test) = failure(&mut command, (usual * SLOWDOWN).max(SHORTEST)) {
                return Fate::Killed(test);
            }
        }
    }
    Fate::Survived
}

/// The first test that fails or does not end within `longest`.
fn failure(command: &mut Command, longest: Duration) -> Option<String> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    let output = child.stdout.take()?;
    let (sender, lines) = std::sync::mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let failed = loop {
        match lines.recv_timeout(longest.saturating_sub(start.elapsed())) {
            Ok(line) if line.ends_with("FAILED") => break Some(line),
            Ok(_) => {}
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => break Some("does not end".into()),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => break None,
        }
    };
    if failed.is_some() {
        // It may have ended by itself.
        _ = child.kill();
    }
    let status = child.wait().ok()?;
    drop(lines);
    _ = reader.join();
    failed.or_else(|| (!status.success()).then(|| "aborts".into()))
}
