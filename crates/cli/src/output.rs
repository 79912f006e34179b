//! The proof's file.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, process};

use zkvm_host::Proof;

use crate::failure::Failure;

/// Saves a proof. It may have taken hours: if `path` cannot be written after all, it is kept among
/// the temporary files.
///
/// # Errors
/// If it cannot be written to `path`; the message names the file that has the proof instead.
pub fn save(proof: &Proof, path: &Path) -> Result<(), Failure> {
    let Err(error) = proof.save(path) else { return Ok(()) };
    let failure = Failure::from(error);
    Err(match keep(proof, path) {
        Ok(kept) => {
            let message = format!("{}\nthe proof is kept in {}", failure.message, kept.display());
            Failure { message, ..failure }
        }
        // The first failure is the one to report.
        Err(_) => failure,
    })
}

/// Writes a new file in the directory for temporary files; gives its path.
fn keep(proof: &Proof, path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let kept = env::temp_dir().join(format!("zkvm-{}-{name}", process::id()));
    let mut options = File::options();
    options.write(true).create_new(true);
    // The directory is everybody's, and not every proof is zero-knowledge.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&kept)?;
    let written = file.write_all(&proof.to_bytes()).and_then(|()| file.sync_all());
    written.inspect_err(|_| drop(fs::remove_file(&kept)))?;
    Ok(kept)
}
