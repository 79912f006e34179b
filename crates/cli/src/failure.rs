//! Why a command ends without its result, and with which exit code.

use std::fmt;
use std::process::ExitCode;

use zkvm_host::build::BuildError;
use zkvm_host::signature::SignatureError;
use zkvm_host::signature::value::OutputError;
use zkvm_host::{Error, FileError, LoadError, ProveError, SetupError, Trapped, VerifyError, signature, toolchain};

/// The exit codes, for `--help`.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  the guest trapped, panicked, or ended with another exit code than expected
  2  usage: wrong arguments, or an input, guest, ELF file or key that is not acceptable
  3  the proof is not valid
  4  environment: a missing toolchain, a file that cannot be read or written";

/// Kinds of failures; each has an exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// The guest did not end as it should.
    Guest = 1,
    /// What the user gave is not acceptable.
    Input = 2,
    /// A proof is not valid.
    Proof = 3,
    /// The machine at hand lacks something.
    Environment = 4,
}

impl Class {
    /// A failure of this class.
    pub fn because(self, message: impl fmt::Display) -> Failure {
        Failure { class: self, message: message.to_string(), reported: false }
    }

    /// For machines to read.
    pub fn name(self) -> &'static str {
        match self {
            Class::Guest => "guest",
            Class::Input => "input",
            Class::Proof => "proof",
            Class::Environment => "environment",
        }
    }
}

impl From<Class> for ExitCode {
    fn from(class: Class) -> Self {
        ExitCode::from(class as u8)
    }
}

/// A failure, with the message for the user.
#[derive(Debug)]
pub struct Failure {
    /// Its class.
    pub class: Class,
    /// What happened.
    pub message: String,
    /// Whether a report that is printed already says so.
    pub reported: bool,
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Build(error) => error.into(),
            LoadError::File(error) => error.into(),
            _ => Class::Input.because(error),
        }
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        let class = match &error {
            BuildError::Toolchain(_) | BuildError::Io { .. } | BuildError::Answer(_) => Class::Environment,
            _ => Class::Input,
        };
        class.because(error)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let class = match &error {
            FileError::Proof { .. } | FileError::EmptyProof(_) => Class::Proof,
            FileError::Key { .. } | FileError::EmptyKey(_) => Class::Input,
            _ => Class::Environment,
        };
        class.because(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let class = match &error {
            Error::Trap(_) | Error::Panic { .. } | Error::Exit(_) | Error::Output(_) => Class::Guest,
            Error::Verify(_) => Class::Proof,
            _ => Class::Input,
        };
        class.because(error)
    }
}

macro_rules! classes {
    ($($error:ty => $class:ident,)*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Class::$class.because(error)
            }
        })*
    };
}
classes! {
    Trapped => Guest,
    OutputError => Guest,
    ProveError => Input,
    SetupError => Input,
    SignatureError => Input,
    signature::value::InputError => Input,
    zkvm_host::InputError => Input,
    VerifyError => Proof,
    toolchain::ToolchainError => Environment,
}
