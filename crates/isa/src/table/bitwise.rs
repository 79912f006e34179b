//! Bitwise operations: sums over the bits.

use super::Index;
use super::automaton::{LookupTable, accumulate, accumulated, power};
use zkvm_algebra::Ring;

macro_rules! bitwise {
    ($name:ident, $text:literal, |$x:ident, $y:ident| $word:expr, $bit:expr) => {
        pub struct $name;
        impl LookupTable<2> for $name {
            const NAME: &'static str = $text;
            const INDEX: Index = Index::Interleaved;
            const INITIAL: [i64; 2] = [1, 0];
            const FINISH: [i64; 2] = [0, 1];
            fn step<R: Ring>(bit: usize, $x: R, $y: R, state: [R; 2]) -> [R; 2] {
                accumulate(state, ($bit) * power(bit))
            }
            #[inline]
            fn entry($x: u32, $y: u32) -> u64 {
                u64::from($word)
            }
            #[inline]
            fn suffix(state: usize, x: u32, y: u32, _: usize) -> i64 {
                accumulated(state, Self::entry(x, y))
            }
        }
    };
}

bitwise!(And, "AND", |x, y| x & y, x * y);
bitwise!(Or, "OR", |x, y| x | y, x + y - x * y);
bitwise!(Xor, "XOR", |x, y| x ^ y, x + y - x * y - x * y);
