//! The Rust toolchain that compiles guests: found, not installed.
//!
//! A guest's `core` and `alloc` are compiled along with it, so that atomics become plain loads and
//! stores. That takes a compiler whose sysroot holds the sources of the standard library, a cargo,
//! and LLD. The compiler is the first of
//!
//! 1. the one that [`OVERRIDE`] names, and then no other;
//! 2. the toolchain in use (`rustc` on the path), then the other toolchains of rustup;
//! 3. a compiler of the system, as Debian's packages `rustc-web` and `rust-web-src` provide it.
//!
//! The program id of a guest depends on the compiler's version, so [`Toolchain`] states it.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

/// Environment variable that names the `rustc` for guests.
pub const OVERRIDE: &str = "ZKVM_RUSTC";

/// Oldest compiler that reads the guest's target description.
pub const OLDEST: Version = Version { major: 1, minor: 95, patch: 0 };

/// What compiles guests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// The compiler.
    pub rustc: PathBuf,
    /// Its version.
    pub version: Version,
    /// Its sysroot, which holds the sources of the standard library.
    pub sysroot: PathBuf,
    /// The cargo that drives it.
    pub cargo: PathBuf,
    /// The linker, LLD.
    pub linker: PathBuf,
}

/// A release of Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Always 1 so far.
    pub major: u32,
    /// Counts releases.
    pub minor: u32,
    /// Counts corrections of a release.
    pub patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why guests cannot be compiled. The message ends with the command that helps, which
/// [`ToolchainError::remedy`] gives alone.
#[derive(Error)]
#[non_exhaustive]
pub enum ToolchainError {
    /// The compiler that [`OVERRIDE`] names does not serve.
    #[error("{OVERRIDE}={}: {problem}; run `{}`", rustc.display(), self.remedy())]
    Override {
        /// The compiler named.
        rustc: PathBuf,
        /// What it lacks.
        problem: Unsuitable,
    },
    /// No compiler comes with the sources of the standard library.
    #[error(
        "no Rust compiler with the sources of the standard library ({}); run `{}`",
        Rejections(tried), self.remedy()
    )]
    NoLibrarySources {
        /// The compilers looked at, and what each lacks.
        tried: Vec<(PathBuf, Unsuitable)>,
        /// Whether rustup is there to add the sources.
        has_rustup: bool,
    },
    /// There is no cargo, or none of [`OLDEST`] or later.
    #[error("no cargo {OLDEST} or later; run `{}`", self.remedy())]
    NoCargo,
    /// There is no LLD.
    #[error("no linker `rust-lld`, `ld.lld` or `lld` found; run `{}`", self.remedy())]
    NoLinker,
}

/// What a compiler lacks.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unsuitable {
    /// It cannot be run, or does not answer as `rustc` does.
    #[error("is no working rustc")]
    NotRustc,
    /// It is older than [`OLDEST`].
    #[error("is rustc {0}, older than {OLDEST}")]
    TooOld(Version),
    /// Its sysroot has no `lib/rustlib/src/rust/library`.
    #[error("has no library sources")]
    NoSources,
}

crate::readable::debug_as_display!(ToolchainError, Unsuitable);

struct Rejections<'a>(&'a [(PathBuf, Unsuitable)]);

impl fmt::Display for Rejections<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no compiler at all");
        }
        for (index, (rustc, problem)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{} {problem}", rustc.display())?;
        }
        Ok(())
    }
}

/// Adds the library sources to the rustup toolchain in use.
pub const ADD_SOURCES: &str = "rustup component add rust-src";
/// Installs a compiler with its library sources on Debian.
pub const INSTALL_SYSTEM: &str = "apt-get install rustc-web rust-web-src";
/// Installs rustup, and with it cargo and `rust-lld`.
pub const INSTALL_RUSTUP: &str = "curl --proto '=https' -sSf https://sh.rustup.rs | sh";

