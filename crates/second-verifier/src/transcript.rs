//! The transcript (section 7): a chain of Keccak-256 hashes.

use ark_ff::Field;
use sha3::{Digest, Keccak256};

use crate::F;

/// Keccak-256 of the concatenation of `parts`.
pub fn keccak(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Keccak256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// The state of the Fiat–Shamir transformation.
pub struct Transcript {
    state: [u8; 32],
}

impl Transcript {
    /// The transcript that has absorbed the domain.
    #[expect(clippy::new_without_default, reason = "it has absorbed something")]
    pub fn new() -> Transcript {
        let mut transcript = Transcript { state: [0; 32] };
        transcript.absorb("domain", "zkvm: jolt over bn254, folded rows".as_bytes());
        transcript
    }

    /// state ← Keccak-256(state ‖ kind ‖ |label| ‖ label ‖ |bytes| ‖ bytes).
    fn update(&mut self, kind: u8, label: &str, bytes: &[u8]) {
        let label_length = (label.len() as u64).to_le_bytes();
        let length = (bytes.len() as u64).to_le_bytes();
        self.state = keccak(&[&self.state, &[kind], &label_length, label.as_bytes(), &length, bytes]);
    }

    /// An update of kind 0.
    pub fn absorb(&mut self, label: &str, bytes: &[u8]) {
        self.update(0, label, bytes);
    }

    /// An update of kind 1; the challenge is 125 bits of the state, times 2^−128.
    pub fn challenge(&mut self, label: &str) -> F {
        self.update(1, label, &[]);
        let low = u128::from_le_bytes(self.state[..16].try_into().expect("sixteen bytes"));
        let two_to_128 = F::from(2u64).pow([128]);
        F::from(low & ((1 << 125) - 1)) / two_to_128
    }
}
