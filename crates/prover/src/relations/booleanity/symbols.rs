//! Symbols: the addresses of a one-hot column in a few consecutive steps, as one small integer.

use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_protocol::shape::{Column, INDEX_BITS};

/// Most symbols, unless the addresses of one step are more: their counts fit the first-level cache.
const MAX_SYMBOLS: usize = 1 << 10;
/// Symbols of a column that lie next to each other.
pub const BLOCK: usize = 1 << 11;

/// The symbols: numbers of 2^`log_steps` digits, the first step's digit being the highest.
#[derive(Clone, Debug)]
pub struct Alphabet {
    /// Steps of a symbol.
    pub log_steps: usize,
    /// Values of a digit: the addresses, then "none".
    pub digits: usize,
}

impl Alphabet {
    /// For columns of 2^`log_k` addresses over 2^`log_t` steps. At least two variables stay above
    /// the symbols.
    pub fn new(log_k: usize, log_t: usize) -> Self {
        let digits = (1 << log_k) + 1;
        let mut alphabet = Alphabet { log_steps: 0, digits };
        while alphabet.len() * alphabet.len() <= MAX_SYMBOLS && alphabet.log_steps + 2 < log_t {
            alphabet.log_steps += 1;
        }
        alphabet
    }

    /// Number of symbols.
    pub fn len(&self) -> usize {
        self.digits.pow(1 << self.log_steps)
    }

    /// The digits of a symbol, in the order of the steps.
    pub fn split(&self, mut symbol: usize) -> Vec<usize> {
        let mut digits = vec![0; 1 << self.log_steps];
        for digit in digits.iter_mut().rev() {
            *digit = symbol % self.digits;
            symbol /= self.digits;
        }
        digits
    }
}

/// A type that holds symbols.
pub trait Symbol: Copy + Default + Send + Sync {
    /// From a number below 2^32, which must fit.
    fn new(number: u32) -> Self;
    /// Back.
    fn index(self) -> usize;
}

impl Symbol for u16 {
    #[inline(always)]
    fn new(number: u32) -> Self {
        number as u16
    }
    #[inline(always)]
    fn index(self) -> usize {
        self.into()
    }
}

impl Symbol for u32 {
    #[inline(always)]
    fn new(number: u32) -> Self {
        number
    }
    #[inline(always)]
    fn index(self) -> usize {
        self as usize
    }
}

/// The symbols of all columns, in the smallest type that holds them.
pub enum Symbols {
    /// Alphabets of at most 2^16 symbols.
    Narrow(Table<u16>),
    /// Larger ones.
    Wide(Table<u32>),
}

/// Calls `$f` with the table.
macro_rules! with_table {
    ($symbols:expr, |$table:ident| $f:expr) => {
        match $symbols {
            $crate::relations::booleanity::symbols::Symbols::Narrow($table) => $f,
            $crate::relations::booleanity::symbols::Symbols::Wide($table) => $f,
        }
    };
}
pub(super) use with_table;

/// Blocks of places; within a block, column after column.
pub struct Table<S> {
    symbols: Vec<S>,
    /// Number of columns.
    pub columns: usize,
    /// Symbols of a column.
    pub len: usize,
}

impl Symbols {
    /// Of these one-hot columns.
    pub fn new(witness: &Witness, columns: &[Column], alphabet: &Alphabet) -> Self {
        match alphabet.len() {
            0..=0x1_0000 => Symbols::Narrow(Table::new(witness, columns, alphabet)),
            _ => Symbols::Wide(Table::new(witness, columns, alphabet)),
        }
    }

    /// Frees the symbols.
    pub fn clear(&mut self) {
        *self = Symbols::Narrow(Table { symbols: Vec::new(), columns: 0, len: 0 });
    }
}

