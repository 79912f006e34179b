//! Proofs and keys in files.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zkvm_verifier::{Key, KeyError, ProgramId, ProofError};

/// A proof of one run, with its exit code and output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    inner: zkvm_verifier::Proof,
}

/// Why a proof or a key cannot be saved or loaded.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// Reading or writing failed; a file being written is left as it was.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The bytes are no proof of this version.
    #[error("{}: {error}", path.display())]
    Proof {
        /// The file.
        path: PathBuf,
        /// Why.
        error: ProofError,
    },
    /// The bytes are no key of this version.
    #[error("{}: {error}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        error: KeyError,
    },
}

impl Proof {
    pub(crate) fn new(inner: zkvm_verifier::Proof) -> Self {
        Proof { inner }
    }

    /// The proof as the verifier crate has it.
    pub fn inner(&self) -> &zkvm_verifier::Proof {
        &self.inner
    }

    /// The program that ran, by the proof's own account: verifying checks it.
    pub fn program(&self) -> ProgramId {
        self.inner.program
    }

    /// The exit code, by the proof's own account.
    pub fn exit_code(&self) -> u32 {
        self.inner.exit_code
    }

    /// The encoded proof.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.inner.to_bytes()
    }

    /// Decodes a proof.
    ///
    /// # Errors
    /// If the bytes are no proof of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        zkvm_verifier::Proof::from_bytes(bytes).map(Proof::new)
    }

    /// Writes the proof to a file: completely, or not at all.
    ///
    /// # Errors
    /// If it cannot be written; an older file of that name is then untouched.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        write_whole(path.as_ref(), &self.to_bytes())
    }

    /// Reads a proof from a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no proof of this version.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        Self::from_bytes(&read(path)?).map_err(|error| FileError::Proof { path: path.into(), error })
    }
}

/// Writes a verification key to a file.
///
/// # Errors
/// If it cannot be written; an older file of that name is then untouched.
pub fn save_key(key: &Key, path: impl AsRef<Path>) -> Result<(), FileError> {
    write_whole(path.as_ref(), &key.to_bytes())
}

/// Reads a verification key from a file. Compare its id with the one you trust.
///
/// # Errors
/// If it cannot be read, or is no key of this version.
pub fn load_key(path: impl AsRef<Path>) -> Result<Key, FileError> {
    let path = path.as_ref();
    Key::from_bytes(&read(path)?).map_err(|error| FileError::Key { path: path.into(), error })
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|error| FileError::Io { path: path.into(), error })
}

/// Writes a temporary file beside `path` and renames it when it is complete and on disk.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let error = |error| FileError::Io { path: path.into(), error };
    let name = path.file_name().ok_or_else(|| error(io::ErrorKind::InvalidInput.into()))?;
    let mut temporary = name.to_owned();
    temporary.push(format!(".{}.partial", std::process::id()));
    let temporary = path.with_file_name(temporary);
    let write = || {
        let mut file = File::create_new(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|failure| {
        // The first failure is the one to report.
        let _ = fs::remove_file(&temporary);
        error(failure)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let directory = std::env::temp_dir().join(format!("zkvm-proof-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let path = directory.join("a.proof");
        write_whole(&path, b"first").unwrap();
        write_whole(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        let missing = directory.join("no/such/directory/a.proof");
        assert!(matches!(write_whole(&missing, b"x"), Err(FileError::Io { path, .. }) if path == missing));
        fs::remove_dir_all(&directory).unwrap();
    }
}
