//! Compiles guests.
//!
//! A guest is an ordinary package; [`GuestBuilder`] compiles it for the machine, with its own
//! target directory (`zkvm` within the guest's) and its own compiler flags. What the environment
//! says to cargo about the host (flags, wrappers, profiles) has no say in it.
//!
//! **The program id does not depend on where the sources lie**, neither the guest's nor those of
//! its dependencies or the standard library: paths in panic messages are relative to their package,
//! and crates are identified by name and version. It does depend on the compiler's version and on
//! `Cargo.lock`.
//!
//! In a build script, [`script::guest`] makes a guest part of a host program.

mod package;
pub mod script;
mod target;

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io, thread};

use serde::Deserialize;
use thiserror::Error;

use crate::signature::{Signature, SignatureError};
use crate::toolchain::{Toolchain, ToolchainError};
use package::Workspace;
use target::Target;

/// A guest to be compiled.
#[derive(Debug, Clone)]
pub struct GuestBuilder {
    directory: PathBuf,
    binary: Option<String>,
    features: Vec<String>,
    default_features: bool,
    profile: String,
    target_directory: Option<PathBuf>,
    locked: bool,
    verbose: bool,
}

/// A compiled guest.
#[derive(Debug, Clone)]
pub struct BuiltGuest {
    /// Where the ELF file lies.
    pub path: PathBuf,
    /// The ELF file.
    pub elf: Vec<u8>,
    /// Its interface; none if it has no `#[zkvm::main]` function.
    pub signature: Option<Signature>,
    /// The files that it was compiled from, apart from those of registries.
    pub sources: Vec<PathBuf>,
}

/// Why a guest was not compiled.
#[derive(Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A part of the toolchain is missing.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// There is no package.
    #[error("{} is no guest: it has no Cargo.toml{}", package::place(.0), package::suggest_beneath(.0))]
    NoPackage(PathBuf),
    /// The package is none that the machine could run.
    #[error("{} is no guest: {reason}{}", package::place(directory), package::suggest(guests))]
    NotAGuest {
        /// The package's directory.
        directory: PathBuf,
        /// What it is instead, or lacks.
        reason: String,
        /// Directories of the guests in the same workspace, the nearest first.
        guests: Vec<PathBuf>,
    },
    /// Cargo reports an error.
    #[error("the guest in {} does not compile:\n{stderr}{}", directory.display(), package::advice(stderr))]
    Cargo {
        /// The guest's directory.
        directory: PathBuf,
        /// What cargo wrote to its standard error.
        stderr: String,
    },
    /// The package has no binary, or not the one asked for.
    #[error("the guest in {} has no binary{}", directory.display(), name(binary))]
    NoBinary {
        /// The guest's directory.
        directory: PathBuf,
        /// The binary asked for.
        binary: Option<String>,
    },
    /// The package has several binaries, and none was asked for.
    #[error("the guest in {} has several binaries: choose one of {}", directory.display(), found.join(", "))]
    SeveralBinaries {
        /// The guest's directory.
        directory: PathBuf,
        /// Their names.
        found: Vec<String>,
    },
    /// The signature in the ELF file cannot be read.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A file cannot be read or written, or a program not started.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or program.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Cargo's answer is not understood.
    #[error("cargo's answer is not understood: {0}")]
    Answer(#[from] serde_json::Error),
}

crate::readable::debug_as_display!(BuildError);

fn name(binary: &Option<String>) -> String {
    binary.as_ref().map_or(String::new(), |binary| format!(" `{binary}`"))
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> BuildError + '_ {
    move |source| BuildError::Io { path: path.to_owned(), source }
}

