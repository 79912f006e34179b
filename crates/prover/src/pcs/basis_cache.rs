//! Bases kept on disk: generating one takes seconds, loading it milliseconds.
//!
//! A stored basis is checked against a digest known to the program ([`Basis::from_bytes`]), so the
//! directory needs no protection; a file that is missing, cut or altered is replaced. Files appear
//! under their name complete or not at all, so processes can share the directory.

use rayon::prelude::*;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use zkvm_pcs::basis::{MAX_LOG_SIZE, row_base};
use zkvm_pcs::{Basis, BasisError};

/// The basis of 2^`log_size` points from `directory`; generated, and stored there, where missing.
///
/// A basis that cannot be stored is returned all the same: the directory may be read-only.
pub fn load_or_generate(directory: &Path, log_size: u32) -> Result<Basis, BasisError> {
    let path = file(directory, log_size);
    let stored = fs::read(&path).ok().and_then(|bytes| Basis::from_bytes(&bytes).ok());
    if let Some(basis) = stored.filter(|basis| basis.log_size() == log_size) {
        return Ok(basis);
    }
    let basis = generate(log_size)?;
    // Without a stored copy the next process generates again; nothing else is lost.
    let _ = store(&path, &basis.to_bytes());
    Ok(basis)
}

/// Generates the basis of 2^`log_size` points on all threads.
pub fn generate(log_size: u32) -> Result<Basis, BasisError> {
    if log_size > MAX_LOG_SIZE {
        return Basis::new(log_size);
    }
    Basis::from_points((0..1u64 << log_size).into_par_iter().map(row_base).collect())
}

/// Where the basis is kept.
fn file(directory: &Path, log_size: u32) -> PathBuf {
    directory.join(format!("bn254-g1-v1-{log_size}.basis"))
}

/// Writes beside `path` and renames, which replaces atomically.
fn store(path: &Path, bytes: &[u8]) -> io::Result<()> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let unique = COUNTER.fetch_add(1, Ordering::Relaxed);
    let temporary = path.with_extension(format!("{}-{unique}.part", std::process::id()));
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let result = fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that is removed at the end of the test.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("zkvm-basis-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Directory(path)
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_basis_is_stored_and_loaded() {
        let directory = Directory::new("load");
        let generated = load_or_generate(&directory.0, 5).unwrap();
        assert_eq!(generated, Basis::new(5).unwrap());
        let stored = fs::read(file(&directory.0, 5)).unwrap();
        assert_eq!(stored, generated.to_bytes());
        assert_eq!(load_or_generate(&directory.0, 5).unwrap(), generated);
        assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1);
        assert!(load_or_generate(&directory.0, MAX_LOG_SIZE + 1).is_err());
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let directory = Directory::new("damaged");
        let path = file(&directory.0, 4);
        let good = load_or_generate(&directory.0, 4).unwrap().to_bytes();
        let mut altered = good.clone();
        altered[100] ^= 1;
        for bad in [&[][..], &good[..good.len() - 1], &altered, &load_or_generate(&directory.0, 3).unwrap().to_bytes()]
        {
            fs::write(&path, bad).unwrap();
            assert_eq!(load_or_generate(&directory.0, 4).unwrap().log_size(), 4);
            assert_eq!(fs::read(&path).unwrap(), good);
        }
    }

    #[test]
    fn a_directory_that_cannot_be_written_does_not_matter() {
        let directory = Directory::new("file");
        fs::write(&directory.0, b"not a directory").unwrap();
        assert!(load_or_generate(&directory.0.join("sub"), 3).is_ok());
        fs::remove_file(&directory.0).unwrap();
    }

    #[test]
    fn concurrent_loading_leaves_one_good_file() {
        let directory = Directory::new("concurrent");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert!(load_or_generate(&directory.0, 6).is_ok()));
            }
        });
        let names: Vec<_> = fs::read_dir(&directory.0).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(names, [file(&directory.0, 6)]);
    }
}
