//! The first cycle round of the read, over the pairs of steps with an access, and the columns that
//! are left after it.

use super::access::{Accesses, AddressWeights};
use super::index::Bound;
use crate::kernels::fr;
use crate::relations::split_eq::{GruenEq, LOW_BITS};
use crate::relations::twist::quadratic::{Quadratic, of_pairs};
use crate::relations::twist::word::Prepared;
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// ra and v of the steps.
pub struct FirstCycle {
    /// ra of each access.
    ra: Vec<Fr>,
    /// v less γ·inc of each access, and after the last step.
    values: Vec<Fr>,
    gamma: Prepared,
}

/// ra and v of a pair of steps.
struct Pair {
    /// Its number.
    index: usize,
    ra: [Fr; 2],
    v: [Fr; 2],
    /// v less γ·inc after both steps.
    after: Fr,
}

impl FirstCycle {
    /// At an address point, with the memory `bound` there.
    pub fn new(accesses: &Accesses, address: &[Fr], bound: Bound, gamma: Fr, key: Fr) -> Self {
        let weights = AddressWeights::new(address, Fr::ONE);
        let ra = accesses.bytes.par_iter().map(|byte| weights.at(*byte)).collect();
        let Bound { mut values, last, .. } = bound;
        values.push(last);
        fr::scale(&mut values, Fr::ONE + gamma);
        values.par_iter_mut().for_each(|value| *value += key);
        FirstCycle { ra, values, gamma: Prepared::new(gamma) }
    }

    /// The round's sums.
    pub fn round(&self, witness: &Witness, accesses: &Accesses, eq: &GruenEq) -> Quadratic {
        let weights = eq.above();
        let steps = 2 * weights.low.len();
        let block = |[low, ra, v]: &mut [Vec<Fr>; 3], (block, high): (usize, &Fr)| {
            let range = block * steps..(block + 1) * steps;
            [&mut *low, &mut *ra, &mut *v].into_iter().for_each(Vec::clear);
            for pair in self.pairs(witness, accesses, &range) {
                low.push(weights.low[pair.index - range.start / 2]);
                ra.extend(pair.ra);
                v.extend(pair.v);
            }
            Quadratic::default().add_scaled(*high, of_pairs(low, [ra, v]))
        };
        let blocks = weights.high.par_iter().enumerate().map_init(Default::default, block);
        blocks.reduce(Quadratic::default, Quadratic::plus)
    }

    /// The pairs of the range with an access.
    fn pairs<'s>(
        &'s self,
        witness: &'s Witness,
        accesses: &'s Accesses,
        steps: &Range<usize>,
    ) -> impl Iterator<Item = Pair> + 's {
        let Range { start: mut access, end } = accesses.of_steps(steps);
        std::iter::from_fn(move || {
            let step = (access < end).then(|| accesses.steps[access])?;
            let both = accesses.steps.get(access + 1) == Some(&(step | 1)) && step & 1 == 0;
            let pair = self.pair(witness, step as usize, access, both);
            access += 1 + usize::from(both);
            Some(pair)
        })
    }

    fn pair(&self, witness: &Witness, step: usize, access: usize, both: bool) -> Pair {
        let inc = |t: usize| self.gamma.times(witness.ram_inc(t));
        let before = self.values[access];
        let mut pair = Pair {
            index: step / 2,
            ra: [Fr::ZERO; 2],
            v: [before; 2],
            after: self.values[access + 1 + usize::from(both)],
        };
        pair.ra[step & 1] = self.ra[access];
        pair.v[step & 1] += inc(step);
        if both {
            pair.ra[1] = self.ra[access + 1];
            pair.v[1] = self.values[access + 1] + inc(step + 1);
        } else if step & 1 == 0 {
            pair.v[1] = pair.after;
        }
        pair
    }

    /// The columns ra and v with the lowest cycle variable bound.
    pub fn bind(&self, witness: &Witness, accesses: &Accesses, challenge: Fr) -> [Vec<Fr>; 2] {
        let pairs = witness.steps() / 2;
        let block = pairs.min(1 << LOW_BITS);
        let mut columns = [fr::zeros(pairs), fr::zeros(pairs)];
        let [ra, v] = &mut columns;
        let blocks = ra.par_chunks_mut(block).zip(v.par_chunks_mut(block)).enumerate();
        blocks.for_each(|(i, (ra, v))| {
            let range = 2 * block * i..2 * block * (i + 1);
            let mut value = self.values[accesses.of_steps(&range).start];
            let mut next = 0;
            let line = |[low, high]: [Fr; 2]| low + challenge * (high - low);
            for pair in self.pairs(witness, accesses, &range) {
                let index = pair.index - range.start / 2;
                v[next..index].fill(value);
                (ra[index], v[index]) = (line(pair.ra), line(pair.v));
                (value, next) = (pair.after, index + 1);
            }
            v[next..].fill(value);
        });
        columns
    }
}
