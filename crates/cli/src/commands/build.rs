//! `cargo zkvm build`

use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use zkvm_host::write_file;

use crate::args::GuestArgs;
use crate::failure::Failure;
use crate::guest::{Context, Loaded};
use crate::report::{Bytes, Lines};

/// Compiles a guest.
#[derive(Args, Debug)]
pub struct Build {
    #[command(flatten)]
    guest: GuestArgs,
    /// Copy the ELF file here
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report {
    elf: PathBuf,
    bytes: u64,
    program: String,
    signature: Option<String>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(f);
        lines.line("elf", self.elf.display())?;
        lines.line("size", Bytes(self.bytes))?;
        lines.line("program", &self.program)?;
        lines.optional("signature", self.signature.as_ref())
    }
}

impl Build {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let Loaded { guest, path, elf } = context.load(&self.guest)?;
        if let Some(path) = &self.output {
            write_file(path, &elf)?;
        }
        context.reporter.print(&Report {
            elf: self.output.clone().unwrap_or(path),
            bytes: elf.len() as u64,
            program: guest.id().to_string(),
            signature: guest.signature().map(ToString::to_string),
        })
    }
}
