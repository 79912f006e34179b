//! Provides the toolchain for guests, a compiler with the sources of the standard library, and the
//! machine that the tests compare instructions with.

use std::process::Command;

use zkvm_host::toolchain::{Toolchain, ToolchainError};

use crate::Error;
use crate::process;

/// A way to provide what is missing.
struct Remedy {
    what: &'static str,
    program: &'static str,
    commands: &'static [&'static [&'static str]],
}

/// From the least to the most that is installed. A command may fail, for want of a network say;
/// the next one is tried then.
const REMEDIES: [Remedy; 3] = [
    Remedy {
        what: "adding the sources of the standard library to the rustup toolchain in use",
        program: "rustup",
        commands: &[&["rustup", "component", "add", "rust-src"]],
    },
    Remedy {
        what: "installing a compiler with the sources of the standard library from the system's packages",
        program: "apt-get",
        commands: &[&["apt-get", "update"], &["apt-get", "install", "-y", "rustc-web", "rust-web-src"]],
    },
    Remedy {
        what: "installing a linker from the system's packages",
        program: "apt-get",
        commands: &[&["apt-get", "install", "-y", "lld"]],
    },
];

/// The program of the machine that instructions are compared with.
const ORACLE: &str = "qemu-riscv32";
const ORACLE_REMEDY: Remedy = Remedy {
    what: "installing QEMU, with which the tests compare instructions, from the system's packages",
    program: "apt-get",
    commands: &[&["apt-get", "update"], &["apt-get", "install", "-y", "qemu-user"]],
};

/// The SMT solver of `cargo xtask sequences`.
const SOLVER: &str = "z3";
const SOLVER_REMEDY: Remedy = Remedy {
    what: "installing the SMT solver z3 from the system's packages",
    program: "apt-get",
    commands: &[&["apt-get", "update"], &["apt-get", "install", "-y", "z3"]],
};

impl Remedy {
    /// Runs the commands, if there is the program for them. Shows the errors.
    fn apply(&self) {
        if !process::is_installed(self.program) {
            return;
        }
        println!("{}", self.what);
        for command in self.commands {
            if let Err(error) = process::run(&mut privileged(command)) {
                println!("{error}");
            }
        }
    }
}

/// Finds the toolchain, or provides it and says how.
pub fn provide() -> Result<Toolchain, Error> {
    let mut problem = match Toolchain::discover() {
        Ok(toolchain) => return Ok(toolchain),
        Err(problem) => problem,
    };
    println!("guests cannot be compiled yet: {problem}");
    if matches!(problem, ToolchainError::Override { .. }) {
        return Err(problem.into());
    }
    for remedy in &REMEDIES {
        remedy.apply();
        match Toolchain::discover() {
            Ok(toolchain) => return Ok(toolchain),
            Err(still) => problem = still,
        }
    }
    Err(problem.into())
}

/// The command, through sudo if it installs packages and this is not root.
fn privileged(words: &[&str]) -> Command {
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let sudo = words.first() == Some(&"apt-get") && !is_root && process::is_installed("sudo");
    let prefix: &[&str] = if sudo { &["sudo"] } else { &[] };
    let mut words = prefix.iter().chain(words);
    let mut command = Command::new(words.next().unwrap_or(&"true"));
    command.args(words);
    command
}

/// Provides all that tests need: the toolchain and QEMU. Without QEMU the tests that need it fail.
pub fn for_tests() -> Result<(), Error> {
    run()?;
    if !process::is_installed(ORACLE) {
        ORACLE_REMEDY.apply();
    }
    match process::is_installed(ORACLE) {
        true => println!("instructions are compared with {ORACLE}"),
        false => println!("{ORACLE} is missing: install your system's package qemu-user to run the tests"),
    }
    Ok(())
}

/// Provides the SMT solver, if it can.
pub fn solver() {
    if !process::is_installed(SOLVER) {
        SOLVER_REMEDY.apply();
    }
}

/// Provides the toolchain and says what it is.
pub fn run() -> Result<(), Error> {
    let Toolchain { rustc, version, cargo, linker, .. } = provide()?;
    println!("guests are compiled by rustc {version}: {}", rustc.display());
    println!("  cargo  {}", cargo.display());
    println!("  linker {}", linker.display());
    Ok(())
}
