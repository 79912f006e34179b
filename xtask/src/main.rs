//! Tasks of this repository: `cargo xtask <task>`.

mod bench;
mod demo;
mod fuzz;
mod mutants;
mod process;
mod sequences;
mod setup;
mod template;
mod test;
mod tidy;

use std::env;
use std::process::ExitCode;

/// Why a task failed, for people.
type Error = Box<dyn std::error::Error>;

const USAGE: &str = "\
Tasks: cargo xtask <task>
  setup      provide the toolchain that compiles guests, and what the tests need
  demo       execute, prove and verify two examples
  test       run every check: tidy, tests, a short fuzz, template, examples
  tidy       check the invariants of ARCHITECTURE.md
  sequences  prove with an SMT solver that the rows of each instruction have one outcome
  template   generate, build, execute and prove the guest template
  fuzz       look for inputs that break something: [TARGET]... [--seconds N]
             [--plain] [--keep]
  mutants    remove every defence, one at a time: [--minutes 60]
             [--only PART-OF-A-PATH] [--every N]
  bench      measure: [--workloads fibonacci,sha2-chain] [--sizes 16,18,20]
             [--paths best,scalar] [--threads N] [--zero-knowledge] [--json] [--out FILE]";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (task, rest) = arguments.split_first().map_or(("", &[][..]), |(task, rest)| (task, rest));
    let result = match (task, rest) {
        ("setup", []) => setup::for_tests(),
        ("demo", []) => demo::run(),
        ("test", []) => test::run(),
        ("tidy", []) => tidy::run(),
        ("sequences", []) => sequences::run(),
        ("template", []) => template::run(),
        ("fuzz", options) => fuzz::run(options),
        ("bench", options) => bench::run(options),
        ("mutants", options) => mutants::run(options),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
