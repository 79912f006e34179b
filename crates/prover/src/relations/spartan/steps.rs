//! Blocks of steps as columns of small integers, in the types that hold them.

use crate::kernels::fr::Integers;
use crate::witness::Witness;
use std::ops::Range;
use zkvm_isa::program::Program;
use zkvm_isa::row::{Flags, Mode, Row};
use zkvm_isa::table::{Index, deinterleave};
use zkvm_protocol::constraints::{Column, Term};

/// The kinds of steps that the flags in left factors tell apart: flags of the row, and whether a
/// branch is taken.
pub struct Classes {
    /// Flags of each class of rows.
    flags: Vec<Flags>,
    /// The class of each row.
    of_row: Vec<u16>,
}

impl Classes {
    /// The classes of a program.
    pub fn new(program: &Program) -> Self {
        let mut flags: Vec<Flags> = program.rows().iter().map(|row| row.flags).collect();
        flags.sort_unstable();
        flags.dedup();
        // There are fewer than 2^15 sets of flags: each instruction sequence has a few.
        let class = |row: &Row| flags.partition_point(|f| *f < row.flags) as u16;
        let of_row = program.rows().iter().map(class).collect();
        Classes { flags, of_row }
    }

    /// Number of classes of steps.
    pub fn count(&self) -> usize {
        2 * self.flags.len()
    }

    /// The class of a step of row `row`.
    pub fn of(&self, row: u32, taken: bool) -> u16 {
        2 * self.of_row[row as usize] + u16::from(taken)
    }

    /// Flags of a class of steps.
    pub fn flags(&self, class: usize) -> Flags {
        self.flags[class / 2]
    }

    /// Whether the steps of a class take a branch.
    pub fn taken(class: usize) -> bool {
        class % 2 == 1
    }
}

/// Whether a term can be nonzero in a step whose row has these flags.
pub fn occurs(term: Term, flags: Flags) -> bool {
    let mode = Row { flags, ..Row::EMPTY }.mode();
    match term {
        Term::Column(Column::X | Column::Y) => mode == Mode::Interleaved,
        Term::Column(Column::Linear) => mode == Mode::Linear,
        Term::Column(Column::Product | Column::MulLeft) => flags.has(Flags::MUL),
        Term::Column(Column::Output) => mode != Mode::None,
        Term::Column(Column::RamAddress | Column::Offset | Column::RamRead | Column::RamWrite) => flags.has(Flags::MEM),
        Term::Column(Column::Taken) => flags.has(Flags::BRANCH),
        _ => true,
    }
}

/// Buffers for N columns of `length` values. Columns whose distance is a power of two would all lie
/// in the same few lines of the cache.
struct Buffers<S, const N: usize> {
    values: Vec<S>,
    length: usize,
}

impl<S: Copy + Default, const N: usize> Buffers<S, N> {
    /// Bytes between the end of a column and the next one.
    const GAP: usize = 64 / size_of::<S>();

    fn new(length: usize) -> Self {
        Buffers { values: vec![S::default(); N * (length + Self::GAP)], length }
    }

    fn column(&self, i: usize) -> &[S] {
        &self.values[i * (self.length + Self::GAP)..][..self.length]
    }

    fn columns(&mut self) -> [&mut [S]; N] {
        let mut columns = self.values.chunks_exact_mut(self.length + Self::GAP);
        std::array::from_fn(|_| &mut columns.next().unwrap_or_default()[..self.length])
    }
}

/// Consecutive steps, column by column. What the witness does not have as it is, is computed.
pub struct Steps<'a> {
    witness: &'a Witness<'a>,
    range: Range<usize>,
    /// Class of each step.
    pub classes: Vec<u16>,
    words: Buffers<u32, 9>,
    doubles: Buffers<u64, 5>,
    disp: Vec<i64>,
}

impl<'a> Steps<'a> {
    /// Room for `count` steps of `witness`.
    pub fn new(witness: &'a Witness<'a>, count: usize) -> Self {
        let (words, doubles) = (Buffers::new(count), Buffers::new(count));
        Steps { witness, range: 0..0, classes: vec![0; count], words, doubles, disp: vec![0; count] }
    }

    /// Takes the steps from `first` on into all places.
    pub fn load(&mut self, classes: &Classes, first: usize) {
        self.range = first..first + self.classes.len();
        let (witness, program) = (self.witness, self.witness.statement.program);
        let [ram_address, offset, x, y, mul_left, next_row, target, memory, taken] = self.words.columns();
        let [linear, product, output, next_address, imm] = self.doubles.columns();
        for (i, t) in self.range.clone().enumerate() {
            let row = witness.row(t);
            (target[i], imm[i], self.disp[i]) = (row.target, row.imm, row.disp);
            next_row[i] = witness.next_row(t);
            next_address[i] = program.rows()[next_row[i] as usize].addr;
            memory[i] = row.flags.has(Flags::MEM).into();
            (ram_address[i], offset[i]) = access(witness, row, t);
            let lookup = Lookup::new(witness, row, t);
            ([x[i], y[i]], linear[i], product[i]) = (lookup.operands, lookup.linear, lookup.product);
            mul_left[i] = if row.flags.has(Flags::MUL) { witness.rs1[t] } else { 0 };
            output[i] = lookup.output;
            let is_taken = row.flags.has(Flags::BRANCH) && lookup.output == 1;
            (taken[i], self.classes[i]) = (is_taken.into(), classes.of(witness.rows[t], is_taken));
        }
    }

