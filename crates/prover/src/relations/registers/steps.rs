//! The register accesses of steps, in blocks.

use crate::relations::split_eq::LOW_BITS;
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_protocol::shape::LOG_REGISTERS;

/// Number of register cells.
pub const CELLS: usize = 1 << LOG_REGISTERS;

/// What a bytecode row accesses.
#[derive(Clone, Copy)]
pub struct Row {
    /// First source.
    pub rs1: u8,
    /// Second source.
    pub rs2: u8,
    /// Destination.
    pub rd: u8,
}

/// The accesses of all steps, with the registers at the start of every block of steps.
pub struct Steps<'a> {
    witness: &'a Witness<'a>,
    /// The accesses of every bytecode row.
    rows: Vec<Row>,
    /// The place of every bytecode row's accesses in `kinds`.
    kind_of_row: Vec<u32>,
    /// Different accesses.
    kinds: Vec<Row>,
    snapshots: Vec<[u32; CELLS]>,
}

impl<'a> Steps<'a> {
    /// Replays the run.
    pub fn new(witness: &'a Witness<'a>) -> Self {
        let row = |row: &zkvm_isa::row::Row| Row { rs1: row.rs1, rs2: row.rs2, rd: row.rd };
        let rows: Vec<Row> = witness.statement.program.rows().iter().map(row).collect();
        let mut kinds = Vec::new();
        let mut numbers = vec![0u32; CELLS * CELLS * CELLS];
        let kind_of_row = rows.iter().map(|row| {
            let cells = [row.rs1, row.rs2, row.rd].into_iter();
            let number = &mut numbers[cells.fold(0, |key, cell| key * CELLS + usize::from(cell))];
            if *number == 0 {
                kinds.push(*row);
                *number = kinds.len() as u32;
            }
            *number - 1
        });
        let kind_of_row = kind_of_row.collect();
        let mut steps = Steps { witness, rows, kind_of_row, kinds, snapshots: Vec::new() };
        let written: Vec<[Option<u32>; CELLS]> = steps.par_blocks().map(|block| steps.written(block)).collect();
        let mut cells = [0; CELLS];
        for written in written {
            steps.snapshots.push(cells);
            for (cell, value) in cells.iter_mut().zip(written) {
                *cell = value.unwrap_or(*cell);
            }
        }
        steps
    }

    /// The last value that a block writes to each cell.
    fn written(&self, block: usize) -> [Option<u32>; CELLS] {
        let mut written = [None; CELLS];
        self.range(block).for_each(|t| written[usize::from(self.row(t).rd)] = Some(self.witness.rd_new[t]));
        written
    }

    /// Steps of a block: two for each weight of a round's low table.
    pub fn block_len(&self) -> usize {
        self.witness.steps().min(2 << LOW_BITS)
    }

    /// Number of blocks.
    pub fn blocks(&self) -> usize {
        self.witness.steps() / self.block_len()
    }

    /// All blocks, in parallel.
    pub fn par_blocks(&self) -> rayon::range::Iter<usize> {
        (0..self.blocks()).into_par_iter()
    }

    /// The steps of a block.
    pub fn range(&self, block: usize) -> Range<usize> {
        block * self.block_len()..(block + 1) * self.block_len()
    }

    /// The registers before the first step of a block.
    pub fn snapshot(&self, block: usize) -> &[u32; CELLS] {
        &self.snapshots[block]
    }

    /// The cells that step `t` accesses.
    #[inline]
    pub fn row(&self, t: usize) -> Row {
        self.rows[self.witness.rows[t] as usize]
    }

    /// The cells that steps access, without repetition.
    pub fn kinds(&self) -> &[Row] {
        &self.kinds
    }

    /// The place among [`Steps::kinds`] of what step `t` accesses.
    #[inline]
    pub fn kind(&self, t: usize) -> usize {
        self.kind_of_row[self.witness.rows[t] as usize] as usize
    }

    /// What step `t` adds to its destination.
    #[inline]
    pub fn increment(&self, t: usize) -> i64 {
        self.witness.rd_inc(t)
    }
}
