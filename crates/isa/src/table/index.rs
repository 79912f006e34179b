//! Lookup indices: 64 bits, written as 32 bit pairs `(x_i, y_i)` from the most significant down.

/// What the two words of an index are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Index {
    /// `x31 y31 … x0 y0`, of two operands x and y.
    Interleaved,
    /// An integer below 2^64: the high and the low word of a sum or product.
    Linear,
}

impl Index {
    /// The words of an index: `(x, y)` or `(high, low)`.
    #[inline(always)]
    pub const fn split(self, index: u64) -> (u32, u32) {
        match self {
            Index::Interleaved => deinterleave(index),
            Index::Linear => (high_word(index), low_word(index)),
        }
    }

    /// The index of two words; inverse of [`Index::split`].
    #[inline(always)]
    pub const fn join(self, a: u32, b: u32) -> u64 {
        match self {
            Index::Interleaved => interleave(a, b),
            Index::Linear => wide(a) << 32 | wide(b),
        }
    }
}

/// The index `x31 y31 … x0 y0`: bit 2i+1 is bit i of `x`, bit 2i is bit i of `y`.
#[inline(always)]
pub const fn interleave(x: u32, y: u32) -> u64 {
    spread(x) << 1 | spread(y)
}

/// The words `(x, y)` of an interleaved index.
#[inline(always)]
pub const fn deinterleave(index: u64) -> (u32, u32) {
    (gather(index >> 1), gather(index))
}

/// Moves bit i to bit 2i.
#[inline(always)]
const fn spread(word: u32) -> u64 {
    let mut v = wide(word);
    v = (v | v << 16) & 0x0000_ffff_0000_ffff;
    v = (v | v << 8) & 0x00ff_00ff_00ff_00ff;
    v = (v | v << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | v << 2) & 0x3333_3333_3333_3333;
    (v | v << 1) & 0x5555_5555_5555_5555
}

/// Moves bit 2i to bit i and drops the odd bits.
#[inline(always)]
const fn gather(index: u64) -> u32 {
    let mut v = index & 0x5555_5555_5555_5555;
    v = (v | v >> 1) & 0x3333_3333_3333_3333;
    v = (v | v >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    v = (v | v >> 4) & 0x00ff_00ff_00ff_00ff;
    v = (v | v >> 8) & 0x0000_ffff_0000_ffff;
    low_word(v | v >> 16)
}

/// The low word.
#[inline(always)]
#[allow(clippy::as_conversions, reason = "the low half is what is asked for")]
pub(crate) const fn low_word(value: u64) -> u32 {
    value as u32
}

/// The high word.
#[inline(always)]
pub(crate) const fn high_word(value: u64) -> u32 {
    low_word(value >> 32)
}

/// A word as a wider integer.
#[inline(always)]
#[allow(clippy::as_conversions, reason = "u64 holds every u32; From is not const")]
const fn wide(word: u32) -> u64 {
    word as u64
}
