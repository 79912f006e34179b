//! A cheating executor: runs rows one by one, and changes what it is told to change.
//!
//! Everything after a change follows from it honestly, so that only the check that the change
//! violates stands between the forged run and an accepted proof.

use crate::witness::Witness;
use std::collections::BTreeMap;
use zkvm_emulator::Trace;
use zkvm_isa::program::Program;
use zkvm_isa::row::{Advice, Flags, Mode, Row};
use zkvm_isa::table::interleave;
use zkvm_protocol::Statement;
use zkvm_protocol::constraints::Column;
use zkvm_protocol::shape;

/// A one-hot column, a step, and addresses with weights.
pub type Entries = (shape::Column, usize, Vec<(u16, zkvm_algebra::Fr)>);

/// What a forged witness says beside its trace; every entry replaces what follows from the trace.
#[derive(Clone, Default, Debug)]
pub struct Forged {
    /// Values of columns, by step and number of the column.
    pub columns: BTreeMap<(usize, usize), i128>,
    /// The dense sub-columns of steps.
    pub dense: BTreeMap<usize, [i64; shape::DENSE]>,
    /// Byte addresses in the region that steps access.
    pub bytes: BTreeMap<usize, u32>,
    /// Entries of one-hot columns: column, step, weights of addresses.
    pub weights: Vec<Entries>,
    /// Initial words that the prover's memory begins with, by index.
    pub words: Vec<(u32, u32)>,
    /// Initial registers that the prover's registers begin with.
    pub registers: Vec<(usize, u32)>,
}

/// A change to one step. Values replace what the honest executor would have.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// Read this from the first source cell.
    Rs1(u32),
    /// Read this from the second source cell.
    Rs2(u32),
    /// Write this to the destination cell.
    Rd(u32),
    /// Read this word from memory.
    RamRead(u32),
    /// Leave this word in memory.
    RamWrite(u32),
    /// Take this word as advice.
    Advice(u32),
    /// Look this index up.
    Index(u64),
    /// Go on at this row.
    Next(u32),
    /// Access memory at this address.
    Address(u32),
    /// State this value of a column, whatever the step did.
    State(Column, i128),
    /// State this value of a dense sub-column (0 to 3: rd_inc, ram_inc, taken, mul_left).
    Dense(usize, i64),
}

/// What the executor is to change.
#[derive(Clone, Default, Debug)]
pub struct Script {
    /// Changes by step.
    pub changes: BTreeMap<usize, Vec<Change>>,
    /// Row of the first step.
    pub first_row: u32,
    /// Initial registers other than zero.
    pub registers: Vec<(usize, u32)>,
    /// Initial words other than the program's, by index.
    pub words: Vec<(u32, u32)>,
    /// Addresses with weights in place of a one-hot entry, by column and step.
    pub weights: Vec<Entries>,
}

impl Script {
    /// One change.
    pub fn change(step: usize, change: Change) -> Self {
        Self::default().and(step, change)
    }

    /// A further change.
    pub fn and(mut self, step: usize, change: Change) -> Self {
        self.changes.entry(step).or_default().push(change);
        self
    }
}

struct Executor<'a> {
    program: &'a Program,
    cells: [u32; 64],
    words: BTreeMap<u32, u32>,
    private: Box<dyn Iterator<Item = u32> + 'a>,
    trace: Trace,
    indices: BTreeMap<usize, u64>,
}

/// Runs `program` for all steps of the statement and gives the witness of what happened.
pub fn simulate<'a>(statement: Statement<'a>, private: &[u32], script: &Script) -> Witness<'a> {
    let program = statement.program;
    let mut executor = Executor {
        program,
        cells: [0; 64],
        words: program.initial_words().collect(),
        private: Box::new(private.iter().copied()),
        trace: Trace::default(),
        indices: BTreeMap::new(),
    };
    let input = (program.layout().input - program.layout().base) / 4;
    executor.words.extend((input..).zip(statement.io.input_words()));
    executor.words.extend(script.words.iter().copied());
    script.registers.iter().for_each(|(cell, value)| executor.cells[*cell] = *value);
    let mut row = script.first_row;
    for t in 0..1 << statement.shape.log_t {
        let none = Vec::new();
        row = executor.step(t, row, script.changes.get(&t).unwrap_or(&none));
    }
    let Executor { trace, indices, .. } = executor;
    let mut witness = Witness::new(statement, trace);
    indices.into_iter().for_each(|(t, index)| witness.index[t] = index);
    for (t, changes) in &script.changes {
        for change in changes {
            match change {
                Change::State(column, value) => _ = witness.forged.columns.insert((*t, *column as usize), *value),
                Change::Dense(column, value) => {
                    let mut dense = witness.dense(*t);
                    dense[*column] = *value;
                    witness.forged.dense.insert(*t, dense);
                }
                Change::Address(address) => {
                    let byte = address - statement.program.layout().base;
                    witness.forged.bytes.insert(*t, byte);
                }
                _ => {}
            }
        }
    }
    witness.forged.weights.clone_from(&script.weights);
    witness.forged.words.clone_from(&script.words);
    witness.forged.registers.clone_from(&script.registers);
    witness
}