impl GuestBuilder {
    /// The guest whose package lies in `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
            binary: None,
            features: Vec::new(),
            default_features: true,
            profile: "release".to_owned(),
            target_directory: None,
            locked: false,
            verbose: false,
        }
    }

    /// Chooses a binary of the package; not needed if it has one.
    pub fn bin(mut self, name: impl Into<String>) -> Self {
        self.binary = Some(name.into());
        self
    }

    /// Adds features of the package.
    pub fn features<S: Into<String>>(mut self, features: impl IntoIterator<Item = S>) -> Self {
        self.features.extend(features.into_iter().map(Into::into));
        self
    }

    /// Leaves the package's default features out.
    pub fn no_default_features(mut self) -> Self {
        self.default_features = false;
        self
    }

    /// Compiles with another profile than `release`. Whatever the profile, the guest is optimised
    /// as a whole, and panics abort.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = name.into();
        self
    }

    /// Compiles in another directory than `zkvm` within the package's target directory.
    pub fn target_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.target_directory = Some(directory.into());
        self
    }

    /// Insists on the versions in `Cargo.lock`.
    pub fn locked(mut self) -> Self {
        self.locked = true;
        self
    }

    /// Passes cargo's progress on to the standard error.
    pub fn verbose(mut self) -> Self {
        self.verbose = true;
        self
    }

    /// Finds the toolchain and compiles the guest.
    ///
    /// # Errors
    /// See [`BuildError`]; what the compiler says is part of the error.
    pub fn build(&self) -> Result<BuiltGuest, BuildError> {
        let manifest = self.directory.join("Cargo.toml");
        if !manifest.is_file() {
            return Err(BuildError::NoPackage(self.directory.clone()));
        }
        let toolchain = Toolchain::discover()?;
        let manifest = fs::canonicalize(&manifest).map_err(io_error(&manifest))?;
        let workspace = Workspace::of(&toolchain, &manifest)?;
        workspace.expect_guest(&self.directory, &manifest)?;
        let directory = match &self.target_directory {
            Some(directory) => std::path::absolute(directory).map_err(io_error(directory))?,
            None => workspace.target_directory.join("zkvm"),
        };
        let target = Target::write(&directory).map_err(io_error(&directory))?;
        let stdout = self.run(&self.command(&toolchain, &manifest, &directory, &target))?;
        let mut guest = self.guest(&manifest, &stdout)?;
        guest.sources.extend([manifest, workspace.workspace_root.join("Cargo.lock")]);
        Ok(guest)
    }

    fn command(&self, toolchain: &Toolchain, manifest: &Path, directory: &Path, target: &Target) -> CargoCommand {
        let mut arguments: Vec<OsString> = ["build", "--message-format=json-render-diagnostics"]
            .into_iter()
            .chain(["-Zjson-target-spec", "-Ztrim-paths", "-Zbuild-std=core,alloc"])
            .chain(["-Zbuild-std-features=compiler-builtins-mem", "--profile", &self.profile])
            .map(OsString::from)
            .collect();
        arguments.extend(["--manifest-path".into(), manifest.into()]);
        arguments.extend(["--target".into(), target.specification.clone().into()]);
        arguments.extend(["--target-dir".into(), directory.into()]);
        for (option, value) in [("--bin", &self.binary), ("--features", &self.feature_list())] {
            arguments.extend(value.iter().flat_map(|value| [option.into(), value.into()]));
        }
        let switches = [("--no-default-features", !self.default_features), ("--locked", self.locked)];
        arguments.extend(switches.into_iter().filter(|(_, on)| *on).map(|(switch, _)| switch.into()));

        let profile = self.profile.to_uppercase().replace('-', "_");
        let settings = PROFILE.map(|(key, value)| (format!("CARGO_PROFILE_{profile}_{key}"), value));
        let mut variables: Vec<(OsString, OsString)> =
            settings.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        let flags = target.compiler_flags(&toolchain.linker).join("\x1f");
        variables.push(("CARGO_ENCODED_RUSTFLAGS".into(), flags.into()));
        variables.push(("RUSTC_WRAPPER".into(), target.wrapper.clone().into()));
        CargoCommand { toolchain: toolchain.clone(), directory: manifest.with_file_name(""), arguments, variables }
    }

    fn feature_list(&self) -> Option<String> {
        if self.features.is_empty() { None } else { Some(self.features.join(",")) }
    }

    /// Runs cargo to its end; its standard output.
    fn run(&self, command: &CargoCommand) -> Result<Vec<u8>, BuildError> {
        let cargo = &command.toolchain.cargo;
        let mut child = command.command().spawn().map_err(io_error(cargo))?;
        let stderr = child.stderr.take();
        let (stdout, stderr) = thread::scope(|scope| {
            let stderr = scope.spawn(|| stderr.map_or(String::new(), |pipe| self.relay(pipe)));
            let mut stdout = Vec::new();
            let read = child.stdout.take().map_or(Ok(0), |mut pipe| pipe.read_to_end(&mut stdout));
            (read.map(|_| stdout), stderr.join().unwrap_or_default())
        });
        let stdout = stdout.map_err(io_error(cargo))?;
        let status = child.wait().map_err(io_error(cargo))?;
        if !status.success() {
            return Err(BuildError::Cargo { directory: self.directory.clone(), stderr });
        }
        Ok(stdout)
    }

    /// Collects cargo's messages but for its progress, showing all on the way if they are wanted.
    fn relay(&self, pipe: impl Read) -> String {
        let mut text = String::new();
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if self.verbose {
                eprintln!("{line}");
            }
            if !package::is_progress(&line) {
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }

    /// Picks the executable out of cargo's messages.
    fn guest(&self, manifest: &Path, messages: &[u8]) -> Result<BuiltGuest, BuildError> {
        let mut found = Vec::new();
        for line in messages.split(|&byte| byte == b'\n').filter(|line| line.starts_with(b"{")) {
            let message: Message = serde_json::from_slice(line)?;
            if let Message { executable: Some(path), manifest_path: Some(package), target: Some(target) } = message
                && package == manifest
            {
                found.push((target.name, path));
            }
        }
        let directory = self.directory.clone();
        match &found[..] {
            [] => Err(BuildError::NoBinary { directory, binary: self.binary.clone() }),
            [(_, path)] => BuiltGuest::load(path),
            _ => {
                let found = found.into_iter().map(|(name, _)| name).collect();
                Err(BuildError::SeveralBinaries { directory, found })
            }
        }
    }
}

