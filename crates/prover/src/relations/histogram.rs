//! Columns at a cycle point, as tables over their addresses.
//!
//! F_i(k) = Σ_t eq(r,t)·\[address_i(t) = k\] is one pass over the steps that adds eq(r,t) to a bucket
//! per column. Three things make the pass cheap. The weights are split, eq(r,t) = high·low, and the
//! additions are of `low` alone: `high` multiplies the buckets of a block of steps once. An addition
//! is of integers without carries: eight 32-bit digits in 64-bit lanes. And neighbouring chunks of
//! an index share one bucket of up to [`GROUP_BITS`] bits, of which their own are marginals.

use super::split_eq::SplitEq;
pub(super) use crate::kernels::fr::Digits;
use crate::kernels::fr::{self, Integers};
use crate::witness::Witness;
use ark_ff::Zero;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::Fr;
use zkvm_protocol::Shape;
use zkvm_protocol::shape::{self, Column, DENSE};

/// Most bits of a bucket's key, unless one chunk alone has more: 256 buckets are 16 kB.
const GROUP_BITS: usize = 8;
/// Steps whose keys are computed together.
const STEPS: usize = 1 << 10;

/// For each of `columns`, the 2^κ values column(k, point) over the addresses k.
pub fn address_histograms(witness: &Witness, columns: &[Column], point: &[Fr]) -> Vec<Vec<Fr>> {
    let shape = &witness.statement.shape;
    let groups = groups(shape, columns);
    let blocks = blocks(shape.log_t);
    let eq = SplitEq::new(point, Fr::from(1u64), shape.log_t - blocks);
    let steps = eq.low.len();
    let empty = || (vec![Fr::zero(); groups.iter().map(Group::buckets).sum()], [Fr::zero(); DENSE]);
    let block = |(block, high): (usize, &Fr)| {
        let range = block * steps..(block + 1) * steps;
        let mut buckets = count(witness, &groups, range.clone(), &eq.low);
        fr::scale(&mut buckets, *high);
        (buckets, dense(witness, columns, range, &eq.low).map(|sum| sum * high))
    };
    let (buckets, dense) = eq.high.par_iter().enumerate().map(block).reduce(empty, |(mut a, mut b), (c, d)| {
        a.iter_mut().zip(c).for_each(|(a, c)| *a += c);
        b.iter_mut().zip(d).for_each(|(b, d)| *b += d);
        (a, b)
    });
    tables(shape, columns, &groups, &buckets, &dense)
}

/// Blocks of steps, as a power of two: a few for each thread, and none short.
fn blocks(log_t: usize) -> usize {
    let wanted = (4 * rayon::current_num_threads()).next_power_of_two().ilog2() as usize;
    wanted.min(log_t.saturating_sub(STEPS.ilog2() as usize + 2))
}

/// What a chunk is a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Lookup,
    Bytecode,
    Ram,
}

/// Neighbouring chunks counted together.
struct Group {
    source: Source,
    /// Position of the lowest bit in the index.
    shift: usize,
    bits: usize,
    /// For each of its chunks from the top, its place among the columns.
    columns: Vec<usize>,
}

impl Group {
    fn buckets(&self) -> usize {
        1 << self.bits
    }
}

fn groups(shape: &Shape, columns: &[Column]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let (source, chunk, chunks) = match *column {
            Column::Lookup(i) => (Source::Lookup, i, shape.lookup_chunks()),
            Column::Bytecode(i) => (Source::Bytecode, i, shape.bytecode_chunks()),
            Column::Ram(i) => (Source::Ram, i, shape.ram_chunks()),
            Column::Dense(_) => continue,
        };
        let shift = shape.log_k * (chunks - 1 - chunk);
        match groups.last_mut() {
            Some(group)
                if group.source == source
                    && group.shift == shift + shape.log_k
                    && group.bits + shape.log_k <= GROUP_BITS =>
            {
                group.shift = shift;
                group.bits += shape.log_k;
                group.columns.push(place);
            }
            _ => groups.push(Group { source, shift, bits: shape.log_k, columns: vec![place] }),
        }
    }
    groups
}

/// Σ weights over the steps of `range` by key, for each group in turn.
fn count(witness: &Witness, groups: &[Group], range: Range<usize>, weights: &[Fr]) -> Vec<Fr> {
    // The bucket after a group's last one takes the steps without an address.
    let mut buckets: Vec<Vec<Digits>> =
        groups.iter().map(|group| vec![Digits::default(); group.buckets() + 1]).collect();
    let with_ram = groups.iter().any(|group| group.source == Source::Ram);
    let (mut keys, mut ram) = ([0; STEPS], [None; STEPS]);
    for (start, weights) in range.step_by(STEPS).zip(weights.chunks(STEPS)) {
        let (keys, ram) = (&mut keys[..weights.len()], &mut ram[..weights.len()]);
        if with_ram {
            ram.iter_mut().zip(start..).for_each(|(byte, t)| *byte = witness.ram_byte(t));
        }
        for (group, buckets) in groups.iter().zip(&mut buckets) {
            fill_keys(witness, group, start, ram, keys);
            fr::add_by_key(buckets, keys, weights);
        }
    }
    let counted = groups.iter().zip(&buckets).flat_map(|(group, buckets)| &buckets[..group.buckets()]);
    counted.map(Digits::reduce).collect()
}

