//! The proof tape: messages one after the other, 32 bytes per scalar or point.

use crate::{Channel, Reader, Transcript, Writer};
use alloc::vec::Vec;
use core::fmt;
use zkvm_algebra::encoding::{self, BYTES};
use zkvm_algebra::{Fr, G1Affine};

/// Why a tape is not a proof.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TapeError {
    /// The tape ends inside the message `label`.
    Truncated {
        /// The message.
        label: &'static str,
    },
    /// A scalar of `label` is not below the modulus.
    NonCanonicalScalar {
        /// The message.
        label: &'static str,
    },
    /// A point of `label` is not the canonical encoding of a curve point.
    InvalidPoint {
        /// The message.
        label: &'static str,
    },
    /// Bytes are left after the last message.
    TrailingBytes {
        /// How many.
        count: usize,
    },
}

impl fmt::Display for TapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TapeError::Truncated { label } => write!(f, "the proof ends inside the message `{label}`"),
            TapeError::NonCanonicalScalar { label } => write!(f, "a scalar of `{label}` is not canonical"),
            TapeError::InvalidPoint { label } => write!(f, "a point of `{label}` is not a canonical curve point"),
            TapeError::TrailingBytes { count } => write!(f, "{count} bytes follow the last message of the proof"),
        }
    }
}

impl core::error::Error for TapeError {}

/// Reads a tape; reading is absorbing.
pub struct TapeReader<'a> {
    transcript: Transcript,
    bytes: &'a [u8],
}

impl<'a> TapeReader<'a> {
    /// A reader at the start of `bytes`.
    pub fn new(transcript: Transcript, bytes: &'a [u8]) -> Self {
        TapeReader { transcript, bytes }
    }

    /// Checks that the tape has been read to its end.
    pub fn finish(self) -> Result<(), TapeError> {
        match self.bytes.len() {
            0 => Ok(()),
            count => Err(TapeError::TrailingBytes { count }),
        }
    }

    fn read<T>(
        &mut self,
        label: &'static str,
        count: usize,
        decode: impl Fn(&[u8; BYTES]) -> Option<T>,
        invalid: TapeError,
    ) -> Result<Vec<T>, TapeError> {
        let length = count.checked_mul(BYTES).ok_or(TapeError::Truncated { label })?;
        let (message, rest) = self.bytes.split_at_checked(length).ok_or(TapeError::Truncated { label })?;
        let (elements, _) = message.as_chunks::<BYTES>();
        let values = elements.iter().map(decode).collect::<Option<Vec<T>>>().ok_or(invalid)?;
        self.transcript.absorb(label, message);
        self.bytes = rest;
        Ok(values)
    }
}

impl Channel for TapeReader<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.transcript.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.transcript.challenge(label)
    }
}

impl Reader for TapeReader<'_> {
    type Error = TapeError;
    fn read_scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, TapeError> {
        self.read(label, count, encoding::scalar_from_bytes, TapeError::NonCanonicalScalar { label })
    }
    fn read_points(&mut self, label: &'static str, count: usize) -> Result<Vec<G1Affine>, TapeError> {
        self.read(label, count, encoding::point_from_bytes, TapeError::InvalidPoint { label })
    }
}

/// Writes a tape; writing is absorbing.
pub struct TapeWriter {
    transcript: Transcript,
    bytes: Vec<u8>,
}

impl TapeWriter {
    /// An empty tape.
    pub fn new(transcript: Transcript) -> Self {
        TapeWriter { transcript, bytes: Vec::new() }
    }

    /// The tape.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn write(&mut self, label: &'static str, message: &[u8]) {
        self.transcript.absorb(label, message);
        self.bytes.extend_from_slice(message);
    }
}

impl Channel for TapeWriter {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.transcript.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        self.transcript.challenge(label)
    }
}

impl Writer for TapeWriter {
    fn write_scalars(&mut self, label: &'static str, values: &[Fr]) {
        self.write(label, &values.iter().flat_map(encoding::scalar_to_bytes).collect::<Vec<u8>>());
    }
    fn write_points(&mut self, label: &'static str, values: &[G1Affine]) {
        self.write(label, &values.iter().flat_map(encoding::point_to_bytes).collect::<Vec<u8>>());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Field;

    #[test]
    fn reader_and_writer_agree() {
        let mut w = TapeWriter::new(Transcript::new("test"));
        w.write_scalars("s", &[Fr::ONE, -Fr::ONE]);
        let first = w.challenge("x");
        w.write_points("p", &[G1Affine::identity()]);
        let second = w.challenge("y");
        let bytes = w.into_bytes();

        let mut r = TapeReader::new(Transcript::new("test"), &bytes);
        assert_eq!(r.read_scalars("s", 2).unwrap(), [Fr::ONE, -Fr::ONE]);
        assert_eq!(r.challenge("x"), first);
        assert_eq!(r.read_points("p", 1).unwrap(), [G1Affine::identity()]);
        assert_eq!(r.challenge("y"), second);
        assert_eq!(r.finish(), Ok(()));
    }

    #[test]
    fn every_message_changes_the_challenges_after_it() {
        let challenge = |scalar: Fr, point: G1Affine| {
            let mut w = TapeWriter::new(Transcript::new("test"));
            w.write_scalars("s", &[scalar]);
            w.write_points("p", &[point]);
            let (written, bytes) = (w.challenge("x"), w.into_bytes());
            let mut r = TapeReader::new(Transcript::new("test"), &bytes);
            r.read_scalars("s", 1).unwrap();
            r.read_points("p", 1).unwrap();
            assert_eq!(r.challenge("x"), written);
            written
        };
        let generator = G1Affine::new_unchecked(1u64.into(), 2u64.into());
        let base = challenge(Fr::ONE, generator);
        assert_ne!(challenge(-Fr::ONE, generator), base);
        assert_ne!(challenge(Fr::ONE, -generator), base);
        assert_ne!(challenge(Fr::ONE, G1Affine::identity()), base);
    }

    #[test]
    fn short_long_and_malformed_tapes_are_refused() {
        let reader = |bytes: &'static [u8]| TapeReader::new(Transcript::new("test"), bytes);
        assert_eq!(reader(&[0; 31]).read_scalars("s", 1), Err(TapeError::Truncated { label: "s" }));
        assert_eq!(reader(&[0; 31]).read_scalars("s", usize::MAX), Err(TapeError::Truncated { label: "s" }));
        assert_eq!(reader(&[0xff; 32]).read_scalars("s", 1), Err(TapeError::NonCanonicalScalar { label: "s" }));
        assert_eq!(reader(&[0xff; 32]).read_points("p", 1), Err(TapeError::InvalidPoint { label: "p" }));
        assert_eq!(reader(&[0; 33]).finish(), Err(TapeError::TrailingBytes { count: 33 }));
    }
}
