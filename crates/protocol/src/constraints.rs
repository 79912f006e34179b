//! The constraints of a step, as equations A·B = C of linear forms.
//!
//! A form is linear in the step's columns ([`Column`]) and in the fields of its bytecode row. Two
//! columns are never multiplied by one another through a field, so that all that the bytecode
//! contributes to A and to B is one value each ([`bytecode_part`]).

use alloc::vec::Vec;
use zkvm_isa::row::{Flags, Row};

/// A value of a step that is not a field of its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Column {
    /// First source value.
    Rs1,
    /// Second source value.
    Rs2,
    /// Value written.
    Rd,
    /// RISC-V address accessed.
    RamAddress,
    /// Its offset in the word.
    Offset,
    /// Memory word before the step.
    RamRead,
    /// Memory word after the step.
    RamWrite,
    /// First operand of an interleaved lookup.
    X,
    /// Second operand of an interleaved lookup.
    Y,
    /// Linear lookup index.
    Linear,
    /// Product lookup index.
    Product,
    /// Lookup output.
    Output,
    /// f_mul · rs1.
    MulLeft,
    /// f_branch · output.
    Taken,
    /// Row index of the next step.
    NextRow,
    /// RISC-V address of the next step's row.
    NextAddress,
    /// f_mem: whether the step accesses memory. A bytecode flag, claimed apart because RAM reads it.
    Memory,
}

impl Column {
    /// All columns in order.
    pub const ALL: [Column; 17] = [
        Column::Rs1,
        Column::Rs2,
        Column::Rd,
        Column::RamAddress,
        Column::Offset,
        Column::RamRead,
        Column::RamWrite,
        Column::X,
        Column::Y,
        Column::Linear,
        Column::Product,
        Column::Output,
        Column::MulLeft,
        Column::Taken,
        Column::NextRow,
        Column::NextAddress,
        Column::Memory,
    ];
    /// Number of columns.
    pub const COUNT: usize = Self::ALL.len();
}

/// A term of a linear form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// The constant one.
    One,
    /// A column of the step.
    Column(Column),
    /// A flag of the row other than [`Flags::MEM`].
    Flag(Flags),
    /// The row's immediate.
    Imm,
    /// The row's displacement.
    Disp,
    /// The row's target.
    Target,
    /// The row's index.
    Row,
}

/// A linear form: integer coefficients and terms.
pub type Form = &'static [(i64, Term)];

/// The equation a·b = c.
#[derive(Clone, Copy, Debug)]
pub struct Constraint {
    /// Name for reports.
    pub name: &'static str,
    /// Left factor.
    pub a: Form,
    /// Right factor.
    pub b: Form,
    /// Product.
    pub c: Form,
}

/// Constraints per group of the univariate skip.
pub const GROUP: usize = 11;
/// Groups.
pub const GROUPS: usize = 2;

macro_rules! constraints {
    ($($name:literal: ($($a:tt)*) * ($($b:tt)*) = ($($c:tt)*);)*) => {
        /// All constraints; the first [`GROUP`] are the first group.
        pub const CONSTRAINTS: [Constraint; GROUP * GROUPS] =
            [$(Constraint { name: $name, a: form!($($a)*), b: form!($($b)*), c: form!($($c)*) }),*];
    };
}
macro_rules! form {
    ($($coefficient:literal $term:ident $(. $field:ident)?),*) => { &[$(($coefficient, term!($term $(. $field)?))),*] };
}
macro_rules! term {
    (flag . $flag:ident) => {
        Term::Flag(Flags::$flag)
    };
    (col . $column:ident) => {
        Term::Column(Column::$column)
    };
    ($term:ident) => {
        Term::$term
    };
}

