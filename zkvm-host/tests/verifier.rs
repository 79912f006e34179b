//! The verifier, compiled for the 32-bit machine and run there, says what it says here.

use zkvm_emulator::{Console, Elf, Execution, Input, Limits, execute};
use zkvm_host::build::GuestBuilder;
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_pcs::Basis;
use zkvm_verifier::{Key, Policy, Proof, verify};

const GUEST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/verifier/tests/guest");
const KEY: &[u8] = include_bytes!("../../crates/verifier/tests/golden/multiply.key");
const PROOF: &[u8] = include_bytes!("../../crates/verifier/tests/golden/multiply.proof");
const HIDDEN_PROOF: &[u8] = include_bytes!("../../crates/verifier/tests/golden/multiply-hidden.proof");
const INPUT: &[u8] = &391u32.to_le_bytes();
/// Twice what accepting the proof takes.
const LIMITS: Limits = Limits { max_cycles: 1 << 30 };

/// What the guest does, in this process.
fn verdict_here(basis: &Basis, input: &[u8], proof: &[u8]) -> Result<(), String> {
    let key = Key::from_bytes(KEY).expect("a key");
    let proof = Proof::from_bytes(proof).map_err(|error| error.to_string())?;
    verify(&key, basis, input, &proof, &Policy::default()).map_err(|error| error.to_string())
}

/// The guest's verdict.
fn verdict_there(guest: &Program, basis: &Basis, input: &[u8], proof: &[u8]) -> Result<(), String> {
    let arguments = [&basis.to_bytes()[..], KEY, input, proof].map(|bytes| postcard::to_allocvec(bytes).unwrap());
    let arguments = Input::new(Vec::new(), arguments.concat()).unwrap();
    let run = execute(guest, &arguments, &LIMITS, &mut Console::default());
    let Execution { exit_code, output, statistics } = run.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(exit_code, 0, "{:?}", statistics.panic);
    println!("{} cycles, {:?}", statistics.cycles, statistics.spans);
    postcard::from_bytes(&output).unwrap()
}

#[test]
fn the_verifier_says_on_a_32_bit_machine_what_it_says_here() {
    let guest = GuestBuilder::new(GUEST).build().unwrap_or_else(|error| panic!("{error}"));
    let guest = Program::new(Elf::parse(&guest.elf).unwrap().image, MemoryConfig::default()).unwrap();
    let basis = Basis::new(10).unwrap();
    assert_eq!(verdict_there(&guest, &basis, INPUT, PROOF), Ok(()));
    assert_eq!(verdict_there(&guest, &basis, INPUT, HIDDEN_PROOF), Ok(()));

    let mut altered = PROOF.to_vec();
    altered[PROOF.len() / 2] ^= 1;
    let mut version = PROOF.to_vec();
    version[8] ^= 1;
    let cut = &PROOF[..PROOF.len() / 2];
    let mut hidden = HIDDEN_PROOF.to_vec();
    hidden[HIDDEN_PROOF.len() - 1] ^= 1;
    let refused =
        [(INPUT, &altered[..]), (&[], PROOF), (INPUT, &version), (INPUT, &PROOF[..40]), (INPUT, cut), (INPUT, &hidden)];
    for (input, proof) in refused {
        let verdict = verdict_there(&guest, &basis, input, proof);
        assert!(verdict.is_err());
        assert_eq!(verdict, verdict_here(&basis, input, proof));
    }
}
