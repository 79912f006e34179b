//! The command line.

use std::fs;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use serde_json::Value;
use zkvm_host::signature::Signature;
use zkvm_host::{Limits, MemoryConfig};

use crate::commands::{build, doctor, execute, id, inspect, prove, verify};
use crate::failure::EXIT_CODES;

/// Build, execute, prove, verify and inspect guests.
#[derive(Parser, Debug)]
#[command(name = "cargo-zkvm", bin_name = "cargo zkvm", version, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print one JSON object on the standard output, errors included
    #[arg(long, global = true)]
    pub json: bool,
    /// Show what the compiler says
    #[arg(long, short, global = true)]
    pub verbose: bool,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Compile a guest
    Build(build::Build),
    /// Run a guest without proving
    Execute(execute::Execute),
    /// Run a guest and prove the run
    Prove(prove::Prove),
    /// Verify a proof
    Verify(verify::Verify),
    /// Print the program id of a guest
    Id(id::Id),
    /// Describe a guest, a proof or a key
    Inspect(inspect::Inspect),
    /// Check the toolchain and the machine
    Doctor(doctor::Doctor),
}

/// How a guest directory is compiled.
#[derive(Args, Clone, Debug, Default)]
pub struct BuildArgs {
    /// Binary of the package, if it has several
    #[arg(long, value_name = "NAME", help_heading = "Build")]
    pub bin: Option<String>,
    /// Features of the package, separated by commas
    #[arg(long, value_delimiter = ',', help_heading = "Build")]
    pub features: Vec<String>,
    /// Leave out the default features
    #[arg(long, help_heading = "Build")]
    pub no_default_features: bool,
    /// Insist on the versions in Cargo.lock
    #[arg(long, help_heading = "Build")]
    pub locked: bool,
}

/// Memory of the guest; part of the program id.
#[derive(Args, Clone, Debug)]
pub struct MemoryArgs {
    /// Stack size, such as 512K or 4M; part of the program id
    #[arg(long, value_name = "SIZE", value_parser = stack_size, help_heading = "Memory")]
    pub stack: Option<u32>,
    /// Limit of the heap, such as 64M; part of the program id
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Memory")]
    pub heap: Option<u32>,
}

impl MemoryArgs {
    /// The sizes, by default those of the machine.
    pub fn config(&self) -> MemoryConfig {
        let MemoryConfig { stack_bytes, heap_bytes } = MemoryConfig::default();
        MemoryConfig { stack_bytes: self.stack.unwrap_or(stack_bytes), heap_bytes: self.heap.unwrap_or(heap_bytes) }
    }
}

/// Which guest, and how it is built.
#[derive(Args, Clone, Debug)]
pub struct GuestArgs {
    /// Guest directory or ELF file [default: the current directory]
    #[arg(value_name = "GUEST")]
    pub path: Option<PathBuf>,
    /// How to compile it.
    #[command(flatten)]
    pub build: BuildArgs,
    /// Its memory.
    #[command(flatten)]
    pub memory: MemoryArgs,
}

/// Bounds on a run.
#[derive(Args, Clone, Debug)]
pub struct LimitArgs {
    /// Most cycles of the run
    #[arg(long, value_name = "CYCLES", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_cycles: Option<u64>,
}

impl LimitArgs {
    /// The bounds.
    pub fn limits(&self) -> Limits {
        self.max_cycles.map_or(Limits::default(), |max_cycles| Limits { max_cycles })
    }
}

/// A size in bytes with an optional unit of 1024 or 1024².
fn size(text: &str) -> Result<u32, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" => 1u64,
        "K" | "k" | "KiB" => 1 << 10,
        "M" | "m" | "MiB" => 1 << 20,
        "G" | "g" | "GiB" => 1 << 30,
        unit => return Err(format!("`{unit}` is none of K, M and G")),
    };
    let number: u64 = digits.parse().map_err(|_| "a size is a number of bytes, such as 4M or 65536".to_owned())?;
    let bytes = number.checked_mul(factor).and_then(|bytes| u32::try_from(bytes).ok());
    bytes.ok_or_else(|| "sizes are below 4 GiB".to_owned())
}

/// Smallest stack: a page. With less, programs overflow it before they begin.
const MIN_STACK: u32 = 4 << 10;

/// The size of a stack.
fn stack_size(text: &str) -> Result<u32, String> {
    let bytes = size(text)?;
    if bytes < MIN_STACK { Err("a stack has at least 4K".to_owned()) } else { Ok(bytes) }
}

/// A signature: a function as Rust writes it, or the file that `inspect --json` gives.
pub fn signature(text: &str) -> Result<Signature, String> {
    if text.contains('(') {
        let example = "a function without its body is expected, such as 'fn f(n: u32) -> u64'";
        return text.parse().map_err(|error| format!("{error}; {example}"));
    }
    let json = fs::read_to_string(text).map_err(|error| format!("no function, and no file: {error}"))?;
    let other = |error| format!("not what `inspect --json` gives for a guest: {error}");
    let mut value: Value = serde_json::from_str(&json).map_err(other)?;
    let described = value.get_mut("signature").map(Value::take);
    serde_json::from_value(described.unwrap_or(value)).map_err(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("65536"), Ok(65536));
        assert_eq!(size("512K"), Ok(512 << 10));
        assert_eq!(size("3MiB"), Ok(3 << 20));
        assert_eq!(stack_size("4K"), Ok(4096));
        assert!(stack_size("0").is_err() && stack_size("1").is_err());
        assert!(size("4G").is_err() && size("1T").is_err() && size("M").is_err() && size("-1").is_err());
    }
}