impl Executor<'_> {
    /// Executes one row; gives the next.
    fn step(&mut self, t: usize, at: u32, changes: &[Change]) -> u32 {
        let row = &self.program.rows()[at as usize];
        let f = row.flags;
        let pick = |honest: u32, of: fn(&Change) -> Option<u32>| changes.iter().find_map(of).unwrap_or(honest);
        let rs1 = pick(self.cells[usize::from(row.rs1)], |c| if let Change::Rs1(v) = c { Some(*v) } else { None });
        let rs2 = pick(self.cells[usize::from(row.rs2)], |c| if let Change::Rs2(v) = c { Some(*v) } else { None });
        let address = (i64::from(rs1) + row.disp) as u32;
        let address = pick(address, |c| if let Change::Address(v) = c { Some(*v) } else { None });
        let word = address.wrapping_sub(self.program.layout().base) / 4;
        let accesses = f.has(Flags::MEM) || changes.iter().any(|c| matches!(c, Change::Address(_)));
        let stored = if accesses { self.words.get(&word).copied().unwrap_or(0) } else { 0 };
        let ram = pick(stored, |c| if let Change::RamRead(v) = c { Some(*v) } else { None });
        let advice = self.advice(row);
        let advice = pick(advice, |c| if let Change::Advice(v) = c { Some(*v) } else { None });
        let honest = index(row, rs1, rs2, ram, address & 3, advice);
        let changed = changes.iter().find_map(|c| if let Change::Index(v) = c { Some(*v) } else { None });
        if changed.is_some() || accesses {
            self.indices.insert(t, changed.unwrap_or(honest));
        }
        let out = row.table.map_or(0, |table| table.entry(changed.unwrap_or(honest)));
        let rd_old = if row.rd == 63 { 0 } else { self.cells[usize::from(row.rd)] };
        let written = if f.has(Flags::OUT) {
            out as u32
        } else if f.has(Flags::LW) {
            ram
        } else if f.has(Flags::CONST) {
            row.disp as u32
        } else {
            rd_old
        };
        let rd_new = pick(written, |c| if let Change::Rd(v) = c { Some(*v) } else { None });
        let kept = if f.has(Flags::SW) {
            rs2
        } else if f.has(Flags::MERGE) {
            out as u32
        } else {
            ram
        };
        let ram_new = pick(kept, |c| if let Change::RamWrite(v) = c { Some(*v) } else { None });
        self.trace.rows.push(at);
        self.trace.rs1.push(rs1);
        self.trace.rs2.push(rs2);
        self.trace.rd_old.push(rd_old);
        self.trace.rd_new.push(rd_new);
        self.trace.ram_old.push(if accesses { ram } else { 0 });
        self.trace.ram_new.push(if accesses { ram_new } else { 0 });
        if row.rd != 63 {
            self.cells[usize::from(row.rd)] = rd_new;
        }
        if accesses {
            self.words.insert(word, ram_new);
        }
        let next = if f.has(Flags::JUMP) || f.has(Flags::BRANCH) && out == 1 {
            row.target
        } else if f.has(Flags::JALR) {
            self.program.row_of(out as u32).unwrap_or(self.program.halt())
        } else {
            (at + 1) % self.program.rows().len() as u32
        };
        pick(next, |c| if let Change::Next(v) = c { Some(*v) } else { None })
    }

    fn advice(&mut self, row: &Row) -> u32 {
        let cell = |cell: u8| self.cells[usize::from(cell)];
        match row.advice {
            None => 0,
            Some(Advice::Input) => self.private.next().unwrap_or(0),
            Some(Advice::Quotient { rs1, rs2 }) => cell(rs1).checked_div(cell(rs2)).unwrap_or(u32::MAX),
            Some(Advice::AbsQuotient { rs1, rs2 }) => {
                let (a, b) = (cell(rs1).cast_signed(), cell(rs2).cast_signed());
                let by_zero = if a < 0 { 1 } else { u32::MAX };
                a.unsigned_abs().checked_div(b.unsigned_abs()).unwrap_or(by_zero)
            }
        }
    }
}

/// The lookup index of a row.
fn index(row: &Row, rs1: u32, rs2: u32, ram: u32, offset: u32, advice: u32) -> u64 {
    let f = row.flags;
    let (a, b) = (u64::from(rs1), u64::from(rs2));
    match row.mode() {
        Mode::None => 0,
        Mode::Linear if f.has(Flags::ADD) => a + b + row.imm,
        Mode::Linear if f.has(Flags::SUB) => a.wrapping_add(row.imm).wrapping_sub(b),
        Mode::Linear => advice.into(),
        Mode::Product => a * (b + row.imm),
        Mode::Interleaved => {
            let x = if f.has(Flags::ALU) {
                rs1
            } else if f.has(Flags::WORD_IN) {
                ram
            } else {
                rs2
            };
            let y = if f.has(Flags::Y) {
                (b + row.imm) as u32
            } else if f.has(Flags::BYTE) {
                offset
            } else {
                offset >> 1
            };
            interleave(x, y)
        }
    }
}
