//! Univariate polynomials over the scalar field, as sum-check round messages.

use crate::Fr;
use alloc::vec;
use alloc::vec::Vec;
use ark_ff::{AdditiveGroup, Field};

/// A univariate polynomial by its coefficients, constant term first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Univariate(pub Vec<Fr>);

impl Univariate {
    /// The value at `x`.
    pub fn evaluate(&self, x: Fr) -> Fr {
        self.0.iter().rev().fold(Fr::ZERO, |acc, c| acc * x + c)
    }

    /// The polynomial of degree below n with the given values at 0, 1, …, n - 1.
    pub fn interpolate(values: &[Fr]) -> Univariate {
        let points: Vec<Fr> = (0u64..).take(values.len()).map(Fr::from).collect();
        let mut coefficients = vec![Fr::ZERO; values.len()];
        for (basis, value) in lagrange_basis(&points).iter().zip(values) {
            for (coefficient, b) in coefficients.iter_mut().zip(&basis.0) {
                *coefficient += *b * value;
            }
        }
        Univariate(coefficients)
    }

    /// Adds `scale · other`.
    pub fn add_scaled(&mut self, other: &Univariate, scale: Fr) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), Fr::ZERO);
        }
        for (coefficient, b) in self.0.iter_mut().zip(&other.0) {
            *coefficient += *b * scale;
        }
    }

    /// The product with `other`.
    pub fn product(&self, other: &Univariate) -> Univariate {
        if self.0.is_empty() || other.0.is_empty() {
            return Univariate::default();
        }
        let mut out = vec![Fr::ZERO; self.0.len().saturating_add(other.0.len()).saturating_sub(1)];
        for (i, a) in self.0.iter().enumerate() {
            for (slot, b) in out.iter_mut().skip(i).zip(&other.0) {
                *slot += *a * b;
            }
        }
        Univariate(out)
    }

    /// All coefficients but the linear one: a round message. The linear one follows from the claim
    /// g(0) + g(1), so a message cannot contradict it.
    pub fn compress(&self) -> Vec<Fr> {
        self.0.iter().enumerate().filter(|(i, _)| *i != 1).map(|(_, c)| *c).collect()
    }

    /// Restores the round polynomial g with g(0) + g(1) = `claim` from [`compress`](Self::compress).
    pub fn decompress(message: &[Fr], claim: Fr) -> Univariate {
        let Some((constant, higher)) = message.split_first() else {
            return Univariate::default();
        };
        let linear = higher.iter().fold(claim - constant - constant, |acc, c| acc - c);
        let mut coefficients = vec![*constant, linear];
        coefficients.extend_from_slice(higher);
        Univariate(coefficients)
    }
}

/// The Lagrange basis over `points`, which must be distinct.
pub fn lagrange_basis(points: &[Fr]) -> Vec<Univariate> {
    let basis = |(i, x): (usize, &Fr)| {
        let mut numerator = Univariate(vec![Fr::ONE]);
        let mut denominator = Fr::ONE;
        for (j, y) in points.iter().enumerate() {
            if i != j {
                numerator = numerator.product(&Univariate(vec![-*y, Fr::ONE]));
                denominator *= *x - y;
            }
        }
        let inverse = denominator.inverse().unwrap_or(Fr::ZERO);
        Univariate(numerator.0.iter().map(|c| *c * inverse).collect())
    };
    points.iter().enumerate().map(basis).collect()
}

/// The values at `x` of the Lagrange basis over `points`.
pub fn lagrange_at(points: &[Fr], x: Fr) -> Vec<Fr> {
    lagrange_basis(points).iter().map(|l| l.evaluate(x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn interpolation_agrees_with_evaluation() {
        let rng = &mut StdRng::seed_from_u64(4);
        for n in 1..8 {
            let values: Vec<Fr> = (0..n).map(|_| Fr::rand(rng)).collect();
            let p = Univariate::interpolate(&values);
            for (x, v) in values.iter().enumerate() {
                assert_eq!(p.evaluate(Fr::from(x as u64)), *v);
            }
        }
    }

    #[test]
    fn the_claim_enters_the_linear_coefficient() {
        let rng = &mut StdRng::seed_from_u64(5);
        let p = Univariate((0..5).map(|_| Fr::rand(rng)).collect());
        let claim = p.evaluate(Fr::ZERO) + p.evaluate(Fr::ONE);
        assert_eq!(Univariate::decompress(&p.compress(), claim), p);
        assert_ne!(Univariate::decompress(&p.compress(), claim + Fr::ONE), p);
    }
}
