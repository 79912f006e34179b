//! The part of the read's index rounds that does not depend on memory.
//!
//! Σ_t eq(r1,t)·ra(k,o,t)·(γ·inc(t) + γ²(base + 4k + o) + γ³·o + γ⁴), without 4γ²k, is linear in ra;
//! 4γ²k is known for each cell. So both are sparse tables over the touched cells, not sums over
//! accesses: the accesses' total weight A(k), and J(k), the sum of γ·inc + (γ² + γ³)·o.

use super::access::Accesses;
use super::cells::{CellSet, Cells, reverse};
use crate::relations::twist::quadratic::Quadratic;
use crate::relations::twist::word::SignedSum;
use crate::witness::Witness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::relations::ram;

/// Round sums over the touched cells.
pub struct KeySums {
    /// Value at 0 and leading coefficient.
    pub quadratic: Quadratic,
    /// Value at 1.
    pub at_one: Fr,
}

/// The tables A and J.
pub struct Keys {
    /// The touched cells.
    cells: Cells,
    /// A over the places of the cells.
    weights: Vec<Fr>,
    /// J over the places of the cells.
    linear: Vec<Fr>,
    /// 4γ².
    scale: Fr,
    /// 4γ² times the bound part of the word index, plus γ²·base + γ⁴.
    bound: Fr,
    /// Unbound bits.
    bits: u32,
}

impl Keys {
    /// For accesses with these weights eq(r1,t).
    pub fn new(relation: &ram::Read, witness: &Witness, accesses: &Accesses, weights: &[Fr]) -> Self {
        let words = || (0..accesses.len()).map(|access| accesses.word(access));
        let touched = CellSet::new(relation.log_ram, words());
        let keys = touched.keys();
        let ranks: Vec<u32> = words().map(|word| touched.rank(word)).collect();
        let totals = || total_weights(&ranks, weights, keys.len());
        let sums = || weighted_integers(witness, accesses, &ranks, weights, keys.len());
        let (totals, sums) = rayon::join(totals, sums);

        let gamma = relation.gamma;
        let square = gamma.square();
        let offset = square * (Fr::ONE + gamma);
        let linear = |[increments, offsets]: &[SignedSum; 2]| gamma * increments.reduce() + offset * offsets.reduce();
        let linear: Vec<Fr> = sums.par_iter().map(linear).collect();
        let cells = Cells::new(&keys);
        Keys {
            weights: cells.place(&totals),
            linear: cells.place(&linear),
            cells,
            scale: square.double().double(),
            bound: square * (Fr::from(relation.base) + square),
            bits: relation.log_ram as u32,
        }
    }

    /// The round's sums.
    pub fn round(&self) -> KeySums {
        let mut totals = [Fr::ZERO; 2];
        let mut linear = [Fr::ZERO; 2];
        let mut moments = [SignedSum::default(); 2];
        for (g, rest) in self.cells.groups.iter().enumerate() {
            let rest = i64::from(reverse(*rest, self.bits - 1));
            for bit in 0..2 {
                let weight = &self.weights[2 * g + bit];
                totals[bit] += weight;
                linear[bit] += self.linear[2 * g + bit];
                moments[bit].add(weight, rest);
            }
        }
        let step = self.step();
        let at = |bit: usize, key: Fr| key * totals[bit] + self.scale * moments[bit].reduce() + linear[bit];
        let quadratic = Quadratic { at_zero: at(0, self.bound), leading: step * (totals[1] - totals[0]) };
        KeySums { quadratic, at_one: at(1, self.bound + step) }
    }

    /// What the top unbound bit adds to a key.
    fn step(&self) -> Fr {
        self.scale * Fr::from(1u64 << (self.bits - 1))
    }

    /// Binds the top unbound bit.
    pub fn bind(&mut self, challenge: Fr) {
        self.bound += self.step() * challenge;
        self.cells = self.cells.bind();
        self.cells.bind_values(&mut self.weights, challenge);
        self.cells.bind_values(&mut self.linear, challenge);
        self.bits -= 1;
    }

    /// γ²(base + 4k) + γ⁴ at the word point, once all bits are bound.
    pub fn constant(&self) -> Fr {
        self.bound
    }
}

/// The total weight of each cell.
fn total_weights(ranks: &[u32], weights: &[Fr], cells: usize) -> Vec<Fr> {
    let mut totals = vec![Fr::ZERO; cells];
    ranks.iter().zip(weights).for_each(|(rank, weight)| totals[*rank as usize] += weight);
    totals
}

/// The weighted increments and offsets of each cell.
fn weighted_integers(
    witness: &Witness,
    accesses: &Accesses,
    ranks: &[u32],
    weights: &[Fr],
    cells: usize,
) -> Vec<[SignedSum; 2]> {
    let mut sums = vec![[SignedSum::default(); 2]; cells];
    for (access, (rank, weight)) in ranks.iter().zip(weights).enumerate() {
        let increment = witness.ram_inc(accesses.steps[access] as usize);
        let own = sums[*rank as usize].iter_mut().zip([increment, i64::from(accesses.bytes[access] & 3)]);
        own.filter(|(_, integer)| *integer != 0).for_each(|(sum, integer)| sum.add(weight, integer));
    }
    sums
}
