//! Files that appear under their name whole or not at all.
//!
//! The bytes go to a partial file in the same directory, are forced to disk, and the partial file is
//! renamed, which replaces an older file in one step. Writers of one name do not disturb each other:
//! each has a partial file of its own, and the last to finish prevails. A writer that is killed leaves
//! its partial file behind. Nothing reads those, and the next writer in the directory removes them:
//! a writer holds a lock on its partial file, which ends with the process.
//!
//! A file that is replaced passes its permissions on. Until it is complete, nobody else can read it.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How the names of partial files begin and end.
const PARTIAL: (&str, &str) = (".zkvm-", ".partial");

/// Who can read a new file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Readers {
    /// Whom the process's mask lets.
    Usual,
    /// The owner alone.
    Owner,
}

/// Writes `bytes` to the file `path`. A link is followed, even if there is no file yet where it leads. A
/// device or pipe is written to directly.
///
/// # Errors
/// If the file cannot be written; an older file of that name is then untouched.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_for(Readers::Usual, path, bytes)
}

/// [`write()`], with a say in who can read the file if it is new.
///
/// # Errors
/// As [`write()`].
pub fn write_for(readers: Readers, path: &Path, bytes: &[u8]) -> io::Result<()> {
    match Place::of(path)? {
        Place::Special => fs::OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Place::File { path, permissions } => {
            let directory = directory(&path);
            remove_leftovers(directory);
            let mut partial = Partial::new(directory, if permissions.is_some() { Readers::Owner } else { readers })?;
            partial.file.write_all(bytes)?;
            if let Some(permissions) = permissions {
                partial.file.set_permissions(permissions)?;
            }
            partial.file.sync_all()?;
            fs::rename(&partial.path, &path)?;
            // The name is on disk with the directory; file systems without that do not matter.
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
            Ok(())
        }
    }
}

/// Finds out whether [`write()`] could write there, by making a partial file and removing it.
///
/// # Errors
/// If it could not.
pub fn probe(path: &Path) -> io::Result<()> {
    match Place::of(path)? {
        Place::Special => Ok(()),
        Place::File { path, .. } => Partial::new(directory(&path), Readers::Owner).map(drop),
    }
}

/// What to do about an error of a file, if that can be said.
pub fn remedy(error: &io::Error) -> Option<&'static str> {
    use io::ErrorKind::*;
    Some(match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => "make room there, or choose another file system",
        PermissionDenied | ReadOnlyFilesystem => "change its permissions, or choose another directory",
        NotFound => "check the path; directories are not created",
        NotADirectory => "a part of the path is a file: choose another directory",
        IsADirectory => "name a file in it",
        _ => return None,
    })
}

/// Where bytes for a path go.
enum Place {
    /// A regular file under the name that links lead to, with its permissions if it is there.
    File { path: PathBuf, permissions: Option<Permissions> },
    /// Something that must not be replaced by a file.
    Special,
}

impl Place {
    fn of(path: &Path) -> io::Result<Place> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if metadata.is_file() => {
                Ok(Place::File { path: path.canonicalize()?, permissions: Some(metadata.permissions()) })
            }
            Ok(_) => Ok(Place::Special),
            Err(_) if path.file_name().is_none() => Err(io::ErrorKind::InvalidInput.into()),
            // Links in a circle, say.
            Err(error) if error.kind() != io::ErrorKind::NotFound && path.is_symlink() => Err(error),
            // The directory will tell what is wrong, if anything is.
            Err(_) => Ok(Place::File { path: end_of_links(path), permissions: None }),
        }
    }
}

/// Where a link to a file that is not there leads, over further links.
fn end_of_links(path: &Path) -> PathBuf {
    /// As many as Linux follows.
    const MOST: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST {
        let Ok(next) = fs::read_link(&path) else { break };
        path = directory(&path).join(next);
    }
    path
}

/// The directory of a file.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A partial file, locked by this process; removed unless it is renamed.
struct Partial {
    path: PathBuf,
    file: File,
}