/// The bucket of each step from `start` on.
fn fill_keys(witness: &Witness, group: &Group, start: usize, ram: &[Option<u32>], keys: &mut [u32]) {
    let steps = start..start + keys.len();
    let key = |index: u64| (index >> group.shift) as u32 & ((1 << group.bits) - 1);
    match group.source {
        Source::Lookup => keys.iter_mut().zip(&witness.index[steps]).for_each(|(k, index)| *k = key(*index)),
        Source::Bytecode => keys.iter_mut().zip(&witness.rows[steps]).for_each(|(k, row)| *k = key((*row).into())),
        Source::Ram => keys.iter_mut().zip(ram).for_each(|(k, byte)| {
            *k = byte.map_or(1 << group.bits, |byte| key(byte.into()));
        }),
    }
}

/// The weighted sums of the dense sub-columns, if a dense column is wanted.
fn dense(witness: &Witness, columns: &[Column], range: Range<usize>, weights: &[Fr]) -> [Fr; DENSE] {
    let mut sums = [Fr::zero(); DENSE];
    if !columns.iter().any(|column| matches!(column, Column::Dense(_))) {
        return sums;
    }
    let mut values = [[0i64; STEPS]; DENSE];
    for (start, weights) in range.step_by(STEPS).zip(weights.chunks(STEPS)) {
        for i in 0..weights.len() {
            let step = witness.dense(start + i);
            values.iter_mut().zip(step).for_each(|(values, value)| values[i] = value);
        }
        let columns = values.each_ref().map(|values| Integers::Signed(&values[..weights.len()]));
        fr::weighted_sums(weights, &columns, &mut sums);
    }
    sums
}

/// The table of every column: marginals of the groups, or dense sub-columns at their places.
fn tables(shape: &Shape, columns: &[Column], groups: &[Group], buckets: &[Fr], dense: &[Fr; DENSE]) -> Vec<Vec<Fr>> {
    let size = 1 << shape.log_k;
    let mut tables = vec![vec![Fr::zero(); size]; columns.len()];
    let mut rest = buckets;
    for group in groups {
        let (own, after) = rest.split_at(group.buckets());
        rest = after;
        for (chunk, place) in group.columns.iter().rev().enumerate() {
            for (key, sum) in own.iter().enumerate() {
                tables[*place][key >> (chunk * shape.log_k) & (size - 1)] += sum;
            }
        }
    }
    for (table, column) in tables.iter_mut().zip(columns) {
        if let shape::Column::Dense(i) = column {
            let packed = dense.iter().skip(i * size).take(size);
            table.iter_mut().zip(packed).for_each(|(slot, value)| *slot = *value);
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{mixed, mixed_run, run};
    use ark_ff::UniformRand;
    use rand::{SeedableRng, rngs::StdRng};
    use zkvm_algebra::multilinear::eq_index;

    /// The table of one column by definition.
    fn table(witness: &Witness, column: Column, point: &[Fr]) -> Vec<Fr> {
        let size = 1 << witness.statement.shape.log_k;
        let mut table = vec![Fr::zero(); size];
        for t in 0..witness.steps() {
            let weight = eq_index(point, t as u64);
            if let Column::Dense(i) = column {
                for (slot, value) in table.iter_mut().zip(witness.dense(t).into_iter().skip(i * size)) {
                    *slot += weight * Fr::from(value);
                }
            } else if let Some(address) = witness.address(column, t) {
                table[usize::from(address)] += weight;
            }
        }
        table
    }

    #[test]
    fn every_column_has_the_table_of_its_definition() {
        let rng = &mut StdRng::seed_from_u64(1);
        for (rounds, log_k) in [(1, 1), (1, 2), (150, 4), (1, 8), (1, 16)] {
            let run = run(&mixed(rounds), b"", &[7; 600]);
            let witness = run.witness(run.shape(log_k));
            let columns = witness.statement.shape.columns();
            let point: Vec<Fr> = (0..witness.statement.shape.log_t).map(|_| Fr::rand(rng)).collect();
            let tables = address_histograms(&witness, &columns, &point);
            for (column, actual) in columns.into_iter().zip(&tables) {
                assert_eq!(actual, &table(&witness, column, &point), "{column:?}, κ = {log_k}");
            }
        }
    }

    #[test]
    fn any_choice_of_columns_is_served() {
        let rng = &mut StdRng::seed_from_u64(2);
        let run = mixed_run(1);
        let witness = run.witness(run.shape(4));
        let point: Vec<Fr> = (0..witness.statement.shape.log_t).map(|_| Fr::rand(rng)).collect();
        let columns = [Column::Ram(1), Column::Lookup(15), Column::Dense(0), Column::Lookup(3)];
        for (column, actual) in columns.into_iter().zip(address_histograms(&witness, &columns, &point)) {
            assert_eq!(actual, table(&witness, column, &point), "{column:?}");
        }
    }
}
