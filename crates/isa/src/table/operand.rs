//! The operands of an index, as automata: what ties a lookup to the values it was made of.

use super::automaton::{LookupTable, accumulate, accumulated, evaluate, power, value};
use super::{Index, MAX_STATES, automata, narrow, widen};
use zkvm_algebra::Ring;

automata! {
    /// A value that an index was made of. Suffixes are integers modulo 2^64.
    Operand -> u64 {
        /// The word x of an interleaved index.
        X: 2 = X;
        /// The word y of an interleaved index.
        Y: 2 = Y;
        /// The index itself, as an integer.
        Identity: 2 = Identity;
    }
}

struct X;
impl LookupTable<2> for X {
    const NAME: &'static str = "X";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, _: R, state: [R; 2]) -> [R; 2] {
        accumulate(state, x * power(bit))
    }
    #[inline]
    fn entry(x: u32, _: u32) -> u64 {
        u64::from(x)
    }
    #[inline]
    fn suffix(state: usize, x: u32, _: u32, _: usize) -> i64 {
        accumulated(state, u64::from(x))
    }
}

struct Y;
impl LookupTable<2> for Y {
    const NAME: &'static str = "Y";
    const INDEX: Index = Index::Interleaved;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, _: R, y: R, state: [R; 2]) -> [R; 2] {
        accumulate(state, y * power(bit))
    }
    #[inline]
    fn entry(_: u32, y: u32) -> u64 {
        u64::from(y)
    }
    #[inline]
    fn suffix(state: usize, _: u32, y: u32, _: usize) -> i64 {
        accumulated(state, u64::from(y))
    }
}

struct Identity;
impl LookupTable<2> for Identity {
    const NAME: &'static str = "ID";
    const INDEX: Index = Index::Linear;
    const INITIAL: [i64; 2] = [1, 0];
    const FINISH: [i64; 2] = [0, 1];
    fn step<R: Ring>(bit: usize, x: R, y: R, state: [R; 2]) -> [R; 2] {
        accumulate(state, (x + x + y) * power(bit << 1))
    }
    #[inline]
    fn entry(high: u32, low: u32) -> u64 {
        Index::Linear.join(high, low)
    }
    #[inline]
    fn suffix(state: usize, high: u32, low: u32, _: usize) -> i64 {
        accumulated(state, Self::entry(high, low))
    }
}
