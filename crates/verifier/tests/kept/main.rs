//! The verifier on a kept proof and key, which were made earlier: accepted as they are, refused for the
//! right reason when anything is altered.

mod hidden;
mod key;
mod policy;
mod proof;
mod verification;

use std::sync::LazyLock;
use zkvm_pcs::Basis;
use zkvm_verifier::{Key, Policy, Proof, VerifyError, verify};

const KEY_FILE: &[u8] = include_bytes!("../golden/multiply.key");
const PROOF_FILE: &[u8] = include_bytes!("../golden/multiply.proof");
const ID: &str = "46c25eaf2b350c52c9eced9016208fb500956ee63cd14030a1f93063524977e1";
const INPUT: &[u8] = &391u32.to_le_bytes();
const OUTPUT: &[u8] = &(391u32 * 1_000_003).to_le_bytes();
/// Binary logarithm of the positions of a row of the kept proof.
const LOG_ROW: u32 = 10;

static KEY: LazyLock<Key> = LazyLock::new(|| Key::from_bytes(KEY_FILE).expect("a key"));
static PROOF: LazyLock<Proof> = LazyLock::new(|| Proof::from_bytes(PROOF_FILE).expect("a proof"));
static BASIS: LazyLock<Basis> = LazyLock::new(|| Basis::new(LOG_ROW).expect("a basis"));

/// Verifies a proof for the kept key.
fn check(input: &[u8], proof: &Proof, policy: &Policy) -> Result<(), VerifyError> {
    verify(&KEY, &BASIS, input, proof, policy)
}

/// The kept proof after a change.
fn altered(change: impl FnOnce(&mut Proof)) -> Proof {
    let mut proof = PROOF.clone();
    change(&mut proof);
    proof
}

/// `bytes` with `word` at `offset`.
fn with_word(bytes: &[u8], offset: usize, word: u32) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
    bytes
}
