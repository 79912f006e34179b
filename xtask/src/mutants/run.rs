//! Running tests on mutants.

use super::build::Programs;
use super::tree::Source;
use crate::Error;
use std::collections::BTreeSet;
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

/// Longest run of a test program; a mutant that takes longer does not end.
const LONGEST: Duration = Duration::from_secs(240);

/// Test programs with filters, in the order in which they run on mutants of a crate.
fn tests(path: &str) -> Vec<(&'static str, &'static str)> {
    let of_crate: &[(&str, &str)] = match path.split('/').nth(1) {
        Some("algebra") => &[("zkvm-algebra", ""), ("zkvm-pcs opening", "")],
        Some("transcript") => &[("zkvm-transcript", "")],
        Some("isa") if path.contains("table") => &[("zkvm-isa tables", ""), ("zkvm-isa instructions", "")],
        Some("isa") => &[("zkvm-isa invariants", ""), ("zkvm-isa program", "")],
        Some("pcs") => &[("zkvm-pcs opening", ""), ("zkvm-pcs zkvm_pcs", "shape")],
        Some("protocol") => &[("zkvm-protocol formulas", ""), ("zkvm-protocol zkvm_protocol", "")],
        _ => &[],
    };
    // An honest proof first: most mutants lose that.
    let forged: &[&str] = match path.split('/').nth(1) {
        Some("isa") => &["claims::without", "constraints"],
        _ => &["claims::without", "constraints", "claims", "faults", "absorption"],
    };
    let prover = forged.iter().map(|filter| ("zkvm-prover zkvm_prover", *filter));
    of_crate.iter().copied().chain(prover).collect()
}

/// The fates of all mutants whose path or description contains `only`, every `every`-th.
pub fn all(
    sources: &[Source],
    programs: &Programs,
    only: &str,
    every: usize,
    deadline: Instant,
) -> Result<Vec<Verdict>, Error> {
    let mutants = sources.iter().flat_map(|source| source.mutants.iter().map(move |(number, m)| (source, *number, m)));
    let chosen = mutants.filter(|(source, _, mutant)| source.path.contains(only) || mutant.description.contains(only));
    let mut seen = BTreeSet::new();
    let mutants: Vec<_> = chosen.filter(|(_, number, _)| seen.insert(*number)).step_by(every).collect();
    let listed = mutants.iter().flat_map(|(source, ..)| tests(&source.path));
    if let Some((missing, _)) = listed.into_iter().find(|(test, _)| !programs.keys().any(|name| name.starts_with(test)))
    {
        return Err(format!("there is no test program {missing}").into());
    }
    println!("{} mutants", mutants.len());
    let (next, verdicts) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((source, number, mutant)) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let fate = fate(*number, &source.path, programs, deadline);
                    let (path, line) = (source.path.clone(), mutant.line);
                    let verdict = Verdict { path, line, description: mutant.description.clone(), fate };
                    verdicts.lock().unwrap_or_else(|lock| lock.into_inner()).push((*number, verdict));
                }
            });
        }
    });
    let mut verdicts = verdicts.into_inner().unwrap_or_else(|lock| lock.into_inner());
    verdicts.sort_by_key(|(number, _)| *number);
    Ok(verdicts.into_iter().map(|(_, verdict)| verdict).collect())
}

fn fate(number: u32, path: &str, programs: &Programs, deadline: Instant) -> Fate {
    for (program, filter) in tests(path) {
        let matching = programs.iter().filter(|(name, _)| name.starts_with(program));
        for (_, program) in matching {
            if Instant::now() > deadline {
                return Fate::Undecided;
            }
            let mut command = Command::new(program);
            command.args(["--test-threads=1", filter]).env("ZKVM_MUTANT", number.to_string());
            if let Some(test) = failure(&mut command) {
                return Fate::Killed(test);
            }
        }
    }
    Fate::Survived
}

/// The first test that fails or does not end.
fn failure(command: &mut Command) -> Option<String> {
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
        match lines.recv_timeout(LONGEST.saturating_sub(start.elapsed())) {
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
