//! Bases kept on disk: generating one takes seconds, loading it milliseconds.
//!
//! A stored basis is checked against a digest known to the program ([`Basis::from_bytes`]), so that
//! nobody can slip in another; a file that is missing, cut or altered is replaced. What is no file, a
//! link among them, is left alone. Files appear
//! under their name complete or not at all ([`file`](crate::file)), so processes can share the
//! directory.

use crate::file;
use rayon::prelude::*;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use zkvm_pcs::basis::{MAX_LOG_SIZE, row_base};
use zkvm_pcs::{Basis, BasisError};

/// The basis of 2^`log_size` points from `directory`; generated, and stored there, where missing.
///
/// A basis that cannot be stored is returned all the same: the directory may be read-only.
pub fn load_or_generate(directory: &Path, log_size: u32) -> Result<Basis, BasisError> {
    let path = path(directory, log_size);
    let place = fs::symlink_metadata(&path);
    // A basis takes 64 bytes a point and a header; a larger file is none and is not read.
    let readable = place.as_ref().is_ok_and(|found| found.is_file() && found.len() >> 7 <= 1u64 << log_size.min(63));
    let stored = readable.then(|| fs::read(&path).ok().and_then(|bytes| Basis::from_bytes(&bytes).ok())).flatten();
    if let Some(basis) = stored.filter(|basis| basis.log_size() == log_size) {
        return Ok(basis);
    }
    let basis = generate(log_size)?;
    if place.map_or_else(|error| error.kind() == ErrorKind::NotFound, |found| found.is_file()) {
        // Without a stored copy the next process generates again; nothing else is lost.
        let _ = fs::create_dir_all(directory).and_then(|()| file::write(&path, &basis.to_bytes()));
    }
    Ok(basis)
}

/// Whether `directory` has a file for that basis. Whether it is good shows when it is loaded.
pub fn is_stored(directory: &Path, log_size: u32) -> bool {
    path(directory, log_size).is_file()
}

/// Generates the basis of 2^`log_size` points on all threads.
pub fn generate(log_size: u32) -> Result<Basis, BasisError> {
    if log_size > MAX_LOG_SIZE {
        return Basis::new(log_size);
    }
    Basis::from_points((0..1u64 << log_size).into_par_iter().map(row_base).collect())
}

/// Where the basis is kept.
fn path(directory: &Path, log_size: u32) -> PathBuf {
    directory.join(format!("bn254-g1-v1-{log_size}.basis"))
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
        assert!(!is_stored(&directory.0, 5));
        let generated = load_or_generate(&directory.0, 5).unwrap();
        assert!(is_stored(&directory.0, 5) && !is_stored(&directory.0, 6));
        assert_eq!(generated, Basis::new(5).unwrap());
        let stored = fs::read(path(&directory.0, 5)).unwrap();
        assert_eq!(stored, generated.to_bytes());
        assert_eq!(load_or_generate(&directory.0, 5).unwrap(), generated);
        assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1);
        assert!(load_or_generate(&directory.0, MAX_LOG_SIZE + 1).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_left_alone() {
        let directory = Directory::new("link");
        fs::create_dir_all(&directory.0).unwrap();
        let other = directory.0.join("other");
        fs::write(&other, b"somebody's").unwrap();
        std::os::unix::fs::symlink(&other, path(&directory.0, 4)).unwrap();
        assert_eq!(load_or_generate(&directory.0, 4).unwrap(), Basis::new(4).unwrap());
        assert_eq!(fs::read(&other).unwrap(), b"somebody's");
        assert!(path(&directory.0, 4).is_symlink());
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let directory = Directory::new("damaged");
        let path = path(&directory.0, 4);
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
    fn a_directory_in_the_place_of_the_file_does_not_matter() {
        let directory = Directory::new("place");
        fs::create_dir_all(path(&directory.0, 3).join("sub")).unwrap();
        assert_eq!(load_or_generate(&directory.0, 3).unwrap(), Basis::new(3).unwrap());
        assert!(!is_stored(&directory.0, 3));
        assert_eq!(fs::read_dir(&directory.0).unwrap().count(), 1, "no partial file is left");
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
        assert_eq!(names, [path(&directory.0, 6)]);
    }
}
