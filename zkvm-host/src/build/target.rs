//! The guest's target: what the compiler and the linker are told about the machine, and what they
//! are not told about the place where they run.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::{fs, io, process};

use zkvm_abi::IMAGE_BASE;

/// Name of the target, and of cargo's output directory for it.
pub(super) const NAME: &str = "riscv32im-zkvm-elf";

/// A riscv32im machine with one hart.
///
/// Atomics up to 64 bits are declared and then lowered to plain accesses ([`COMPILER_FLAGS`]), so
/// that crates need no feature flags. Linker relaxation turns most calls into one instruction.
const SPECIFICATION: &str = r#"{
  "arch": "riscv32",
  "atomic-cas": true,
  "cpu": "generic-rv32",
  "crt-objects-fallback": "false",
  "data-layout": "e-m:e-p:32:32-i64:64-n32-S128",
  "eh-frame-header": false,
  "emit-debug-gdb-scripts": false,
  "features": "+m,+relax",
  "linker": "rust-lld",
  "linker-flavor": "gnu-lld",
  "llvm-abiname": "ilp32",
  "llvm-target": "riscv32",
  "max-atomic-width": 64,
  "os": "none",
  "panic-strategy": "abort",
  "relocation-model": "static",
  "singlethread": true,
  "target-pointer-width": 32,
  "vendor": "zkvm"
}
"#;

/// Flags beside the specification. The linker aligns segments to words, not to pages, and drops
/// the local labels that relaxation leaves behind.
const COMPILER_FLAGS: [&str; 3] =
    ["-Cpasses=lower-atomic", "-Clink-arg=-zmax-page-size=16", "-Clink-arg=--discard-locals"];

/// Runs the compiler with crates identified by name and version.
///
/// Cargo identifies a crate by the place of its sources too; symbols depend on that, and the order
/// of functions in the image on symbols.
const WRAPPER: &str = r#"#!/bin/sh
for argument in "$@"; do
    shift
    case $argument in
        metadata=*) argument="metadata=$CARGO_PKG_NAME-$CARGO_PKG_VERSION" ;;
    esac
    set -- "$@" "$argument"
done
exec "$@"
"#;

/// The image: instructions in a segment of their own, then constants, then variables. The heap
/// begins after it. The signature of the guest is in the file but not in the image.
fn linker_script() -> String {
    format!(
        "\
ENTRY(_start)
PHDRS
{{
    text PT_LOAD FLAGS(5);
    rodata PT_LOAD FLAGS(4);
    data PT_LOAD FLAGS(6);
}}
SECTIONS
{{
    . = {IMAGE_BASE:#x};
    .text : ALIGN(4) {{ KEEP(*(.text._start)) *(.text .text.*) . = ALIGN(4); }} :text
    .rodata : ALIGN(16) {{ *(.rodata .rodata.* .srodata .srodata.*) }} :rodata
    .data : ALIGN(16) {{ *(.data .data.* .sdata .sdata.*) }} :data
    .bss (NOLOAD) : ALIGN(16) {{ *(.bss .bss.* .sbss .sbss.* COMMON) }} :data
    __heap_start = ALIGN(16);
    .zkvm.abi 0 (INFO) : {{ KEEP(*(.zkvm.abi)) }} :NONE
    /DISCARD/ : {{ *(.eh_frame .eh_frame_hdr .comment .riscv.attributes) }}
}}
"
    )
}

/// The target's files, written into a directory.
pub(super) struct Target {
    /// The specification, for `--target`.
    pub(super) specification: PathBuf,
    /// What cargo calls the compiler through.
    pub(super) wrapper: PathBuf,
    linker_script: PathBuf,
}

impl Target {
    /// Writes the files; files that are there already and right keep their time stamps.
    pub(super) fn write(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let specification = directory.join(NAME).with_extension("json");
        let script = directory.join("guest.ld");
        let wrapper = directory.join("rustc.sh");
        update(&specification, SPECIFICATION)?;
        update(&script, linker_script())?;
        update(&wrapper, WRAPPER)?;
        fs::set_permissions(&wrapper, Permissions::from_mode(0o755))?;
        Ok(Self { specification, wrapper, linker_script: script })
    }

    /// Flags of the compiler for this target, with `linker` as the linker.
    pub(super) fn compiler_flags(&self, linker: &Path) -> Vec<String> {
        let mut flags = COMPILER_FLAGS.map(String::from).to_vec();
        flags.push(format!("-Clinker={}", linker.display()));
        flags.push(format!("-Clink-arg=-T{}", self.linker_script.display()));
        flags
    }
}

/// Gives a file its content, at once, unless it has it.
pub(super) fn update(file: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let content = content.as_ref();
    if fs::read(file).is_ok_and(|old| old == content) {
        return Ok(());
    }
    // Two builds may write the same file.
    let partial = file.with_extension(format!("{}.partial", process::id()));
    fs::write(&partial, content)?;
    fs::rename(&partial, file)
}
