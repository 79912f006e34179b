//! An independent RV32IM machine: `qemu-riscv32`, which runs Linux programs of one process.

use super::ElfWriter;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The emulator's program.
const PROGRAM: &str = "qemu-riscv32";
/// RV32IM: what else the emulator knows is switched off.
const CPU: &str = "rv32,a=false,f=false,d=false,c=false,zba=false,zbb=false,zbc=false,zbs=false";

/// Why there is no output to compare with.
#[derive(Debug, thiserror::Error)]
pub enum QemuError {
    /// The emulator is not there.
    #[error("{PROGRAM} is not installed: run `cargo xtask setup`, or install your system's package `qemu-user`")]
    Missing,
    /// The program cannot be written or started.
    #[error("{PROGRAM}: {0}")]
    Io(#[from] io::Error),
    /// The program did not exit with code 0.
    #[error("{PROGRAM} ended with {status}: {stderr}")]
    Failed {
        /// Exit code or signal.
        status: std::process::ExitStatus,
        /// What it said.
        stderr: String,
    },
}

/// An executable file that is removed with the value.
struct Executable(PathBuf);

impl Executable {
    fn new(elf: &ElfWriter) -> io::Result<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("zkvm-conformance-{}-{number}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o700).open(&path)?;
        let executable = Executable(path);
        file.write_all(&elf.write())?;
        Ok(executable)
    }
}

impl Drop for Executable {
    fn drop(&mut self) {
        // What is left in the directory for temporary files does no harm.
        let _ = fs::remove_file(&self.0);
    }
}

/// Runs a Linux program; what it wrote to its standard output.
///
/// # Errors
/// If the emulator is not installed, or the program does not exit with code 0.
pub fn run(elf: &ElfWriter) -> Result<Vec<u8>, QemuError> {
    let executable = Executable::new(elf)?;
    let mut command = Command::new(PROGRAM);
    command.args(["-cpu", CPU]).arg(&executable.0).stdin(Stdio::null());
    let Output { status, stdout, stderr } = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => QemuError::Missing,
        _ => QemuError::Io(error),
    })?;
    match status.success() {
        true => Ok(stdout),
        false => Err(QemuError::Failed { status, stderr: String::from_utf8_lossy(&stderr).into_owned() }),
    }
}
