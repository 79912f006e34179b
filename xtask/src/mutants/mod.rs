//! Mutation score: every defence is removed, one at a time, and some test must notice.
//!
//! Constraints, claims and messages of the protocol are removed at run time by the prover's tests, which
//! show for each an attack that then succeeds. Operators of the code are changed in a copy of the crates
//! that is built once, with every change in it, guarded by its number ([`operators`]); the tests then run
//! once for each number.

mod build;
mod operators;
mod parts;
mod run;
mod tree;

use crate::Error;
use crate::process::{cargo, output};
use run::{Fate, Verdict};
use std::time::{Duration, Instant};

const USAGE: &str = "usage: cargo xtask mutants [--minutes N] [--only PART-OF-A-PATH]… [--every N]";

struct Options {
    time: Duration,
    only: Vec<String>,
    every: usize,
}

fn options(arguments: &[String]) -> Result<Options, Error> {
    let mut options = Options { time: Duration::from_secs(60 * 60), only: Vec::new(), every: 1 };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else { return Err(USAGE.into()) };
        match name.as_str() {
            "--minutes" => options.time = Duration::from_secs(60 * value.parse::<u64>()?),
            "--only" => options.only.push(value.clone()),
            "--every" => options.every = value.parse::<usize>()?.max(1),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(options)
}

/// The task.
pub fn run(arguments: &[String]) -> Result<(), Error> {
    let options = options(arguments)?;
    if options.only.is_empty() {
        protocol()?;
    }
    let mut sources = tree::copy()?;
    let programs = build::build(&mut sources)?;
    let deadline = Instant::now() + options.time;
    let verdicts = run::all(&sources, &programs, &options.only, options.every, deadline)?;
    report(&verdicts);
    Ok(())
}

/// Removes parts of the protocol at run time.
fn protocol() -> Result<(), Error> {
    let tests = ["absorption", "claims", "constraints", "walk", "hiding"].map(|module| format!("tests::{module}"));
    let mut command = cargo(["test", "--package", "zkvm-prover", "--lib", "--", "--nocapture"]);
    let text = output(command.args(tests).env("ZKVM_ALL_MUTANTS", "1"))?;
    for line in text.lines().filter_map(|line| line.split("score: ").nth(1)) {
        println!("{line}");
    }
    Ok(())
}

fn report(verdicts: &[Verdict]) {
    for verdict in verdicts {
        match &verdict.fate {
            Fate::Killed(_) => {}
            Fate::Survived => println!("survived: {verdict}"),
            Fate::Undecided => println!("out of time: {verdict}"),
        }
    }
    let mut files: Vec<&str> = verdicts.iter().map(|verdict| verdict.path.as_str()).collect();
    files.dedup();
    for file in files.into_iter().chain([""]) {
        let of: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.path.starts_with(file)).collect();
        let killed = of.iter().filter(|verdict| matches!(verdict.fate, Fate::Killed(_))).count();
        let undecided = of.iter().filter(|verdict| verdict.fate == Fate::Undecided).count();
        let name = if file.is_empty() { "all" } else { file };
        let rest = if undecided > 0 { format!(", {undecided} undecided") } else { String::new() };
        println!("{name}: {killed} of {} killed{rest}", of.len());
    }
}
