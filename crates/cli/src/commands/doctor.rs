//! `cargo zkvm doctor`

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use clap::Args;
use serde::Serialize;
use zkvm_host::check_writable;
use zkvm_host::toolchain::Toolchain;
use zkvm_prover::kernels;
use zkvm_prover::{CACHE_VARIABLE, cache_directory};

use crate::failure::{Class, Failure};
use crate::guest::Context;
use crate::report::{Bytes, Lines};

/// Checks what building and proving need, and names the command that mends what is missing.
#[derive(Args, Debug)]
pub struct Doctor {}

#[derive(Serialize)]
struct Report {
    toolchain: Option<ToolchainReport>,
    threads: usize,
    vector: &'static str,
    memory_bytes: Option<u64>,
    /// Where the commitment's bases are kept between proofs.
    cache: Option<PathBuf>,
    cache_bytes: u64,
    /// Why nothing can be kept there.
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
}

#[derive(Serialize)]
struct ToolchainReport {
    rustc: String,
    version: String,
    cargo: String,
    linker: String,
}

impl Doctor {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let (toolchain, error) = match Toolchain::discover() {
            Ok(toolchain) => (Some(ToolchainReport::from(toolchain)), None),
            Err(error) => (None, Some(error)),
        };
        let report = Report {
            toolchain,
            threads: thread::available_parallelism().map_or(1, usize::from),
            vector: match kernels::path() {
                kernels::Path::Ifma => "AVX-512 IFMA",
                kernels::Path::Scalar => "none",
            },
            memory_bytes: memory(),
            cache_bytes: cache_directory().map_or(0, |directory| size(&directory)),
            cache_error: cache_directory().and_then(|directory| unwritable(&directory)),
            cache: cache_directory(),
            error: error.as_ref().map(ToString::to_string),
            remedy: error.as_ref().map(|error| error.remedy()),
        };
        context.reporter.print(&report)?;
        match report.error {
            Some(error) => Err(Failure { reported: true, ..Class::Environment.because(error) }),
            None => Ok(()),
        }
    }
}

impl From<Toolchain> for ToolchainReport {
    fn from(toolchain: Toolchain) -> Self {
        let Toolchain { rustc, version, cargo, linker, .. } = toolchain;
        ToolchainReport {
            rustc: rustc.display().to_string(),
            version: version.to_string(),
            cargo: cargo.display().to_string(),
            linker: linker.display().to_string(),
        }
    }
}

/// Bytes of the files in a directory.
fn size(directory: &Path) -> u64 {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.metadata().ok()).map(|metadata| metadata.len()).sum()
}

/// Why no file can be made in a directory, which itself may have to be made first.
fn unwritable(directory: &Path) -> Option<String> {
    let existing = directory.ancestors().find(|ancestor| ancestor.exists())?;
    let existing = if existing == Path::new("") { Path::new(".") } else { existing };
    check_writable(existing.join("cache")).err().map(|error| error.to_string())
}

/// Memory that programs can have, where Linux tells.
fn memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(f);
        match &self.toolchain {
            Some(ToolchainReport { rustc, version, cargo, linker }) => {
                lines.line("guest rustc", format_args!("{version}, {rustc}"))?;
                lines.line("cargo", cargo)?;
                lines.line("linker", linker)?;
            }
            None => {
                lines.line("guest rustc", "missing: guests cannot be compiled; ELF files can be run and proven")?;
                lines.optional("mend it with", self.remedy)?;
            }
        }
        lines.line("threads", self.threads)?;
        lines.line("vector units", self.vector)?;
        lines.optional("free memory", self.memory_bytes.map(Bytes))?;
        match &self.cache {
            Some(cache) => {
                let size = Bytes(self.cache_bytes);
                lines.line("cache", format_args!("{size} in {} ({CACHE_VARIABLE})", cache.display()))?;
                let consequence =
                    "nothing can be kept there, so that the first proof of each process takes seconds longer";
                let reason = self.cache_error.as_ref();
                lines.optional("", reason.map(|reason| format!("{consequence}: {reason}")))
            }
            None => lines.line("cache", format_args!("none: set {CACHE_VARIABLE} to a directory")),
        }
    }
}
