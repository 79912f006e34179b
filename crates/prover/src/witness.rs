//! The witness: what every step of a padded trace did, as small integers.
//!
//! Field elements appear only where a kernel needs them; everything here is at most 64 bits wide.
//! Values that no claim reads are zero, so that proofs are deterministic.

use rayon::prelude::*;
use std::ops::Range;
use zkvm_emulator::Trace;
use zkvm_isa::row::{Flags, Mode, Row};
use zkvm_isa::table::interleave;
use zkvm_protocol::Statement;
use zkvm_protocol::constraints::Column;
use zkvm_protocol::shape;

/// What stands for the address of a step that accesses no memory: regions end below it.
const NO_ACCESS: u32 = u32::MAX;

/// One entry per step, padded with the halt row to 2^t steps.
#[derive(Clone, Debug)]
pub struct Witness<'a> {
    /// What is proven.
    pub statement: Statement<'a>,
    /// Bytecode row of the step.
    pub rows: Vec<u32>,
    /// Value of the first source cell.
    pub rs1: Vec<u32>,
    /// Value of the second source cell.
    pub rs2: Vec<u32>,
    /// Value of the destination cell before the step; zero for the sink.
    pub rd_old: Vec<u32>,
    /// Value of the destination cell after the step; zero for the sink.
    pub rd_new: Vec<u32>,
    /// Memory word accessed, before the step; zero without access.
    pub ram_old: Vec<u32>,
    /// Memory word accessed, after the step; zero without access.
    pub ram_new: Vec<u32>,
    /// The 64-bit lookup index; zero without lookup.
    pub index: Vec<u64>,
    /// Byte address in the region, or [`NO_ACCESS`].
    ram: Vec<u32>,
    /// What a cheating prover says instead.
    #[cfg(test)]
    pub forged: crate::tests::Forged,
}

impl<'a> Witness<'a> {
    /// The witness of `trace`, whose last step is the first halt row. The trace must have at most
    /// 2^t steps.
    pub fn new(statement: Statement<'a>, trace: Trace) -> Self {
        let Trace { mut rows, rs1, rs2, rd_old, rd_new, ram_old, ram_new, .. } = trace;
        let steps = 1 << statement.shape.log_t;
        assert!(rows.len() <= steps, "the caller chooses t for the trace");
        let pad = |mut column: Vec<u32>| {
            column.resize(steps, 0);
            column
        };
        rows.resize(steps, statement.program.halt());
        let mut witness = Witness {
            statement,
            rows,
            rs1: pad(rs1),
            rs2: pad(rs2),
            rd_old: pad(rd_old),
            rd_new: pad(rd_new),
            ram_old: pad(ram_old),
            ram_new: pad(ram_new),
            index: Vec::new(),
            ram: Vec::new(),
            #[cfg(test)]
            forged: Default::default(),
        };
        let steps = (0..steps).into_par_iter().with_min_len(1 << 12);
        witness.ram = steps.clone().map(|t| witness.traced_access(t)).collect();
        witness.index = steps.map(|t| witness.lookup_index(t)).collect();
        witness
    }

    /// Number of steps, 2^t.
    pub fn steps(&self) -> usize {
        self.rows.len()
    }

