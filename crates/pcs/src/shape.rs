//! The shape of a commitment: how many columns of which size, cut into rows of which length.

use crate::basis::MAX_LOG_SIZE;
use crate::size;

/// Bounds that keep every size derived from a shape far from overflow.
const MAX_LOG_T: u32 = 32;
const MAX_LOG_K: u32 = 16;
const MAX_ROWS: u64 = 1 << 24;

/// Columns of 2^(t+κ) values each in rows of 2^c positions, κ ≤ c ≤ t + κ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    columns: usize,
    log_t: u32,
    log_k: u32,
    log_row: u32,
    rows_per_column: usize,
}

/// Why numbers are not a shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ShapeError {
    /// t or κ is beyond its bound.
    #[error("2^{log_t} cycles with chunks of {log_k} bits are out of bounds")]
    TooLarge {
        /// t.
        log_t: u32,
        /// κ.
        log_k: u32,
    },
    /// The row length does not fit the column.
    #[error(
        "rows of 2^{log_row} positions are not between one cycle and a column of 2^{log_column}, or above 2^{MAX_LOG_SIZE}"
    )]
    RowLength {
        /// c.
        log_row: u32,
        /// t + κ.
        log_column: u32,
    },
    /// More rows than any commitment may have.
    #[error("{columns} columns have too many rows")]
    TooManyRows {
        /// Number of columns.
        columns: usize,
    },
}

impl Shape {
    /// `columns` columns over `log_t` cycle and `log_k` address variables in rows of 2^`log_row`.
    pub fn new(columns: usize, log_t: u32, log_k: u32, log_row: u32) -> Result<Shape, ShapeError> {
        if log_t > MAX_LOG_T || log_k > MAX_LOG_K {
            return Err(ShapeError::TooLarge { log_t, log_k });
        }
        let log_column = log_t.saturating_add(log_k);
        if log_row < log_k || log_row > log_column || log_row > MAX_LOG_SIZE {
            return Err(ShapeError::RowLength { log_row, log_column });
        }
        let too_many = ShapeError::TooManyRows { columns };
        let per_column = log_column.checked_sub(log_row).and_then(|log| 1u64.checked_shl(log)).ok_or(too_many)?;
        let rows = u64::try_from(columns).ok().and_then(|columns| columns.checked_mul(per_column)).ok_or(too_many)?;
        if rows > MAX_ROWS {
            return Err(too_many);
        }
        let rows_per_column = usize::try_from(per_column).map_err(|_| too_many)?;
        Ok(Shape { columns, log_t, log_k, log_row, rows_per_column })
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// t: number of cycle variables.
    pub fn log_t(&self) -> u32 {
        self.log_t
    }

    /// κ: number of address variables.
    pub fn log_k(&self) -> u32 {
        self.log_k
    }

    /// c: number of variables inside a row.
    pub fn log_row(&self) -> u32 {
        self.log_row
    }

    /// Number of coordinates of an opening point, t + κ.
    pub fn variables(&self) -> usize {
        size(self.log_t.saturating_add(self.log_k))
    }

    /// Number of leading coordinates that select a row, t + κ - c.
    pub fn row_variables(&self) -> usize {
        self.variables().saturating_sub(size(self.log_row))
    }

    /// Positions of a row, 2^c.
    pub fn row_length(&self) -> usize {
        1 << self.log_row
    }

    /// Rows of one column.
    pub fn rows_per_column(&self) -> usize {
        self.rows_per_column
    }

    /// Rows of all columns: the number of group elements of a commitment.
    pub fn rows(&self) -> usize {
        // At most MAX_ROWS, by construction.
        self.columns.saturating_mul(self.rows_per_column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_out_of_bounds_are_refused() {
        assert_eq!(Shape::new(27, 20, 4, 17).map(|s| (s.rows(), s.variables(), s.row_variables())), Ok((3456, 24, 7)));
        assert!(Shape::new(1, 3, 4, 7).is_ok_and(|s| s.rows() == 1));
        assert_eq!(Shape::new(1, 3, 4, 8), Err(ShapeError::RowLength { log_row: 8, log_column: 7 }));
        assert_eq!(Shape::new(1, 3, 4, 3), Err(ShapeError::RowLength { log_row: 3, log_column: 7 }));
        assert_eq!(Shape::new(1, 30, 4, 21), Err(ShapeError::RowLength { log_row: 21, log_column: 34 }));
        assert_eq!(Shape::new(1, u32::MAX, 4, 5), Err(ShapeError::TooLarge { log_t: u32::MAX, log_k: 4 }));
        assert_eq!(Shape::new(usize::MAX, 20, 4, 17), Err(ShapeError::TooManyRows { columns: usize::MAX }));
        assert_eq!(Shape::new(1 << 20, 20, 4, 17), Err(ShapeError::TooManyRows { columns: 1 << 20 }));
    }
}
