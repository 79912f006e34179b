//! The witness polynomials of every relation, by definition.

use super::Oracle;
use crate::witness::Witness;
use std::collections::BTreeMap;
use zkvm_algebra::multilinear::eq_index;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_isa::row::Mode;
use zkvm_protocol::relations::spartan::Side;
use zkvm_protocol::relations::{booleanity, bytecode, control, dense, lookups, ram, reduction, registers, spartan};
use zkvm_protocol::shape::{Column, GROUP_BITS, LOG_REGISTERS};

fn integer(value: i128) -> Fr {
    Fr::from(value)
}

/// Every step, with the index that is one there.
fn one_per_step(witness: &Witness, index: impl Fn(usize) -> u64) -> Vec<(u64, usize)> {
    (0..witness.steps()).map(|t| (index(t), t)).collect()
}

fn every_step(witness: &Witness) -> Vec<(u64, usize)> {
    one_per_step(witness, |_| 0)
}

impl Oracle for spartan::Zerocheck {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        [0, 1].into_iter().flat_map(|group| one_per_step(witness, move |_| group)).collect()
    }
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr> {
        let part = |side| self.bytecode_part(side, index[0]).of_row(witness.row(t), witness.rows[t]);
        witness.columns(t).map(integer).into_iter().chain([part(Side::A), part(Side::B)]).collect()
    }
}

impl Oracle for lookups::Read {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        one_per_step(witness, |t| witness.index[t])
    }
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr> {
        let row = witness.row(t);
        let [x, y, identity] = lookups::operands(index);
        let gamma = |power: u64| self.gamma.pow([power]);
        let mode = match row.mode() {
            Mode::None => Fr::ZERO,
            Mode::Interleaved => gamma(1) * x + gamma(2) * y,
            Mode::Linear => gamma(3) * identity,
            Mode::Product => gamma(4) * identity,
        };
        let value = row.table.map_or(Fr::ZERO, |table| table.evaluate(index)) + mode + gamma(5);
        let group = |(g, point): (usize, &[Fr])| {
            let shift = GROUP_BITS * (3 - g);
            eq_index(point, witness.index[t] >> shift & 0xffff)
        };
        std::iter::once(value).chain(index.chunks(GROUP_BITS).enumerate().map(group)).collect()
    }
}

/// ra_i of step `t` at an address point.
fn one_hot(witness: &Witness, column: Column, point: &[Fr], t: usize) -> Fr {
    witness.entries(column, t).into_iter().map(|(address, weight)| weight * eq_index(point, address.into())).sum()
}

impl Oracle for lookups::Chunks {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        every_step(witness)
    }
    fn witness(&self, witness: &Witness, _: &[Fr], t: usize) -> Vec<Fr> {
        self.points.iter().enumerate().map(|(i, point)| one_hot(witness, Column::Lookup(i), point, t)).collect()
    }
}

/// The committed increment of the cell that step `t` writes.
fn rd_inc(witness: &Witness, t: usize) -> i64 {
    witness.dense(t)[0]
}

/// The committed increment of the word that step `t` accesses.
fn ram_inc(witness: &Witness, t: usize) -> i64 {
    witness.dense(t)[1]
}

/// The words of memory before step `t` (of the final memory for t = number of steps).
fn memory(witness: &Witness, t: usize) -> BTreeMap<u32, i64> {
    let layout = *witness.statement.program.layout();
    let mut words: BTreeMap<u32, i64> =
        witness.statement.program.initial_words().map(|(index, value)| (index, value.into())).collect();
    let input = (layout.input - layout.base) / 4;
    words.extend((input..).zip(witness.statement.io.input_words().map(i64::from)));
    words.extend(witness.forged.words.iter().map(|(index, value)| (*index, i64::from(*value))));
    for step in 0..t {
        if let Some(byte) = witness.ram_byte(step) {
            *words.entry(byte / 4).or_insert(0) += ram_inc(witness, step);
        }
    }
    words
}

fn memory_at(witness: &Witness, word: &[Fr], t: usize) -> Fr {
    memory(witness, t).into_iter().map(|(index, value)| eq_index(word, index.into()) * integer(value.into())).sum()
}

fn ram_ra(witness: &Witness, address: &[Fr], t: usize) -> Fr {
    witness.ram_byte(t).map_or(Fr::ZERO, |byte| eq_index(address, byte.into()))
}

impl Oracle for ram::Read {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        (0..witness.steps()).filter_map(|t| Some((witness.ram_byte(t)?.into(), t))).collect()
    }
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr> {
        let val = memory_at(witness, &index[..self.log_ram], t);
        vec![ram_ra(witness, index, t), val, integer(ram_inc(witness, t).into())]
    }
}

impl Oracle for ram::Output {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        memory(witness, witness.steps()).into_keys().map(|word| (word.into(), 0)).collect()
    }
    fn witness(&self, witness: &Witness, index: &[Fr], _: usize) -> Vec<Fr> {
        vec![memory_at(witness, index, witness.steps())]
    }
}

