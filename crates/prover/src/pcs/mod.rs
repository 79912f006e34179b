//! The folded-rows commitment, computing side (see [`zkvm_pcs`] for what is proven).

mod bases;
pub mod basis_cache;
mod column;
mod dense;
mod fold;
mod ipa;
pub mod msm;
mod one_hot;
#[cfg(test)]
mod tests;

pub use column::{Addresses, Column, ColumnError, MAX_BITS, Values};
pub use ipa::ZeroChallenge;

use ark_ec::CurveGroup;
use one_hot::GroupSums;
use std::sync::{Arc, Mutex, PoisonError};
use zkvm_algebra::{Fr, G1Affine, G1Projective};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::{Basis, InnerScheme, Point, Shape, clear};
use zkvm_transcript::Writer;

/// Commits to columns and opens them. Keeps a table over its bases, so it is worth reusing.
pub struct Committer {
    basis: Arc<Basis>,
    /// The table used last, with the κ and c that it is for.
    group_sums: Mutex<Option<(u32, u32, Arc<GroupSums>)>>,
}

/// Why an opening could not be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpenError {
    /// The columns are not those of the shape.
    #[error(transparent)]
    Column(#[from] ColumnError),
    /// The point does not have one coordinate per variable.
    #[error("{found} coordinates given, {expected} expected")]
    Point {
        /// Coordinates given.
        found: usize,
        /// t + κ.
        expected: usize,
    },
    /// A challenge has no inverse.
    #[error(transparent)]
    ZeroChallenge(#[from] ZeroChallenge),
}

impl Committer {
    /// A committer over `basis`.
    pub fn new(basis: Arc<Basis>) -> Committer {
        Committer { basis, group_sums: Mutex::new(None) }
    }

    /// The bases.
    pub fn basis(&self) -> &Arc<Basis> {
        &self.basis
    }

    /// The bases of one row.
    fn row(&self, shape: &Shape) -> Result<&[Point], ColumnError> {
        let error = ColumnError::BasisTooSmall { basis: self.basis.log_size(), row: shape.log_row() };
        self.basis.points().get(..shape.row_length()).ok_or(error)
    }

    /// The rows of all columns, column after column.
    pub fn commit(&self, shape: &Shape, columns: &[Column<'_>]) -> Result<Vec<G1Affine>, ColumnError> {
        column::check(columns, shape)?;
        let bases = self.row(shape)?;
        let cycles = shape.row_length() >> shape.log_k();
        let rows: Vec<Column<'_>> = columns
            .iter()
            .flat_map(|column| (0..shape.rows_per_column()).map(move |row| column.part(row * cycles, cycles)))
            .collect();
        // A row that repeats the one before, as in padding, has the same commitment.
        let repeats = |i: usize| !i.is_multiple_of(shape.rows_per_column()) && rows[i].same(&rows[i - 1]);
        let (mut one_hot, mut dense) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for i in (0..rows.len()).filter(|i| !repeats(*i)) {
            match &rows[i] {
                Column::OneHot(addresses) => {
                    one_hot.0.push(i);
                    one_hot.1.push(*addresses);
                }
                Column::Dense(packed) => {
                    dense.0.push(i);
                    dense.1.push(packed.clone());
                }
            }
        }
        let mut commitments: Vec<Option<G1Affine>> = vec![None; rows.len()];
        let sums = self.group_sums(shape, bases, one_hot.1.len());
        let points = one_hot::commit(&sums, &one_hot.1);
        for (i, point) in one_hot.0.into_iter().zip(points) {
            commitments[i] = Some(point.into());
        }
        let points = G1Projective::normalize_batch(&dense::commit(bases, shape.log_k(), &dense.1));
        for (i, point) in dense.0.into_iter().zip(points) {
            commitments[i] = Some(point);
        }
        let mut last = G1Affine::identity();
        Ok(commitments
            .into_iter()
            .map(|commitment| {
                last = commitment.unwrap_or(last);
                last
            })
            .collect())
    }

    /// Sums over groups of cycles for `rows` one-hot rows.
    fn group_sums(&self, shape: &Shape, bases: &[Point], rows: usize) -> Arc<GroupSums> {
        let (log_k, log_row) = (shape.log_k(), shape.log_row());
        // The lock guards a cache of immutable tables: one left by a panicking thread is as good.
        let mut cached = self.group_sums.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((k, row, sums)) = &*cached
            && (*k, *row) == (log_k, log_row)
        {
            return sums.clone();
        }
        if !GroupSums::pays(log_k, log_row, rows) {
            return Arc::new(GroupSums::single(bases, log_k));
        }
        let sums = Arc::new(GroupSums::new(bases, log_k));
        *cached = Some((log_k, log_row, sums.clone()));
        sums
    }

    /// Opens all columns at `point`, most significant coordinate first, for
    /// [`zkvm_pcs::verify_opening`]. What that demands to be absorbed must have been absorbed.
    pub fn open<W: Writer>(
        &self,
        scheme: InnerScheme,
        shape: &Shape,
        columns: &[Column<'_>],
        point: &[Fr],
        writer: &mut W,
    ) -> Result<(), OpenError> {
        if point.len() != shape.variables() {
            return Err(OpenError::Point { found: point.len(), expected: shape.variables() });
        }
        let (high, low) = point.split_at(shape.row_variables());
        let weights = row_weights(&powers(writer.challenge(COLUMN_CHALLENGE), columns.len()), high);
        let u = self.fold(shape, columns, &weights)?;
        self.prove(scheme, shape, u, low, writer)
    }

    /// Σ weights·rows, the weights column after column.
    pub fn fold(&self, shape: &Shape, columns: &[Column<'_>], weights: &[Fr]) -> Result<Vec<Fr>, OpenError> {
        column::check(columns, shape)?;
        Ok(fold::folded_row(shape, columns, weights))
    }

    /// Proves the value that the vector u has at `point`.
    pub fn prove<W: Writer>(
        &self,
        scheme: InnerScheme,
        shape: &Shape,
        u: Vec<Fr>,
        point: &[Fr],
        writer: &mut W,
    ) -> Result<(), OpenError> {
        match scheme {
            InnerScheme::InnerProduct => ipa::prove(self.row(shape)?, self.basis.product(), u, point, writer)?,
            InnerScheme::Clear => writer.write_scalars(clear::VECTOR, &u),
        }
        Ok(())
    }
}
