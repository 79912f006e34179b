//! Proofs and keys in files.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;
use zkvm_prover::file;
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
    #[error("{}: {error}{}", path.display(), remedy(error))]
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

/// Most bytes of a file that is read: far beyond any proof and any key.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What to do about an error, to be appended to it.
fn remedy(error: &io::Error) -> String {
    file::remedy(error).map_or_else(String::new, |remedy| format!(": {remedy}"))
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
        write_file(path, &self.to_bytes())
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
    write_file(path, &key.to_bytes())
}

/// Reads the verification key of the program `id` from a file, which may come from anybody: little
/// is done with a key of another program.
///
/// # Errors
/// If it cannot be read, is no key of this version, or is that of another program.
pub fn load_key_of(id: ProgramId, path: impl AsRef<Path>) -> Result<Key, FileError> {
    let path = path.as_ref();
    Key::from_bytes_of(id, &read(path)?).map_err(|error| FileError::Key { path: path.into(), error })
}

/// Reads a verification key that you trust from a file.
///
/// # Errors
/// If it cannot be read, or is no key of this version.
pub fn load_key(path: impl AsRef<Path>) -> Result<Key, FileError> {
    let path = path.as_ref();
    Key::from_bytes(&read(path)?).map_err(|error| FileError::Key { path: path.into(), error })
}

/// Writes a file: completely, or not at all. What an interrupted process left beside it is removed.
///
/// # Errors
/// If it cannot be written; an older file of that name is then untouched.
pub fn write_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), FileError> {
    let path = path.as_ref();
    file::write(path, bytes).map_err(|error| FileError::Io { path: path.into(), error })
}

/// Finds out whether a file could be written now, before a long proof say.
///
/// # Errors
/// If it could not.
pub fn check_writable(path: impl AsRef<Path>) -> Result<(), FileError> {
    let path = path.as_ref();
    file::probe(path).map_err(|error| FileError::Io { path: path.into(), error })
}

fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let attempt = || {
        let mut bytes = Vec::new();
        let length = File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)? as u64;
        if length <= MAX_FILE_BYTES { Ok(bytes) } else { Err(io::Error::other("longer than any proof or key")) }
    };
    attempt().map_err(|error| FileError::Io { path: path.into(), error })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn errors_of_files_name_the_file_and_say_what_to_do() {
        let directory = std::env::temp_dir().join(format!("zkvm-proof-{}", std::process::id()));
        let path = directory.join("a.proof");
        let missing = write_file(&path, b"x").unwrap_err();
        assert!(matches!(&missing, FileError::Io { path: named, .. } if *named == path));
        assert!(missing.to_string().ends_with("check the path; directories are not created"), "{missing}");
        assert!(check_writable(&path).is_err() && Proof::load(&path).is_err());

        fs::create_dir_all(&directory).unwrap();
        check_writable(&path).unwrap();
        write_file(&path, b"no proof").unwrap();
        assert!(matches!(Proof::load(&path), Err(FileError::Proof { error: ProofError::NotAProof, .. })));
        assert!(matches!(load_key(&path), Err(FileError::Key { error: KeyError::NotAKey, .. })));
        assert!(matches!(Proof::load(&directory), Err(FileError::Io { .. })));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(&directory).unwrap();
    }
}
