//! What cargo knows of a package before anything is compiled: whether it can be a guest.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;

use super::{BuildError, io_error};
use crate::toolchain::Toolchain;

/// The package that guests are written with.
const SDK: &str = "zkvm-sdk";
/// The package that programs are written with that run guests.
const HOST: &str = "zkvm-host";

/// The parts of `cargo metadata` that matter here.
#[derive(Deserialize)]
pub(super) struct Workspace {
    pub(super) workspace_root: PathBuf,
    pub(super) target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// None for ordinary ones.
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    src_path: PathBuf,
}

impl Workspace {
    /// Asks cargo about a package and the packages beside it.
    pub(super) fn of(toolchain: &Toolchain, manifest: &Path) -> Result<Self, BuildError> {
        let output = Command::new(&toolchain.cargo)
            .args(["metadata", "--no-deps", "--format-version=1", "--manifest-path"])
            .arg(manifest)
            .env("RUSTC", &toolchain.rustc)
            .output()
            .map_err(io_error(&toolchain.cargo))?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(BuildError::Cargo { directory: manifest.with_file_name(""), stderr });
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// Refuses a package that the machine could not run: the compiler would have much to say about it,
    /// and nothing that helps.
    pub(super) fn expect_guest(&self, directory: &Path, manifest: &Path) -> Result<(), BuildError> {
        let reason = match self.packages.iter().find(|package| package.manifest_path == manifest) {
            None => "it is a workspace, not a package".to_owned(),
            Some(package) => match package.problem() {
                None => return Ok(()),
                Some(problem) => format!("the package `{}` {problem}", package.name),
            },
        };
        let guests = self.packages.iter().filter(|package| package.depends_on(SDK));
        let mut guests: Vec<_> = guests.map(|package| package.manifest_path.with_file_name("")).collect();
        let shared = |path: &PathBuf| path.iter().zip(manifest).take_while(|(a, b)| a == b).count();
        guests.sort_by_key(|path| (Reverse(shared(path)), path.clone()));
        Err(BuildError::NotAGuest { directory: directory.to_owned(), reason, guests })
    }
}

impl Package {
    fn depends_on(&self, name: &str) -> bool {
        self.dependencies.iter().any(|dependency| dependency.name == name && dependency.kind.is_none())
    }

    /// Why it cannot be a guest. Without the SDK it takes a program that does without `std`.
    fn problem(&self) -> Option<&'static str> {
        let without_std =
            |target: &Target| fs::read_to_string(&target.src_path).is_ok_and(|text| text.contains("no_std"));
        if self.depends_on(SDK) || self.targets.iter().any(without_std) {
            None
        } else if self.depends_on(HOST) {
            Some("depends on zkvm-host: it is a program that runs guests")
        } else {
            Some("does not depend on zkvm-sdk")
        }
    }
}

/// A directory as a message names it.
pub(super) fn place(directory: &Path) -> String {
    if directory == Path::new(".") { "the current directory".to_owned() } else { directory.display().to_string() }
}

/// Names the first few guests, to be appended to a message.
pub(super) fn suggest(guests: &[PathBuf]) -> String {
    let current = env::current_dir().unwrap_or_default();
    let names = guests.iter().take(3).map(|path| path.strip_prefix(&current).unwrap_or(path).display().to_string());
    let names: Vec<_> = names.collect();
    if names.is_empty() { String::new() } else { format!("; guests nearby: {}", names.join(", ")) }
}

/// Names the guest in a directory, if it lies where the template has it.
pub(super) fn suggest_beneath(directory: &Path) -> String {
    let usual = directory.join("guest");
    if usual.join("Cargo.toml").is_file() { suggest(&[usual]) } else { String::new() }
}

/// Whether a line of cargo's tells only what it is doing.
pub(super) fn is_progress(line: &str) -> bool {
    let what = line.trim_start().split(' ').next().unwrap_or_default();
    let words = ["Adding", "Blocking", "Compiling", "Downloaded", "Downloading", "Locking", "Updating"];
    line.starts_with(' ') && words.contains(&what)
}

/// What to do about messages of the compiler that do not say it, to be appended to them.
pub(super) fn advice(stderr: &str) -> &'static str {
    if stderr.contains("can't find crate for `std`") {
        "hint: the machine has no standard library: a guest's main.rs begins with `#![cfg_attr(target_arch = \"riscv32\", \
         no_std, no_main)]`, and its dependencies do without std, most of them with `default-features = false`"
    } else if stderr.contains("symbol `__zkvm_main` is already defined") {
        "hint: only one function can be marked `#[zkvm::main]`"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process;

    /// A workspace in a directory of its own: names of packages, dependencies, sources.
    fn workspace(packages: &[(&str, &str, &str)]) -> PathBuf {
        let root = env::temp_dir().join(format!("zkvm-package-{}", process::id()));
        let write = |path: PathBuf, text: String| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let members: Vec<_> = packages.iter().map(|(name, _, _)| *name).collect();
        write(root.join("Cargo.toml"), format!("[workspace]\nmembers = {members:?}\n"));
        for (name, dependency, source) in packages {
            let dependency = if dependency.is_empty() { String::new() } else { format!("{dependency} = \"0.1\"") };
            let manifest = format!("[package]\nname = {name:?}\nedition = \"2024\"\n[dependencies]\n{dependency}\n");
            write(root.join(name).join("Cargo.toml"), manifest);
            write(root.join(name).join("src/main.rs"), (*source).to_owned());
        }
        root
    }

    #[test]
    fn what_is_no_guest_is_told_before_anything_is_compiled() {
        let root = workspace(&[
            ("factors", SDK, ""),
            ("bare", "", "#![no_std]"),
            ("host", HOST, "fn main() {}"),
            ("tool", "", "fn main() {}"),
        ]);
        let toolchain = Toolchain::discover().unwrap();
        let check = |name: &str| {
            let manifest = root.join(name).join("Cargo.toml").canonicalize().unwrap();
            Workspace::of(&toolchain, &manifest).unwrap().expect_guest(&root.join(name), &manifest)
        };
        check("factors").unwrap();
        check("bare").unwrap();
        let refusal = |name: &str| check(name).unwrap_err().to_string();
        assert!(refusal("host").contains("the package `host` depends on zkvm-host"), "{}", refusal("host"));
        assert!(refusal("tool").contains("the package `tool` does not depend on zkvm-sdk"), "{}", refusal("tool"));
        let workspace = refusal("");
        assert!(workspace.contains("it is a workspace, not a package; guests nearby: "), "{workspace}");
        assert!(workspace.contains("factors") && !workspace.contains("tool"), "{workspace}");
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn progress_is_told_from_messages() {
        assert!(is_progress("   Compiling guest v0.1.0 (/guest)"));
        for line in ["error: no such command", " --> src/main.rs:1:1", "Compiling", ""] {
            assert!(!is_progress(line), "{line}");
        }
    }
}
