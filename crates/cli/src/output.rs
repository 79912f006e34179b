//! Output files: whether they can be written is known before a long proof, and they are written
//! whole or not at all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Tries to create a file beside `path` and removes it. The file itself is written when it is
/// complete, so that an interrupted proof leaves nothing behind.
///
/// # Errors
/// If no file can be written there, or a directory is in the way.
pub fn ensure_writable(path: &Path) -> Result<(), Failure> {
    let attempt = || {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let probe = beside(path)?;
        File::create_new(&probe)?;
        fs::remove_file(&probe)
    };
    attempt().map_err(|error| Failure::file(path, &error))
}

/// Writes a file by way of another one that takes its place when it is complete.
///
/// # Errors
/// If it cannot be written; an older file of that name is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    ensure_writable(path)?;
    let attempt = |partial: &Path| fs::write(partial, bytes).and_then(|()| fs::rename(partial, path));
    let partial = beside(path).map_err(|error| Failure::file(path, &error))?;
    attempt(&partial).map_err(|error| {
        // The first failure is the one to report.
        let _ = fs::remove_file(&partial);
        Failure::file(path, &error)
    })
}

/// A name of this process in the same directory.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let mut name: OsString = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    Ok(path.with_file_name(name))
}
