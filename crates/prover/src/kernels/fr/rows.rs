//! Sums of products over the columns of a table, row by row.

#[cfg(target_arch = "x86_64")]
use super::ifma;
use super::{dispatch, scalar};
use ark_bn254::Fr;

/// Most columns of a table.
pub const MAX_COLUMNS: usize = 128;

/// What [`product_rows`] and [`square_rows`] require.
fn check(weights: &[Fr], columns: &[&[Fr]]) {
    assert!(columns.len() <= MAX_COLUMNS && columns.iter().all(|column| column.len() == 2 * weights.len()));
}

/// Σ_i w\[i\]·Σ_j c_j·v_j\[2i\]·v_j\[2i+1\], where c_j is 1 for even j and `odd` for odd j, on the calling
/// thread. n weights, 2n values in each of at most [`MAX_COLUMNS`] columns.
pub fn product_rows(weights: &[Fr], columns: &[&[Fr]], odd: Fr) -> Fr {
    check(weights, columns);
    dispatch!(product_rows(weights, columns, odd))
}

/// Σ_i w\[i\]·Σ_j c_j·q_j with the quadratics q_j(X) = l(X)·(l(X) - o_j), l(X) = v_j\[2i\] +
/// X·(v_j\[2i+1\] - v_j\[2i\]): the value at 0 and the leading coefficient, on the calling thread. The
/// c_j and the sizes are those of [`product_rows`]; one offset o_j for each column.
pub fn square_rows(weights: &[Fr], columns: &[&[Fr]], offsets: &[Fr], odd: Fr) -> [Fr; 2] {
    check(weights, columns);
    assert_eq!(offsets.len(), columns.len());
    dispatch!(square_rows(weights, columns, offsets, odd))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::on_each_path;
    use ark_ff::{Field, One, UniformRand, Zero};
    use rand::{Rng, SeedableRng, rngs::StdRng};

    /// Random values, and the largest.
    fn values(rng: &mut StdRng, n: usize) -> Vec<Fr> {
        (0..n).map(|_| if rng.r#gen() { Fr::rand(rng) } else { -Fr::one() }).collect()
    }

    #[test]
    fn rows_are_sums_over_the_columns() {
        on_each_path(|| {
            let rng = &mut StdRng::seed_from_u64(1);
            for (n, count) in [(0, 3), (1, 1), (7, 2), (8, 5), (19, 26), (16, MAX_COLUMNS)] {
                let columns: Vec<Vec<Fr>> = (0..count).map(|_| values(rng, 2 * n)).collect();
                let columns: Vec<&[Fr]> = columns.iter().map(Vec::as_slice).collect();
                let (weights, offsets, odd) = (values(rng, n), values(rng, count), Fr::rand(rng));
                let mut expected = [Fr::zero(); 3];
                for (i, w) in weights.iter().enumerate() {
                    for (j, column) in columns.iter().enumerate() {
                        let w = if j % 2 == 1 { odd * w } else { *w };
                        let (low, high) = (column[2 * i], column[2 * i + 1]);
                        expected[0] += w * low * high;
                        expected[1] += w * low * (low - offsets[j]);
                        expected[2] += w * (high - low).square();
                    }
                }
                assert_eq!(product_rows(&weights, &columns, odd), expected[0]);
                assert_eq!(square_rows(&weights, &columns, &offsets, odd), expected[1..]);
            }
        });
    }
}
