//! Sizes of an instance and the committed columns that follow from them.

use alloc::vec::Vec;
use core::ops::Range;

/// Bits of a lookup index.
pub const INDEX_BITS: usize = 64;
/// Register cells, as a power of two.
pub const LOG_REGISTERS: usize = 6;
/// Index bits that one group of chunks covers.
pub const GROUP_BITS: usize = 16;
/// Groups of lookup chunks.
pub const GROUPS: usize = INDEX_BITS / GROUP_BITS;
/// Bits of the offset in a memory word.
pub const OFFSET_BITS: usize = 2;
/// Sub-columns of the dense columns.
pub const DENSE: usize = 4;

/// The sizes of an instance; each is the binary logarithm of a count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// t: cycles.
    pub log_t: usize,
    /// κ: addresses of a chunk column; 1, 2, 4, 8 or 16.
    pub log_k: usize,
    /// b: rows of the bytecode table.
    pub log_bytecode: usize,
    /// m: words of RAM.
    pub log_ram: usize,
    /// c: positions of a commitment row.
    pub log_row: usize,
}

/// The committed columns, in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Column {
    /// Chunk of the lookup index, from the top.
    Lookup(usize),
    /// Chunk of the bytecode row index, from the top.
    Bytecode(usize),
    /// Chunk of the byte address in RAM, from the top.
    Ram(usize),
    /// Dense sub-columns, packed at addresses 0, 1, ….
    Dense(usize),
}

impl Shape {
    /// Chunks of an index of `bits` bits; the top one may be short.
    pub fn chunks(&self, bits: usize) -> usize {
        bits.div_ceil(self.log_k.max(1))
    }
    /// Chunks of the lookup index.
    pub fn lookup_chunks(&self) -> usize {
        self.chunks(INDEX_BITS)
    }
    /// Lookup chunks in a group.
    pub fn group_chunks(&self) -> usize {
        self.chunks(GROUP_BITS)
    }
    /// Chunks of the bytecode row index.
    pub fn bytecode_chunks(&self) -> usize {
        self.chunks(self.log_bytecode)
    }
    /// Bits of a byte address in RAM.
    pub fn ram_bits(&self) -> usize {
        self.log_ram.saturating_add(OFFSET_BITS)
    }
    /// Chunks of the byte address in RAM.
    pub fn ram_chunks(&self) -> usize {
        self.chunks(self.ram_bits())
    }
    /// Columns that pack the dense sub-columns: [`DENSE`] addresses, 2^κ per column.
    pub fn dense_columns(&self) -> usize {
        (DENSE >> self.log_k.min(2)).max(1)
    }
    /// One-hot columns: all but the dense ones.
    pub fn one_hot_columns(&self) -> usize {
        self.ram_range().end
    }
    /// The numbers of the lookup chunks among the columns.
    pub fn lookup_range(&self) -> Range<usize> {
        0..self.lookup_chunks()
    }
    /// The numbers of the bytecode chunks.
    pub fn bytecode_range(&self) -> Range<usize> {
        after(&self.lookup_range(), self.bytecode_chunks())
    }
    /// The numbers of the RAM chunks.
    pub fn ram_range(&self) -> Range<usize> {
        after(&self.bytecode_range(), self.ram_chunks())
    }
    /// The numbers of the dense columns.
    pub fn dense_range(&self) -> Range<usize> {
        after(&self.ram_range(), self.dense_columns())
    }
    /// All columns in their order.
    pub fn columns(&self) -> Vec<Column> {
        (0..self.lookup_chunks())
            .map(Column::Lookup)
            .chain((0..self.bytecode_chunks()).map(Column::Bytecode))
            .chain((0..self.ram_chunks()).map(Column::Ram))
            .chain((0..self.dense_columns()).map(Column::Dense))
            .collect()
    }
    /// The variables, of an index of `bits` bits most significant first, that chunk `chunk` covers.
    pub fn chunk_range(&self, bits: usize, chunk: usize) -> Range<usize> {
        let below = self.chunks(bits).saturating_sub(chunk).saturating_mul(self.log_k);
        bits.saturating_sub(below)..bits.saturating_sub(below.saturating_sub(self.log_k))
    }
    /// Position of the lowest bit of chunk `chunk` in an index of `bits` bits.
    pub fn chunk_shift(&self, bits: usize, chunk: usize) -> usize {
        bits.saturating_sub(self.chunk_range(bits, chunk).end)
    }
    /// Chunk `chunk` of `index`, an integer of `bits` bits.
    pub fn chunk_of(&self, bits: usize, chunk: usize, index: u64) -> u64 {
        let shift = self.chunk_shift(bits, chunk);
        let mask =
            1u64.checked_shl(u32::try_from(self.log_k).unwrap_or(64)).map_or(u64::MAX, |size| size.wrapping_sub(1));
        index.checked_shr(u32::try_from(shift).unwrap_or(64)).unwrap_or(0) & mask
    }
}

/// The `count` numbers that follow `range`.
fn after(range: &Range<usize>, count: usize) -> Range<usize> {
    range.end..range.end.saturating_add(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(log_k: usize) -> Shape {
        Shape { log_t: 10, log_k, log_bytecode: 9, log_ram: 17, log_row: 10 }
    }

    #[test]
    fn chunks_cover_an_index_from_the_top() {
        for log_k in [1, 2, 4, 8, 16] {
            let shape = shape(log_k);
            for bits in [9, 19, 64] {
                let index = 0x9e37_79b9_7f4a_7c15u64 >> (64 - bits);
                let mut end = 0;
                let mut rebuilt = 0;
                for chunk in 0..shape.chunks(bits) {
                    let range = shape.chunk_range(bits, chunk);
                    assert_eq!(range.start, end);
                    end = range.end;
                    rebuilt = rebuilt << range.len() | shape.chunk_of(bits, chunk, index);
                }
                assert_eq!((end, rebuilt), (bits, index));
            }
        }
    }

    #[test]
    fn the_ranges_number_the_columns() {
        for log_k in [1, 2, 4, 8, 16] {
            let shape = shape(log_k);
            let numbered = |range: Range<usize>, column: fn(usize) -> Column| {
                let named = (0..range.len()).map(column);
                shape.columns()[range].iter().copied().eq(named)
            };
            assert!(numbered(shape.lookup_range(), Column::Lookup));
            assert!(numbered(shape.bytecode_range(), Column::Bytecode));
            assert!(numbered(shape.ram_range(), Column::Ram));
            assert!(numbered(shape.dense_range(), Column::Dense));
            assert_eq!(shape.dense_range().end, shape.columns().len());
        }
    }

    #[test]
    fn dense_columns_hold_all_sub_columns() {
        for log_k in [1, 2, 4, 8, 16] {
            assert!(shape(log_k).dense_columns() << log_k >= DENSE);
        }
    }
}
