//! Sums over the columns of a table, eight rows at a time.
//!
//! Products of representatives are not taken times 16, so rows and their sums lack a factor of 16
//! until the end. A sum of up to 64 products of factors below 2p is below 256p², which a reduction
//! brings below 5p.

use super::*;
use crate::kernels::ifma::lanes::carry;

/// The two sums of a row: over even and over odd columns.
type Halves = [Columns<Scalars>; 2];

#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn load_pairs(column: &[Fr], block: usize) -> [Eight; 2] {
    let (block, _) = column[16 * block..].as_chunks::<16>();
    let [low, high] = words::load_scalar_pairs(&block[0]);
    [Eight::unpack(low), Eight::unpack(high)]
}

/// even + γ·odd, below 7p.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn join([even, sum]: Halves, odd: Multiplier<false>) -> Eight {
    let mut total = odd.times(sum.reduce());
    for (total, even) in total.iter_mut().zip(even.reduce().0) {
        *total = _mm512_add_epi64(*total, even);
    }
    Eight::from_limbs(carry(total))
}

/// The rows left over after the blocks of eight.
fn rest<'a>(weights: &'a [Fr], columns: &[&'a [Fr]]) -> (&'a [Fr], Vec<&'a [Fr]>) {
    let done = weights.len() & !7;
    (&weights[done..], columns.iter().map(|column| &column[2 * done..]).collect())
}

fn times_16(sum: Fr) -> Fr {
    sum * Fr::from(16u64)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn product_rows(weights: &[Fr], columns: &[&[Fr]], odd: Fr) -> Fr {
    let multiplier = Multiplier::<false>::new(odd);
    let mut total = Sum::zero();
    for (i, w) in weights.as_chunks::<8>().0.iter().enumerate() {
        let mut sums = [Columns::zero(); 2];
        for (j, column) in columns.iter().enumerate() {
            let [a, b] = load_pairs(column, i);
            sums[j & 1].add_product(a, b);
        }
        total.add_product(load(w), join(sums, multiplier));
    }
    let (weights, columns) = rest(weights, columns);
    times_16(Wide(total.total()).reduce()) + scalar::product_rows(weights, &columns, odd)
}

#[target_feature(enable = "avx512ifma,avx512vl")]
pub(in super::super) fn square_rows(weights: &[Fr], columns: &[&[Fr]], offsets: &[Fr], odd: Fr) -> [Fr; 2] {
    let multiplier = Multiplier::<false>::new(odd);
    let mut totals = [Sum::zero(); 2];
    for (i, w) in weights.as_chunks::<8>().0.iter().enumerate() {
        let mut at_zero = [Columns::zero(); 2];
        let mut leading = at_zero;
        for parity in 0..2 {
            let own = columns.iter().zip(offsets).skip(parity).step_by(2);
            let (at_zero, leading) = (&mut at_zero[parity], &mut leading[parity]);
            for (column, offset) in own {
                let [low, high] = load_pairs(column, i);
                at_zero.add_product(low, low.sub::<1>(Eight::broadcast_words(offset.0.0)));
                let step = high.sub::<1>(low);
                leading.add_product(step, step);
            }
        }
        let w = load(w);
        totals[0].add_product(w, join(at_zero, multiplier));
        totals[1].add_product(w, join(leading, multiplier));
    }
    let (weights, columns) = rest(weights, columns);
    let [at_zero, leading] = scalar::square_rows(weights, &columns, offsets, odd);
    let [first, second] = totals;
    [times_16(Wide(first.total()).reduce()) + at_zero, times_16(Wide(second.total()).reduce()) + leading]
}
