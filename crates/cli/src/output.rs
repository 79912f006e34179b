//! Output files: whether they can be written is known before a long proof.

use std::fs::{self, File};
use std::io;
use std::path::Path;

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
        let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(format!(".{}.probe", std::process::id()));
        let probe = path.with_file_name(name);
        File::create_new(&probe)?;
        fs::remove_file(&probe)
    };
    attempt().map_err(|error: io::Error| Failure::file(path, &error))
}
