//! Small programs as ELF files, and the command under test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use zkvm_emulator::testing::{A0, A1, A2, A3, Asm, S0};

/// Output block and public input of programs that begin at the usual address.
const OUTPUT: u32 = 0x00d0_0000;
const INPUT: u32 = 0x00d1_0000;

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

    /// Runs the command in it.
    pub fn run(&self, arguments: &[&str]) -> Run {
        run_in(&self.0, arguments)
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

/// Runs the command as `cargo zkvm` does.
pub fn run_in(directory: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-zkvm"));
    let Output { status, stdout, stderr } =
        command.arg("zkvm").args(arguments).current_dir(directory).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap(), stdout: text(stdout), stderr: text(stderr) }
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

/// Never ends.
pub fn endless() -> Vec<u8> {
    let mut asm = Asm::new();
    let start = asm.here();
    asm.addi(S0, S0, 1);
    asm.j(start);
    asm.elf().write()
}
