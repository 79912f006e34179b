//! Mutations of byte strings that know how files are made: of bits, bytes, little-endian integers
//! such as lengths, and of blocks as long as words, field elements and points.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

/// Longest input that mutations make.
const MAX_LENGTH: usize = 1 << 16;
/// Lengths of blocks: a byte, a half, a word, a field element or point, and more.
const BLOCKS: [usize; 6] = [1, 2, 4, 32, 64, 256];
/// Values at which lengths and sizes go wrong.
const EDGES: [u64; 14] =
    [0, 1, 2, 4, 0x7f, 0x80, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff, 1 << 63, u64::MAX];

/// A few mutations of one of `inputs`, which must not be empty.
pub fn mutate(rng: &mut StdRng, inputs: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = inputs.choose(rng).cloned().unwrap_or_default();
    for _ in 0..1 << rng.gen_range(0..4) {
        let other = inputs.choose(rng).map_or(&[][..], Vec::as_slice);
        mutate_once(rng, &mut bytes, other);
        bytes.truncate(MAX_LENGTH);
    }
    bytes
}

fn mutate_once(rng: &mut StdRng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = rng.gen_range(0..=bytes.len());
    let block = *BLOCKS.choose(rng).unwrap_or(&1);
    let end = (at + block).min(bytes.len());
    match rng.gen_range(0..11) {
        0 | 1 => flip(rng, &mut bytes[at..end]),
        2 => bytes[at..end].fill_with(|| rng.r#gen()),
        3 | 4 => integer(rng, bytes, at),
        5 => drop(bytes.drain(at..end)),
        6 => {
            let copy = bytes[at..end].to_vec();
            let to = rng.gen_range(0..=bytes.len());
            drop(bytes.splice(to..to, copy));
        }
        7 => {
            let length = bytes.len();
            let to = rng.gen_range(0..=length.saturating_sub(block));
            if at + block <= length {
                let copy = bytes[at..at + block].to_vec();
                bytes.copy_within(to..to + block, at);
                bytes[to..to + block].copy_from_slice(&copy);
            }
        }
        8 => splice(rng, bytes, other),
        9 => bytes.truncate(at),
        _ => bytes.extend((0..block).map(|_| rng.r#gen::<u8>())),
    }
}

fn flip(rng: &mut StdRng, bytes: &mut [u8]) {
    if let Some(byte) = bytes.choose_mut(rng) {
        *byte ^= 1 << rng.gen_range(0..8);
    }
}

/// Makes the little-endian integer at `at` an edge, the length of the input, or a near number.
fn integer(rng: &mut StdRng, bytes: &mut [u8], at: usize) {
    let (length, width) = (bytes.len() as u64, 1 << rng.gen_range(0..4));
    let Some(field) = bytes.get_mut(at..at + width) else { return };
    let old = field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte));
    let new = match rng.gen_range(0..4) {
        0 => EDGES.choose(rng).copied().unwrap_or(0),
        1 => length.wrapping_add_signed(rng.gen_range(-40..=40)),
        _ => old.wrapping_add_signed(rng.gen_range(-3..=3)),
    };
    field.copy_from_slice(&new.to_le_bytes()[..width]);
}

/// The beginning of `bytes`, then the end of `other`; often at the same place.
fn splice(rng: &mut StdRng, bytes: &mut Vec<u8>, other: &[u8]) {
    let at = rng.gen_range(0..=bytes.len());
    let from = if rng.gen_bool(0.5) { at.min(other.len()) } else { rng.gen_range(0..=other.len()) };
    bytes.truncate(at);
    bytes.extend_from_slice(&other[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use std::collections::BTreeSet;

    #[test]
    fn mutations_are_many_bounded_and_repeatable() {
        let inputs = [vec![], (0..100).collect::<Vec<u8>>(), vec![7; MAX_LENGTH]];
        let run = |seed| {
            let mut rng = StdRng::seed_from_u64(seed);
            (0..2000).map(|_| mutate(&mut rng, &inputs)).collect::<Vec<_>>()
        };
        let mutated = run(1);
        assert!(mutated == run(1));
        assert!(mutated.iter().all(|bytes| bytes.len() <= MAX_LENGTH));
        assert!(mutated.iter().collect::<BTreeSet<_>>().len() > 1000);
        assert!(mutated.contains(&vec![]));
    }
}