impl ToolchainError {
    /// The one command to run.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Override { .. } => "unset ZKVM_RUSTC",
            Self::NoLibrarySources { has_rustup: true, .. } => ADD_SOURCES,
            Self::NoLibrarySources { has_rustup: false, .. } => INSTALL_SYSTEM,
            Self::NoCargo | Self::NoLinker => INSTALL_RUSTUP,
        }
    }
}

impl Toolchain {
    /// Finds the toolchain, in the order that the module describes.
    ///
    /// # Errors
    /// The first piece that is missing.
    pub fn discover() -> Result<Self, ToolchainError> {
        let compiler = match env::var_os(OVERRIDE) {
            Some(path) => {
                let rustc = PathBuf::from(path);
                Compiler::probe(&rustc).map_err(|problem| ToolchainError::Override { rustc, problem })?
            }
            None => first_suitable(candidates())?,
        };
        let cargo = find_cargo(&compiler).ok_or(ToolchainError::NoCargo)?;
        let linker = find_linker(&compiler).ok_or(ToolchainError::NoLinker)?;
        let Compiler { rustc, version, sysroot, .. } = compiler;
        Ok(Self { rustc, version, sysroot, cargo, linker })
    }
}

/// A compiler with library sources.
struct Compiler {
    rustc: PathBuf,
    version: Version,
    host: String,
    sysroot: PathBuf,
}

impl Compiler {
    fn probe(rustc: &Path) -> Result<Self, Unsuitable> {
        let sysroot = output(rustc, &["--print", "sysroot"]).ok_or(Unsuitable::NotRustc)?;
        let sysroot = PathBuf::from(sysroot.trim_end());
        let about = output(rustc, &["-vV"]).ok_or(Unsuitable::NotRustc)?;
        let version = field(&about, "release: ").and_then(parse_version);
        let version = version.ok_or(Unsuitable::NotRustc)?;
        let host = field(&about, "host: ").ok_or(Unsuitable::NotRustc)?.to_owned();
        if version < OLDEST {
            return Err(Unsuitable::TooOld(version));
        }
        if !sysroot.join("lib/rustlib/src/rust/library/core/src/lib.rs").is_file() {
            return Err(Unsuitable::NoSources);
        }
        // Not rustup's proxy: its answer depends on the directory that it is called in.
        let own = sysroot.join("bin/rustc");
        let rustc = if own.is_file() { own } else { rustc.to_owned() };
        Ok(Self { rustc, version, host, sysroot })
    }
}

fn output(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    if output.status.success() { String::from_utf8(output.stdout).ok() } else { None }
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(name))
}

/// Reads `1.97.0` and `1.97.0-nightly`.
fn parse_version(text: &str) -> Option<Version> {
    let mut numbers = text.split('-').next()?.split('.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(Version { major: next()?, minor: next()?, patch: next()? })
}

fn first_suitable(candidates: impl Iterator<Item = PathBuf>) -> Result<Compiler, ToolchainError> {
    let mut tried = Vec::new();
    for rustc in candidates {
        if tried.iter().any(|(before, _)| *before == rustc) {
            continue;
        }
        match Compiler::probe(&rustc) {
            Ok(compiler) => return Ok(compiler),
            Err(problem) => tried.push((rustc, problem)),
        }
    }
    Err(ToolchainError::NoLibrarySources { tried, has_rustup: on_path("rustup").is_some() })
}

/// Compilers in order of preference.
fn candidates() -> impl Iterator<Item = PathBuf> {
    let in_use = on_path("rustc").into_iter();
    let system = ["/usr/bin/rustc", "/usr/local/bin/rustc"].map(PathBuf::from).into_iter();
    let versioned = subdirectories(Path::new("/usr/lib"))
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| starts_with(name, "rust-")))
        .map(|path| path.join("bin/rustc"));
    in_use.chain(rustup_compilers()).chain(system).chain(versioned).filter(|path| path.is_file())
}

