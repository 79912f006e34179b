//! Fiat-Shamir: a Keccak-256 transcript and the proof tape read and written through it.
//!
//! Every message goes through the transcript in the same step in which it enters or leaves the
//! tape, so that nothing can be read without binding the challenges after it. The tape has no
//! lengths and no tags: both parties know from the public shape what comes next.
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
extern crate alloc;

mod tape;

pub use tape::{TapeError, TapeReader, TapeWriter};

use alloc::vec::Vec;
use ark_ff::BigInt;
use sha3::{Digest, Keccak256};
use zkvm_algebra::{Fr, G1Affine};

/// Bits of entropy of a challenge.
pub const CHALLENGE_BITS: u32 = 125;

const ABSORB: u8 = 0;
const CHALLENGE: u8 = 1;

/// Absorbs data and gives challenges.
pub trait Channel {
    /// Binds `bytes` under `label`.
    fn absorb(&mut self, label: &'static str, bytes: &[u8]);
    /// A challenge that depends on everything absorbed so far.
    fn challenge(&mut self, label: &'static str) -> Fr;
    /// `count` challenges.
    fn challenges(&mut self, label: &'static str, count: usize) -> Vec<Fr> {
        (0..count).map(|_| self.challenge(label)).collect()
    }
}

/// The verifier's side of the tape.
pub trait Reader: Channel {
    /// Why a message could not be read.
    type Error;
    /// Reads and absorbs `count` scalars.
    fn read_scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, Self::Error>;
    /// Reads and absorbs `count` points of G1.
    fn read_points(&mut self, label: &'static str, count: usize) -> Result<Vec<G1Affine>, Self::Error>;
}

/// The prover's side of the tape.
pub trait Writer: Channel {
    /// Appends and absorbs scalars.
    fn write_scalars(&mut self, label: &'static str, values: &[Fr]);
    /// Appends and absorbs points of G1.
    fn write_points(&mut self, label: &'static str, values: &[G1Affine]);
}

/// A hash chain over labelled messages: state ← Keccak-256(state ‖ kind ‖ |label| ‖ label ‖ |bytes| ‖ bytes).
#[derive(Clone)]
pub struct Transcript {
    state: [u8; 32],
}

impl Transcript {
    /// An empty transcript of the protocol named `domain`.
    pub fn new(domain: &'static str) -> Self {
        let mut transcript = Transcript { state: [0; 32] };
        transcript.update(ABSORB, "domain", domain.as_bytes());
        transcript
    }

    fn update(&mut self, kind: u8, label: &str, bytes: &[u8]) {
        let mut hash = Keccak256::new();
        hash.update(self.state);
        hash.update([kind]);
        for part in [label.as_bytes(), bytes] {
            // usize is at most 64 bits wide on every supported target.
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        self.state = hash.finalize().into();
    }
}

impl Channel for Transcript {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.update(ABSORB, label, bytes);
    }

    /// The element c·2^-128 for a uniform c of [`CHALLENGE_BITS`] bits: its Montgomery form has two
    /// zero limbs, which halves the cost of multiplying by it.
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.update(CHALLENGE, label, &[]);
        let [low, high] = [0usize, 8].map(|start| {
            self.state.iter().skip(start).take(8).rev().fold(0u64, |acc, byte| acc << 8 | u64::from(*byte))
        });
        let high = high & (u64::MAX >> (128 - CHALLENGE_BITS));
        Fr::new_unchecked(BigInt([0, 0, low, high]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_depend_on_label_order_and_boundaries() {
        let run = |messages: &[(&'static str, &[u8])]| {
            let mut t = Transcript::new("test");
            for (label, bytes) in messages {
                t.absorb(label, bytes);
            }
            t.challenge("c")
        };
        let base = run(&[("a", b"xy"), ("b", b"z")]);
        assert_ne!(base, run(&[("a", b"x"), ("b", b"yz")]));
        assert_ne!(base, run(&[("ax", b"y"), ("b", b"z")]));
        assert_ne!(base, run(&[("b", b"z"), ("a", b"xy")]));
        assert_ne!(base, run(&[("a", b"xy"), ("b", b"z"), ("c", b"")]));
        assert_eq!(base, run(&[("a", b"xy"), ("b", b"z")]));
    }

    #[test]
    fn a_challenge_is_a_125_bit_integer_over_2_to_128() {
        let mut t = Transcript::new("test");
        for _ in 0..100 {
            let c = t.challenge("c") * Fr::from(1u128 << 64) * Fr::from(1u128 << 64);
            let limbs = ark_ff::PrimeField::into_bigint(c).0;
            assert!(limbs[2] == 0 && limbs[3] == 0 && limbs[1] >> (CHALLENGE_BITS - 64) == 0);
        }
    }
}