constraints! {
    "x is rs1": (1 flag.ALU) * (1 col.X, -1 col.Rs1) = ();
    "y is rs2 + imm": (1 flag.Y) * (1 col.Y, -1 col.Rs2, -1 Imm) = ();
    "linear index of a sum": (1 flag.ADD) * (1 col.Linear, -1 col.Rs1, -1 col.Rs2, -1 Imm) = ();
    "linear index of a difference": (1 flag.SUB) * (1 col.Linear, -1 col.Rs1, 1 col.Rs2, -1 Imm) = ();
    "left factor": (1 flag.MUL) * (1 col.Rs1) = (1 col.MulLeft);
    "product": (1 col.MulLeft) * (1 col.Rs2) = (1 col.Product);
    "memory address": (1 col.Memory) * (1 col.RamAddress, -1 col.Rs1, -1 Disp) = ();
    "a load keeps memory": (1 flag.LOAD) * (1 col.RamWrite, -1 col.RamRead) = ();
    "y is the byte offset": (1 flag.BYTE) * (1 col.Y, -1 col.Offset) = ();
    "y is the half-word offset": (1 flag.HALF) * (2 col.Y, -1 col.Offset) = ();
    "x is the memory word": (1 flag.WORD_IN) * (1 col.X, -1 col.RamRead) = ();

    "x is the stored value": (1 flag.PREP) * (1 col.X, -1 col.Rs2) = ();
    "rd is the memory word": (1 flag.LW) * (1 col.Rd, -1 col.RamRead) = ();
    "memory is rs2": (1 flag.SW) * (1 col.RamWrite, -1 col.Rs2) = ();
    "memory is the output": (1 flag.MERGE) * (1 col.RamWrite, -1 col.Output) = ();
    "rd is the output": (1 flag.OUT) * (1 col.Rd, -1 col.Output) = ();
    "rd is the constant": (1 flag.CONST) * (1 col.Rd, -1 Disp) = ();
    "assertion": (1 flag.ASSERT) * (1 col.Output, -1 One) = ();
    "branch outcome": (1 flag.BRANCH) * (1 col.Output) = (1 col.Taken);
    "jump": (1 col.Taken, 1 flag.JUMP) * (1 col.NextRow, -1 Target) = ();
    "indirect jump": (1 flag.JALR) * (1 col.NextAddress, -1 col.Output) = ();
    "next row": (1 One, -1 col.Taken, -1 flag.JUMP, -1 flag.JALR) * (1 col.NextRow, -1 Row, -1 One) = ();
}

/// What the row at `index` contributes to `form`: an integer below 2^34 in absolute value.
pub fn bytecode_part(form: Form, row: &Row, index: u32) -> i64 {
    let value = |term: &Term| match term {
        Term::One => 1,
        Term::Column(_) => 0,
        Term::Flag(flag) => i64::from(row.flags.has(*flag)),
        // At most 2^32.
        Term::Imm => row.imm.cast_signed(),
        Term::Disp => row.disp,
        Term::Target => i64::from(row.target),
        Term::Row => i64::from(index),
    };
    form.iter().fold(0, |sum: i64, (c, term)| sum.wrapping_add(c.wrapping_mul(value(term))))
}

/// The integer coefficient of `column` in `form`.
pub fn column_coefficient(form: Form, column: Column) -> i64 {
    form.iter().filter(|(_, term)| *term == Term::Column(column)).fold(0, |sum, (c, _)| sum.wrapping_add(*c))
}

/// Names of the constraints that the step `columns` of the row at `index` violates.
pub fn violated(row: &Row, index: u32, columns: &[i128; Column::COUNT]) -> Vec<&'static str> {
    let value = |form: Form| {
        Column::ALL.iter().zip(columns).fold(i128::from(bytecode_part(form, row, index)), |sum, (column, value)| {
            sum.wrapping_add(value.wrapping_mul(column_coefficient(form, *column).into()))
        })
    };
    let holds = |c: &&Constraint| value(c.a).wrapping_mul(value(c.b)) != value(c.c);
    CONSTRAINTS.iter().filter(holds).map(|c| c.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_columns_alone() {
        // The zerocheck has parts of the bytecode in A and B only.
        let terms = CONSTRAINTS.iter().flat_map(|constraint| constraint.c);
        assert!(terms.into_iter().all(|(_, term)| matches!(term, Term::Column(_))));
    }
}
