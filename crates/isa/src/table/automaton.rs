//! Tables as linear automata, and what can be read off one.
//!
//! An automaton reads the 32 bit pairs `(x_i, y_i)` of an index, i = 31 down to 0. Its state is a
//! vector of S ring elements; a step is a linear map whose coefficients are multilinear in x_i and
//! y_i; the value is a linear form of the last state. Over the integers with bits this is the table
//! entry. Over a field with arbitrary coordinates it is the multilinear extension, because each
//! coordinate enters one step once. Stopped midway, the states are the prefixes P_s of
//!
//! ```text
//! entry(high ‖ low) = Σ_s P_s(high) · Q_s(low),
//! ```
//!
//! and Q_s(low) is the value of the automaton that starts in basis state s and reads only `low`:
//! the decomposition that the prefix-suffix sum-check needs (eprint 2025/611, appendix).

use super::Index;
use zkvm_algebra::{Ring, ring::Int};

/// Bit pairs of an index.
pub const PAIRS: usize = 32;

/// A table over 64-bit indices, as a linear automaton with S states.
///
/// The words `(a, b)` of [`entry`](Self::entry) and [`suffix`](Self::suffix) are those of
/// [`Index::split`].
pub trait LookupTable<const S: usize> {
    /// Name in listings.
    const NAME: &'static str;
    /// The kind of index that rows look up here.
    const INDEX: Index;
    /// Whether every entry is 0 or 1.
    const BOOLEAN: bool = false;
    /// State before the first pair.
    const INITIAL: [i64; S];
    /// Linear form that makes the value of the last state.
    const FINISH: [i64; S];

    /// Reads the pair number `bit`: linear in `state`, of degree at most one in each of `x` and `y`.
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; S]) -> [R; S];

    /// The entry at the index of words `a`, `b`.
    fn entry(a: u32, b: u32) -> u64;

    /// The value from basis state `state` after reading the low `bits` index bits (an even number),
    /// which are those of the words `a`, `b`. Integers modulo 2^64.
    fn suffix(state: usize, a: u32, b: u32, bits: usize) -> i64 {
        run_suffix::<Self, S>(state, Self::INDEX.join(a, b), bits)
    }
}

/// [`LookupTable::suffix`] by stepping the automaton: the reference for every override.
pub fn run_suffix<T: LookupTable<S> + ?Sized, const S: usize>(state: usize, low: u64, bits: usize) -> i64 {
    let mut v = core::array::from_fn(|s| Int(i64::from(s == state)));
    let digit = |place: usize| Int((low >> place & 1).cast_signed());
    for bit in (0..bits / 2).rev() {
        v = T::step(bit, digit(bit << 1 | 1), digit(bit << 1), v);
    }
    value::<T, Int, S>(&v).0
}

/// The multilinear extension at `point`, 64 coordinates, most significant first.
pub fn evaluate<T: LookupTable<S>, R: Ring, const S: usize>(point: &[R]) -> R {
    debug_assert_eq!(point.len(), 2 * PAIRS);
    let mut state = T::INITIAL.map(R::int);
    let (pairs, _) = point.as_chunks::<2>();
    for (bit, [x, y]) in (0..PAIRS).rev().zip(pairs) {
        state = T::step(bit, *x, *y, state);
    }
    value::<T, R, S>(&state)
}

/// The linear form [`LookupTable::FINISH`] of a state.
pub fn value<T: LookupTable<S> + ?Sized, R: Ring, const S: usize>(state: &[R; S]) -> R {
    let terms = state.iter().zip(T::FINISH);
    terms.fold(R::zero(), |sum, (s, weight)| sum + *s * R::int(weight))
}

/// 2^n.
pub(super) fn power<R: Ring>(n: usize) -> R {
    R::int(1 << n)
}

/// 1 - v.
pub(super) fn not<R: Ring>(v: R) -> R {
    R::one() - v
}

/// 1 if x = y, else 0, for bits.
pub(super) fn equal<R: Ring>(x: R, y: R) -> R {
    x * y + not(x) * not(y)
}

/// Step of a table that is a sum over pairs: the state is (1, sum so far).
pub(super) fn accumulate<R: Ring>([one, sum]: [R; 2], term: R) -> [R; 2] {
    [one, sum + one * term]
}

/// Suffix of a table that is a sum over pairs, of which `sum` is the part of the low pairs.
pub(super) fn accumulated(state: usize, sum: u64) -> i64 {
    if state == 0 { sum.cast_signed() } else { 1 }
}
