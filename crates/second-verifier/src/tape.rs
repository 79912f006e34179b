//! The tape (section 7): the prover's messages one after the other, absorbed when they are read.

use ark_bn254::{Fq, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField};

use crate::transcript::Transcript;
use crate::{Error, F};

/// Bytes of a scalar and of a point.
const ELEMENT: usize = 32;

/// The messages not yet read, and the transcript of those that were.
pub struct Tape<'a> {
    /// The transcript.
    pub transcript: Transcript,
    rest: &'a [u8],
}

impl<'a> Tape<'a> {
    /// A tape from its beginning, with a new transcript.
    pub fn new(bytes: &'a [u8]) -> Tape<'a> {
        Tape { transcript: Transcript::new(), rest: bytes }
    }

    /// Reads a message of `number` elements and absorbs it.
    fn message(&mut self, label: &'static str, number: usize) -> Result<impl Iterator<Item = [u8; ELEMENT]>, Error> {
        let (message, rest) = self.rest.split_at_checked(number * ELEMENT).ok_or(Error::Truncated)?;
        self.rest = rest;
        self.transcript.absorb(label, message);
        Ok(message.chunks_exact(ELEMENT).map(|element| element.try_into().expect("a whole chunk")))
    }

    /// A message of scalars.
    pub fn scalars(&mut self, label: &'static str, number: usize) -> Result<Vec<F>, Error> {
        self.message(label, number)?.map(|bytes| F::from_bigint(integer(bytes)).ok_or(Error::Scalar(label))).collect()
    }

    /// A message of points of G1.
    pub fn points(&mut self, label: &'static str, number: usize) -> Result<Vec<G1Affine>, Error> {
        self.message(label, number)?.map(|bytes| point(bytes).ok_or(Error::Point(label))).collect()
    }

    /// Refuses bytes after the last message.
    pub fn finish(self) -> Result<(), Error> {
        if self.rest.is_empty() { Ok(()) } else { Err(Error::TrailingBytes(self.rest.len())) }
    }
}

/// The little-endian integer of 256 bits.
pub(crate) fn integer(bytes: [u8; ELEMENT]) -> BigInt<4> {
    let mut limbs = [0; 4];
    for (limb, bytes) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
    }
    BigInt(limbs)
}

/// x little-endian, bit 255 the parity of y; the identity is bit 254 alone.
fn point(mut bytes: [u8; ELEMENT]) -> Option<G1Affine> {
    let mut identity = [0; ELEMENT];
    identity[31] = 1 << 6;
    if bytes == identity {
        return Some(G1Affine::zero());
    }
    let odd = bytes[31] >> 7 == 1;
    bytes[31] &= 0x7f;
    curve_point(Fq::from_bigint(integer(bytes))?, odd)
}

/// The point of y² = x³ + 3 with the given x and parity of y.
pub(crate) fn curve_point(x: Fq, odd: bool) -> Option<G1Affine> {
    let y = (x * x * x + Fq::from(3u64)).sqrt()?;
    debug_assert!(y != Fq::ZERO, "a group of odd order has no such point");
    let y = if y.into_bigint().is_odd() == odd { y } else { -y };
    Some(G1Affine::new_unchecked(x, y))
}
