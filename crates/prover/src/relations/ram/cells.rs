//! Sparse memories whose index is bound from the top.
//!
//! A memory is a list of values, two for each *group*: the cells whose index agrees below the top
//! unbound bit, at places 2g (bit 0) and 2g + 1 (bit 1). A cell that is not there is zero. Groups are
//! sorted by the bit-reversed rest of their index, so that after binding the top bit the groups that
//! form a new one are neighbours.

use crate::kernels::fr;
use zkvm_algebra::Fr;

/// Which cells are there.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Bit-reversed index below the top unbound bit of each group, ascending.
    pub groups: Vec<u32>,
    /// The place of each cell of the former layout.
    pub places: Vec<u32>,
}

impl Cells {
    /// The cells with these bit-reversed indices, ascending.
    pub fn new(keys: &[u32]) -> Self {
        let mut groups: Vec<u32> = Vec::with_capacity(keys.len());
        let mut places = Vec::with_capacity(keys.len());
        for key in keys {
            if groups.last() != Some(&(key >> 1)) {
                groups.push(key >> 1);
            }
            places.push(2 * (groups.len() as u32 - 1) + (key & 1));
        }
        Cells { groups, places }
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        2 * self.groups.len()
    }

    /// The layout after the top bit is bound, its `places` those of this layout's groups. When no
    /// bits are left, the only cell is at place 0.
    pub fn bind(&self) -> Cells {
        Cells::new(&self.groups)
    }

    /// Puts one value for each former cell at its place.
    pub fn place<T: Copy + Default>(&self, values: &[T]) -> Vec<T> {
        let mut placed = vec![T::default(); self.len()];
        self.places.iter().zip(values).for_each(|(place, value)| placed[*place as usize] = *value);
        placed
    }

    /// Binds the top bit of a memory and lays it out anew.
    pub fn bind_values(&self, values: &mut Vec<Fr>, challenge: Fr) {
        fr::bind_low(values, challenge);
        if values.len() != self.len() {
            *values = self.place(values);
        }
    }
}

/// A set of cell indices below 2^bits in bit-reversed order, with ranks.
pub struct CellSet {
    bits: u32,
    members: Vec<u64>,
    /// Number of members in the words before each one.
    ranks: Vec<u32>,
}

impl CellSet {
    /// The set of `indices`.
    pub fn new(bits: usize, indices: impl Iterator<Item = u32>) -> Self {
        let bits = bits as u32;
        let mut members = vec![0u64; 1usize << bits.saturating_sub(6)];
        for index in indices {
            let key = reverse(index, bits);
            members[key as usize >> 6] |= 1 << (key & 63);
        }
        let before = |count: &mut u32, word: &u64| Some(std::mem::replace(count, *count + word.count_ones()));
        let ranks = members.iter().scan(0, before).collect();
        CellSet { bits, members, ranks }
    }

    /// The position of a member among the bit-reversed indices.
    #[inline]
    pub fn rank(&self, index: u32) -> u32 {
        let key = reverse(index, self.bits);
        let word = key as usize >> 6;
        self.ranks[word] + (self.members[word] & ((1 << (key & 63)) - 1)).count_ones()
    }

    /// The bit-reversed indices, ascending.
    pub fn keys(&self) -> Vec<u32> {
        let of_word = |(word, mut set): (usize, u64)| {
            std::iter::from_fn(move || {
                let bit = (set != 0).then(|| set.trailing_zeros())?;
                set &= set - 1;
                Some((word as u32) << 6 | bit)
            })
        };
        self.members.iter().copied().enumerate().flat_map(of_word).collect()
    }
}

/// The `bits` low bits of `index` in reverse order.
#[inline]
pub fn reverse(index: u32, bits: u32) -> u32 {
    index.reverse_bits().checked_shr(u32::BITS - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand::{Rng, SeedableRng, rngs::StdRng};
    use zkvm_algebra::AdditiveGroup;
    use zkvm_algebra::multilinear::eq_index;

    #[test]
    fn a_sparse_memory_binds_like_a_dense_one() {
        let rng = &mut StdRng::seed_from_u64(1);
        for bits in [1, 2, 7, 9] {
            let indices: Vec<u32> = (0..20).map(|_| rng.gen_range(0..1 << bits)).collect();
            let set = CellSet::new(bits, indices.iter().copied());
            let keys = set.keys();
            let values: Vec<Fr> = keys.iter().map(|_| Fr::rand(rng)).collect();
            assert!(indices.iter().all(|i| keys[set.rank(*i) as usize] == reverse(*i, bits as u32)));

            let point: Vec<Fr> = (0..bits).map(|_| Fr::rand(rng)).collect();
            let index = |key: u32| u64::from(reverse(key, bits as u32));
            let expected: Fr = keys.iter().zip(&values).map(|(k, v)| eq_index(&point, index(*k)) * v).sum();
            let mut cells = Cells::new(&keys);
            let mut memory = cells.place(&values);
            for challenge in point {
                cells = cells.bind();
                cells.bind_values(&mut memory, challenge);
            }
            assert_eq!(memory, [expected, Fr::ZERO]);
        }
    }
}
