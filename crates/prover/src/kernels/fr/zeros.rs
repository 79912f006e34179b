//! Columns that are written before they are read.

use ark_bn254::Fr;
use std::alloc::{Layout, alloc_zeroed, handle_alloc_error};

/// `n` zeros whose memory is not touched yet: large columns come as fresh pages, which the threads
/// that fill the column map in side by side.
pub fn zeros(n: usize) -> Vec<Fr> {
    if n == 0 {
        return Vec::new();
    }
    let layout = Layout::array::<Fr>(n).expect("a column is smaller than the address space");
    // SAFETY: the layout is not empty.
    let start = unsafe { alloc_zeroed(layout) }.cast::<Fr>();
    if start.is_null() {
        handle_alloc_error(layout);
    }
    // SAFETY: `start` was allocated by the global allocator with the layout of n scalars, and a scalar
    // of zero words is the valid scalar zero.
    unsafe { Vec::from_raw_parts(start, n, n) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::Zero;

    #[test]
    fn zeros_are_zero() {
        for n in [0, 1, 7, 1 << 16] {
            let mut column = zeros(n);
            assert_eq!(column, vec![Fr::zero(); n]);
            column.push(Fr::from(1u64));
            assert_eq!(column.len(), n + 1);
        }
    }
}
