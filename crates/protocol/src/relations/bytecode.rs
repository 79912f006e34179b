//! Bytecode: one Shout read (eprint 2025/105) for all that the protocol claims of row fields.
//!
//! Every claim on the bytecode is linear in the fields of a row: a [`Functional`]. Claims at one
//! cycle point are batched into one functional.

use super::lookups::product;
use super::ram::chunk_points;
use crate::relation::{Point, Relation, Rounds, Support};
use crate::shape::{LOG_REGISTERS, Shape};
use alloc::vec::Vec;
use zkvm_algebra::multilinear::{eq, eq_table};
use zkvm_algebra::{AdditiveGroup, Field, Fr, Ring};
use zkvm_isa::row::{Flags, Row};
use zkvm_isa::table::TableId;

const CELLS: usize = 1 << LOG_REGISTERS;

/// Weights on the fields of a row. With the same type holding the row's own fields (as extended
/// to a point of the bytecode), a claim is the inner product of the two.
#[derive(Clone, Debug)]
pub struct Functional {
    /// One.
    pub one: Fr,
    /// Immediate.
    pub imm: Fr,
    /// Displacement.
    pub disp: Fr,
    /// Target row.
    pub target: Fr,
    /// Row index.
    pub row: Fr,
    /// RISC-V address.
    pub addr: Fr,
    /// Each flag.
    pub flags: [Fr; Flags::COUNT],
    /// Each table.
    pub tables: [Fr; TableId::COUNT],
    /// rs1 being each cell.
    pub rs1: [Fr; CELLS],
    /// rs2 being each cell.
    pub rs2: [Fr; CELLS],
    /// rd being each cell.
    pub rd: [Fr; CELLS],
}

impl Default for Functional {
    fn default() -> Self {
        Functional {
            one: Fr::ZERO,
            imm: Fr::ZERO,
            disp: Fr::ZERO,
            target: Fr::ZERO,
            row: Fr::ZERO,
            addr: Fr::ZERO,
            flags: [Fr::ZERO; Flags::COUNT],
            tables: [Fr::ZERO; TableId::COUNT],
            rs1: [Fr::ZERO; CELLS],
            rs2: [Fr::ZERO; CELLS],
            rd: [Fr::ZERO; CELLS],
        }
    }
}

impl Functional {
    /// Sets the weight of every flag.
    pub fn set_flags(&mut self, weight: impl Fn(Flags) -> Fr) {
        for (slot, (flag, _)) in self.flags.iter_mut().zip(Flags::ALL) {
            *slot = weight(*flag);
        }
    }

    /// Adds `scale` times `other`.
    pub fn add_scaled(&mut self, scale: Fr, other: &Functional) {
        for (a, b) in self.entries_mut().zip(other.entries()) {
            *a += scale * b;
        }
    }

    /// The value on a row extended to a point: [`evaluate`].
    pub fn apply(&self, fields: &Functional) -> Fr {
        self.entries().zip(fields.entries()).map(|(a, b)| *a * b).sum()
    }

    /// The value on the row at `index`.
    pub fn of_row(&self, row: &Row, index: u32) -> Fr {
        let cell = |cells: &[Fr; CELLS], cell: u8| cells.get(usize::from(cell)).copied().unwrap_or(Fr::ZERO);
        let flags = self.flags.iter().zip(Flags::ALL).filter(|(_, (flag, _))| row.flags.has(*flag));
        let table = row.table.and_then(|table| self.tables.get(table.index())).copied().unwrap_or(Fr::ZERO);
        self.one
            + self.imm * Fr::from(row.imm)
            + self.disp * Fr::from(row.disp)
            + self.target * Fr::from(row.target)
            + self.row * Fr::from(index)
            + self.addr * Fr::from(row.addr)
            + flags.map(|(weight, _)| *weight).sum::<Fr>()
            + table
            + cell(&self.rs1, row.rs1)
            + cell(&self.rs2, row.rs2)
            + cell(&self.rd, row.rd)
    }

    fn entries(&self) -> impl Iterator<Item = &Fr> {
        [&self.one, &self.imm, &self.disp, &self.target, &self.row, &self.addr]
            .into_iter()
            .chain(&self.flags)
            .chain(&self.tables)
            .chain(&self.rs1)
            .chain(&self.rs2)
            .chain(&self.rd)
    }

    fn entries_mut(&mut self) -> impl Iterator<Item = &mut Fr> {
        [&mut self.one, &mut self.imm, &mut self.disp, &mut self.target, &mut self.row, &mut self.addr]
            .into_iter()
            .chain(&mut self.flags)
            .chain(&mut self.tables)
            .chain(&mut self.rs1)
            .chain(&mut self.rs2)
            .chain(&mut self.rd)
    }
}

