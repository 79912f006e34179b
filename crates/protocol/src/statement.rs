//! What is proven: a program, its public values and the sizes of the instance.

use crate::shape::Shape;
use alloc::vec::Vec;
use zkvm_abi::output;
use zkvm_algebra::multilinear::eq_index;
use zkvm_algebra::{AdditiveGroup, Fr};
use zkvm_isa::program::Program;
use zkvm_transcript::Channel;

/// Version of the protocol; proofs of another version do not verify.
pub const VERSION: u32 = 1;

/// The public values of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PublicIo {
    /// Public input bytes.
    pub input: Vec<u8>,
    /// Exit code.
    pub exit_code: u32,
    /// Output bytes.
    pub output: Vec<u8>,
}

impl PublicIo {
    /// The words of the output block up to its last nonzero one.
    pub fn output_words(&self) -> impl Iterator<Item = u32> {
        [output::EXITED, self.exit_code, length(&self.output)].into_iter().chain(words(&self.output))
    }

    /// The words of the public input block.
    pub fn input_words(&self) -> impl Iterator<Item = u32> {
        core::iter::once(length(&self.input)).chain(words(&self.input))
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Little-endian words, the last one padded with zeros.
fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks(4).map(|chunk| chunk.iter().rev().fold(0, |acc, byte| acc << 8 | u32::from(*byte)))
}

/// A statement; both parties run the script on the same one.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The program.
    pub program: &'a Program,
    /// Digest of the program's rows, image and layout.
    pub digest: [u8; 32],
    /// Public values.
    pub io: &'a PublicIo,
    /// Sizes.
    pub shape: Shape,
    /// Name and basis digest of the commitment scheme.
    pub scheme: [u8; 32],
}

impl Statement<'_> {
    /// Absorbs all of it.
    pub fn absorb(&self, channel: &mut impl Channel) {
        channel.absorb("version", &VERSION.to_le_bytes());
        channel.absorb("program", &self.digest);
        let Shape { log_t, log_k, log_bytecode, log_ram, log_row } = self.shape;
        for (label, size) in [("t", log_t), ("κ", log_k), ("b", log_bytecode), ("m", log_ram), ("c", log_row)] {
            channel.absorb(label, &u64::try_from(size).unwrap_or(u64::MAX).to_le_bytes());
        }
        channel.absorb("scheme", &self.scheme);
        channel.absorb("input", &self.io.input);
        channel.absorb("exit code", &self.io.exit_code.to_le_bytes());
        channel.absorb("output", &self.io.output);
    }

    /// log2 of the words of the output block.
    pub fn log_output(&self) -> usize {
        (zkvm_abi::OUTPUT_BYTES / 4).ilog2() as usize
    }

    /// The output block's place in RAM as coordinates, most significant first: m - s zeros and ones.
    pub fn output_place(&self) -> Vec<Fr> {
        let layout = &self.program.layout;
        let place = (layout.output.wrapping_sub(layout.base) / zkvm_abi::OUTPUT_BYTES).into();
        let bits = self.shape.log_ram.saturating_sub(self.log_output());
        (0..bits).rev().map(|bit| Fr::from(bit_of(place, bit))).collect()
    }

    /// The public output block's extension at `rho`.
    pub fn output_at(&self, rho: &[Fr]) -> Fr {
        extension(rho, 0, self.io.output_words())
    }

    /// Init at a word point: the image and the public input.
    pub fn initial_memory_at(&self, word: &[Fr]) -> Fr {
        let layout = &self.program.layout;
        let input = u64::from(layout.input.wrapping_sub(layout.base) / 4);
        let image = self.program.initial_words().map(|(index, value)| eq_index(word, index.into()) * Fr::from(value));
        image.sum::<Fr>() + extension(word, input, self.io.input_words())
    }
}

fn bit_of(value: u64, bit: usize) -> u64 {
    u32::try_from(bit).ok().and_then(|bit| value.checked_shr(bit)).unwrap_or(0) & 1
}

/// Σ eq(point, first + i)·words\[i\].
fn extension(point: &[Fr], first: u64, words: impl Iterator<Item = u32>) -> Fr {
    (first..)
        .zip(words)
        .filter(|(_, word)| *word != 0)
        .fold(Fr::ZERO, |sum, (index, word)| sum + eq_index(point, index) * Fr::from(word))
}
