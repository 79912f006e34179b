//! Blocks of steps as columns of small integers, in the types that hold them.

use crate::witness::Witness;
use zkvm_isa::program::Program;
use zkvm_isa::row::{Flags, Mode, Row};
use zkvm_isa::table::deinterleave;
use zkvm_protocol::constraints::{Column, Term};

/// The terms below 2^32.
const WORDS: [Term; 14] = [
    Term::Column(Column::Rs1),
    Term::Column(Column::Rs2),
    Term::Column(Column::Rd),
    Term::Column(Column::RamAddress),
    Term::Column(Column::Offset),
    Term::Column(Column::RamRead),
    Term::Column(Column::RamWrite),
    Term::Column(Column::X),
    Term::Column(Column::Y),
    Term::Column(Column::MulLeft),
    Term::Column(Column::NextRow),
    Term::Target,
    Term::Row,
    Term::Column(Column::Memory),
];
/// The terms below 2^64.
const DOUBLES: [Term; 5] = [
    Term::Column(Column::Linear),
    Term::Column(Column::Product),
    Term::Column(Column::Output),
    Term::Column(Column::NextAddress),
    Term::Imm,
];

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
        let mut flags: Vec<Flags> = program.rows.iter().map(|row| row.flags).collect();
        flags.sort_unstable();
        flags.dedup();
        // There are fewer than 2^15 sets of flags: each instruction sequence has a few.
        let class = |row: &Row| flags.partition_point(|f| *f < row.flags) as u16;
        let of_row = program.rows.iter().map(class).collect();
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

/// Values of a term.
#[derive(Clone, Copy)]
pub enum Values<'a> {
    /// Below 2^32.
    Words(&'a [u32]),
    /// Below 2^64.
    Doubles(&'a [u64]),
    /// With signs.
    Signed(&'a [i64]),
}

/// Some steps, column by column.
pub struct Steps {
    words: [Vec<u32>; WORDS.len()],
    doubles: [Vec<u64>; DOUBLES.len()],
    disp: Vec<i64>,
    /// Whether a branch is taken.
    taken: Vec<u32>,
    /// Class of each step.
    pub classes: Vec<u16>,
}

impl Steps {
    /// Room for `count` steps.
    pub fn new(count: usize) -> Self {
        Steps {
            words: std::array::from_fn(|_| vec![0; count]),
            doubles: std::array::from_fn(|_| vec![0; count]),
            disp: vec![0; count],
            taken: vec![0; count],
            classes: vec![0; count],
        }
    }

    /// Takes the steps first, first + stride, … into all places.
    pub fn fill(&mut self, witness: &Witness, classes: &Classes, first: usize, stride: usize) {
        for i in 0..self.disp.len() {
            self.set(i, witness, classes, first + i * stride);
        }
    }

    #[inline(always)]
    fn set(&mut self, i: usize, witness: &Witness, classes: &Classes, t: usize) {
        let (row, number) = (witness.row(t), witness.rows[t]);
        let (index, rs1, mode) = (witness.index[t], witness.rs1[t], row.mode());
        let operands = if mode == Mode::Interleaved { deinterleave(index) } else { ((index >> 32) as u32, index as u32) };
        let output = row.table.map_or(0, |table| table.entry_of(operands.0, operands.1));
        let (x, y) = if mode == Mode::Interleaved { operands } else { (0, 0) };
        let (linear, product) = match mode {
            Mode::Linear => (index, 0),
            Mode::Product => (0, index),
            Mode::None | Mode::Interleaved => (0, 0),
        };
        let memory = row.flags.has(Flags::MEM);
        // Every traced access lies in the region, which ends below 2^32.
        let address = if memory { (i64::from(rs1) + row.disp) as u32 } else { 0 };
        let offset = if memory { address.wrapping_sub(witness.statement.program.layout.base) & 3 } else { 0 };
        let next = witness.next_row(t);
        let words = [
            rs1,
            witness.rs2[t],
            witness.rd_new[t],
            address,
            offset,
            witness.ram_old[t],
            witness.ram_new[t],
            x,
            y,
            if row.flags.has(Flags::MUL) { rs1 } else { 0 },
            next,
            row.target,
            number,
            memory.into(),
        ];
        let doubles = [linear, product, output, witness.statement.program.rows[next as usize].addr, row.imm];
        self.words.iter_mut().zip(words).for_each(|(column, word)| column[i] = word);
        self.doubles.iter_mut().zip(doubles).for_each(|(column, double)| column[i] = double);
        let taken = row.flags.has(Flags::BRANCH) && output == 1;
        (self.disp[i], self.taken[i], self.classes[i]) = (row.disp, taken.into(), classes.of(number, taken));
    }

    /// The values of a term that is not a flag or a constant.
    pub fn values(&self, term: Term) -> Option<Values<'_>> {
        let place = |terms: &[Term]| terms.iter().position(|t| *t == term);
        match term {
            Term::Disp => Some(Values::Signed(&self.disp)),
            Term::Column(Column::Taken) => Some(Values::Words(&self.taken)),
            _ => match (place(&WORDS), place(&DOUBLES)) {
                (Some(i), _) => Some(Values::Words(&self.words[i])),
                (_, Some(i)) => Some(Values::Doubles(&self.doubles[i])),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::mixed_run;

    fn at(values: Values, i: usize) -> i128 {
        match values {
            Values::Words(values) => values[i].into(),
            Values::Doubles(values) => values[i].into(),
            Values::Signed(values) => values[i].into(),
        }
    }

    #[test]
    fn the_columns_are_those_of_the_witness() {
        let run = mixed_run(2);
        let witness = run.witness(run.shape(4));
        let classes = Classes::new(witness.statement.program);
        let mut steps = Steps::new(witness.steps() / 2);
        steps.fill(&witness, &classes, 1, 2);
        for i in 0..witness.steps() / 2 {
            let (t, row) = (2 * i + 1, witness.row(2 * i + 1));
            for (column, value) in Column::ALL.iter().zip(witness.columns(t)) {
                let values = steps.values(Term::Column(*column)).expect("a column has values");
                assert_eq!(at(values, i), value, "{column:?} of step {t}");
            }
            let fields = [Term::Imm, Term::Disp, Term::Target, Term::Row].map(|term| steps.values(term));
            let expected = [row.imm.into(), row.disp.into(), row.target.into(), witness.rows[t].into()];
            assert_eq!(fields.map(|values| at(values.expect("a field has values"), i)), expected);
            let class = usize::from(steps.classes[i]);
            assert_eq!((classes.flags(class), Classes::taken(class)), (row.flags, witness.taken(t)));
        }
    }
}
