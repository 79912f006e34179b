//! Sub-word stores, in two rows.
//!
//! The first packs the value and its place in the word: y is the offset, x the value stored. The
//! second puts it into the word: x is the word in memory, y what the first row packed.

use super::Index;
use super::automaton::{LookupTable, accumulate, accumulated, not, power, run_suffix};
use crate::size;
use zkvm_algebra::Ring;

/// The low byte of x and two bits of y.
pub struct PrepareByte;
impl LookupTable<2> for PrepareByte {
    const NAME: &'static str = "PREPARE_BYTE";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        prepare::<R, 2>(bit, x, y, state)
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from((x & 0xff) << 2 | y & 3)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        accumulated(state, Self::entry(x, y))
    }
}

/// The low half of x and one bit of y.
pub struct PrepareHalf;
impl LookupTable<2> for PrepareHalf {
    const NAME: &'static str = "PREPARE_HALF";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        prepare::<R, 1>(bit, x, y, state)
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from((x & 0xffff) << 1 | y & 1)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        accumulated(state, Self::entry(x, y))
    }
}

/// Adds the bits of a pair: `PLACE` bits of y, above them the low 32 / 2^PLACE bits of x.
fn prepare<R: Ring, const PLACE: usize>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
    let value = if bit < 32 >> PLACE { x * power(bit.wrapping_add(PLACE)) } else { R::zero() };
    let place = if bit < PLACE { y * power(bit) } else { R::zero() };
    accumulate(state, value + place)
}

/// States: 1 and the results so far for the places 0 to 3; after pair 1: 1, the result if y0 is 1
/// and if y0 is 0, and y1.
pub struct MergeByte;
impl LookupTable<5> for MergeByte {
    const NAME: &'static str = "MERGE_BYTE";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 5] = [1, 0, 0, 0, 0];
    const FINISH: [i64; 5] = [0, 1, 0, 0, 0];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 5]) -> [R; 5] {
        let [one, place0, place1, place2, place3] = state;
        let zero = R::zero();
        match bit {
            0 => {
                // After pair 1 the states are: 1, odd, even, y1. Bit 0 of x stays unless y1 = y0 = 0.
                let (odd, even, y1) = (place0, place1, place2);
                let result = (odd + one * x) * y + (even + y1 * x) * not(y);
                [zero, result, zero, zero, zero]
            }
            1 => {
                let (bit1, y1) = (one * (x + x), one * y);
                let odd = place3 * y + place1 * not(y) + bit1;
                let even = place2 * y + place0 * not(y) + bit1 * y;
                [one, odd, even, y1, zero]
            }
            _ => {
                let mut next = state;
                for (place, result) in next.iter_mut().skip(1).enumerate() {
                    if bit / 8 != place {
                        *result = *result + one * x * power(bit);
                    }
                    if bit < 10 {
                        *result = *result + one * y * power(bit.wrapping_sub(2).wrapping_add(place << 3));
                    }
                }
                next
            }
        }
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        let shift = (y % 4) << 3;
        u64::from(x & !(0xff << shift) | (y >> 2 & 0xff) << shift)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        if bits < 4 {
            return run_suffix::<Self, 5>(state, Self::INDEX.join(x, y), bits);
        }
        if state == 0 { Self::entry(x, y).cast_signed() } else { i64::from(size(y % 4).wrapping_add(1) == state) }
    }
}

/// States: 1 and the results so far for the places 0 and 1.
pub struct MergeHalf;
impl LookupTable<3> for MergeHalf {
    const NAME: &'static str = "MERGE_HALF";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 3] = [1, 0, 0];
    const FINISH: [i64; 3] = [0, 1, 0];
    fn step<R: Ring>(bit: usize, x: R, y: R, [one, place0, place1]: [R; 3]) -> [R; 3] {
        let kept = one * x * power(bit);
        if bit == 0 {
            return [R::zero(), place0 * not(y) + (place1 + kept) * y, R::zero()];
        }
        let value = if bit <= 16 { one * y * power(bit.wrapping_sub(1)) } else { R::zero() };
        let (kept0, kept1) = if bit < 16 { (R::zero(), kept) } else { (kept, R::zero()) };
        [one, place0 + kept0 + value, place1 + kept1 + value * power(16)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        let shift = (y % 2) << 4;
        u64::from(x & !(0xffff << shift) | (y >> 1 & 0xffff) << shift)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        if bits < 2 {
            return Self::FINISH.get(state).copied().unwrap_or(0);
        }
        if state == 0 { Self::entry(x, y).cast_signed() } else { i64::from(size(y % 2).wrapping_add(1) == state) }
    }
}
