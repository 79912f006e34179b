//! Comparisons: all entries are 0 or 1.

use super::Index;
use super::automaton::{LookupTable, equal, not};
use zkvm_algebra::Ring;

/// The pair of sign bits.
const SIGN: usize = 31;

/// State: whether the words are equal so far.
pub struct Eq;
impl LookupTable<1> for Eq {
    const NAME: &'static str = "EQ";
    const INDEX: Index = Index::Interleaved;
    const BOOLEAN: bool = true;
    const INITIAL: [i64; 1] = [1];
    const FINISH: [i64; 1] = [1];
    fn step<R: Ring>(_: usize, x: R, y: R, [same]: [R; 1]) -> [R; 1] {
        [same * equal(x, y)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(x == y)
    }
    #[inline]
    fn suffix(_: usize, x: u32, y: u32, _: usize) -> i64 {
        i64::from(x == y)
    }
}

/// States: 1; whether the words are equal so far.
pub struct Ne;
impl LookupTable<2> for Ne {
    const NAME: &'static str = "NE";
    const INDEX: Index = Index::Interleaved;
    const BOOLEAN: bool = true;
    const INITIAL: [i64; 2] = [1, 1];
    const FINISH: [i64; 2] = [1, -1];
    fn step<R: Ring>(_: usize, x: R, y: R, [one, same]: [R; 2]) -> [R; 2] {
        [one, same * equal(x, y)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(x != y)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        if state == 0 { 1 } else { i64::from(x == y).wrapping_neg() }
    }
}

/// x < y. States: whether the words are equal so far; whether x is already smaller.
pub struct Less<const SIGNED: bool>;
impl<const SIGNED: bool> LookupTable<2> for Less<SIGNED> {
    const NAME: &'static str = if SIGNED { "LT" } else { "LTU" };
    const INDEX: Index = Index::Interleaved;
    const BOOLEAN: bool = true;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [same, less]: [R; 2]) -> [R; 2] {
        // The word with the sign bit is the smaller one.
        let (x, y) = if SIGNED && bit == SIGN { (y, x) } else { (x, y) };
        [same * equal(x, y), less + same * not(x) * y]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(if SIGNED { x.cast_signed() < y.cast_signed() } else { x < y })
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        // Words without their top bits compare alike, signed or not.
        if state == 0 { Self::entry(x, y).cast_signed() } else { 1 }
    }
}

/// x ≥ y. States: whether the words are equal so far; whether x is already greater.
pub struct NotLess<const SIGNED: bool>;
impl<const SIGNED: bool> LookupTable<2> for NotLess<SIGNED> {
    const NAME: &'static str = if SIGNED { "GE" } else { "GEU" };
    const INDEX: Index = Index::Interleaved;
    const BOOLEAN: bool = true;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [1, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        Less::<SIGNED>::step(bit, y, x, state)
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        Less::<SIGNED>::entry(x, y) ^ 1
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        if state == 0 { Self::entry(x, y).cast_signed() } else { 1 }
    }
}
