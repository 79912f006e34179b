//! Kernel of [`ram::Output`]: Σ_k eq((block, ρ), k)·Val_final(k).
//!
//! The first coordinates are bits, the block's place. While they are bound, a cell matters only in
//! the round of the lowest place bit in which it differs from the block: before, eq is zero on it;
//! afterwards it is part of the sum over the cells that agree with the block so far. So every
//! nonzero cell is visited once, and once more when the place is bound and the cells fall onto the
//! 2^s words of the block, where dense rounds finish.

use super::access::{Accesses, AddressWeights, Memory};
use super::cells::reverse;
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::twist::word::{Prepared, SignedSum};
use crate::witness::Witness;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::relations::ram;

/// See the module's documentation.
pub struct OutputKernel {
    point: Vec<Fr>,
    challenges: Vec<Fr>,
    /// eq of the bound coordinates.
    scale: Fr,
    /// Coordinates of the block's place.
    place_bits: usize,
    /// The nonzero words that agree with the block below place bit i and differ there, as (index,
    /// value); at the end those in the block.
    words: Vec<Vec<(u32, u32)>>,
    /// Σ eq·Val over the words that agree with the block in all unbound place bits.
    agreeing: Fr,
    /// Once the place is bound: Val over the block's unbound index.
    block: Vec<Fr>,
    /// Σ eq·Val with the current variable at 0 and 1, eq being that of the later variables.
    line: [Fr; 2],
}

impl OutputKernel {
    /// The kernel before its first round.
    pub fn new(relation: &ram::Output, witness: &Witness) -> Self {
        let is_bit = |coordinate: &&Fr| **coordinate == Fr::ZERO || **coordinate == Fr::ONE;
        let place_bits = relation.point.iter().take_while(is_bit).count();
        let mut kernel = OutputKernel {
            point: relation.point.clone(),
            challenges: Vec::new(),
            scale: Fr::ONE,
            place_bits,
            words: vec![Vec::new(); place_bits + 1],
            agreeing: Fr::ZERO,
            block: Vec::new(),
            line: [Fr::ZERO; 2],
        };
        kernel.sort(witness);
        kernel.agreeing = kernel.weigh(place_bits, &relation.point);
        kernel.enter_block();
        kernel
    }

    /// Fills `words`.
    fn sort(&mut self, witness: &Witness) {
        let accesses = Accesses::new(witness);
        let memory = Memory::new(witness, &accesses);
        let place = self.point[..self.place_bits].iter().fold(0, |place, bit| place << 1 | u32::from(*bit == Fr::ONE));
        let values = memory.last(witness, &accesses);
        for (key, value) in memory.cells.keys().into_iter().zip(values).filter(|(_, value)| *value != 0) {
            let index = reverse(key, self.point.len() as u32);
            let differing = self.above_block(index) ^ place;
            let bit = self.place_bits.checked_sub(1 + differing.trailing_zeros() as usize);
            self.words[bit.unwrap_or(self.place_bits)].push((index, value));
        }
    }

    fn block_bits(&self) -> usize {
        self.point.len() - self.place_bits
    }

    fn above_block(&self, index: u32) -> u32 {
        index.checked_shr(self.block_bits() as u32).unwrap_or(0)
    }

    /// Σ Val·eq over `words[bit]`, eq over their place bits above `bit` and their index in the block.
    fn weigh(&self, bit: usize, point: &[Fr]) -> Fr {
        if self.words[bit].is_empty() {
            return Fr::ZERO;
        }
        let point: Vec<Fr> = point[..bit].iter().chain(&self.point[self.place_bits..]).copied().collect();
        let weights = AddressWeights::new(&point, Fr::ONE);
        let mask = (1 << self.block_bits()) - 1;
        let mut sum = SignedSum::default();
        for (index, value) in &self.words[bit] {
            let above = self.above_block(*index) >> (self.place_bits - bit);
            sum.add(&weights.at(above << self.block_bits() | index & mask), i64::from(*value));
        }
        sum.reduce()
    }

    /// Once the place is bound, lays all words onto the block.
    fn enter_block(&mut self) {
        if self.challenges.len() != self.place_bits {
            return;
        }
        let place: Vec<Prepared> = fr::eq_table(&self.challenges).into_iter().map(Prepared::new).collect();
        let mut block = vec![Fr::ZERO; 1 << self.block_bits()];
        let mask = (1 << self.block_bits()) - 1;
        for (index, value) in std::mem::take(&mut self.words).into_iter().flatten() {
            block[(index & mask) as usize] += place[self.above_block(index) as usize].times(i64::from(value));
        }
        self.block = block;
    }

    /// The values of `line` in the current round.
    fn values(&self) -> [Fr; 2] {
        let bound = self.challenges.len();
        if bound < self.place_bits {
            let differing = self.weigh(bound, &self.challenges);
            let at_one = self.point[bound] == Fr::ONE;
            return if at_one { [differing, self.agreeing] } else { [self.agreeing, differing] };
        }
        let weights = fr::eq_table(&self.point[bound + 1..]);
        let (low, high) = self.block.split_at(weights.len());
        [low, high].map(|half| fr::inner_product(half, &weights))
    }
}

impl Kernel for OutputKernel {
    fn round(&mut self, _: Fr) -> Univariate {
        self.line = self.values();
        let r = self.point[self.challenges.len()];
        let [at_zero, at_one] = self.line.map(|value| self.scale * value);
        Univariate(vec![Fr::ONE - r, r + r - Fr::ONE]).product(&Univariate(vec![at_zero, at_one - at_zero]))
    }

    fn bind(&mut self, challenge: Fr) {
        let r = self.point[self.challenges.len()];
        let both = r * challenge;
        self.scale *= Fr::ONE - r - challenge + both + both;
        if self.challenges.len() < self.place_bits {
            self.agreeing = self.line[0] + challenge * (self.line[1] - self.line[0]);
            self.challenges.push(challenge);
            self.enter_block();
        } else {
            self.challenges.push(challenge);
            fr::bind_high(&mut self.block, challenge);
        }
    }

    fn claims(&self) -> Vec<Fr> {
        self.block.first().copied().into_iter().collect()
    }
}
