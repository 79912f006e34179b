//! The bases of a process that only verifies: made when they are first needed, kept in memory.

use std::sync::{Arc, OnceLock};
use std::thread;

use thiserror::Error;
use zkvm_pcs::basis::{MAX_LOG_SIZE, row_base};
use zkvm_pcs::{Basis, BasisError};

/// Why the bases cannot be had.
#[derive(Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No basis of this size exists.
    #[error(transparent)]
    Basis(#[from] BasisError),
}

crate::readable::debug_as_display!(SetupError);

/// The bases of every size, by its logarithm.
#[derive(Default, Debug)]
pub struct Setup {
    sizes: [OnceLock<Result<Arc<Basis>, BasisError>>; MAX_LOG_SIZE as usize + 1],
}

impl Setup {
    /// The bases of this process.
    pub fn shared() -> Arc<Setup> {
        static SHARED: OnceLock<Arc<Setup>> = OnceLock::new();
        SHARED.get_or_init(Arc::default).clone()
    }

    /// The 2^`log_row` bases of a row.
    ///
    /// # Errors
    /// If there are none of this size.
    pub fn basis(&self, log_row: usize) -> Result<Arc<Basis>, SetupError> {
        let size = self.sizes.get(log_row).ok_or(BasisError::Size { count: usize::MAX })?;
        Ok(size.get_or_init(|| generate(log_row).map(Arc::new)).clone()?)
    }
}

/// Makes 2^`log_row` bases on all threads, 10 µs each on one.
fn generate(log_row: usize) -> Result<Basis, BasisError> {
    let count = 1u64 << log_row;
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let part = count.div_ceil(threads);
    let points = thread::scope(|scope| {
        let parts = (0..threads).map(|index| (index * part).min(count)..((index + 1) * part).min(count));
        let parts: Vec<_> = parts.map(|part| scope.spawn(|| part.map(row_base).collect::<Vec<_>>())).collect();
        // The digest refuses what a thread that panicked has left out.
        parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
    });
    Basis::from_points(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_made_once() {
        let setup = Setup::default();
        for log_row in [0, 1, 5] {
            assert_eq!(*setup.basis(log_row).unwrap(), Basis::new(log_row as u32).unwrap());
            assert!(Arc::ptr_eq(&setup.basis(log_row).unwrap(), &setup.basis(log_row).unwrap()));
        }
        assert!(setup.basis(21).is_err() && setup.basis(usize::MAX).is_err());
        assert!(Arc::ptr_eq(&Setup::shared(), &Setup::shared()));
    }
}
