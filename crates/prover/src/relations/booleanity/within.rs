//! Cycle rounds within a symbol: sums over the alphabet.

use super::symbols::Alphabet;
use crate::kernels::fr;
use crate::relations::twist::quadratic::Quadratic;
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// The values of a column over the steps of each symbol, bound from the lowest.
pub struct Within {
    /// For each symbol, its values over the unbound steps.
    values: Vec<Vec<Fr>>,
    /// Coordinates of the unbound steps.
    point: Vec<Fr>,
    /// The weight of each symbol.
    counts: Vec<Fr>,
}

impl Within {
    /// With the value of every address, and symbols of these weights.
    pub fn new(alphabet: &Alphabet, addresses: &[Fr], point: &[Fr], counts: Vec<Fr>) -> Self {
        let value = |digit: usize| addresses.get(digit).copied().unwrap_or(Fr::ZERO);
        let of_symbol = |symbol| alphabet.split(symbol).into_iter().map(value).collect();
        Within { values: (0..alphabet.len()).map(of_symbol).collect(), point: point.to_vec(), counts }
    }

    /// Σ weight·(h² - h), without the factor of the current variable and those of the bound ones.
    pub fn round(&self) -> Quadratic {
        let above = self.point.split_last().map_or(&[][..], |(_, above)| above);
        let weights = fr::eq_table(above);
        let of_symbol = |(values, count): (&Vec<Fr>, &Fr)| {
            let pairs = values.chunks_exact(2).zip(&weights).map(|(pair, weight)| {
                let zero = Quadratic { at_zero: pair[0].square() - pair[0], leading: (pair[1] - pair[0]).square() };
                Quadratic::default().add_scaled(*weight, zero)
            });
            Quadratic::default().add_scaled(*count, pairs.fold(Quadratic::default(), Quadratic::plus))
        };
        self.values.iter().zip(&self.counts).map(of_symbol).fold(Quadratic::default(), Quadratic::plus)
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        self.values.iter_mut().for_each(|values| fr::bind_low(values, challenge));
        self.point.pop();
    }

    /// The value of every symbol, once all its steps are bound.
    pub fn finished(&self) -> Option<Vec<Fr>> {
        self.point.is_empty().then(|| self.values.iter().filter_map(|values| values.first().copied()).collect())
    }
}
