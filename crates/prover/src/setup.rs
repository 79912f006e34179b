//! What is computed once for all proofs: the bases of the commitment.

use crate::party::Commitment;
use crate::witness::Witness;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use zkvm_algebra::multilinear::{eq_table, scaled_eq_table};
use zkvm_algebra::{AdditiveGroup, Field, Fr, G1Affine, G1Projective};
use zkvm_pcs::basis::{BasisError, row_base};
use zkvm_pcs::msm::msm;
use zkvm_pcs::{Basis, Point, ipa};
use zkvm_protocol::Shape;
use zkvm_protocol::shape::Column;
use zkvm_transcript::{Channel, TapeWriter, Writer};

/// Why the bases cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No basis of this size exists.
    #[error(transparent)]
    Basis(#[from] BasisError),
}

/// Bases, made when they are first needed.
#[derive(Debug, Default)]
pub struct Setup {
    bases: Mutex<HashMap<usize, Arc<Basis>>>,
}

impl Setup {
    /// The setup of this process.
    pub fn shared() -> Arc<Setup> {
        static SHARED: OnceLock<Arc<Setup>> = OnceLock::new();
        SHARED.get_or_init(Arc::default).clone()
    }

    /// The 2^`log_row` bases of a row.
    ///
    /// # Errors
    /// If there are none of this size.
    pub fn basis(&self, log_row: usize) -> Result<Arc<Basis>, SetupError> {
        let mut bases = self.bases.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(basis) = bases.get(&log_row) {
            return Ok(basis.clone());
        }
        let points: Vec<Point> = (0..1u64 << log_row.min(40)).into_par_iter().map(row_base).collect();
        let basis = Arc::new(Basis::from_points(points)?);
        bases.insert(log_row, basis.clone());
        Ok(basis)
    }

    /// A commitment to columns of `shape`.
    ///
    /// # Errors
    /// As [`basis`](Self::basis).
    pub fn commitment(&self, shape: &Shape) -> Result<FoldedRows, SetupError> {
        Ok(FoldedRows { basis: self.basis(shape.log_row)? })
    }
}

/// Commits row by row and opens with the inner-product argument.
pub struct FoldedRows {
    basis: Arc<Basis>,
}

/// The nonzero values of a row: (position in the row, value).
fn row(witness: &Witness, column: Column, row: usize) -> Vec<(usize, i64)> {
    let shape = &witness.statement.shape;
    let steps = 1 << (shape.log_row - shape.log_k);
    let mut values = Vec::with_capacity(steps);
    for step in 0..steps {
        let (t, position) = (row * steps + step, step << shape.log_k);
        match column {
            Column::Dense(i) => {
                let size = 1 << shape.log_k;
                let dense = witness.dense(t).into_iter().skip(i * size).take(size).enumerate();
                values.extend(dense.filter(|(_, v)| *v != 0).map(|(k, v)| (position + k, v)));
            }
            _ => values.extend(witness.address(column, t).map(|k| (position + usize::from(k), 1))),
        }
    }
    values
}

fn rows(witness: &Witness) -> Vec<(usize, Column, usize)> {
    let shape = &witness.statement.shape;
    let per_column = 1 << (shape.log_t + shape.log_k - shape.log_row);
    let columns = shape.columns().into_iter().enumerate();
    columns.flat_map(|(i, column)| (0..per_column).map(move |row| (i, column, row))).collect()
}

impl Commitment for FoldedRows {
    fn commit(&mut self, witness: &Witness) -> Vec<G1Affine> {
        let bases = self.basis.points();
        let commit = |(_, column, index): &(usize, Column, usize)| -> G1Affine {
            let values = row(witness, *column, *index);
            match column {
                Column::Dense(_) => {
                    let (points, scalars): (Vec<Point>, Vec<Fr>) =
                        values.iter().map(|(position, value)| (bases[*position], Fr::from(*value))).unzip();
                    msm(&points, &scalars).into()
                }
                _ => values.iter().map(|(position, _)| G1Affine::from(bases[*position])).sum::<G1Projective>().into(),
            }
        };
        rows(witness).par_iter().map(commit).collect()
    }

    fn open(&mut self, witness: &Witness, point: &[Fr], _: &[Fr], writer: &mut TapeWriter) {
        let shape = &witness.statement.shape;
        let rho = writer.challenge(zkvm_pcs::folded_rows::COLUMN_CHALLENGE);
        let (high, low) = point.split_at(shape.log_t + shape.log_k - shape.log_row);
        let mut folded = vec![Fr::ZERO; 1 << shape.log_row];
        let powers = zkvm_pcs::folded_rows::powers(rho, shape.columns().len());
        let weights: Vec<Vec<Fr>> = powers.iter().map(|power| scaled_eq_table(high, *power)).collect();
        for (i, column, index) in rows(witness) {
            for (position, value) in row(witness, column, index) {
                folded[position] += weights[i][index] * Fr::from(value);
            }
        }
        prove_inner_product(&self.basis, folded, low, writer);
    }
}

fn prove_inner_product(basis: &Basis, mut u: Vec<Fr>, point: &[Fr], writer: &mut TapeWriter) {
    let z = writer.challenge(ipa::VALUE_CHALLENGE);
    let q = basis.product();
    let mut g: Vec<Point> = basis.points().to_vec();
    let mut b = eq_table(point);
    while u.len() > 1 {
        let half = u.len() / 2;
        let cross = |u: &[Fr], g: &[Point], b: &[Fr]| -> G1Affine {
            let value: Fr = u.iter().zip(b).map(|(x, y)| *x * y).sum();
            let points: Vec<Point> = g.iter().copied().chain([q]).collect();
            let scalars: Vec<Fr> = u.iter().copied().chain([value * z]).collect();
            msm(&points, &scalars).into()
        };
        let (left, right) = rayon::join(
            || cross(&u[half..], &g[..half], &b[..half]),
            || cross(&u[..half], &g[half..], &b[half..]),
        );
        writer.write_points(ipa::CROSS_TERMS, &[left, right]);
        let x = writer.challenge(ipa::ROUND_CHALLENGE);
        let inverse = x.inverse().expect("a challenge is zero with probability 2^-125");
        u = (0..half).map(|i| u[i] + inverse * u[half + i]).collect();
        b = (0..half).map(|i| b[i] + x * b[half + i]).collect();
        let sum = |i: usize| G1Affine::from(g[half + i]) * x + G1Affine::from(g[i]);
        let sums: Vec<G1Projective> = (0..half).into_par_iter().map(sum).collect();
        g = sums.into_par_iter().map(|p| G1Affine::from(p).into()).collect();
    }
    writer.write_scalars(ipa::LAST_ENTRY, &u);
}
