//! Files with programs: ELF files and keys.

use zkvm_emulator::testing::{A0, Asm, DATA};
use zkvm_emulator::{Elf, Input, Limits};
use zkvm_host::signature::Signature;
use zkvm_isa::program::Program;
use zkvm_verifier::Key;

use crate::Target;
use crate::example::{self, MEMORY};
use crate::targets::run::run_both;

/// An ELF file is refused, or makes a program that survives its key.
pub const ELF: Target = Target { name: "elf", check: elf, seeds: elf_seeds, everyday: 5000 };

/// What decodes as a key has one encoding, and runs alike in both modes.
pub const KEY: Target = Target { name: "key", check: key, seeds: key_seeds, everyday: 3000 };

/// Largest memory of programs that are run, as a logarithm of words: more takes long to clear.
const MAX_LOG_WORDS: u32 = 20;

fn elf_seeds() -> Vec<Vec<u8>> {
    let mut asm = Asm::new();
    asm.symbol("_ZN5guest4main17h0123456789abcdefE");
    asm.li(A0, 0x12345);
    asm.exit();
    asm.data(DATA, &[1, 2, 3, 4, 5]);
    let mut with_data = asm.elf();
    with_data.segments[1].mem_size = 4096;
    let signature = br#"{"name":"f","arguments":[{"name":"n","type":"u8","visibility":"public"}],"returns":"u8"}"#;
    with_data.sections.push((".zkvm.abi".into(), signature.to_vec()));
    vec![example::elf().write(), with_data.write()]
}

fn elf(data: &[u8]) {
    // A damaged description of the interface is an error of its own.
    let _ = Signature::of_elf(data);
    let Ok(elf) = Elf::parse(data) else { return };
    let _ = (elf.symbols.locate(elf.image.entry), elf.section(".zkvm.abi"));
    let Ok(program) = Program::new(elf.image, MEMORY) else { return };
    let key = Key::new(program);
    assert_eq!(Key::from_bytes(&key.to_bytes()), Ok(key));
}

fn key_seeds() -> Vec<Vec<u8>> {
    let mut asm = Asm::new();
    asm.li(A0, 0);
    asm.exit();
    asm.data(DATA, b"data");
    vec![example::KEY.to_bytes(), example::key(&asm.elf()).to_bytes()]
}

fn key(data: &[u8]) {
    let id = example::KEY.id();
    let Ok(key) = Key::from_bytes(data) else {
        assert!(Key::from_bytes_of(id, data).is_err());
        return;
    };
    assert!(key.to_bytes() == data);
    assert_eq!(Key::from_bytes_of(id, data).is_ok(), key.id() == id);
    assert!(Key::from_bytes_of(key.id(), data).as_ref() == Ok(&key));
    let program = key.program();
    if program.layout().max_log_words <= MAX_LOG_WORDS {
        // Faults are results like others.
        let _ = run_both(program, &Input::default(), &Limits { max_cycles: 1000 });
    }
}
