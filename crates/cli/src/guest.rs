//! From the command line to a loaded guest.

use std::path::{Path, PathBuf};

use zkvm_host::build::{BuiltGuest, GuestBuilder};
use zkvm_host::{Guest, read_file};

use crate::args::{BuildArgs, GuestArgs};
use crate::failure::{Class, Failure};
use crate::report::Reporter;

/// How a proof's file begins.
pub const MAGIC_OF_PROOF: &[u8] = b"zkvmprf\n";
/// How a key's file begins.
pub const MAGIC_OF_KEY: &[u8] = b"zkvmkey\n";

/// A guest and where its ELF file lies.
pub struct Loaded {
    /// The guest.
    pub guest: Guest,
    /// The ELF file.
    pub path: PathBuf,
    /// Its content.
    pub elf: Vec<u8>,
}

/// What commands share.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Where results go.
    pub reporter: &'a Reporter,
    /// Whether the compiler's messages are shown.
    pub verbose: bool,
}

impl Context<'_> {
    /// Loads an ELF file, or compiles the guest in a directory and loads it.
    pub fn load(&self, arguments: &GuestArgs) -> Result<Loaded, Failure> {
        let path = arguments.path.as_deref().unwrap_or(Path::new("."));
        let (path, elf) = if path.is_dir() {
            let built = self.build(path, &arguments.build)?;
            (built.path, built.elf)
        } else {
            (path.to_owned(), read_file(path)?)
        };
        for (magic, kind) in [(MAGIC_OF_PROOF, "proof"), (MAGIC_OF_KEY, "key")] {
            if elf.starts_with(magic) {
                return Err(Class::Input.because(format_args!("{} is a {kind}, not a guest", path.display())));
            }
        }
        let guest = Guest::with_memory(&elf, arguments.memory.config())?;
        Ok(Loaded { guest, path, elf })
    }

    fn build(&self, directory: &Path, arguments: &BuildArgs) -> Result<BuiltGuest, Failure> {
        let BuildArgs { bin, features, no_default_features, locked } = arguments.clone();
        let mut builder = GuestBuilder::new(directory).features(features);
        if let Some(bin) = bin {
            builder = builder.bin(bin);
        }
        if no_default_features {
            builder = builder.no_default_features();
        }
        if locked {
            builder = builder.locked();
        }
        if self.verbose {
            builder = builder.verbose();
        }
        self.reporter.status(format_args!("building the guest in {}", directory.display()));
        Ok(builder.build()?)
    }
}
