//! What makes quotient and remainder unique: all entries are 0 or 1.

use super::Index;
use super::automaton::{LookupTable, equal, not};
use crate::size;
use zkvm_algebra::Ring;

/// x < y or y = 0. States, so far: x = y; x < y; y = 0.
pub struct ValidRemainder;
impl LookupTable<3> for ValidRemainder {
    const NAME: &'static str = "VALID_REMAINDER";
    const INDEX: Index = Index::Interleaved;
    const BOOLEAN: bool = true;
    const INITIAL: [i64; 3] = [1, 0, 1];
    const FINISH: [i64; 3] = [0, 1, 1];
    fn step<R: Ring>(_: usize, x: R, y: R, [same, less, zero]: [R; 3]) -> [R; 3] {
        [same * equal(x, y), less + same * not(x) * y, zero * not(y)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(x < y || y == 0)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        match state {
            0 => i64::from(x < y),
            1 => 1,
            _ => i64::from(y == 0),
        }
    }
}

/// x ≠ 0 or y = 2^32 - 1, for a divisor x and a quotient y. States, so far: 1; x = 0; x = 0 and y all ones.
pub struct ValidDivZero;
impl LookupTable<3> for ValidDivZero {
    const NAME: &'static str = "VALID_DIV_ZERO";
    const INDEX: Index = Index::Interleaved;
    const BOOLEAN: bool = true;
    const INITIAL: [i64; 3] = [1, 1, 1];
    const FINISH: [i64; 3] = [1, -1, 1];
    fn step<R: Ring>(_: usize, x: R, y: R, [one, zero, ones]: [R; 3]) -> [R; 3] {
        [one, zero * not(x), ones * not(x) * y]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(x != 0 || y == u32::MAX)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        match state {
            0 => 1,
            1 => i64::from(x == 0).wrapping_neg(),
            _ => i64::from(x == 0 && size(y.count_ones()) == bits / 2),
        }
    }
}
