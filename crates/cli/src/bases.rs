//! What the user is told of the commitment's bases, which are made once and kept on disk.

use std::time::{Duration, Instant};

use zkvm_host::{Proof, Setup, Verifier};
use zkvm_prover::{CACHE_VARIABLE, cache_directory};

use crate::failure::Failure;
use crate::report::Reporter;

/// Makes or loads the bases of a proof that has passed the checks that cost nothing; gives the time.
///
/// # Errors
/// If there are no bases of this size.
pub fn prepare(reporter: &Reporter, verifier: &Verifier<(), ()>, proof: &Proof) -> Result<Duration, Failure> {
    let start = Instant::now();
    let setup = Setup::shared();
    if !setup.is_stored(log_row(proof)) {
        reporter.status(format_args!("making the 2^{} bases that verify proofs of this size", log_row(proof)));
    }
    verifier.prepare(proof)?;
    tell_if_not_kept(reporter, &setup, proof);
    Ok(start.elapsed())
}

/// Says so if the bases of a proof were made, but will have to be made again next time.
pub fn tell_if_not_kept(reporter: &Reporter, setup: &Setup, proof: &Proof) {
    if setup.is_stored(log_row(proof)) {
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

fn log_row(proof: &Proof) -> usize {
    proof.inner().sizes.log_row.into()
}
