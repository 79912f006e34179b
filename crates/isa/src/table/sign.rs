//! Signs: absolute values, negation, and what signed products add to unsigned ones.

use super::Index;
use super::automaton::{LookupTable, accumulate, accumulated, not, power};
use zkvm_algebra::Ring;

/// The pair of sign bits.
const SIGN: usize = 31;

/// States: the sign ±1 of the bits below, the value so far. |x| = 2^31 - (x mod 2^31) for x < 0.
pub struct Abs;
impl LookupTable<2> for Abs {
    const NAME: &'static str = "ABS";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, _: R, state: [R; 2]) -> [R; 2] {
        let [sign, value] = accumulate(state, x * power(bit));
        [if bit == SIGN { sign - sign * (x + x) } else { sign }, value]
    }
    #[inline]
    fn entry(x: u32, _: u32) -> u64 {
        u64::from(x.cast_signed().unsigned_abs())
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        accumulated(state, Self::entry(x, y))
    }
}

/// States: the sign ±1 of the bits below; the value so far; -2^32 as long as -x is to be taken and x
/// is zero, for then the value 2^32 - x wraps.
pub struct ApplySign;
impl LookupTable<3> for ApplySign {
    const NAME: &'static str = "APPLY_SIGN";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 3] = [1, 0, 0];
    const FINISH: [i64; 3] = [0, 1, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [sign, value, wrap]: [R; 3]) -> [R; 3] {
        if bit == SIGN {
            let word = power::<R>(32);
            let here = x * power(31) + y * word - x * y * word;
            let wrap = wrap * not(x) - sign * not(x) * y * word;
            return [sign - sign * (y + y), value + sign * here, wrap];
        }
        [sign, value + sign * x * power(bit), wrap * not(x)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(if y.cast_signed() < 0 { x.wrapping_neg() } else { x })
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        match state {
            0 => Self::entry(x, y).cast_signed(),
            1 => 1,
            _ => i64::from(x == 0),
        }
    }
}

/// States: 1, or the sign of x once it is read; the value so far.
pub struct SignAnd;
impl LookupTable<2> for SignAnd {
    const NAME: &'static str = "SIGN_AND";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [sign, value]: [R; 2]) -> [R; 2] {
        let sign = if bit == SIGN { sign * x } else { sign };
        [sign, value + sign * y * power(bit)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        if x.cast_signed() < 0 { u64::from(y) } else { 0 }
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        match state {
            0 if bits == 64 => Self::entry(x, y).cast_signed(),
            0 => i64::from(y),
            _ => 1,
        }
    }
}

/// What an unsigned product's high word exceeds the signed one's by, modulo 2^32.
/// States: 1, then the sign of x; the sign of y; the value so far.
pub struct SignSum;
impl LookupTable<3> for SignSum {
    const NAME: &'static str = "SIGN_SUM";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 3] = [1, 0, 0];
    const FINISH: [i64; 3] = [0, 0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [a, b, value]: [R; 3]) -> [R; 3] {
        if bit == SIGN {
            return [a * x, b + a * y, value];
        }
        [a, b, value + (a * y + b * x) * power(bit)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        let of = |sign: u32, word: u32| u64::from(if sign.cast_signed() < 0 { word & !(1 << 31) } else { 0 });
        of(x, y).wrapping_add(of(y, x))
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        match state {
            0 if bits == 64 => Self::entry(x, y).cast_signed(),
            0 => i64::from(y),
            1 => i64::from(x & !(1 << 31)),
            _ => 1,
        }
    }
}