impl<S: Symbol> Table<S> {
    fn new(witness: &Witness, columns: &[Column], alphabet: &Alphabet) -> Self {
        let steps = 1 << alphabet.log_steps;
        let len = witness.steps() / steps;
        let block = len.min(BLOCK);
        let mut symbols = vec![S::default(); columns.len() * len];
        symbols.par_chunks_mut(columns.len() * block).enumerate().for_each(|(i, symbols)| {
            let own = i * block * steps..(i + 1) * block * steps;
            let source = Source::new(witness, own);
            for (column, symbols) in columns.iter().zip(symbols.chunks_mut(block)) {
                source.fill(*column, alphabet, symbols);
            }
        });
        Table { symbols, columns: columns.len(), len }
    }

    /// Some of the symbols of a column, all in one block.
    #[inline]
    pub fn read(&self, column: usize, places: Range<usize>) -> &[S] {
        let block = self.len.min(BLOCK);
        let start = (places.start / block * self.columns + column) * block + places.start % block;
        &self.symbols[start..start + places.len()]
    }
}

/// The indices whose chunks the columns hold, over some steps.
struct Source<'a> {
    witness: &'a Witness<'a>,
    steps: Range<usize>,
    /// Byte addresses, `u64::MAX` for none.
    bytes: Vec<u64>,
}

impl<'a> Source<'a> {
    fn new(witness: &'a Witness<'a>, steps: Range<usize>) -> Self {
        let bytes = steps.clone().map(|t| witness.ram_byte(t).map_or(u64::MAX, u64::from)).collect();
        Source { witness, steps, bytes }
    }

    /// The symbols of a column.
    fn fill<S: Symbol>(&self, column: Column, alphabet: &Alphabet, out: &mut [S]) {
        let shape = &self.witness.statement.shape;
        let log_k = shape.log_k as u32;
        let mask = (1u64 << log_k) - 1;
        let digit = |index: u64, chunks: usize, chunk: usize| {
            (index.checked_shr(log_k * (chunks - 1 - chunk) as u32).unwrap_or(0) & mask) as u32
        };
        let (index, rows) = (&self.witness.index[self.steps.clone()], &self.witness.rows[self.steps.clone()]);
        match column {
            Column::Lookup(i) => {
                let chunks = shape.chunks(INDEX_BITS);
                join(alphabet, index, |index| digit(index, chunks, i), out)
            }
            Column::Bytecode(i) => {
                let chunks = shape.bytecode_chunks();
                join(alphabet, rows, |row| digit(row.into(), chunks, i), out)
            }
            Column::Ram(i) => {
                let chunks = shape.ram_chunks();
                let of_byte = |byte| if byte == u64::MAX { 1 << log_k } else { digit(byte, chunks, i) };
                join(alphabet, &self.bytes, of_byte, out)
            }
            Column::Dense(_) => {}
        }
    }
}

/// Joins the digits of the steps of each symbol.
fn join<T: Copy, S: Symbol>(alphabet: &Alphabet, steps: &[T], digit: impl Fn(T) -> u32, out: &mut [S]) {
    match alphabet.log_steps {
        0 => join_by::<1, T, S>(alphabet, steps, digit, out),
        1 => join_by::<2, T, S>(alphabet, steps, digit, out),
        _ => join_by::<4, T, S>(alphabet, steps, digit, out),
    }
}

fn join_by<const N: usize, T: Copy, S: Symbol>(
    alphabet: &Alphabet,
    steps: &[T],
    digit: impl Fn(T) -> u32,
    out: &mut [S],
) {
    let base = alphabet.digits as u32;
    for (symbol, steps) in out.iter_mut().zip(steps.as_chunks::<N>().0) {
        *symbol = S::new(steps.iter().fold(0, |symbol, step| symbol * base + digit(*step)));
    }
}

// Four steps of two digits and "none": 3^4 symbols, and 5^4; a fifth doubling would exceed the limit.
const _: () = assert!(3usize.pow(8) > MAX_SYMBOLS);
