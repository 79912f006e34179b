//! All that a row may do: its relation between the cells read and the cell written.

use super::width::Width;
use std::collections::{BTreeMap, BTreeSet};
use zkvm_isa::row::{Flags, Mode, Row, SINK, WRAP};
use zkvm_isa::table::TableId;
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, bytecode_part, column_coefficient};

/// Values of the cells.
pub type Cells = [u64; 64];

/// What distinguishes the relations of two rows.
type Kind = (Flags, Option<TableId>, u64);

/// The relations of rows met so far, over words of one width.
pub struct Relations {
    width: Width,
    known: BTreeMap<Kind, Relation>,
}

/// For each pair of values read, the values that can be written.
struct Relation {
    /// Number of values that a cell can have: SATLOW gives 2^W too.
    values: u64,
    written: Vec<BTreeSet<u64>>,
}

impl Relations {
    pub fn new(width: Width) -> Self {
        Relations { width, known: BTreeMap::new() }
    }

    pub fn width(&self) -> Width {
        self.width
    }

    /// All states that the rows can lead to.
    pub fn run(&mut self, rows: &[Row], cells: Cells) -> BTreeSet<Cells> {
        let mut states = BTreeSet::from([cells]);
        for row in rows {
            let width = self.width;
            let kind = (row.flags, row.table, row.imm);
            let relation = self.known.entry(kind).or_insert_with(|| Relation::new(width, row));
            let next = |cells: Cells| {
                let written = relation.written(cells[usize::from(row.rs1)], cells[usize::from(row.rs2)]);
                written.iter().map(move |value| {
                    let mut cells = cells;
                    cells[usize::from(row.rd)] = if row.rd == SINK { 0 } else { *value };
                    cells
                })
            };
            states = states.into_iter().flat_map(next).collect();
        }
        states
    }
}

impl Relation {
    /// Tries every index for every pair of values.
    fn new(width: Width, row: &Row) -> Self {
        // 2^32 in a row stands for the size of a word.
        let row = Row { imm: if row.imm == WRAP { width.size() } else { row.imm }, ..*row };
        let equations = equations(&row);
        let values = width.size() + 1;
        let pairs = (0..values).flat_map(|rs1| (0..values).map(move |rs2| (rs1, rs2)));
        let written = pairs.map(|(rs1, rs2)| {
            let indices = 0..width.size() * width.size();
            let columns = indices.map(|index| columns(width, &row, [rs1, rs2], index));
            let witnesses = columns.filter(|columns| equations.iter().all(|equation| equation.holds(columns)));
            witnesses.map(|columns| columns[Column::Rd as usize] as u64).collect()
        });
        Relation { values, written: written.collect() }
    }

    fn written(&self, rs1: u64, rs2: u64) -> &BTreeSet<u64> {
        &self.written[(rs1 * self.values + rs2) as usize]
    }
}

/// The columns of a step that reads these values and looks up this index. The lookup claim gives
/// those of the lookup: a value whose mode is not the row's is zero. The others appear in one
/// constraint each, as what it determines, and have that value. There is no memory access.
fn columns(width: Width, row: &Row, [rs1, rs2]: [u64; 2], index: u64) -> [i64; Column::COUNT] {
    let mut columns = [0; Column::COUNT];
    let mut set = |column: Column, value: u64| columns[column as usize] = value.cast_signed();
    set(Column::Rs1, rs1);
    set(Column::Rs2, rs2);
    match row.mode() {
        Mode::None => {}
        Mode::Interleaved => {
            let (x, y) = width.operands(index);
            set(Column::X, x);
            set(Column::Y, y);
        }
        Mode::Linear => set(Column::Linear, index),
        Mode::Product => {
            set(Column::Product, index);
            set(Column::MulLeft, rs1);
        }
    }
    let out = row.table.map_or(0, |table| width.entry(table, index));
    set(Column::Output, out);
    if row.flags.has(Flags::OUT) {
        set(Column::Rd, out);
    }
    // The row's index is 0.
    set(Column::NextRow, 1);
    columns
}

/// A constraint for one row: a·b = c, each a constant and coefficients of columns.
struct Equation([(i64, Vec<(usize, i64)>); 3]);

impl Equation {
    fn holds(&self, columns: &[i64; Column::COUNT]) -> bool {
        let [a, b, c] = &self.0.each_ref().map(|(constant, terms)| {
            terms.iter().fold(*constant, |sum, (column, coefficient)| sum + coefficient * columns[*column])
        });
        a * b == *c
    }
}

/// The protocol's constraints for a row, without those that hold whatever the columns are.
fn equations(row: &Row) -> Vec<Equation> {
    let form = |form: Form| {
        let columns = Column::ALL.iter().map(|column| (*column as usize, column_coefficient(form, *column)));
        (bytecode_part(form, row, 0), columns.filter(|(_, coefficient)| *coefficient != 0).collect())
    };
    let all =
        CONSTRAINTS.iter().map(|constraint| Equation([form(constraint.a), form(constraint.b), form(constraint.c)]));
    let vanishes = |(constant, terms): &(i64, Vec<_>)| *constant == 0 && terms.is_empty();
    all.filter(|Equation([a, _, c])| !(vanishes(a) && vanishes(c))).collect()
}
