//! Functionals of all rows.

use crate::kernels::fr::wide::Narrow;
use rayon::prelude::*;
use std::collections::HashMap;
use zkvm_algebra::{AdditiveGroup, Fr};
use zkvm_isa::row::{Flags, Row};
use zkvm_isa::table::TableId;
use zkvm_protocol::relations::bytecode::{Claimed, Functional};

/// Rows that share a memo of row kinds.
const CHUNK: usize = 1 << 12;

/// Val_s(b), the functional of point s on row b, with entry (b, s) at b·(number of points) + s and
/// zeros up to 2^`log_rows`.
///
/// A functional is the sum of a part that depends on the kind of a row only (its flags and its
/// table), three entries of tables over cells, and five products with integers.
pub fn values(rows: &[Row], log_rows: usize, claimed: &[Claimed]) -> Vec<Fr> {
    let parts: Vec<Parts> = claimed.iter().map(|claimed| Parts::new(&claimed.functional)).collect();
    let mut table = vec![Fr::ZERO; claimed.len() << log_rows];
    let chunks = table.par_chunks_mut(CHUNK * claimed.len()).zip(rows.par_chunks(CHUNK)).enumerate();
    chunks.for_each(|(chunk, (out, rows))| {
        let mut kinds = HashMap::new();
        for ((index, row), out) in (CHUNK * chunk..).zip(rows).zip(out.chunks_mut(claimed.len())) {
            let kind = kinds
                .entry((row.flags, row.table))
                .or_insert_with(|| parts.iter().map(|part| part.of_kind(row.flags, row.table)).collect::<Vec<_>>());
            for ((out, part), kind) in out.iter_mut().zip(&parts).zip(&*kind) {
                *out = *kind + part.of_cells(row) + part.of_integers(row, index);
            }
        }
    });
    table
}

/// A functional, taken apart.
struct Parts<'a> {
    functional: &'a Functional,
    /// Weights of imm, disp, target, row and addr.
    integers: [Fr; 5],
    has_integers: bool,
    has_cells: bool,
}

impl<'a> Parts<'a> {
    fn new(functional: &'a Functional) -> Self {
        let f = functional;
        let integers = [f.imm, f.disp, f.target, f.row, f.addr];
        let nonzero = |values: &[Fr]| values.iter().any(|value| *value != Fr::ZERO);
        let has_cells = nonzero(&f.rs1) || nonzero(&f.rs2) || nonzero(&f.rd);
        Parts { functional, integers, has_integers: nonzero(&integers), has_cells }
    }

    fn of_kind(&self, flags: Flags, table: Option<TableId>) -> Fr {
        let set = self.functional.flags.iter().zip(Flags::ALL).filter(|(_, (flag, _))| flags.has(*flag));
        let table = table.map_or(Fr::ZERO, |table| self.functional.tables[table.index()]);
        self.functional.one + table + set.map(|(weight, _)| *weight).sum::<Fr>()
    }

    fn of_cells(&self, row: &Row) -> Fr {
        if !self.has_cells {
            return Fr::ZERO;
        }
        let f = self.functional;
        f.rs1[usize::from(row.rs1)] + f.rs2[usize::from(row.rs2)] + f.rd[usize::from(row.rd)]
    }

    fn of_integers(&self, row: &Row, index: usize) -> Fr {
        if !self.has_integers {
            return Fr::ZERO;
        }
        let [imm, disp, target, index_weight, addr] = &self.integers;
        let mut sum = Narrow::default();
        sum.add_product(imm, row.imm);
        sum.add_product(target, row.target.into());
        sum.add_product(index_weight, index as u64);
        sum.add_product(addr, row.addr);
        let of_disp = *disp * Fr::from(row.disp);
        sum.reduce() + of_disp
    }
}