    /// The values of a term that is not a flag or a constant.
    pub fn values(&self, term: Term) -> Option<Integers<'_>> {
        let of_witness = |values: &'a [u32]| Some(Integers::Words(&values[self.range.clone()]));
        let word = |i| Some(Integers::Words(self.words.column(i)));
        let double = |i| Some(Integers::Doubles(self.doubles.column(i)));
        match term {
            Term::Column(Column::Rs1) => of_witness(&self.witness.rs1),
            Term::Column(Column::Rs2) => of_witness(&self.witness.rs2),
            Term::Column(Column::Rd) => of_witness(&self.witness.rd_new),
            Term::Column(Column::RamRead) => of_witness(&self.witness.ram_old),
            Term::Column(Column::RamWrite) => of_witness(&self.witness.ram_new),
            Term::Row => of_witness(&self.witness.rows),
            Term::Column(Column::RamAddress) => word(0),
            Term::Column(Column::Offset) => word(1),
            Term::Column(Column::X) => word(2),
            Term::Column(Column::Y) => word(3),
            Term::Column(Column::MulLeft) => word(4),
            Term::Column(Column::NextRow) => word(5),
            Term::Target => word(6),
            Term::Column(Column::Memory) => word(7),
            Term::Column(Column::Taken) => word(8),
            Term::Column(Column::Linear) => double(0),
            Term::Column(Column::Product) => double(1),
            Term::Column(Column::Output) => double(2),
            Term::Column(Column::NextAddress) => double(3),
            Term::Imm => double(4),
            Term::Disp => Some(Integers::Signed(&self.disp)),
            Term::One | Term::Flag(_) => None,
        }
    }
}

/// Address and offset of a step's access; zero without one.
#[inline(always)]
fn access(witness: &Witness, row: &Row, t: usize) -> (u32, u32) {
    if !row.flags.has(Flags::MEM) {
        return (0, 0);
    }
    // Every traced access lies in the region, which ends below 2^32.
    let address = (i64::from(witness.rs1[t]) + row.disp) as u32;
    (address, address.wrapping_sub(witness.statement.program.layout().base) & 3)
}

/// The lookup of a step.
struct Lookup {
    operands: [u32; 2],
    linear: u64,
    product: u64,
    output: u64,
}

impl Lookup {
    #[inline(always)]
    fn new(witness: &Witness, row: &Row, t: usize) -> Self {
        let index = witness.index[t];
        let none = Lookup { operands: [0; 2], linear: 0, product: 0, output: 0 };
        let (mut lookup, words) = match row.mode() {
            Mode::None => return none,
            Mode::Interleaved => {
                let (x, y) = deinterleave(index);
                (Lookup { operands: [x, y], ..none }, (x, y))
            }
            Mode::Linear => (Lookup { linear: index, ..none }, Index::Linear.split(index)),
            Mode::Product => (Lookup { product: index, ..none }, Index::Linear.split(index)),
        };
        lookup.output = match row.table {
            None => 0,
            // The constraints say where the output is written: that is faster than the table.
            Some(_) if row.flags.has(Flags::OUT) => witness.rd_new[t].into(),
            Some(_) if row.flags.has(Flags::MERGE) => witness.ram_new[t].into(),
            Some(table) => table.entry_of(words.0, words.1),
        };
        lookup
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mixed_run;

    fn at(values: Integers, i: usize) -> i128 {
        match values {
            Integers::Words(values) => values[i].into(),
            Integers::Doubles(values) => values[i].into(),
            Integers::Signed(values) => values[i].into(),
        }
    }

    #[test]
    fn the_columns_are_those_of_the_witness() {
        let run = mixed_run(2);
        let witness = run.witness(run.shape(4));
        let classes = Classes::new(witness.statement.program);
        let mut steps = Steps::new(&witness, witness.steps() / 2);
        steps.load(&classes, witness.steps() / 2);
        for i in 0..witness.steps() / 2 {
            let t = witness.steps() / 2 + i;
            let row = witness.row(t);
            for (column, value) in Column::ALL.iter().zip(witness.columns(t)) {
                let values = steps.values(Term::Column(*column)).expect("a column has values");
                assert_eq!(at(values, i), value, "{column:?} of step {t}");
                assert!(value == 0 || occurs(Term::Column(*column), row.flags), "{column:?} of step {t}");
            }
            let fields = [Term::Imm, Term::Disp, Term::Target, Term::Row].map(|term| steps.values(term));
            let expected = [row.imm.into(), row.disp.into(), row.target.into(), witness.rows[t].into()];
            assert_eq!(fields.map(|values| at(values.expect("a field has values"), i)), expected);
            let class = usize::from(steps.classes[i]);
            assert_eq!((classes.flags(class), Classes::taken(class)), (row.flags, witness.taken(t)));
        }
    }
}
