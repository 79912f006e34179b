//! Shifts of x by an amount that y holds as the mask of the bits kept ([`super::mask`]).
//!
//! The entries are defined for every y: they move the bits of x that y selects together, to the
//! bottom or to the top of the word. For a contiguous mask that is a shift.

use super::automaton::{LookupTable, accumulated, not, power};
use super::{Index, low_word};
use crate::size;
use zkvm_algebra::Ring;

/// The bits of `x` that `mask` selects, moved together at the bottom.
#[inline]
fn extract(x: u32, mask: u32) -> u32 {
    if mask == 0 {
        return 0;
    }
    let low = mask.trailing_zeros();
    let ones = mask >> low;
    if ones & ones.wrapping_add(1) == 0 {
        return x >> low & ones;
    }
    scattered(x, mask)
}

/// [`extract`] for masks with gaps, which no program looks up.
#[cold]
fn scattered(x: u32, mut mask: u32) -> u32 {
    let mut out = 0;
    for place in 0..mask.count_ones() {
        out |= (x >> mask.trailing_zeros() & 1) << place;
        mask &= mask.wrapping_sub(1);
    }
    out
}

/// Mask of the low `bits / 2` bits.
#[inline]
fn low_mask(bits: usize) -> u32 {
    low_word(!(u64::MAX << (bits / 2)))
}

/// States: 2^(zeros of y so far), the word so far. Bit i moves up once for each zero of y above it.
pub struct Left;
impl LookupTable<2> for Left {
    const NAME: &'static str = "SLL";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [scale, word]: [R; 2]) -> [R; 2] {
        [scale + scale * not(y), word + scale * x * y * power(bit)]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        Self::suffix(0, x, y, 64).cast_unsigned()
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        let zeros = (bits / 2).wrapping_sub(size(y.count_ones()));
        accumulated(state, u64::from(extract(x, y)) << zeros)
    }
}

/// States: 1, the word so far. A selected bit moves all those above it up.
pub struct Right;
impl LookupTable<2> for Right {
    const NAME: &'static str = "SRL";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(_: usize, x: R, y: R, [one, word]: [R; 2]) -> [R; 2] {
        [one, word + word * y + one * x * y]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        u64::from(extract(x, y))
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
        if state == 0 { i64::from(extract(x, y)) } else { 1 << y.count_ones() }
    }
}

/// States: 1; the word so far; the sign of x; the fill so far. Every zero of y fills one more bit from the top with the sign.
pub struct RightArithmetic;
impl LookupTable<4> for RightArithmetic {
    const NAME: &'static str = "SRA";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 4] = [1, 0, 0, 0];
    const FINISH: [i64; 4] = [0, 1, 0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, [one, word, sign, fill]: [R; 4]) -> [R; 4] {
        let [_, word] = Right::step(bit, x, y, [one, word]);
        let here = power::<R>(31usize.wrapping_sub(bit)) * not(y);
        if bit == 31 {
            // The sign is the x of this very pair: one * x, not sign * x, to stay multilinear.
            return [one, word, sign + one * x, fill + (sign + one * x) * here];
        }
        [one, word, sign, fill + sign * here]
    }
    #[inline]
    fn entry(x: u32, y: u32) -> u64 {
        let fill = if x.cast_signed() < 0 { (!y).reverse_bits() } else { 0 };
        u64::from(extract(x, y)).wrapping_add(u64::from(fill))
    }
    #[inline]
    fn suffix(state: usize, x: u32, y: u32, bits: usize) -> i64 {
        match state {
            0 => Self::entry(x, y).cast_signed(),
            1 => 1 << y.count_ones(),
            2 => i64::from((!y & low_mask(bits)).reverse_bits()),
            _ => 1,
        }
    }
}
