//! What is computed once for all proofs: the bases of the commitment and tables over them.

use crate::party::Commitment;
use crate::pcs::{Addresses, Column, ColumnError, Committer, OpenError, Values, basis_cache};
use crate::witness::Witness;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use zkvm_algebra::{Fr, G1Affine};
use zkvm_pcs::{Basis, BasisError, InnerScheme};
use zkvm_protocol::shape::{self, DENSE};
use zkvm_protocol::{Shape, Statement};
use zkvm_transcript::TapeWriter;
use zkvm_verifier::VerifyError;

/// Environment variable that names the directory of cached bases.
pub const CACHE_VARIABLE: &str = "ZKVM_CACHE_DIR";

/// Why the bases cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No basis of this size exists.
    #[error(transparent)]
    Basis(#[from] BasisError),
    /// The sizes have no commitment.
    #[error(transparent)]
    Shape(#[from] VerifyError),
}

/// Bases and tables, made when they are first needed and kept.
#[derive(Default)]
pub struct Setup {
    directory: Option<PathBuf>,
    /// By c. A size has a lock of its own, held while it is made.
    sizes: Mutex<HashMap<usize, Arc<Mutex<Option<Size>>>>>,
}

/// What commits rows of one size.
#[derive(Clone)]
struct Size {
    basis: Arc<Basis>,
    committer: Arc<Committer>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Setup").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl Setup {
    /// A setup that keeps its bases on disk in `directory`, if one is given. They are validated by
    /// their digest when they are loaded.
    pub fn new(directory: Option<PathBuf>) -> Setup {
        Setup { directory, ..Setup::default() }
    }

    /// The setup of this process, with the user's [`cache_directory`].
    pub fn shared() -> Arc<Setup> {
        static SHARED: OnceLock<Arc<Setup>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(Setup::new(cache_directory()))).clone()
    }

    fn size(&self, log_row: usize) -> Result<Size, SetupError> {
        let entry = self.sizes.lock().unwrap_or_else(PoisonError::into_inner).entry(log_row).or_default().clone();
        let mut entry = entry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = &*entry {
            return Ok(made.clone());
        }
        let size = u32::try_from(log_row).unwrap_or(u32::MAX);
        let basis = Arc::new(match &self.directory {
            Some(directory) => basis_cache::load_or_generate(directory, size)?,
            None => basis_cache::generate(size)?,
        });
        let committer = Arc::new(Committer::new(basis.clone()));
        Ok(entry.insert(Size { basis, committer }).clone())
    }

    /// The 2^`log_row` bases of a row.
    ///
    /// # Errors
    /// If there are none of this size.
    pub fn basis(&self, log_row: usize) -> Result<Arc<Basis>, SetupError> {
        Ok(self.size(log_row)?.basis)
    }

    /// Whether the directory has the bases of a row, so that a new process need not make them.
    pub fn is_stored(&self, log_row: usize) -> bool {
        let size = u32::try_from(log_row).unwrap_or(u32::MAX);
        self.directory.as_deref().is_some_and(|directory| basis_cache::is_stored(directory, size))
    }

    /// A commitment to columns of `shape`.
    ///
    /// # Errors
    /// As [`basis`](Self::basis).
    pub fn commitment(&self, shape: &Shape) -> Result<FoldedRows, SetupError> {
        let columns = zkvm_verifier::party::commitment_shape(shape)?;
        Ok(FoldedRows { committer: self.size(shape.log_row)?.committer, shape: columns, columns: Columns::default() })
    }
}

/// `$ZKVM_CACHE_DIR`, else `zkvm` in `$XDG_CACHE_HOME`, else in `~/.cache`.
pub fn cache_directory() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || variable("HOME").map(|home| home.join(".cache"));
    variable(CACHE_VARIABLE).or_else(|| Some(variable("XDG_CACHE_HOME").or_else(home)?.join("zkvm")))
}

/// The committed columns as small integers.
#[derive(Default)]
struct Columns {
    /// Addresses of the one-hot columns if κ < 8.
    narrow: Vec<Vec<u8>>,
    /// Addresses of the one-hot columns otherwise.
    wide: Vec<Vec<u16>>,
    rd_inc: Vec<i64>,
    ram_inc: Vec<i64>,
    taken: Vec<bool>,
    mul_left: Vec<u32>,
}

