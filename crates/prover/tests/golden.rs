//! The kept proofs of the verifier's tests (`crates/verifier/tests/golden`): what is not random is what the
//! prover makes today.
//!
//! `ZKVM_WRITE_GOLDEN=1 cargo test -p zkvm-prover --test golden` makes key and proofs anew.

use std::path::Path;
use zkvm_abi::{INPUT_ADDRESS, OUTPUT_ADDRESS, output};
use zkvm_emulator::testing::{A0, A1, A2, Asm, S0};
use zkvm_emulator::{Console, Elf, Execution, Input, Limits, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_prover::{Options, PublicIo, Setup, prove};
use zkvm_verifier::{Key, Policy, Proof, verify};

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../verifier/tests/golden");
const INPUT: &[u8] = &391u32.to_le_bytes();
/// Where the program has its constant.
const DATA: u32 = zkvm_abi::IMAGE_BASE + 0x1000;
/// So much heap that there is a choice of memory sizes.
const MEMORY: MemoryConfig = MemoryConfig { stack_bytes: 1 << 16, heap_bytes: 1 << 20 };

/// Outputs a constant in memory times the word that is the public input.
fn key() -> Key {
    let mut asm = Asm::new();
    asm.li(S0, INPUT_ADDRESS);
    asm.lw(A0, S0, 4);
    asm.li(S0, DATA);
    asm.lw(A1, S0, 0);
    asm.mul(A2, A0, A1);
    asm.li(S0, OUTPUT_ADDRESS);
    asm.sw(A2, S0, 4 * output::DATA as i32);
    asm.li(A1, 4);
    asm.sw(A1, S0, 4 * output::LENGTH as i32);
    asm.li(A0, 0);
    asm.exit();
    asm.data(DATA, &1_000_003u32.to_le_bytes());
    let image = Elf::parse(&asm.elf().write()).expect("a valid file").image;
    Key::new(Program::new(image, MEMORY).expect("the program fits"))
}

fn proof(key: &Key, setup: &Setup, options: &Options) -> Proof {
    let input = Input::new(INPUT.to_vec(), Vec::new()).expect("it fits");
    let traced = trace(key.program(), &input, &Limits::default(), &mut Console::default());
    let (Execution { exit_code, output, .. }, trace) = traced.expect("the program exits");
    let io = PublicIo { input: INPUT.to_vec(), exit_code, output };
    prove(setup, key, &io, trace, options, &mut ()).expect("a short run has a proof")
}

#[test]
fn the_kept_proof_is_what_the_prover_makes_today() {
    let (setup, key) = (Setup::default(), key());
    let proof = proof(&key, &setup, &Options::default());
    let basis = setup.basis(proof.sizes.log_row.into()).expect("a basis");
    assert_eq!(verify(&key, &basis, INPUT, &proof, &Policy::default()), Ok(()));
    assert_eq!(proof.output, (391u32 * 1_000_003).to_le_bytes());
    let is_written = std::env::var_os("ZKVM_WRITE_GOLDEN").is_some();
    if is_written {
        let options = Options { zero_knowledge: true, ..Options::default() };
        let hidden = self::proof(&key, &setup, &options).to_bytes();
        std::fs::write(Path::new(DIRECTORY).join("multiply-hidden.proof"), hidden).expect("the file is writable");
    }
    for (name, made) in [("multiply.key", key.to_bytes()), ("multiply.proof", proof.to_bytes())] {
        let path = Path::new(DIRECTORY).join(name);
        if is_written {
            std::fs::write(&path, &made).expect("the file is writable");
        }
        assert!(std::fs::read(&path).expect("the file is readable") == made, "{name} is not what is made today");
    }
}
