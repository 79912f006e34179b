//! The part of the read's index rounds that does not depend on memory.
//!
//! Σ_t eq(r1,t)·ra(k,o,t)·(γ·inc(t) + γ²(base + 4k + o) + γ³·o + γ⁴), without 4γ²k, is linear in ra;
//! 4γ²k is known for each cell. So both are sparse tables over the touched cells, not sums over
//! accesses: the accesses' total weight A(k), and J(k) of everything else.

use super::cells::{Cells, reverse};
use crate::relations::twist::products::Quadratic;
use crate::relations::twist::word::SignedSum;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// Round sums over the touched cells: values at 0 and 1, and the leading coefficient.
pub struct KeySums {
    /// Value at 0 and leading coefficient.
    pub quadratic: Quadratic,
    /// Value at 1.
    pub at_one: Fr,
}

/// The tables A and J.
pub struct Keys {
    /// A over the places of the cells.
    weights: Vec<Fr>,
    /// J over the places of the cells, except the part of the bound variables.
    linear: Vec<Fr>,
    /// 4γ².
    scale: Fr,
    /// 4γ² times the bound part of the word index, plus γ²·base + γ⁴.
    bound: Fr,
}

impl Keys {
    /// From A and J by place.
    pub fn new(weights: Vec<Fr>, linear: Vec<Fr>, gamma: Fr, base: u32) -> Self {
        let square = gamma.square();
        let bound = square * (Fr::from(base) + square);
        Keys { weights, linear, scale: square.double().double(), bound }
    }

    /// The round's sums, with `bits` unbound bits.
    pub fn round(&self, cells: &Cells, bits: u32) -> KeySums {
        let mut totals = [Fr::ZERO; 2];
        let mut linear = [Fr::ZERO; 2];
        let mut moments = [SignedSum::default(); 2];
        for (g, rest) in cells.groups.iter().enumerate() {
            let rest = i64::from(reverse(*rest, bits - 1));
            for bit in 0..2 {
                let weight = &self.weights[2 * g + bit];
                totals[bit] += weight;
                linear[bit] += self.linear[2 * g + bit];
                moments[bit].add(weight, rest);
            }
        }
        let step = self.step(bits);
        let at = |bit: usize, key: Fr| key * totals[bit] + self.scale * moments[bit].reduce() + linear[bit];
        let quadratic = Quadratic { at_zero: at(0, self.bound), leading: step * (totals[1] - totals[0]) };
        KeySums { quadratic, at_one: at(1, self.bound + step) }
    }

    /// What the top unbound bit adds to a key.
    fn step(&self, bits: u32) -> Fr {
        self.scale * Fr::from(1u64 << (bits - 1))
    }

    /// Binds the top one of `bits` unbound bits; `cells` is the layout after it.
    pub fn bind(&mut self, cells: &Cells, bits: u32, challenge: Fr) {
        self.bound += self.step(bits) * challenge;
        cells.bind_values(&mut self.weights, challenge);
        cells.bind_values(&mut self.linear, challenge);
    }

    /// γ²(base + 4k) + γ⁴ at the word point, once all bits are bound.
    pub fn constant(&self) -> Fr {
        self.bound
    }
}