impl Columns {
    fn of(witness: &Witness) -> Columns {
        let Statement { shape, .. } = &witness.statement;
        let one_hot: Vec<shape::Column> = shape.columns().into_iter().take(shape.one_hot_columns()).collect();
        let steps = (0..witness.steps()).into_par_iter().with_min_len(1 << 12);
        let mut columns = Columns {
            rd_inc: steps.clone().map(|t| witness.rd_inc(t)).collect(),
            ram_inc: steps.clone().map(|t| witness.ram_inc(t)).collect(),
            taken: steps.clone().map(|t| witness.taken(t)).collect(),
            mul_left: steps.map(|t| witness.mul_left(t)).collect(),
            ..Columns::default()
        };
        if shape.log_k < 8 {
            let narrow = |address: Option<u16>| address.map_or(u8::MAX, |address| address as u8);
            columns.narrow = one_hot.par_iter().map(|column| addresses(witness, *column, narrow)).collect();
        } else {
            let wide = |address: Option<u16>| address.unwrap_or(u16::MAX);
            columns.wide = one_hot.par_iter().map(|column| addresses(witness, *column, wide)).collect();
        }
        columns
    }

    fn all(&self, log_k: usize) -> Vec<Column<'_>> {
        let narrow = self.narrow.iter().map(|addresses| Column::OneHot(Addresses::U8(addresses)));
        let wide = self.wide.iter().map(|addresses| Column::OneHot(Addresses::U16(addresses)));
        let dense: [Values<'_>; DENSE] = [
            Values::Signed(&self.rd_inc),
            Values::Signed(&self.ram_inc),
            Values::Bits(&self.taken),
            Values::Unsigned(&self.mul_left),
        ];
        let dense = dense.chunks(1 << log_k.min(2)).map(|packed| Column::Dense(packed.to_vec())).collect::<Vec<_>>();
        narrow.chain(wide).chain(dense).collect()
    }
}

/// The address of every step in a one-hot column, as `code` writes it.
fn addresses<T>(witness: &Witness, column: shape::Column, code: impl Fn(Option<u16>) -> T) -> Vec<T> {
    let mut addresses = Vec::with_capacity(witness.steps());
    witness.for_addresses(column, 0..witness.steps(), |address| addresses.push(code(address)));
    addresses
}

/// Commits row by row and opens with the inner-product argument.
pub struct FoldedRows {
    committer: Arc<Committer>,
    shape: zkvm_pcs::Shape,
    columns: Columns,
}

impl Commitment for FoldedRows {
    type Error = OpenError;

    fn basis(&self) -> Arc<Basis> {
        self.committer.basis().clone()
    }

    fn commit(&mut self, witness: &Witness) -> Result<Vec<G1Affine>, OpenError> {
        self.columns = Columns::of(witness);
        let columns = self.columns.all(witness.statement.shape.log_k);
        self.committer.commit(&self.shape, &columns).map_err(ColumnError::into)
    }

    fn fold(&self, witness: &Witness, weights: &[Fr]) -> Result<Vec<Fr>, OpenError> {
        let columns = self.columns.all(witness.statement.shape.log_k);
        self.committer.fold(&self.shape, &columns, weights)
    }

    fn prove(&self, u: Vec<Fr>, point: &[Fr], tape: &mut TapeWriter) -> Result<(), OpenError> {
        self.committer.prove(InnerScheme::InnerProduct, &self.shape, u, point, tape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_size_that_is_being_made_holds_up_no_other() {
        let setup = Setup::default();
        let size = setup.sizes.lock().unwrap().entry(5).or_default().clone();
        // As while the bases are made.
        let being_made = size.lock().unwrap();
        assert_eq!(setup.basis(4).unwrap().log_size(), 4);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| setup.basis(5).unwrap());
            drop(being_made);
            assert_eq!(waiting.join().unwrap().log_size(), 5);
        });
        assert!(Arc::ptr_eq(&setup.basis(5).unwrap(), &setup.basis(5).unwrap()));
        assert!(setup.basis(64).is_err());
    }
}