/// The compilers of rustup's toolchains, releases before nightly builds, newest first.
fn rustup_compilers() -> impl Iterator<Item = PathBuf> {
    let mut toolchains = rustup_toolchains();
    toolchains.sort_by_key(|path| path.file_name().is_some_and(|name| starts_with(name, "nightly")));
    toolchains.into_iter().map(|path| path.join("bin/rustc"))
}

fn rustup_toolchains() -> Vec<PathBuf> {
    let home = env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".rustup")));
    home.map_or_else(Vec::new, |home| subdirectories(&home.join("toolchains")))
}

/// The directories in `parent`, the greatest name first; none if it cannot be read.
fn subdirectories(parent: &Path) -> Vec<PathBuf> {
    let entries = parent.read_dir().into_iter().flatten().flatten();
    let mut directories: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    directories.sort_by(|a, b| b.cmp(a));
    directories
}

fn starts_with(name: &OsStr, prefix: &str) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(prefix))
}

/// The compiler's own cargo, else the one in use, else any of rustup's; none that is too old.
fn find_cargo(compiler: &Compiler) -> Option<PathBuf> {
    let own = compiler.sysroot.join("bin/cargo");
    let others = rustup_toolchains().into_iter().map(|path| path.join("bin/cargo"));
    let candidates = std::iter::once(own).chain(on_path("cargo")).chain(others);
    candidates.filter(|path| path.is_file()).find(|cargo| {
        let about = output(cargo, &["-vV"]);
        let version = about.as_deref().and_then(|text| field(text, "release: "));
        version.and_then(parse_version) >= Some(OLDEST)
    })
}

/// LLD of the compiler's sysroot, else of a rustup toolchain, else on the path.
fn find_linker(compiler: &Compiler) -> Option<PathBuf> {
    let bundled = Path::new("lib/rustlib").join(&compiler.host).join("bin/rust-lld");
    let sysroots = std::iter::once(compiler.sysroot.clone()).chain(rustup_toolchains());
    let bundled = sysroots.map(|sysroot| sysroot.join(&bundled)).find(|path| path.is_file());
    bundled.or_else(|| ["rust-lld", "ld.lld", "lld"].into_iter().find_map(on_path))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_and_nightly_builds_have_a_version() {
        let version = |minor| Version { major: 1, minor, patch: 0 };
        assert_eq!(parse_version("1.97.0-nightly"), Some(version(97)));
        assert_eq!(parse_version("1.95.0"), Some(version(95)));
        assert_eq!(parse_version("1.95"), None);
        assert_eq!(parse_version("one"), None);
    }

    #[test]
    fn a_program_that_is_no_compiler_is_refused() {
        assert_eq!(Compiler::probe(Path::new("/bin/true")).err(), Some(Unsuitable::NotRustc));
        assert_eq!(Compiler::probe(Path::new("/nowhere")).err(), Some(Unsuitable::NotRustc));
    }

    #[test]
    fn a_missing_piece_names_one_command() {
        let error = first_suitable([PathBuf::from("/nowhere/rustc")].into_iter()).err().unwrap();
        let message = error.to_string();
        assert!(message.contains("/nowhere/rustc is no working rustc"), "{message}");
        assert!(message.ends_with(&format!("run `{}`", error.remedy())), "{message}");
        let rustc = PathBuf::from("/old");
        let problem = Unsuitable::TooOld(Version { major: 1, minor: 80, patch: 1 });
        assert_eq!(
            ToolchainError::Override { rustc, problem }.to_string(),
            "ZKVM_RUSTC=/old: is rustc 1.80.1, older than 1.95.0; run `unset ZKVM_RUSTC`"
        );
    }

    #[test]
    fn the_toolchain_found_has_the_sources_of_the_standard_library() {
        let toolchain = Toolchain::discover().unwrap();
        assert!(toolchain.version >= OLDEST);
        assert!(toolchain.sysroot.join("lib/rustlib/src/rust/library/alloc").is_dir());
        assert!(toolchain.cargo.is_file() && toolchain.linker.is_file());
    }
}