/// Every field of the bytecode, extended multilinearly, at `point`. Per row: five products with
/// small integers and as many additions as the row has flags and operands.
pub fn evaluate(rows: &[Row], point: &[Fr]) -> Functional {
    let mut fields = Functional::default();
    let add = |slot: Option<&mut Fr>, weight: &Fr| {
        if let Some(slot) = slot {
            *slot += weight;
        }
    };
    for ((index, row), weight) in (0u64..).zip(rows).zip(&eq_table(point)) {
        fields.one += weight;
        fields.imm += *weight * Fr::from(row.imm);
        fields.disp += *weight * Fr::from(row.disp);
        fields.target += *weight * Fr::from(row.target);
        fields.row += *weight * Fr::from(index);
        fields.addr += *weight * Fr::from(row.addr);
        for (slot, (flag, _)) in fields.flags.iter_mut().zip(Flags::ALL) {
            if row.flags.has(*flag) {
                *slot += weight;
            }
        }
        add(row.table.and_then(|table| fields.tables.get_mut(table.index())), weight);
        add(fields.rs1.get_mut(usize::from(row.rs1)), weight);
        add(fields.rs2.get_mut(usize::from(row.rs2)), weight);
        add(fields.rd.get_mut(usize::from(row.rd)), weight);
    }
    fields
}

/// All claims at one cycle point.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The cycle point.
    pub point: Vec<Fr>,
    /// The batched functional.
    pub functional: Functional,
}

/// claim = Σ_{b,t} ra(b,t)·Σ_s eq(r_s,t)·F_s(b), ra = Π_i ra_i over the chunks of the row index.
#[derive(Clone, Debug)]
pub struct Read<'a> {
    /// The bytecode table.
    pub rows: &'a [Row],
    /// b.
    pub log_rows: usize,
    /// The batched claims by cycle point.
    pub claimed: Vec<Claimed>,
    /// The batched claim.
    pub value: Fr,
    /// The instance.
    pub shape: Shape,
}

impl Read<'_> {
    /// The address point of each chunk, κ coordinates, for the row point `index`.
    pub fn chunk_points(&self, index: &[Fr]) -> Vec<Vec<Fr>> {
        chunk_points(&self.shape, index)
    }
}

impl Relation for Read<'_> {
    /// ra_i at (its part of the row point, r4).
    type Claims = Vec<Fr>;

    fn name(&self) -> &'static str {
        "bytecode"
    }
    fn rounds(&self) -> Rounds {
        Rounds::index_and_cycle(self.log_rows)
    }
    fn claim(&self) -> Fr {
        self.value
    }
    /// eq(r_s, ·) for each point s, then F_s for each.
    fn public_support(&self) -> Vec<Support> {
        let cycle = self.claimed.iter().map(|_| Support::CYCLE);
        cycle.chain(self.claimed.iter().map(|_| Support::index(0..self.log_rows))).collect()
    }
    fn witness_support(&self) -> Vec<Support> {
        let chunks = self.shape.chunks(self.log_rows);
        (0..chunks).map(|chunk| Support::both(self.shape.chunk_range(self.log_rows, chunk))).collect()
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        let fields = evaluate(self.rows, &point.index);
        let cycle = self.claimed.iter().map(|claimed| eq(&claimed.point, &point.cycle));
        cycle.chain(self.claimed.iter().map(|claimed| claimed.functional.apply(&fields))).collect()
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let Some((eqs, values)) = public.split_at_checked(self.claimed.len()) else { return R::zero() };
        product(witness) * eqs.iter().zip(values).fold(R::zero(), |sum, (&eq, &value)| sum + eq * value)
    }
    fn claims(&self, witness: Vec<Fr>) -> Vec<Fr> {
        witness
    }
}

/// Batches claims by powers of γ into functionals per cycle point.
pub struct Batcher {
    gamma: Fr,
    power: Fr,
    value: Fr,
    claimed: Vec<Claimed>,
}

impl Batcher {
    /// An empty batch.
    pub fn new(gamma: Fr) -> Self {
        Batcher { gamma, power: Fr::ONE, value: Fr::ZERO, claimed: Vec::new() }
    }

    /// Starts the claims at a further cycle point.
    pub fn at(&mut self, point: &[Fr]) -> &mut Self {
        self.claimed.push(Claimed { point: point.to_vec(), functional: Functional::default() });
        self
    }

    /// Claims that `functional` has `value` at the current point.
    pub fn claim(&mut self, functional: &Functional, value: Fr) -> &mut Self {
        if let Some(claimed) = self.claimed.last_mut() {
            claimed.functional.add_scaled(self.power, functional);
        }
        self.value += self.power * value;
        self.power *= self.gamma;
        self
    }

    /// The relation that proves all of them.
    pub fn finish<'a>(self, rows: &'a [Row], shape: &Shape) -> Read<'a> {
        Read { rows, log_rows: shape.log_bytecode, claimed: self.claimed, value: self.value, shape: *shape }
    }
}