/// The parts of cargo's messages that matter here.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
    target: Option<MessageTarget>,
}

#[derive(Deserialize)]
struct MessageTarget {
    name: String,
}

/// What a guest's profile always is: one unit of code generation, paths left out.
const PROFILE: [(&str, &str); 7] = [
    ("CODEGEN_UNITS", "1"),
    ("DEBUG", "0"),
    ("LTO", "fat"),
    ("OPT_LEVEL", "3"),
    ("PANIC", "abort"),
    ("STRIP", "debuginfo"),
    ("TRIM_PATHS", "all"),
];

/// A call of cargo that knows nothing of the host's settings.
struct CargoCommand {
    toolchain: Toolchain,
    /// Where cargo looks for configuration files.
    directory: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
}

impl CargoCommand {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.toolchain.cargo);
        for (variable, _) in env::vars_os().filter(|(variable, _)| is_host_setting(variable)) {
            command.env_remove(variable);
        }
        command
            .args(&self.arguments)
            .current_dir(&self.directory)
            .env("RUSTC", &self.toolchain.rustc)
            // The target, its libraries and the paths take unstable options of cargo and rustc.
            .env("RUSTC_BOOTSTRAP", "1")
            // Empty, it overrules one in a configuration file.
            .env("RUSTC_WORKSPACE_WRAPPER", "")
            .envs(self.variables.iter().map(|(variable, value)| (variable, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// Whether an environment variable configures the host's build, or comes from a build script's
/// cargo. Where and how to download stays as it is.
fn is_host_setting(variable: &OsString) -> bool {
    let Some(variable) = variable.to_str() else { return false };
    let kept = ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR", "CARGO_TERM_"];
    let cargo = variable.starts_with("CARGO") && !kept.iter().any(|k| variable.starts_with(k));
    let rustc = variable.starts_with("RUSTC") || variable.ends_with("RUSTFLAGS");
    cargo || rustc || ["TARGET", "HOST", "PROFILE", "OUT_DIR"].contains(&variable)
}

impl BuiltGuest {
    fn load(path: &Path) -> Result<Self, BuildError> {
        let elf = fs::read(path).map_err(io_error(path))?;
        let list = path.with_extension("d");
        let list = fs::read_to_string(&list).map_err(io_error(&list))?;
        let signature = Signature::of_elf(&elf)?;
        Ok(Self { path: path.to_owned(), elf, signature, sources: dependencies(&list) })
    }
}

/// The prerequisites of the rule in a dependency file; a space in a path is written `\ `.
fn dependencies(rule: &str) -> Vec<PathBuf> {
    let Some((_, prerequisites)) = rule.split_once(": ") else { return Vec::new() };
    let marked = prerequisites.trim_end().replace("\\ ", "\0");
    marked.split(' ').map(|path| PathBuf::from(path.replace('\0', " "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_the_host_do_not_reach_the_guest() {
        for variable in
            ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WRAPPER", "OUT_DIR", "CARGO_PROFILE_RELEASE_LTO"]
        {
            assert!(is_host_setting(&variable.into()), "{variable}");
        }
        for variable in ["PATH", "CARGO_HOME", "CARGO_NET_OFFLINE", "RUSTUP_HOME", "HTTPS_PROXY"] {
            assert!(!is_host_setting(&variable.into()), "{variable}");
        }
    }

    #[test]
    fn a_dependency_file_lists_sources() {
        let rule = "/t/guest: /a/src/main.rs /with\\ space/lib.rs\n";
        let expected = ["/a/src/main.rs", "/with space/lib.rs"].map(PathBuf::from);
        assert_eq!(dependencies(rule), expected);
        assert_eq!(dependencies(""), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_directory_without_a_package_is_named() {
        let error = GuestBuilder::new("/nowhere").build().unwrap_err();
        assert_eq!(error.to_string(), "/nowhere is no guest: it has no Cargo.toml");
    }
}
