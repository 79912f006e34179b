//! What the user is told of the commitment's bases, which are made once and kept on disk.

use std::sync::Arc;

use zkvm_host::{Basis, Error, Setup};
use zkvm_prover::{CACHE_VARIABLE, cache_directory};

use crate::report::Reporter;

/// Makes or loads the 2^`log_row` bases that verify a proof.
///
/// # Errors
/// If there are no bases of this size.
pub fn of_row(reporter: &Reporter, log_row: usize) -> Result<Arc<Basis>, Error> {
    let setup = Setup::shared();
    if !setup.is_stored(log_row) {
        reporter.status(format_args!("making the 2^{log_row} bases that verify proofs of this size"));
    }
    let basis = setup.basis(log_row)?;
    tell_if_not_kept(reporter, &setup, log_row);
    Ok(basis)
}

/// Says so if the bases of a row were made, but will have to be made again next time.
pub fn tell_if_not_kept(reporter: &Reporter, setup: &Setup, log_row: usize) {
    if setup.is_stored(log_row) {
        return;
    }
    match cache_directory() {
        Some(directory) => reporter.status(format_args!(
            "the bases cannot be kept in {}: they are made anew each time, unless {CACHE_VARIABLE} names a directory \
             with room that can be written",
            directory.display()
        )),
        None => reporter.status(format_args!(
            "the bases are not kept: they are made anew each time, unless {CACHE_VARIABLE} names a directory"
        )),
    }
}
