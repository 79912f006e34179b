//! Vector kernels: the inner loops of the prover over slices of field elements and points.
//!
//! Each operation exists twice. The *scalar path* is portable Rust. The *vector path* uses AVX-512
//! IFMA: eight field elements side by side, 52 bits to a limb. Which one runs is decided at run
//! time by [`path`]; both give the same field elements and points, bit for bit, so a proof does not
//! depend on the machine that made it.
//!
//! - [`fr`]: slices of scalars (`ark_bn254::Fr` in arkworks' own representation).
//! - [`g1`]: batched affine additions in G1 and what is built on them.
//!
//! This is the only module of the prover that contains `unsafe`: loads and stores of vectors, the
//! calls from ordinary code into code compiled for AVX-512, and columns of fresh pages.

pub mod fr;
pub mod g1;
#[cfg(target_arch = "x86_64")]
mod ifma;

use std::sync::atomic::{AtomicU8, Ordering};

/// Which implementation the kernels run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// Portable code.
    Scalar,
    /// AVX-512 with 52-bit multiply-add.
    Ifma,
}

const UNSET: u8 = 0;
const SCALAR: u8 = 1;
const IFMA: u8 = 2;
static PATH: AtomicU8 = AtomicU8::new(UNSET);

/// The path in use: the best that this processor has, unless [`set_path`] said otherwise.
pub fn path() -> Path {
    match PATH.load(Ordering::Relaxed) {
        SCALAR => Path::Scalar,
        IFMA => Path::Ifma,
        _ => set_path(Path::Ifma),
    }
}

/// Asks for a path, for the whole process, and returns the one that will be used: the scalar path
/// where the processor lacks the instructions.
pub fn set_path(wanted: Path) -> Path {
    let chosen = if wanted == Path::Ifma && has_ifma() { Path::Ifma } else { Path::Scalar };
    // The value only selects between equivalent code, so no other memory depends on its order.
    PATH.store(if chosen == Path::Ifma { IFMA } else { SCALAR }, Ordering::Relaxed);
    chosen
}

/// Whether the processor has every instruction that the vector path is compiled for.
#[cfg(target_arch = "x86_64")]
fn has_ifma() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512ifma")
        && std::arch::is_x86_feature_detected!("avx512vl")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_ifma() -> bool {
    false
}

/// Calls a function of the module `ifma` where the processor allows it, or else the one of the same
/// name in `scalar`, or what else is given.
macro_rules! dispatch {
    ($f:ident($($arg:expr),*)) => {
        $crate::kernels::dispatch!(ifma::$f($($arg),*), scalar::$f($($arg),*))
    };
    (ifma::$f:ident($($arg:expr),*), $portable:expr) => {
        match $crate::kernels::path() {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: this path is only ever selected after `has_ifma` found the instructions that the
            // function is compiled for.
            $crate::kernels::Path::Ifma => unsafe { ifma::$f($($arg),*) },
            _ => $portable,
        }
    };
}
use dispatch;

/// Runs a test on the scalar path, then on the vector path where there is one. One test at a time:
/// the path belongs to the process.
#[cfg(test)]
pub(crate) fn on_each_path(test: impl Fn()) {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for path in [Path::Scalar, Path::Ifma] {
        set_path(path);
        test();
    }
}
