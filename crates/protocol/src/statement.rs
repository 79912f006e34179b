//! What is proven: a program, its public values and the sizes of the instance.

use crate::shape::Shape;
use alloc::vec::Vec;
use zkvm_abi::output;
use zkvm_algebra::multilinear::{eq_index, eq_table};
use zkvm_algebra::{AdditiveGroup, Fr};
use zkvm_isa::program::Program;
use zkvm_transcript::Channel;

/// Version of the protocol; proofs of another version do not verify.
pub const VERSION: u32 = 2;

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
        zkvm_abi::LOG_OUTPUT_WORDS
    }

    /// The output block's place in RAM as coordinates, most significant first: m - s zeros and ones.
    pub fn output_place(&self) -> Vec<Fr> {
        let layout = *self.program.layout();
        let place = (layout.output.wrapping_sub(layout.base) / zkvm_abi::OUTPUT_BYTES).into();
        let bits = self.shape.log_ram.saturating_sub(self.log_output());
        (0..bits).rev().map(|bit| Fr::from(bit_of(place, bit))).collect()
    }

    /// The public output block's extension at `rho`.
    pub fn output_at(&self, rho: &[Fr]) -> Fr {
        extension(rho, (0..).zip(self.io.output_words()))
    }

    /// Init at a word point: the image and the public input.
    pub fn initial_memory_at(&self, word: &[Fr]) -> Fr {
        let layout = *self.program.layout();
        let input = u64::from(layout.input.wrapping_sub(layout.base) / 4);
        let image = self.program.initial_words().map(|(index, value)| (u64::from(index), value));
        extension(word, image) + extension(word, (input..).zip(self.io.input_words()))
    }
}

/// Bit number `bit` of `value`.
pub(crate) fn bit_of(value: u64, bit: usize) -> u64 {
    u32::try_from(bit).ok().and_then(|bit| value.checked_shr(bit)).unwrap_or(0) & 1
}

/// Index bits that [`extension`] tabulates.
const TABLE_BITS: usize = 10;

/// Σ eq(point, index)·word. Runs of indices that agree in all but the lowest bits share one
/// product for the upper coordinates.
fn extension(point: &[Fr], words: impl Iterator<Item = (u64, u32)>) -> Fr {
    let (high, low) = point.split_at(point.len().saturating_sub(TABLE_BITS));
    let table = eq_table(low);
    let low_bits = u32::try_from(low.len()).unwrap_or(u32::MAX);
    let mask = 1u64.checked_shl(low_bits).unwrap_or(0).wrapping_sub(1);
    let (mut sum, mut run, mut block) = (Fr::ZERO, Fr::ZERO, 0);
    for (index, word) in words {
        let above = index.checked_shr(low_bits).unwrap_or(0);
        if above != block {
            sum += run * eq_index(high, block);
            (run, block) = (Fr::ZERO, above);
        }
        let weight = usize::try_from(index & mask).ok().and_then(|i| table.get(i)).copied().unwrap_or(Fr::ZERO);
        run += weight * Fr::from(word);
    }
    sum + run * eq_index(high, block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_is_the_sum_over_all_words() {
        let point: Vec<Fr> = (3u64..16).map(Fr::from).collect();
        let words = [(0u64, 7u32), (1, 0), (1023, 9), (1024, 1), (1025, u32::MAX), (5000, 2), (8191, 3)];
        let expected: Fr = words.iter().map(|(index, word)| eq_index(&point, *index) * Fr::from(*word)).sum();
        assert_eq!(extension(&point, words.into_iter()), expected);
        assert_eq!(extension(&point[..3], [(5, 4)].into_iter()), eq_index(&point[..3], 5) * Fr::from(4u32));
    }
}