    /// The bytecode row of step `t`.
    pub fn row(&self, t: usize) -> &'a Row {
        &self.statement.program.rows()[self.rows[t] as usize]
    }

    /// What step `t` adds to its destination cell.
    pub fn rd_inc(&self, t: usize) -> i64 {
        i64::from(self.rd_new[t]) - i64::from(self.rd_old[t])
    }

    /// What step `t` adds to the memory word it accesses.
    pub fn ram_inc(&self, t: usize) -> i64 {
        i64::from(self.ram_new[t]) - i64::from(self.ram_old[t])
    }

    /// The byte address in the region that step `t` accesses.
    pub fn ram_byte(&self, t: usize) -> Option<u32> {
        #[cfg(test)]
        if let Some(byte) = self.forged.bytes.get(&t) {
            return Some(*byte);
        }
        let byte = self.ram[t];
        (byte != NO_ACCESS).then_some(byte)
    }

    fn traced_access(&self, t: usize) -> u32 {
        let row = self.row(t);
        // Every traced access lies in the region, which ends below 2^32.
        let address = i64::from(self.rs1[t]) + row.disp - i64::from(self.statement.program.layout().base);
        if row.flags.has(Flags::MEM) { address as u32 } else { NO_ACCESS }
    }

    /// Operands x and y of the interleaved lookup of step `t`.
    fn operands(&self, t: usize) -> (u32, u32) {
        let row = self.row(t);
        let f = row.flags;
        let x = if f.has(Flags::ALU) {
            self.rs1[t]
        } else if f.has(Flags::WORD_IN) {
            self.ram_old[t]
        } else {
            self.rs2[t]
        };
        let offset = || self.ram_byte(t).unwrap_or(0) & 3;
        let y = if f.has(Flags::Y) {
            // imm and rs2 are not both nonzero, and imm is below 2^32 outside subtractions.
            self.rs2[t] | row.imm as u32
        } else if f.has(Flags::BYTE) {
            offset()
        } else {
            offset() >> 1
        };
        (x, y)
    }

    fn lookup_index(&self, t: usize) -> u64 {
        let row = self.row(t);
        let (rs1, rs2) = (u64::from(self.rs1[t]), u64::from(self.rs2[t]));
        match row.mode() {
            Mode::None => 0,
            Mode::Interleaved => {
                let (x, y) = self.operands(t);
                interleave(x, y)
            }
            Mode::Linear if row.flags.has(Flags::ADD) => rs1 + rs2 + row.imm,
            // Only a forged exact subtraction is negative; it has no index.
            Mode::Linear if row.flags.has(Flags::SUB) => (rs1 + row.imm).wrapping_sub(rs2),
            Mode::Linear => u64::from(self.rd_new[t]),
            Mode::Product => rs1 * rs2,
        }
    }

    /// The lookup output of step `t`; zero without table.
    pub fn output(&self, t: usize) -> u64 {
        self.row(t).table.map_or(0, |table| table.entry(self.index[t]))
    }

    /// The bytecode row after step `t`: halt after the last.
    pub fn next_row(&self, t: usize) -> u32 {
        self.rows.get(t + 1).copied().unwrap_or(self.statement.program.halt())
    }

    /// All columns of step `t`, in the order of [`Column::ALL`].
    pub fn columns(&self, t: usize) -> [i128; Column::COUNT] {
        let row = self.row(t);
        let mode = row.mode();
        let (x, y) = if mode == Mode::Interleaved { self.operands(t) } else { (0, 0) };
        let output = self.output(t);
        let address =
            self.ram_byte(t).map_or(0, |byte| u64::from(byte) + u64::from(self.statement.program.layout().base));
        let next = self.next_row(t);
        let value = |column: &Column| match column {
            Column::Rs1 => self.rs1[t].into(),
            Column::Rs2 => self.rs2[t].into(),
            Column::Rd => self.rd_new[t].into(),
            Column::RamAddress => address.into(),
            Column::Offset => self.ram_byte(t).map_or(0, |byte| i128::from(byte & 3)),
            Column::RamRead => self.ram_old[t].into(),
            Column::RamWrite => self.ram_new[t].into(),
            Column::X => x.into(),
            Column::Y => y.into(),
            Column::Linear => {
                if mode == Mode::Linear {
                    self.index[t].into()
                } else {
                    0
                }
            }
            Column::Product => {
                if mode == Mode::Product {
                    self.index[t].into()
                } else {
                    0
                }
            }
            Column::Output => output.into(),
            Column::MulLeft => i128::from(self.mul_left(t)),
            Column::Taken => i128::from(self.taken(t)),
            Column::NextRow => next.into(),
            Column::NextAddress => self.statement.program.rows()[next as usize].addr.into(),
            Column::Memory => i128::from(row.flags.has(Flags::MEM)),
        };
        let mut columns = [0; Column::COUNT];
        for (slot, column) in columns.iter_mut().zip(&Column::ALL) {
            *slot = value(column);
        }
        #[cfg(test)]
        for ((_, column), value) in self.forged.columns.range((t, 0)..(t + 1, 0)) {
            columns[*column] = *value;
        }
        columns
    }

    /// f_mul · rs1 of step `t`.
    pub fn mul_left(&self, t: usize) -> u32 {
        if self.row(t).flags.has(Flags::MUL) { self.rs1[t] } else { 0 }
    }

    /// f_branch · output of step `t`.
    pub fn taken(&self, t: usize) -> bool {
        self.row(t).flags.has(Flags::BRANCH) && self.output(t) == 1
    }

    /// The address at which the one-hot column has its one at step `t`; `None` in a zero step.
    pub fn address(&self, column: shape::Column, t: usize) -> Option<u16> {
        let mut address = None;
        self.for_addresses(column, t..t + 1, |found| address = found);
        address
    }

    /// Gives [`address`](Self::address) of every step of `steps` in turn to `take`.
    pub fn for_addresses(&self, column: shape::Column, steps: Range<usize>, mut take: impl FnMut(Option<u16>)) {
        let shape = &self.statement.shape;
        let mask = (1u64 << shape.log_k) - 1;
        match column {
            shape::Column::Lookup(i) => {
                let shift = shape.chunk_shift(shape::INDEX_BITS, i);
                self.index[steps].iter().for_each(|index| take(Some((index >> shift & mask) as u16)));
            }
            shape::Column::Bytecode(i) => {
                let shift = shape.chunk_shift(shape.log_bytecode, i);
                self.rows[steps].iter().for_each(|row| take(Some((u64::from(*row) >> shift & mask) as u16)));
            }
            shape::Column::Ram(i) => {
                let shift = shape.chunk_shift(shape.ram_bits(), i);
                let chunk = |byte: u32| (u64::from(byte) >> shift & mask) as u16;
                steps.for_each(|t| take(self.ram_byte(t).map(chunk)));
            }
            shape::Column::Dense(_) => steps.for_each(|_| take(None)),
        }
    }

    /// The entries of a one-hot column at step `t`, by definition: one address with weight one.
    #[cfg(test)]
    pub fn entries(&self, column: shape::Column, t: usize) -> Vec<(u16, zkvm_algebra::Fr)> {
        let honest = || self.address(column, t).map(|address| (address, zkvm_algebra::Fr::from(1u64))).into_iter();
        let forged = self.forged.weights.iter().find(|(of, step, _)| (*of, *step) == (column, t));
        forged.map_or_else(|| honest().collect(), |(_, _, weights)| weights.clone())
    }

    /// The dense sub-columns of step `t`: rd_inc, ram_inc, taken, mul_left.
    pub fn dense(&self, t: usize) -> [i64; shape::DENSE] {
        #[cfg(test)]
        if let Some(forged) = self.forged.dense.get(&t) {
            return *forged;
        }
        [self.rd_inc(t), self.ram_inc(t), self.taken(t).into(), self.mul_left(t).into()]
    }
}
