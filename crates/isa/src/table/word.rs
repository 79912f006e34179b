//! Words of a linear index: sums, differences and products.

use super::Index;
use super::automaton::{LookupTable, accumulate, accumulated, not, power};
use zkvm_algebra::Ring;

/// First pair of the high word.
const HIGH_WORD: usize = 16;

/// The digit 2x + y of pair `bit` at its place in its own word.
fn digit<R: Ring>(bit: usize, x: R, y: R) -> R {
    (x + x + y) * power((bit % HIGH_WORD) << 1)
}

pub struct Low;
impl LookupTable<2> for Low {
    const NAME: &'static str = "LOW";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        if bit < HIGH_WORD { accumulate(state, digit(bit, x, y)) } else { state }
    }
    #[inline]
    fn entry(_: u32, low: u32) -> u64 {
        u64::from(low)
    }
    #[inline]
    fn suffix(state: usize, _: u32, low: u32, _: usize) -> i64 {
        accumulated(state, u64::from(low))
    }
}

pub struct LowEven;
impl LookupTable<2> for LowEven {
    const NAME: &'static str = "LOW_EVEN";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        let y = if bit == 0 { R::zero() } else { y };
        Low::step(bit, x, y, state)
    }
    #[inline]
    fn entry(_: u32, low: u32) -> u64 {
        u64::from(low & !1)
    }
    #[inline]
    fn suffix(state: usize, high: u32, low: u32, _: usize) -> i64 {
        accumulated(state, Self::entry(high, low))
    }
}

pub struct High;
impl LookupTable<2> for High {
    const NAME: &'static str = "HIGH";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        if bit < HIGH_WORD { state } else { accumulate(state, digit(bit, x, y)) }
    }
    #[inline]
    fn entry(high: u32, _: u32) -> u64 {
        u64::from(high)
    }
    #[inline]
    fn suffix(state: usize, high: u32, _: u32, _: usize) -> i64 {
        accumulated(state, u64::from(high))
    }
}

/// States: 1; whether the high word is zero so far; the low word, if it is.
/// Value: 2^32 - zero · 2^32 + low.
pub struct SatLow;
impl LookupTable<3> for SatLow {
    const NAME: &'static str = "SATLOW";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 3] = [1, 1, 0];
    const FINISH: [i64; 3] = [1 << 32, -(1 << 32), 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [one, zero, low]: [R; 3]) -> [R; 3] {
        if bit < HIGH_WORD { [one, zero, low + zero * digit(bit, x, y)] } else { [one, zero * not(x) * not(y), low] }
    }
    #[inline]
    fn entry(high: u32, low: u32) -> u64 {
        if high == 0 { u64::from(low) } else { 1 << 32 }
    }
    #[inline]
    fn suffix(state: usize, high: u32, low: u32, _: usize) -> i64 {
        match state {
            0 => 1 << 32,
            1 if high == 0 => i64::from(low).wrapping_sub(1 << 32),
            1 => 0,
            _ => 1,
        }
    }
}
