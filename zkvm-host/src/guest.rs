//! A loaded guest: its program, identity, symbols and interface, without Rust types.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use zkvm_emulator::{Elf, ElfError, Execution, Fault, Host, Input, Limits, Symbols, Trace};
use zkvm_isa::program::{MemoryConfig, Program, ProgramError};
use zkvm_verifier::{Key, ProgramId};

use crate::build::{BuildError, GuestBuilder};
use crate::proof::{FileError, read_file};
use crate::signature::{Signature, SignatureError};

/// A guest program ready to execute and prove. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Guest {
    loaded: Arc<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    key: Key,
    symbols: Symbols,
    signature: Option<Signature>,
}

/// Why a guest cannot be loaded.
#[derive(Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The guest does not compile.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The file is no executable that the machine runs.
    #[error(transparent)]
    Elf(#[from] ElfError),
    /// The program does not fit the machine.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The description of the guest's interface is damaged.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The host program was built without compiling its guests.
    #[error(
        "the guest was not compiled (ZKVM_SKIP_GUESTS was set, or only types were checked): build again without it"
    )]
    NotCompiled,
}

impl Guest {
    /// Loads an ELF file from memory, with the default stack and heap.
    ///
    /// # Errors
    /// If it is not a static RV32IM executable that fits the machine.
    pub fn from_elf(elf: &[u8]) -> Result<Self, LoadError> {
        Self::with_memory(elf, MemoryConfig::default())
    }

    /// Loads an ELF file from memory. The sizes are part of the program's identity.
    ///
    /// # Errors
    /// As [`from_elf`](Self::from_elf).
    pub fn with_memory(elf: &[u8], config: MemoryConfig) -> Result<Self, LoadError> {
        if elf.is_empty() {
            return Err(LoadError::NotCompiled);
        }
        let Elf { image, symbols, .. } = Elf::parse(elf)?;
        let signature = Signature::of_elf(elf)?;
        let key = Key::new(Program::new(image, config)?);
        Ok(Guest { loaded: Arc::new(Loaded { key, symbols, signature }) })
    }

    /// Loads an ELF file.
    ///
    /// # Errors
    /// If the file cannot be read, and as [`from_elf`](Self::from_elf).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::from_elf(&read_file(path)?)
    }

    /// Compiles the guest package in `directory` and loads it.
    ///
    /// # Errors
    /// If it does not compile, and as [`from_elf`](Self::from_elf).
    pub fn build(directory: impl Into<PathBuf>) -> Result<Self, LoadError> {
        Self::from_elf(&GuestBuilder::new(directory).build()?.elf)
    }

    /// The verification key.
    pub fn key(&self) -> &Key {
        &self.loaded.key
    }

    /// The program's identity: the digest of what is proven.
    pub fn id(&self) -> ProgramId {
        self.loaded.key.id()
    }

    /// The program.
    pub fn program(&self) -> &Program {
        self.loaded.key.program()
    }

    /// Function names.
    pub fn symbols(&self) -> &Symbols {
        &self.loaded.symbols
    }

    /// The interface, if the guest was written with the SDK.
    pub fn signature(&self) -> Option<&Signature> {
        self.loaded.signature.as_ref()
    }

    /// Runs the guest without proving. `host` receives what it prints.
    ///
    /// # Errors
    /// The trap that ended it. Exit codes other than zero are no errors here.
    pub fn execute(&self, input: &Input, limits: &Limits, host: &mut dyn Host) -> Result<Execution, Trapped> {
        zkvm_emulator::execute(self.program(), input, limits, host).map_err(|fault| self.locate(fault))
    }

    /// Runs the guest and records every row: 28 bytes each.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn trace(&self, input: &Input, limits: &Limits, host: &mut dyn Host) -> Result<(Execution, Trace), Trapped> {
        zkvm_emulator::trace(self.program(), input, limits, host).map_err(|fault| self.locate(fault))
    }

    fn locate(&self, fault: Fault) -> Trapped {
        let location = self.symbols().locate(fault.pc).map(|location| location.to_string());
        Trapped { fault: Box::new(fault), location }
    }
}

/// A trap, and the function it happened in.
pub struct Trapped {
    /// The trap and what was counted before it.
    pub fault: Box<Fault>,
    /// Function and offset, if the guest has symbols.
    pub location: Option<String>,
}

impl fmt::Display for Trapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the guest trapped: {}", self.fault)?;
        self.location.iter().try_for_each(|location| write!(f, " in {location}"))
    }
}

impl std::error::Error for Trapped {}

crate::readable::debug_as_display!(LoadError, Trapped);
