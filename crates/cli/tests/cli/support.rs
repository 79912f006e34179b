//! Small programs as ELF files, and the command under test.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use zkvm_emulator::testing::{A0, A1, A2, A3, Asm, S0, ZERO};

/// Output block and public input of programs that begin at the usual address.
const OUTPUT: u32 = 0x00d0_0000;
const INPUT: u32 = 0x00d1_0000;

/// Name of the cache's directory in a test's directory.
pub const CACHE: &str = "cache";

/// A directory that is removed at the end of the test.
pub struct Directory(PathBuf);

impl Directory {
    /// A new, empty one.
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("cargo-zkvm-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Directory(path)
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// Writes a file, and gives its path.
    pub fn write(&self, name: &str, bytes: &[u8]) -> String {
        fs::write(self.0.join(name), bytes).unwrap();
        self.path(name)
    }

    /// Names of the files in it.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The command in it, with a cache of its own.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.current_dir(&self.0).env("ZKVM_CACHE_DIR", self.0.join(CACHE));
        command
    }

    /// Runs the command in it, with the cache of the user.
    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(command(arguments).current_dir(&self.0))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the command did.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Runs a command to its end.
    #[track_caller]
    pub fn of(command: &mut Command) -> Run {
        Run::from(command.output().unwrap())
    }

    /// The JSON object on the standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }

    /// Asserts the exit code.
    #[track_caller]
    pub fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// The command as `cargo zkvm` calls it.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-zkvm"));
    command.arg("zkvm").args(arguments);
    command
}

impl From<Output> for Run {
    /// A code of -1 stands for a signal.
    fn from(Output { status, stdout, stderr }: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: status.code().unwrap_or(-1), stdout: text(stdout), stderr: text(stderr) }
    }
}

/// `fn add(#[public] n: u8, #[private] m: u8) -> u8`: the sum modulo 256.
pub fn add() -> Vec<u8> {
    let mut asm = Asm::new();
    asm.symbol("add");
    asm.li(A1, INPUT);
    asm.lbu(A1, A1, 4);
    // The private input is its length, then its bytes.
    asm.advice(A2);
    asm.advice(A2);
    asm.add(A1, A1, A2);
    asm.andi(A1, A1, 255);
    write_output_byte(&mut asm);
    asm.li(A0, 0);
    asm.exit();
    let mut elf = asm.elf();
    let signature = r#"{"name":"add","arguments":[{"name":"n","type":"u8","visibility":"public"},
        {"name":"m","type":"u8","visibility":"private"}],"returns":"u8"}"#;
    elf.sections.push((".zkvm.abi".into(), signature.into()));
    elf.write()
}

/// Makes the byte in A1 the output.
fn write_output_byte(asm: &mut Asm) {
    asm.li(A2, OUTPUT);
    asm.sw(A1, A2, 12);
    asm.li(A3, 1);
    asm.sw(A3, A2, 8);
}

/// Ends with an exit code.
pub fn exits_with(code: u32) -> Vec<u8> {
    let mut asm = Asm::new();
    asm.li(A0, code);
    asm.exit();
    asm.elf().write()
}

/// Traps at a breakpoint in the function `broken`.
pub fn breakpoint() -> Vec<u8> {
    let mut asm = Asm::new();
    asm.symbol("broken");
    asm.ebreak();
    asm.elf().write()
}

/// Counts down from `rounds`: three cycles each.
pub fn counts(rounds: u32) -> Vec<u8> {
    let mut asm = Asm::new();
    asm.li(S0, rounds);
    let start = asm.here();
    asm.addi(A1, A1, 3);
    asm.addi(S0, S0, -1);
    asm.bne(S0, ZERO, start);
    asm.li(A0, 0);
    asm.exit();
    asm.elf().write()
}

/// Never ends.
pub fn endless() -> Vec<u8> {
    let mut asm = Asm::new();
    let start = asm.here();
    asm.addi(S0, S0, 1);
    asm.j(start);
    asm.elf().write()
}
