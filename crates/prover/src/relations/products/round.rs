//! One round of a sum of products.

use super::super::split_eq::{LOW_BITS, SplitEq};
use super::column::Column;
use super::support::Support;
use super::{Group, Product};
use crate::kernels::fr;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::univariate::lagrange_basis;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};

/// Pairs of cells that are multiplied together: with a dozen columns they fit the second-level cache.
const PIECE: usize = 1 << 8;

/// For each group the numbers that [`fr::product_round`] gives, of Σ_pairs weight·Σ_j scale_j·Π lines.
/// The weight is the group's eq without the current variable's factor.
pub fn evaluate(columns: &[Column<'_>], support: &Support, groups: &[Group]) -> Vec<Fr> {
    let weights: Vec<Option<SplitEq>> = groups.iter().map(|group| group.eq.as_ref().map(|eq| eq.above())).collect();
    let pieces = support.pieces(PIECE, LOW_BITS.min(support.log_cells().saturating_sub(1)));
    let round = Round { columns, support, groups, weights };
    match &pieces[..] {
        [piece] => round.piece(&mut Buffers::new(columns.len()), piece.clone()),
        _ => pieces
            .par_iter()
            .with_min_len(pieces.len() / (8 * rayon::current_num_threads()))
            .map_init(|| Buffers::new(columns.len()), |buffers, piece| round.piece(buffers, piece.clone()))
            .reduce(|| round.zeros(), add),
    }
}

fn add(mut sums: Vec<Fr>, other: Vec<Fr>) -> Vec<Fr> {
    sums.iter_mut().zip(other).for_each(|(sum, value)| *sum += value);
    sums
}

struct Round<'a> {
    columns: &'a [Column<'a>],
    support: &'a Support,
    groups: &'a [Group],
    weights: Vec<Option<SplitEq>>,
}

/// Room for the cells of each column and the weights of a piece.
struct Buffers {
    cells: Vec<[Fr; 2 * PIECE]>,
    weights: [Fr; PIECE],
}

impl Buffers {
    fn new(columns: usize) -> Self {
        Buffers { cells: vec![[Fr::ZERO; 2 * PIECE]; columns], weights: [Fr::ONE; PIECE] }
    }
}

impl Round<'_> {
    fn zeros(&self) -> Vec<Fr> {
        let degree = |group: &Group| group.products.first().map_or(0, |product| product.columns.len());
        vec![Fr::ZERO; self.groups.iter().map(degree).sum()]
    }

    fn piece(&self, buffers: &mut Buffers, pairs: Range<usize>) -> Vec<Fr> {
        let Buffers { cells, weights } = buffers;
        let buffers = cells.iter_mut().map(|buffer| &mut buffer[..2 * pairs.len()]);
        let cells: Vec<&[Fr]> =
            self.columns.iter().zip(buffers).map(|(c, buffer)| c.cells(self.support, pairs.clone(), buffer)).collect();
        let mut sums = Vec::new();
        for (group, eq) in self.groups.iter().zip(&self.weights) {
            let (scale, weights) = match eq {
                Some(eq) => self.weights(eq, pairs.clone(), weights),
                None => (Fr::ONE, &[Fr::ONE; PIECE][..pairs.len()]),
            };
            let mut sum = vec![Fr::ZERO; group.products[0].columns.len()];
            for product in &group.products {
                let scale = scale * product.scale;
                let values = product_round(weights, product, &cells);
                sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += scale * value);
            }
            sums.extend(sum);
        }
        sums
    }

    /// The eq weights of a run of pairs of one block, as a scale and the rest.
    fn weights<'b>(&self, eq: &'b SplitEq, pairs: Range<usize>, buffer: &'b mut [Fr; PIECE]) -> (Fr, &'b [Fr]) {
        let size = eq.low.len();
        let start = self.support.position(pairs.start);
        let scale = eq.high[start / size];
        if let Support::All { .. } = self.support {
            return (scale, &eq.low[start % size..][..pairs.len()]);
        }
        let buffer = &mut buffer[..pairs.len()];
        for (weight, pair) in buffer.iter_mut().zip(pairs) {
            *weight = eq.low[self.support.position(pair) % size];
        }
        (scale, buffer)
    }
}

fn product_round(weights: &[Fr], product: &Product, cells: &[&[Fr]]) -> Vec<Fr> {
    let factors: Vec<&[Fr]> = product.columns.iter().map(|column| cells[*column]).collect();
    if factors.len() <= fr::MAX_DEGREE {
        return fr::product_round(weights, &factors);
    }
    long_product_round(weights, &factors)
}

/// [`fr::product_round`] for any number of factors above one, point by point.
fn long_product_round(weights: &[Fr], factors: &[&[Fr]]) -> Vec<Fr> {
    let mut sums = vec![Fr::ZERO; factors.len()];
    let mut values = sums.clone();
    for (i, weight) in weights.iter().enumerate() {
        values.fill(*weight);
        for factor in factors {
            let (low, high) = (factor[2 * i], factor[2 * i + 1]);
            let slope = high - low;
            values[0] *= low;
            values[1] *= slope;
            let mut at = high;
            for value in &mut values[2..] {
                at += slope;
                *value *= at;
            }
        }
        sums.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value);
    }
    sums
}

/// What turns the sums of a round into its message.
pub struct Interpolation {
    /// The Lagrange basis over 0, 1, …, d - 1.
    basis: Vec<Univariate>,
    /// The values of X^d there.
    powers: Vec<Fr>,
}

impl Interpolation {
    /// For polynomials of degree d ≥ 1.
    pub fn new(degree: usize) -> Self {
        let points: Vec<Fr> = (0..degree as u64).map(Fr::from).collect();
        let powers = points.iter().map(|point| point.pow([degree as u64])).collect();
        Interpolation { basis: lagrange_basis(&points), powers }
    }

    /// d.
    pub fn degree(&self) -> usize {
        self.basis.len()
    }

    /// The message l·q of a group with `values` of q: q(0), its leading coefficient, q(2), …, q(d-1).
    /// Exact unless l(1) = 0, which has negligible probability for a random point.
    pub fn message(&self, group: &Group, values: &[Fr]) -> Univariate {
        let Some(eq) = &group.eq else {
            return self.polynomial(values, group.claim - values[0]);
        };
        let [at_zero, at_one] = eq.line();
        let one = (group.claim - at_zero * values[0]) * at_one.inverse().unwrap_or(Fr::ZERO);
        self.polynomial(values, one).product(&Univariate(vec![at_zero, at_one - at_zero]))
    }

    /// The polynomial from `values` and its value at 1.
    fn polynomial(&self, values: &[Fr], at_one: Fr) -> Univariate {
        let degree = self.degree();
        let leading = if degree == 1 { at_one - values[0] } else { values[1] };
        let mut sum = Univariate(vec![Fr::ZERO; degree + 1]);
        for (point, basis) in self.basis.iter().enumerate() {
            let value = if point == 1 { at_one } else { values[point] };
            sum.add_scaled(basis, value - leading * self.powers[point]);
        }
        sum.0[degree] = leading;
        sum
    }
}
