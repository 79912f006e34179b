//! Lookup tables: what the machine computes with.
//!
//! Each table has 2^64 entries and is never written out; it is a linear [`automaton`] over the bit
//! pairs of its index. One file per family defines the tables, the list below numbers them.
//!
//! Every entry is below 2^32 at every index, meaningful or not, so that what a row writes is a word
//! by construction. The one exception, [`TableId::SatLow`], reaches 2^32 only where the next row of
//! its sequence has no witness.

pub mod automaton;
mod bitwise;
mod compare;
mod division;
mod index;
mod load;
mod mask;
mod operand;
mod shift;
mod sign;
mod store;
mod word;

pub use automaton::LookupTable;
pub use index::{Index, deinterleave, interleave};
pub(crate) use index::{high_word, low_word};
pub use operand::Operand;

use automaton::{evaluate, value};
use zkvm_algebra::Ring;

/// Most states of any automaton here.
pub const MAX_STATES: usize = 5;

/// Numbers automata: `name -> suffix type { Variant: states = type; … }`.
macro_rules! automata {
    ($(#[$doc:meta])* $id:ident -> $value:ty {
        $($(#[$note:meta])* $variant:ident: $states:literal = $table:ty;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $id { $($(#[$note])* $variant),* }

        impl $id {
            /// All, in the order of their index.
            pub const ALL: &'static [$id] = &[$($id::$variant),*];
            /// Their number.
            pub const COUNT: usize = Self::ALL.len();

            /// Position in [`Self::ALL`].
            #[allow(clippy::as_conversions, reason = "the discriminant")]
            pub const fn index(self) -> usize {
                self as usize
            }
            /// Position in [`Self::ALL`], as it is encoded.
            #[allow(clippy::as_conversions, reason = "the discriminant, which is represented as a byte")]
            pub const fn number(self) -> u8 {
                self as u8
            }
            /// Name in listings.
            pub const fn name(self) -> &'static str {
                match self { $($id::$variant => <$table as LookupTable<$states>>::NAME),* }
            }
            /// The kind of index.
            pub const fn kind(self) -> Index {
                match self { $($id::$variant => <$table as LookupTable<$states>>::INDEX),* }
            }
            /// Whether every entry is 0 or 1.
            pub const fn is_boolean(self) -> bool {
                match self { $($id::$variant => <$table as LookupTable<$states>>::BOOLEAN),* }
            }
            /// Number of states in use, at most [`MAX_STATES`].
            pub const fn states(self) -> usize {
                match self { $($id::$variant => $states),* }
            }
            /// The entry at `index`.
            #[inline]
            pub fn entry(self, index: u64) -> u64 {
                let (a, b) = self.kind().split(index);
                self.entry_of(a, b)
            }
            /// The entry at the index of two words: x and y if interleaved, else high and low.
            #[inline]
            pub fn entry_of(self, a: u32, b: u32) -> u64 {
                match self { $($id::$variant => <$table as LookupTable<$states>>::entry(a, b)),* }
            }
            /// The multilinear extension at 64 coordinates, most significant first.
            pub fn evaluate<R: Ring>(self, point: &[R]) -> R {
                match self { $($id::$variant => evaluate::<$table, R, $states>(point)),* }
            }
            /// State before the first bit pair; unused states are zero.
            pub fn initial<R: Ring>(self) -> [R; MAX_STATES] {
                match self {
                    $($id::$variant => widen(<$table as LookupTable<$states>>::INITIAL.map(R::int))),*
                }
            }
            /// Reads the pair of bits number `bit`, 31 down to 0, of the two words.
            pub fn step<R: Ring>(self, state: &[R; MAX_STATES], bit: usize, x: R, y: R) -> [R; MAX_STATES] {
                match self {
                    $($id::$variant => widen(<$table as LookupTable<$states>>::step(bit, x, y, narrow(state)))),*
                }
            }
            /// Value of the automaton in its last state.
            pub fn finish<R: Ring>(self, state: &[R; MAX_STATES]) -> R {
                match self { $($id::$variant => value::<$table, R, $states>(&narrow(state))),* }
            }
            /// Value of the automaton from basis state `state` after the low `bits` bits `low` of an
            /// index, `low` below 2^bits and `bits` even: for every such cut,
            /// `entry(high ‖ low) = Σ_s prefix_s(high) · suffix(s, low, bits)`.
            #[inline]
            pub fn suffix(self, state: usize, low: u64, bits: usize) -> $value {
                let (a, b) = self.kind().split(low);
                match self {
                    $($id::$variant => <$table as LookupTable<$states>>::suffix(state, a, b, bits) as $value),*
                }
            }
            /// Writes [`Self::suffix`] for each pair of words that low bits split into.
            pub fn suffix_column(self, state: usize, bits: usize, words: &[(u32, u32)], out: &mut [$value]) {
                match self {
                    $($id::$variant => for (out, (a, b)) in out.iter_mut().zip(words) {
                        *out = <$table as LookupTable<$states>>::suffix(state, *a, *b, bits) as $value;
                    })*
                }
            }
            /// [`Self::suffix`] of every state; unused states give zero.
            #[inline]
            pub fn suffixes(self, low: u64, bits: usize) -> [$value; MAX_STATES] {
                let (a, b) = self.kind().split(low);
                let mut out = [0; MAX_STATES];
                match self {
                    $($id::$variant => for (state, suffix) in out[..$states].iter_mut().enumerate() {
                        *suffix = <$table as LookupTable<$states>>::suffix(state, a, b, bits) as $value;
                    })*
                }
                out
            }
        }
    };
}
use automata;

automata! {
    /// Identifies a lookup table.
    TableId -> i64 {
        /// The low word.
        Low: 2 = word::Low;
        /// The low word with bit 0 cleared: target of an indirect jump.
        LowEven: 2 = word::LowEven;
        /// The high word.
        High: 2 = word::High;
        /// min(index, 2^32).
        SatLow: 3 = word::SatLow;
        /// 2^32 - 2^s for s = index mod 32: the bits that a right shift by s keeps.
        MaskHigh: 2 = mask::MaskHigh;
        /// 2^(32-s) - 1 for s = index mod 32: the bits that a left shift by s keeps.
        MaskLow: 2 = mask::MaskLow;
        /// x and y.
        And: 2 = bitwise::And;
        /// x or y.
        Or: 2 = bitwise::Or;
        /// x xor y.
        Xor: 2 = bitwise::Xor;
        /// x = y.
        Eq: 1 = compare::Eq;
        /// x ≠ y.
        Ne: 2 = compare::Ne;
        /// x < y, signed.
        Lt: 2 = compare::Less<true>;
        /// x ≥ y, signed.
        Ge: 2 = compare::NotLess<true>;
        /// x < y, unsigned.
        Ltu: 2 = compare::Less<false>;
        /// x ≥ y, unsigned.
        Geu: 2 = compare::NotLess<false>;
        /// x shifted left; y is the mask of the bits kept.
        Sll: 2 = shift::Left;
        /// x shifted right; y is the mask of the bits kept.
        Srl: 2 = shift::Right;
        /// x shifted right with its sign; y is the mask of the bits kept.
        Sra: 4 = shift::RightArithmetic;
        /// |x|, signed.
        Abs: 2 = sign::Abs;
        /// -x modulo 2^32 if y is negative, else x.
        ApplySign: 3 = sign::ApplySign;
        /// y if x is negative, else 0.
        SignAnd: 2 = sign::SignAnd;
        /// The sum of y mod 2^31 if x is negative and of x mod 2^31 if y is.
        SignSum: 3 = sign::SignSum;
        /// x < y, unsigned, or y = 0: x may be a remainder by y.
        ValidRemainder: 3 = division::ValidRemainder;
        /// x ≠ 0 or y = 2^32 - 1: y may be a quotient by x.
        ValidDivZero: 3 = division::ValidDivZero;
        /// Byte y mod 4 of x, sign-extended.
        Lb: 5 = load::Byte<true>;
        /// Half y mod 2 of x, sign-extended.
        Lh: 3 = load::Half<true>;
        /// Byte y mod 4 of x.
        Lbu: 5 = load::Byte<false>;
        /// Half y mod 2 of x.
        Lhu: 3 = load::Half<false>;
        /// The low byte of x above the two bits y mod 4.
        PrepareByte: 2 = store::PrepareByte;
        /// The low half of x above the bit y mod 2.
        PrepareHalf: 2 = store::PrepareHalf;
        /// x with a byte replaced: y = byte · 4 + its place.
        MergeByte: 5 = store::MergeByte;
        /// x with a half replaced: y = half · 2 + its place.
        MergeHalf: 3 = store::MergeHalf;
    }
}

fn widen<R: Ring, const S: usize>(state: [R; S]) -> [R; MAX_STATES] {
    core::array::from_fn(|s| state.get(s).copied().unwrap_or_else(R::zero))
}

fn narrow<R: Ring, const S: usize>(state: &[R; MAX_STATES]) -> [R; S] {
    core::array::from_fn(|s| state.get(s).copied().unwrap_or_else(R::zero))
}
