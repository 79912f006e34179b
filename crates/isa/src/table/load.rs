//! Sub-word loads: x is the word in memory, y the place of the byte or half in it.

use super::Index;
use super::automaton::{LookupTable, not, run_suffix};
use crate::size;
use zkvm_algebra::Ring;

/// Weight of bit `place` in a value of `width` bits, extended to 32: a sign bit fills all above it.
fn weight<R: Ring>(place: usize, width: usize, signed: bool) -> R {
    let sign = signed && place.wrapping_add(1) == width;
    R::int(i64::from(if sign { u32::MAX << place } else { 1 << place }))
}

/// The low `width` bits of `v`, extended to 32.
#[inline]
fn extend(v: u32, width: u32, signed: bool) -> u64 {
    let shift = 32u32.wrapping_sub(width);
    u64::from(if signed { ((v << shift).cast_signed() >> shift).cast_unsigned() } else { (v << shift) >> shift })
}

/// States: 1 and the bytes 3, 2, 1, 0 so far; after pair 1: whether y1 = 0 and the byte that is the
/// result if y0 is 1, if y0 is 0.
pub struct Byte<const SIGNED: bool>;
impl<const SIGNED: bool> LookupTable<5> for Byte<SIGNED> {
    const NAME: &'static str = if SIGNED { "LB" } else { "LBU" };
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 5] = [1, 0, 0, 0, 0];
    const FINISH: [i64; 5] = [0, 1, 0, 0, 0];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 5]) -> [R; 5] {
        let [one, byte3, byte2, byte1, byte0] = state;
        let zero = R::zero();
        match bit {
            0 => [zero, byte3 * y + (byte2 + one * x) * not(y), zero, zero, zero],
            1 => {
                let odd = byte3 * y + byte1 * not(y);
                let even = byte2 * y + (byte0 + one * (x + x)) * not(y);
                [one * not(y), odd, even, zero, zero]
            }
            _ => {
                let mut next = state;
                // The bytes 3, 2, 1, 0 are the last four.
                if let Some(byte) = next.iter_mut().rev().nth(bit / 8) {
                    *byte = *byte + one * x * weight(bit % 8, 8, SIGNED);
                }
                next
            }
        }
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        extend(x >> ((y % 4) << 3), 8, SIGNED)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        if bits < 4 {
            return run_suffix::<Self, 5>(state, Self::INDEX.join(x, y), bits);
        }
        if state == 0 { Self::entry(x, y).cast_signed() } else { i64::from(size(y % 4).wrapping_add(state) == 4) }
    }
}

/// States: 1 and the halves 1, 0 so far.
pub struct Half<const SIGNED: bool>;
impl<const SIGNED: bool> LookupTable<3> for Half<SIGNED> {
    const NAME: &'static str = if SIGNED { "LH" } else { "LHU" };
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 3] = [1, 0, 0];
    const FINISH: [i64; 3] = [0, 1, 0];
    fn step<R: Ring>(bit: usize, x: R, y: R, [one, half1, half0]: [R; 3]) -> [R; 3] {
        let here = one * x * weight(bit % 16, 16, SIGNED);
        match bit {
            0 => [R::zero(), half1 * y + (half0 + here) * not(y), R::zero()],
            1..16 => [one, half1, half0 + here],
            _ => [one, half1 + here, half0],
        }
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        extend(x >> ((y % 2) << 4), 16, SIGNED)
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        if bits < 2 {
            return Self::FINISH.get(state).copied().unwrap_or(0);
        }
        if state == 0 { Self::entry(x, y).cast_signed() } else { i64::from(size(y % 2).wrapping_add(state) == 2) }
    }
}
