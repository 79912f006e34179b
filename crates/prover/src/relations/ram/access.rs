//! The memory accesses of a run, in order.

use super::cells::CellSet;
use crate::kernels::fr;
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::Fr;
use zkvm_protocol::shape::OFFSET_BITS;

/// The steps that access memory.
pub struct Accesses {
    /// The steps, ascending.
    pub steps: Vec<u32>,
    /// The byte addresses in the region.
    pub bytes: Vec<u32>,
}

impl Accesses {
    /// Of all steps.
    pub fn new(witness: &Witness) -> Self {
        let accesses = (0..witness.steps()).into_par_iter().filter_map(|t| Some((t as u32, witness.ram_byte(t)?)));
        let (steps, bytes) = accesses.unzip();
        Accesses { steps, bytes }
    }

    /// Number of accesses.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// The word of an access.
    #[inline]
    pub fn word(&self, access: usize) -> u32 {
        self.bytes[access] >> OFFSET_BITS
    }

    /// The accesses of a range of steps.
    pub fn of_steps(&self, steps: &Range<usize>) -> Range<usize> {
        let before = |step: usize| self.steps.partition_point(|t| (*t as usize) < step);
        before(steps.start)..before(steps.end)
    }
}

/// The nonzero words at the start, as (index, value).
pub fn initial_words<'w>(witness: &'w Witness) -> impl Iterator<Item = (u32, u32)> + 'w {
    let program = witness.statement.program;
    let input = (program.layout().input - program.layout().base) >> OFFSET_BITS;
    let input = (input..).zip(witness.statement.io.input_words());
    program.initial_words().chain(input).filter(|(_, value)| *value != 0)
}

/// The words that a run touches or finds nonzero.
pub struct Memory {
    /// Their indices.
    pub cells: CellSet,
    /// Their values at the start, by rank.
    pub initial: Vec<u32>,
}

impl Memory {
    /// Of a run with these accesses.
    pub fn new(witness: &Witness, accesses: &Accesses) -> Self {
        let touched = (0..accesses.len()).map(|access| accesses.word(access));
        let initial: Vec<(u32, u32)> = initial_words(witness).collect();
        let indices = touched.chain(initial.iter().map(|(index, _)| *index));
        let cells = CellSet::new(witness.statement.shape.log_ram, indices);
        let mut memory = Memory { initial: vec![0; cells.keys().len()], cells };
        for (index, value) in initial {
            memory.initial[memory.cells.rank(index) as usize] = value;
        }
        memory
    }

    /// Their values at the end.
    pub fn last(&self, witness: &Witness, accesses: &Accesses) -> Vec<u32> {
        let mut values = self.initial.clone();
        for (access, step) in accesses.steps.iter().enumerate() {
            values[self.cells.rank(accesses.word(access)) as usize] = witness.ram_new[*step as usize];
        }
        values
    }
}

/// scale·eq(point, address) as a product of two table entries.
pub struct AddressWeights {
    high: Vec<Fr>,
    low: Vec<Fr>,
    low_bits: u32,
}

impl AddressWeights {
    /// For addresses of as many bits as `point` has coordinates.
    pub fn new(point: &[Fr], scale: Fr) -> Self {
        let (high, low) = point.split_at(point.len() / 2);
        let high = fr::eq_table_scaled(high, scale);
        AddressWeights { high, low: fr::eq_table(low), low_bits: low.len() as u32 }
    }

    /// scale·eq(point, address).
    #[inline]
    pub fn at(&self, address: u32) -> Fr {
        let low = address & ((1 << self.low_bits) - 1);
        self.high[(address >> self.low_bits) as usize] * self.low[low as usize]
    }
}
