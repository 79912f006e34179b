//! The tape between a cheating prover and a weakened verifier.
//!
//! A [`Weakness`] removes one defence from the protocol. Both parties run the same weakened
//! protocol, so that an attack that succeeds shows that the defence was needed.

use std::collections::BTreeSet;
use zkvm_algebra::{Fr, G1Affine, encoding};
use zkvm_transcript::{Channel, Reader, TapeError, Transcript, Writer};
use zkvm_verifier::DOMAIN;

/// A value that a stage leaves to be proven: relation and value by their numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Value {
    /// The stage.
    pub stage: &'static str,
    /// Number of the relation in the stage.
    pub relation: usize,
    /// Number of the value among the relation's.
    pub index: usize,
}

/// What the weakened protocol lacks.
#[derive(Clone, Default, Debug)]
pub struct Weakness {
    /// Messages that are not absorbed, by number.
    pub unabsorbed: BTreeSet<usize>,
    /// A value that is checked in its own stage, but not passed on: the prover names another one.
    pub cut: Option<Value>,
    /// A place of both groups of constraints whose violations the verifier forgives.
    pub forgiven: Option<usize>,
    /// The message whose last element is not absorbed, by number.
    pub shortened: Option<usize>,
    /// The label of a challenge that does not depend on the messages, and its value.
    pub fixed: Option<(&'static str, Fr)>,
}

/// Label of messages that only weakened protocols have.
pub const EXTRA: &str = "extra";

/// A transcript that counts its messages and leaves some out.
#[derive(Clone)]
pub struct Wire {
    transcript: Transcript,
    weakness: Weakness,
    /// The message whose bytes are replaced: by a prover of another statement.
    altered: Option<usize>,
    count: usize,
}

impl Wire {
    /// The start of the protocol.
    pub fn new(weakness: &Weakness, altered: Option<usize>) -> Wire {
        Wire { transcript: Transcript::new(DOMAIN), weakness: weakness.clone(), altered, count: 0 }
    }

    /// The challenge that would be drawn now.
    pub fn next_challenge(&self, label: &'static str) -> Fr {
        self.clone().challenge(label)
    }

    /// The challenge that would be drawn after the message `values`.
    pub fn challenge_after(&self, message: &'static str, values: &[Fr], label: &'static str) -> Fr {
        let mut wire = self.clone();
        wire.absorb(message, &values.iter().flat_map(encoding::scalar_to_bytes).collect::<Vec<u8>>());
        wire.challenge(label)
    }
}

impl Channel for Wire {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        let number = self.count;
        self.count += 1;
        if self.weakness.unabsorbed.contains(&number) {
            return;
        }
        let shortened = self.weakness.shortened == Some(number);
        let bytes = if shortened { &bytes[..bytes.len() - encoding::BYTES] } else { bytes };
        match self.altered {
            Some(altered) if altered == number => self.transcript.absorb(label, &[bytes, b"other"].concat()),
            _ => self.transcript.absorb(label, bytes),
        }
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        let drawn = self.transcript.challenge(label);
        self.weakness.fixed.filter(|(fixed, _)| *fixed == label).map_or(drawn, |(_, value)| value)
    }
}

/// Writes messages through a wire.
pub struct WireWriter {
    /// The transcript.
    pub wire: Wire,
    /// The tape.
    pub tape: Vec<u8>,
}

impl WireWriter {
    fn write(&mut self, label: &'static str, bytes: &[u8]) {
        self.wire.absorb(label, bytes);
        self.tape.extend_from_slice(bytes);
    }
}

impl Channel for WireWriter {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.wire.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.wire.challenge(label)
    }
}

impl Writer for WireWriter {
    fn write_scalars(&mut self, label: &'static str, values: &[Fr]) {
        self.write(label, &values.iter().flat_map(encoding::scalar_to_bytes).collect::<Vec<u8>>());
    }
    fn write_points(&mut self, label: &'static str, values: &[G1Affine]) {
        self.write(label, &values.iter().flat_map(encoding::point_to_bytes).collect::<Vec<u8>>());
    }
}

/// Reads messages through a wire.
pub struct WireReader<'a> {
    /// The transcript.
    pub wire: Wire,
    /// The rest of the tape.
    pub tape: &'a [u8],
}

impl WireReader<'_> {
    fn read<T>(
        &mut self,
        label: &'static str,
        count: usize,
        decode: impl Fn(&[u8; 32]) -> Option<T>,
    ) -> Result<Vec<T>, TapeError> {
        let (message, rest) = self.tape.split_at_checked(32 * count).ok_or(TapeError::Truncated { label })?;
        let (elements, _) = message.as_chunks::<32>();
        let values: Option<Vec<T>> = elements.iter().map(decode).collect();
        self.wire.absorb(label, message);
        self.tape = rest;
        values.ok_or(TapeError::NonCanonicalScalar { label })
    }
}

impl Channel for WireReader<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.wire.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.wire.challenge(label)
    }
}

impl Reader for WireReader<'_> {
    type Error = TapeError;
    fn read_scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, TapeError> {
        self.read(label, count, encoding::scalar_from_bytes)
    }
    fn read_points(&mut self, label: &'static str, count: usize) -> Result<Vec<G1Affine>, TapeError> {
        self.read(label, count, encoding::point_from_bytes)
    }
}
