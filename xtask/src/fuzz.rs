//! Looks for inputs that violate a property of `crates/fuzz`: with libFuzzer, which follows coverage,
//! where cargo-fuzz and a nightly toolchain are installed, else with the mutations of that crate.

use std::fs;
use std::process::Command;

use crate::Error;
use crate::process::{cargo, output, root, run as run_command, target};

/// Longest input, in bytes.
const LONGEST: &str = "-max_len=32768";
/// Longest input of the corpus under version control.
const LONGEST_KEPT: &str = "-max_len=256";
/// Seconds for one input, and memory for all, that count as a finding.
const BOUNDS: [&str; 2] = ["-timeout=60", "-rss_limit_mb=4096"];
/// Seconds of the campaign in `cargo xtask test`.
const BOUNDED: u32 = 24;

struct Options {
    targets: Vec<String>,
    /// For all targets together.
    seconds: u32,
    /// Without libFuzzer.
    plain: bool,
    /// Makes the corpus under version control of what was found.
    keep: bool,
}

/// The task.
pub fn run(words: &[String]) -> Result<(), Error> {
    let options = Options::parse(words)?;
    let seconds = (options.seconds / options.targets.len() as u32).max(1);
    if options.plain || !has_libfuzzer() {
        println!("mutations without coverage; for coverage, `cargo install cargo-fuzz` and a nightly toolchain");
        let campaign = |name: &String| run_command(&mut fuzz(&["run", name, &seconds.to_string()]));
        return options.targets.iter().try_for_each(campaign);
    }
    let directory = target().join("fuzz");
    let seeds = directory.join("seeds");
    run_command(fuzz(&["seeds"]).arg(&seeds))?;
    for name in &options.targets {
        let (found, kept) = (directory.join("found").join(name), directory.join("kept").join(name));
        fs::create_dir_all(&found)?;
        let limit = format!("-max_total_time={seconds}");
        let mut command = libfuzzer(name);
        run_command(command.args([&found, &seeds.join(name)]).args(["--", LONGEST, &limit]).args(BOUNDS))?;
        if options.keep {
            fs::remove_dir_all(&kept).or_else(|error| if kept.exists() { Err(error) } else { Ok(()) })?;
            fs::create_dir_all(&kept)?;
            run_command(libfuzzer(name).args([&kept, &found]).args(["--", "-set_cover_merge=1", LONGEST_KEPT]))?;
            run_command(fuzz(&["pack", name]).arg(&kept))?;
        }
    }
    Ok(())
}

/// A short campaign, for every check: mutations of everything, and changes of every byte of a proof.
pub fn bounded() -> Result<(), Error> {
    run_command(&mut fuzz(&["run", "all", &BOUNDED.to_string()]))?;
    run_command(&mut fuzz(&["encodings", "1"]))
}

impl Options {
    fn parse(words: &[String]) -> Result<Self, Error> {
        let mut options = Options { targets: Vec::new(), seconds: 60, plain: false, keep: false };
        let all: Vec<String> = output(&mut fuzz(&["list"]))?.lines().map(str::to_owned).collect();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match &**word {
                "--seconds" => options.seconds = words.next().ok_or("--seconds needs a number")?.parse()?,
                "--plain" => options.plain = true,
                "--keep" => options.keep = true,
                name if all.iter().any(|target| target == name) => options.targets.push(name.to_owned()),
                _ => return Err(format!("`{word}` is no option and none of the targets {}", all.join(", ")).into()),
            }
        }
        if options.targets.is_empty() {
            options.targets = all;
        }
        Ok(options)
    }
}

/// The program of `crates/fuzz`.
fn fuzz(arguments: &[&str]) -> Command {
    let mut command = cargo(["run", "--quiet", "--release", "--package", "zkvm-fuzz", "--"]);
    command.args(arguments);
    command
}

/// cargo-fuzz, which needs rustup's cargo to choose the toolchain.
fn libfuzzer(name: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["+nightly", "fuzz", "run", name]).current_dir(root()).env("CARGO_TARGET_DIR", target().join("fuzz"));
    command
}

fn has_libfuzzer() -> bool {
    output(Command::new("cargo").args(["+nightly", "fuzz", "--version"]).current_dir(root())).is_ok()
}