impl Partial {
    fn new(directory: &Path, readers: Readers) -> io::Result<Partial> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(format!("{}{}-{count}{}", PARTIAL.0, std::process::id(), PARTIAL.1));
            let file = match options.open(&path) {
                // A process of the same number left it, or has it, on another machine say.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                file => file?,
            };
            let partial = Partial { path, file };
            // Where there are no locks, leftovers stay.
            let _ = partial.file.lock();
            // Between creation and lock it may have passed for a leftover.
            if partial.path.exists() {
                return Ok(partial);
            }
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // After the renaming there is none.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes the partial files of processes that have ended.
fn remove_leftovers(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_partial = name.starts_with(PARTIAL.0) && name.ends_with(PARTIAL.1);
        // Opening a pipe would wait, and a link is nobody's leftover.
        if is_partial && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let lock = File::open(entry.path()).map(|file| (file.try_lock(), file));
            if matches!(lock, Ok((Ok(()), _))) {
                // Somebody else may have been faster.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that is removed at the end of the test.
    struct Directory(PathBuf);

    impl Directory {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("zkvm-file-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Directory(path)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Directory {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let directory = Directory::new("whole");
        let path = directory.0.join("a");
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(directory.names(), ["a"]);
    }

    #[test]
    fn names_as_long_as_the_file_system_allows_are_written() {
        let directory = Directory::new("long");
        write(&directory.0.join("a".repeat(255)), b"bytes").unwrap();
        assert_eq!(directory.names(), ["a".repeat(255)]);
    }

    #[test]
    fn what_cannot_be_written_is_known_before() {
        let directory = Directory::new("probe");
        fs::write(directory.0.join("file"), b"x").unwrap();
        let kind = |path: &str| {
            let path = directory.0.join(path);
            let error = write(&path, b"x").unwrap_err();
            assert_eq!(probe(&path).unwrap_err().kind(), error.kind(), "{}", path.display());
            assert!(remedy(&error).is_some(), "{error}");
            error.kind()
        };
        assert_eq!(kind("no/such/a"), io::ErrorKind::NotFound);
        assert_eq!(kind("file/a"), io::ErrorKind::NotADirectory);
        assert_eq!(kind("."), io::ErrorKind::IsADirectory);
        assert!(probe(Path::new("")).is_err() && probe(Path::new("/")).is_err());
        assert!(probe(&directory.0.join("b")).is_ok());
        assert_eq!(directory.names(), ["file"]);
    }

    #[test]
    fn a_partial_file_of_a_dead_process_is_removed_and_that_of_a_living_one_is_not() {
        let directory = Directory::new("leftover");
        fs::write(directory.0.join(".zkvm-1-0.partial"), b"half").unwrap();
        fs::write(directory.0.join("mine.partial"), b"another's").unwrap();
        let living = Partial::new(&directory.0, Readers::Usual).unwrap();
        let name = living.path.file_name().unwrap().to_str().unwrap().to_owned();
        write(&directory.0.join("a"), b"bytes").unwrap();
        assert_eq!(directory.names(), [&*name, "a", "mine.partial"]);
        drop(living);
        assert_eq!(directory.names(), ["a", "mine.partial"]);
    }

    #[test]
    fn writers_at_once_leave_one_whole_file() {
        let directory = Directory::new("concurrent");
        let path = directory.0.join("a");
        std::thread::scope(|scope| {
            for byte in 0..8 {
                let path = &path;
                scope.spawn(move || (0..20).for_each(|_| write(path, &[byte; 10_000]).unwrap()));
            }
        });
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes, [bytes[0]; 10_000]);
        assert_eq!(directory.names(), ["a"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_devices_stay_devices() {
        let directory = Directory::new("special");
        let (link, target) = (directory.0.join("link"), directory.0.join("target"));
        fs::write(&target, b"old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), b"new");

        let device = directory.0.join("null");
        std::os::unix::fs::symlink("/dev/null", &device).unwrap();
        write(&device, b"bytes").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let full = write(Path::new("/dev/full"), b"bytes").unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        assert_eq!(directory.names(), ["link", "null", "target"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_yet_stays_a_link() {
        use std::os::unix::fs::symlink;
        let directory = Directory::new("dangling");
        let at = |name: &str| directory.0.join(name);
        fs::create_dir(at("sub")).unwrap();
        symlink("sub/second", at("first")).unwrap();
        symlink("target", at("sub/second")).unwrap();
        probe(&at("first")).unwrap();
        write(&at("first"), b"bytes").unwrap();
        assert!(at("first").is_symlink() && at("sub/second").is_symlink());
        assert_eq!(fs::read(at("sub/target")).unwrap(), b"bytes");

        symlink("missing/target", at("astray")).unwrap();
        symlink("circle", at("circle")).unwrap();
        for name in ["astray", "circle"] {
            assert!(probe(&at(name)).is_err() && write(&at(name), b"bytes").is_err());
            assert!(at(name).is_symlink());
        }
        assert_eq!(directory.names(), ["astray", "circle", "first", "sub"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_new_files_can_be_the_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let directory = Directory::new("mode");
        let path = directory.0.join("a");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        write_for(Readers::Owner, &path, b"new").unwrap();
        assert_eq!(mode(), 0o600);
        for kept in [0o600, 0o640, 0o666] {
            fs::set_permissions(&path, Permissions::from_mode(kept)).unwrap();
            write(&path, b"newer").unwrap();
            assert_eq!(mode(), kept);
            write_for(Readers::Owner, &path, b"newest").unwrap();
            assert_eq!(mode(), kept);
        }
        let usual = directory.0.join("usual");
        fs::write(&usual, b"as the mask says").unwrap();
        fs::remove_file(&path).unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(mode(), fs::metadata(&usual).unwrap().permissions().mode() & 0o777);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_no_leftover() {
        let directory = Directory::new("pipe");
        let at = |name: &str| directory.0.join(name);
        let pipe = std::process::Command::new("mkfifo").arg(at(".zkvm-1-0.partial")).status().unwrap();
        assert!(pipe.success());
        fs::write(at("other"), b"another's").unwrap();
        std::os::unix::fs::symlink(at("other"), at(".zkvm-1-1.partial")).unwrap();
        fs::create_dir(at(".zkvm-1-2.partial")).unwrap();
        write(&at("a"), b"bytes").unwrap();
        assert_eq!(directory.names().len(), 5);
        assert_eq!(fs::read(at("other")).unwrap(), b"another's");
    }
}
