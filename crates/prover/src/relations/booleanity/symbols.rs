//! Symbols: the addresses of a one-hot column in a few consecutive steps, as one small integer.

use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_protocol::shape::{Column, INDEX_BITS};

/// Most symbols, unless the addresses of one step are more: their counts fit the first-level cache.
const MAX_SYMBOLS: usize = 1 << 10;

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

/// The symbols of every column.
pub struct Symbols(Vec<Stream>);

enum Stream {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Symbols {
    /// Of these one-hot columns.
    pub fn new(witness: &Witness, columns: &[Column], alphabet: &Alphabet) -> Self {
        let with_ram = columns.iter().any(|column| matches!(column, Column::Ram(_)));
        let byte = |t: usize| witness.ram_byte(t).map_or(u64::MAX, u64::from);
        let steps = if with_ram { witness.steps() } else { 0 };
        let bytes: Vec<u64> = (0..steps).into_par_iter().map(byte).collect();
        Symbols(columns.par_iter().map(|column| stream(witness, *column, alphabet, &bytes)).collect())
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.0.len()
    }

    /// Symbols of a column.
    pub fn len(&self) -> usize {
        self.0.first().map_or(0, |stream| match stream {
            Stream::Narrow(symbols) => symbols.len(),
            Stream::Wide(symbols) => symbols.len(),
        })
    }

    /// Some of the symbols of a column.
    pub fn read(&self, column: usize, places: Range<usize>, out: &mut [u32]) {
        match &self.0[column] {
            Stream::Narrow(symbols) => out.iter_mut().zip(&symbols[places]).for_each(|(o, s)| *o = (*s).into()),
            Stream::Wide(symbols) => out.copy_from_slice(&symbols[places]),
        }
    }

    /// Frees the symbols.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

/// The symbols of one column; `bytes` are the byte addresses of the steps, `u64::MAX` for none.
fn stream(witness: &Witness, column: Column, alphabet: &Alphabet, bytes: &[u64]) -> Stream {
    let shape = &witness.statement.shape;
    let log_k = shape.log_k as u32;
    let shift = |chunks: usize, chunk: usize| log_k * (chunks - 1 - chunk) as u32;
    let mask = (1u64 << log_k) - 1;
    let digit = |index: u64, shift: u32| (index.checked_shr(shift).unwrap_or(0) & mask) as u32;
    match column {
        Column::Lookup(i) => {
            let shift = shift(shape.chunks(INDEX_BITS), i);
            collect(alphabet, witness.index.iter().map(|index| digit(*index, shift)))
        }
        Column::Bytecode(i) => {
            let shift = shift(shape.bytecode_chunks(), i);
            collect(alphabet, witness.rows.iter().map(|row| digit((*row).into(), shift)))
        }
        Column::Ram(i) => {
            let shift = shift(shape.ram_chunks(), i);
            let none = 1 << log_k;
            collect(alphabet, bytes.iter().map(|byte| if *byte == u64::MAX { none } else { digit(*byte, shift) }))
        }
        Column::Dense(_) => Stream::Narrow(Vec::new()),
    }
}

fn collect(alphabet: &Alphabet, mut digits: impl ExactSizeIterator<Item = u32>) -> Stream {
    let steps = 1 << alphabet.log_steps;
    let base = alphabet.digits as u32;
    let places = 0..digits.len() / steps;
    let symbols = places.map(|_| digits.by_ref().take(steps).fold(0, |symbol, digit| symbol * base + digit));
    if alphabet.len() <= 1 << u16::BITS {
        Stream::Narrow(symbols.map(|symbol| symbol as u16).collect())
    } else {
        Stream::Wide(symbols.collect())
    }
}
