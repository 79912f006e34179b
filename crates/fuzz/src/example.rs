//! The smallest proofs that the prover makes by default: of a program that exits at once.

use std::sync::LazyLock;

use zkvm_emulator::testing::{A0, Asm, ElfWriter};
use zkvm_emulator::{Console, Elf, Execution, Input, Limits, Trace, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_prover::{Options, PublicIo, Setup, prove};
use zkvm_verifier::{Key, Policy, Proof, VerifyError, verify};

/// Memory of small programs; small, because it is cleared for every run.
pub const MEMORY: MemoryConfig = MemoryConfig { stack_bytes: 1 << 16, heap_bytes: 1 << 16 };

/// Bases and tables of all proofs here.
pub static SETUP: LazyLock<Setup> = LazyLock::new(Setup::default);

/// The program's key.
pub static KEY: LazyLock<Key> = LazyLock::new(|| key(&elf()));

/// Its proof.
pub static PROOF: LazyLock<Proof> = LazyLock::new(|| {
    let input = Input::default();
    let run = trace(KEY.program(), &input, &Limits::default(), &mut Console::default());
    prove_run(&KEY, &input, run.expect("the program exits"))
});

/// A zero-knowledge proof of the same run.
pub static HIDDEN: LazyLock<Proof> = LazyLock::new(|| {
    let input = Input::default();
    let run = trace(KEY.program(), &input, &Limits::default(), &mut Console::default());
    let options = Options { zero_knowledge: true, ..Options::default() };
    prove_with(&KEY, &input, run.expect("the program exits"), &options)
});

/// A program that exits with zero, as a file.
pub fn elf() -> ElfWriter {
    let mut asm = Asm::new();
    asm.symbol("_start");
    asm.li(A0, 0);
    asm.exit();
    asm.elf()
}

/// The key of a well-formed file.
pub fn key(elf: &ElfWriter) -> Key {
    let file = elf.write();
    let image = Elf::parse(&file).expect("a valid file").image;
    Key::new(Program::new(image, MEMORY).expect("the program fits"))
}

/// Proves a finished run.
pub fn prove_run(key: &Key, input: &Input, run: (Execution, Trace)) -> Proof {
    prove_with(key, input, run, &Options::default())
}

fn prove_with(key: &Key, input: &Input, (execution, trace): (Execution, Trace), options: &Options) -> Proof {
    let Execution { exit_code, output, .. } = execution;
    let io = PublicIo { input: input.public().to_vec(), exit_code, output };
    prove(&SETUP, key, &io, trace, options, &mut ()).expect("every short run has a proof")
}

/// Whether the bytes are one of these two proofs.
pub fn is_honest(bytes: &[u8]) -> bool {
    [&PROOF, &HIDDEN].iter().any(|proof| proof.to_bytes() == bytes)
}

/// Verifies a proof of [`KEY`] without input. Never makes bases larger than those of [`PROOF`].
pub fn verify_example(proof: &Proof) -> Result<(), VerifyError> {
    let basis = SETUP.basis(PROOF.sizes.log_row.into()).expect("a basis");
    verify(&KEY, &basis, &[], proof, &Policy::default())
}