impl Oracle for ram::Val {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        every_step(witness)
    }
    fn witness(&self, witness: &Witness, _: &[Fr], t: usize) -> Vec<Fr> {
        let half = Fr::from(2u64).inverse().expect("2 is a unit");
        let address: Vec<Fr> = self.word.iter().copied().chain([half, half]).collect();
        vec![integer(ram_inc(witness, t).into()), ram_ra(witness, &address, t)]
    }
}

impl Oracle for ram::Chunks {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        every_step(witness)
    }
    fn witness(&self, witness: &Witness, _: &[Fr], t: usize) -> Vec<Fr> {
        let shared = self.shared.iter().enumerate();
        let tail = |points: &[Vec<Fr>]| {
            let columns = (self.shared.len()..).zip(points.to_vec());
            columns.collect::<Vec<_>>()
        };
        let tails = tail(&self.tail).into_iter().chain(tail(&self.half_tail));
        shared
            .map(|(i, point)| (i, point.clone()))
            .chain(tails)
            .map(|(i, point)| one_hot(witness, Column::Ram(i), &point, t))
            .collect()
    }
}

/// Val of the registers at a register point before step `t`.
fn registers_at(witness: &Witness, cell: &[Fr], t: usize) -> Fr {
    let mut cells = [0i64; 1 << LOG_REGISTERS];
    witness.forged.registers.iter().for_each(|(cell, value)| cells[*cell] = (*value).into());
    for step in 0..t {
        cells[usize::from(witness.row(step).rd)] += rd_inc(witness, step);
    }
    (0..).zip(cells).map(|(index, value)| eq_index(cell, index) * Fr::from(value)).sum()
}

impl Oracle for registers::Read {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        let cells = |t: usize| [witness.row(t).rs1, witness.row(t).rs2, witness.row(t).rd];
        (0..witness.steps()).flat_map(|t| cells(t).map(|cell| (cell.into(), t))).collect()
    }
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr> {
        let row = witness.row(t);
        let [rs1, rs2, rd] = [row.rs1, row.rs2, row.rd].map(|cell| eq_index(index, cell.into()));
        vec![rs1 + self.gamma * rs2, rd, registers_at(witness, index, t), integer(rd_inc(witness, t).into())]
    }
}

impl Oracle for registers::Val {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        every_step(witness)
    }
    fn witness(&self, witness: &Witness, _: &[Fr], t: usize) -> Vec<Fr> {
        vec![integer(rd_inc(witness, t).into()), eq_index(&self.cell, witness.row(t).rd.into())]
    }
}

impl Oracle for control::Next {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        every_step(witness)
    }
    fn witness(&self, witness: &Witness, _: &[Fr], t: usize) -> Vec<Fr> {
        vec![Fr::from(witness.rows[t]) + self.gamma * Fr::from(witness.row(t).addr)]
    }
}

impl Oracle for bytecode::Read<'_> {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        one_per_step(witness, |t| witness.rows[t].into())
    }
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr> {
        let points = self.chunk_points(index).into_iter().enumerate();
        points.map(|(i, point)| one_hot(witness, Column::Bytecode(i), &point, t)).collect()
    }
}

impl Oracle for booleanity::Booleanity {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        (0..1 << self.rho.len()).flat_map(|k| one_per_step(witness, move |_| k)).collect()
    }
    fn witness(&self, witness: &Witness, index: &[Fr], t: usize) -> Vec<Fr> {
        let columns = witness.statement.shape.columns().into_iter().take(self.columns);
        columns.map(|column| one_hot(witness, column, index, t)).collect()
    }
}

impl Oracle for dense::Dense {
    fn support(&self, witness: &Witness) -> Vec<(u64, usize)> {
        every_step(witness)
    }
    fn witness(&self, witness: &Witness, _: &[Fr], t: usize) -> Vec<Fr> {
        witness.dense(t).map(|value| integer(value.into())).to_vec()
    }
}

impl Oracle for reduction::Addresses {
    fn support(&self, _: &Witness) -> Vec<(u64, usize)> {
        (0..1 << self.log_k).map(|k| (k, 0)).collect()
    }
    fn witness(&self, witness: &Witness, index: &[Fr], _: usize) -> Vec<Fr> {
        let dense_at = |column: usize, t: usize| -> Fr {
            let values = (0..).zip(witness.dense(t)).skip(column << self.log_k).take(1 << self.log_k);
            let first = (column << self.log_k) as u64;
            values.map(|(j, value): (u64, i64)| eq_index(index, j - first) * Fr::from(value)).sum()
        };
        let value = |column: Column| -> Fr {
            let at = |t: usize| match column {
                Column::Dense(i) => dense_at(i, t),
                _ => one_hot(witness, column, index, t),
            };
            (0..witness.steps()).map(|t| at(t) * eq_index(&self.r4, t as u64)).sum()
        };
        witness.statement.shape.columns().into_iter().map(value).collect()
    }
}
