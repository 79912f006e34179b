//! Masks of a shift amount: the bits of a word that stay in it when shifted.
//!
//! The amount s is the low five bits of a linear index; 2^s is a product over them.

use super::Index;
use super::automaton::{LookupTable, not};
use zkvm_algebra::Ring;

/// Multiplies `v` by 2^(the bits of a pair in s): pair `bit` holds the bits 2·bit+1 and 2·bit of s.
fn scale<R: Ring>(bit: usize, x: R, y: R, v: R) -> R {
    let factor = |place: usize, b: R| R::one() + b * R::int(!(-1 << (1 << place)));
    match bit {
        2 => v * factor(4, y),
        0 | 1 => v * factor(bit << 1 | 1, x) * factor(bit << 1, y),
        _ => v,
    }
}

/// States: 1, 2^s so far. Value: 2^32 - 2^s.
pub struct MaskHigh;
impl LookupTable<2> for MaskHigh {
    const NAME: &'static str = "MASK_HIGH";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 2] = [1, 1];
    const FINISH: [i64; 2] = [1 << 32, -1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [one, power]: [R; 2]) -> [R; 2] {
        [one, scale(bit, x, y, power)]
    }
    #[inline]
    fn entry(_: u32, low: u32) -> u64 {
        u64::from(u32::MAX << (low % 32))
    }
    #[inline]
    fn suffix(state: usize, _: u32, low: u32, _: usize) -> i64 {
        if state == 0 { 1 << 32 } else { -1 << (low % 32) }
    }
}

/// States: 1, 2^(31-s) so far. Value: 2 · 2^(31-s) - 1.
pub struct MaskLow;
impl LookupTable<2> for MaskLow {
    const NAME: &'static str = "MASK_LOW";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 2] = [1, 1];
    const FINISH: [i64; 2] = [-1, 2];
    fn step<R: Ring>(bit: usize, x: R, y: R, [one, power]: [R; 2]) -> [R; 2] {
        [one, scale(bit, not(x), not(y), power)]
    }
    #[inline]
    fn entry(_: u32, low: u32) -> u64 {
        u64::from(u32::MAX >> (low % 32))
    }
    #[inline]
    fn suffix(state: usize, _: u32, low: u32, bits: usize) -> i64 {
        // `bits` low bits of s can still lower the exponent, by at most 2^bits - 1.
        if state == 0 { -1 } else { 1 << (1u32 << bits.min(5)).wrapping_sub(low % 32) }
    }
}
