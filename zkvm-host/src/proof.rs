//! Proofs and keys in files.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use thiserror::Error;
#[cfg(feature = "prove")]
use zkvm_prover::file::{self, Readers};
use zkvm_verifier::{Key, KeyError, ProgramId, ProofError};

/// A proof of one run, with its exit code and output.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    inner: zkvm_verifier::Proof,
}

/// Why a file cannot be saved or loaded.
#[derive(Error)]
#[non_exhaustive]
pub enum FileError {
    /// It cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It cannot be written, and is left as it was.
    #[cfg(feature = "prove")]
    #[error("cannot write {}: {error}{}", path.display(), remedy(error))]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is no proof in it.
    #[error("no proof: {} is empty", .0.display())]
    EmptyProof(PathBuf),
    /// There is no key in it.
    #[error("no key: {} is empty", .0.display())]
    EmptyKey(PathBuf),
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

crate::readable::debug_as_display!(FileError);

/// Most bytes of a file that is read: far beyond any proof, key and guest.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What to do about an error, to be appended to it.
#[cfg(feature = "prove")]
fn remedy(error: &io::Error) -> String {
    file::remedy(error).map_or_else(String::new, |remedy| format!(": {remedy}"))
}

impl Proof {
    #[cfg(feature = "prove")]
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

    /// Whether the proof is zero-knowledge, by its own account: it then shows nothing of the run but its
    /// public values and sizes.
    pub fn is_zero_knowledge(&self) -> bool {
        self.inner.zero_knowledge
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
        Ok(Proof { inner: zkvm_verifier::Proof::from_bytes(bytes)? })
    }

    /// Writes the proof to a file: completely, or not at all. A file that is replaced keeps its permissions. A
    /// new one is readable by its owner alone unless the proof [hides](Self::is_zero_knowledge) private input.
    ///
    /// # Errors
    /// If it cannot be written; an older file of that name is then untouched.
    #[cfg(feature = "prove")]
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), FileError> {
        let readers = if self.is_zero_knowledge() { Readers::Usual } else { Readers::Owner };
        write_for(readers, path.as_ref(), &self.to_bytes())
    }

    /// Reads a proof from a file.
    ///
    /// # Errors
    /// If it cannot be read, or is no proof of this version.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        Self::from_bytes(&read_content(path, FileError::EmptyProof)?)
            .map_err(|error| FileError::Proof { path: path.into(), error })
    }
}

/// Writes a verification key to a file.
///
/// # Errors
/// If it cannot be written; an older file of that name is then untouched.
#[cfg(feature = "prove")]
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
    Key::from_bytes_of(id, &read_content(path, FileError::EmptyKey)?)
        .map_err(|error| FileError::Key { path: path.into(), error })
}

/// Reads a verification key that you trust from a file.
///
/// # Errors
/// If it cannot be read, or is no key of this version.
pub fn load_key(path: impl AsRef<Path>) -> Result<Key, FileError> {
    let path = path.as_ref();
    Key::from_bytes(&read_content(path, FileError::EmptyKey)?)
        .map_err(|error| FileError::Key { path: path.into(), error })
}

/// Writes a file: completely, or not at all. What an interrupted process left beside it is removed.
///
/// # Errors
/// If it cannot be written; an older file of that name is then untouched.
#[cfg(feature = "prove")]
pub fn write_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<(), FileError> {
    write_for(Readers::Usual, path.as_ref(), bytes)
}

#[cfg(feature = "prove")]
fn write_for(readers: Readers, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    file::write_for(readers, path, bytes).map_err(|error| FileError::Write { path: path.into(), error })
}

/// Finds out whether a file could be written now, before a long proof say.
///
/// # Errors
/// If it could not.
#[cfg(feature = "prove")]
pub fn check_writable(path: impl AsRef<Path>) -> Result<(), FileError> {
    let path = path.as_ref();
    file::probe(path).map_err(|error| FileError::Write { path: path.into(), error })
}

/// Reads a file of at most 1 GiB, which no proof, key or guest exceeds.
///
/// # Errors
/// If it cannot be read, or is longer.
pub fn read_file(path: impl AsRef<Path>) -> Result<Vec<u8>, FileError> {
    let path = path.as_ref();
    let attempt = || {
        let mut bytes = Vec::new();
        let length = File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)? as u64;
        if length <= MAX_FILE_BYTES { Ok(bytes) } else { Err(io::Error::other("longer than any proof, key or guest")) }
    };
    attempt().map_err(|error| FileError::Read { path: path.into(), error })
}

/// Reads a file that is not empty, as one is for which a disk had no room.
fn read_content(path: &Path, empty: fn(PathBuf) -> FileError) -> Result<Vec<u8>, FileError> {
    let bytes = read_file(path)?;
    if bytes.is_empty() { Err(empty(path.into())) } else { Ok(bytes) }
}

#[cfg(all(test, feature = "prove"))]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn errors_of_files_name_the_file_and_say_what_to_do() {
        let directory = std::env::temp_dir().join(format!("zkvm-proof-{}", std::process::id()));
        let path = directory.join("a.proof");
        let missing = write_file(&path, b"x").unwrap_err();
        assert!(matches!(&missing, FileError::Write { path: named, .. } if *named == path));
        assert!(missing.to_string().ends_with("check the path; directories are not created"), "{missing}");
        assert_eq!(format!("{missing:?}"), missing.to_string());
        assert!(check_writable(&path).is_err() && Proof::load(&path).is_err());

        fs::create_dir_all(&directory).unwrap();
        check_writable(&path).unwrap();
        write_file(&path, b"no proof").unwrap();
        assert!(matches!(Proof::load(&path), Err(FileError::Proof { error: ProofError::NotAProof, .. })));
        assert!(matches!(load_key(&path), Err(FileError::Key { error: KeyError::NotAKey, .. })));
        assert!(matches!(Proof::load(&directory), Err(FileError::Read { .. })));
        write_file(&path, b"").unwrap();
        assert!(matches!(Proof::load(&path), Err(FileError::EmptyProof(_))));
        assert!(matches!(load_key(&path), Err(FileError::EmptyKey(_))));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(&directory).unwrap();
    }
}
