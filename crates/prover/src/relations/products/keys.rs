//! Keys of a table column, in the smallest type that holds them.

use super::support::Support;
use std::ops::Range;
use zkvm_algebra::Fr;

/// One key for each cycle, or for each run of cycles once keys are joined.
pub enum Keys {
    /// Below 2^8.
    U8(Vec<u8>),
    /// Below 2^16.
    U16(Vec<u16>),
    /// Below 2^32.
    U32(Vec<u32>),
}

/// Calls `$f` with the slice of keys.
macro_rules! with {
    ($keys:expr, |$k:ident| $f:expr) => {
        match $keys {
            Keys::U8($k) => $f,
            Keys::U16($k) => $f,
            Keys::U32($k) => $f,
        }
    };
}

impl Keys {
    /// Collects keys below `limit`.
    pub fn collect(limit: usize, keys: impl Iterator<Item = usize>) -> Self {
        match limit {
            0..=0x100 => Keys::U8(keys.map(|key| key as u8).collect()),
            0x101..=0x1_0000 => Keys::U16(keys.map(|key| key as u16).collect()),
            _ => Keys::U32(keys.map(|key| key as u32).collect()),
        }
    }

    /// Joins neighbours to low + radix·high.
    pub fn joined(&self, radix: usize) -> Self {
        let join = |low, high| low + radix * high;
        with!(self, |keys| Keys::collect(radix * radix, keys.chunks_exact(2).map(|k| join(k[0].index(), k[1].index()))))
    }

    /// The cells of a run of pairs: the sums of the entries at the keys of a cell, one of each table.
    pub fn gather(&self, tables: &[Vec<Fr>], support: &Support, pairs: Range<usize>, out: &mut [Fr]) {
        with!(self, |keys| gather(keys, tables, support, pairs, out))
    }

    /// The only cell, with all cycles bound.
    pub fn last_cell(&self, tables: &[Vec<Fr>]) -> Fr {
        with!(self, |keys| cell(keys, tables, 0))
    }
}

/// An unsigned integer that indexes a table.
trait Key: Copy {
    fn index(self) -> usize;
}

macro_rules! key {
    ($($t:ty),*) => { $(impl Key for $t {
        #[inline(always)]
        fn index(self) -> usize {
            self as usize
        }
    })* };
}
key!(u8, u16, u32);

#[inline(always)]
fn cell<K: Key>(keys: &[K], tables: &[Vec<Fr>], cell: usize) -> Fr {
    let keys = &keys[cell * tables.len()..][..tables.len()];
    tables.iter().zip(keys).map(|(table, key)| table[key.index()]).sum()
}

fn gather<K: Key>(keys: &[K], tables: &[Vec<Fr>], support: &Support, pairs: Range<usize>, out: &mut [Fr]) {
    match tables {
        [table] => support.fill(pairs, out, |cell| table[keys[cell].index()]),
        [low, high] => {
            support.fill(pairs, out, |cell| low[keys[2 * cell].index()] + high[keys[2 * cell + 1].index()]);
        }
        _ => support.fill(pairs, out, |at| cell(keys, tables, at)),
    }
}
