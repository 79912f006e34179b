//! Sizes of an instance and its columns (section 3).

use ark_ff::Zero;

use crate::program::Program;
use crate::{Error, F, Policy};

/// Sub-columns of the dense columns: rd_inc, ram_inc, taken, mul_left.
pub const DENSE: usize = 4;

/// Sizes, all but the addresses of a chunk as binary logarithms.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Steps.
    pub t: usize,
    /// κ, bits of a chunk.
    pub kappa: usize,
    /// Rows of the bytecode table.
    pub b: usize,
    /// Words of memory.
    pub m: usize,
    /// Positions of a row of the commitment.
    pub c: usize,
}

impl Shape {
    /// The shape of a proof's sizes t, κ, m, c, if they are within bounds.
    pub fn new(sizes: [u8; 4], program: &Program, policy: &Policy) -> Result<Shape, Error> {
        let [t, kappa, m, c] = sizes.map(usize::from);
        let bound = |name, value, accepted: bool| if accepted { Ok(()) } else { Err(Error::Size { name, value }) };
        bound("t", t, (1..=policy.max_log_t).contains(&t))?;
        bound("κ", kappa, [1, 2, 4, 8].contains(&kappa))?;
        bound("m", m, (program.layout.least_m as usize..=program.layout.largest_m as usize).contains(&m))?;
        let largest_c = (t + kappa).min((t + kappa) / 2 + 6).min(policy.bases.log_size());
        bound("c", c, (kappa..=largest_c).contains(&c))?;
        let shape = Shape { t, kappa, b: program.log_rows(), m, c };
        bound("rows", shape.commitment_rows(), shape.commitment_rows() <= 1 << 24)?;
        Ok(shape)
    }

    /// Chunks of the lookup index.
    pub fn lookup_chunks(&self) -> usize {
        64 / self.kappa
    }

    /// Chunks of the row index.
    pub fn bytecode_chunks(&self) -> usize {
        self.b.div_ceil(self.kappa)
    }

    /// Chunks of the byte address.
    pub fn ram_chunks(&self) -> usize {
        (self.m + 2).div_ceil(self.kappa)
    }

    /// The RAM chunks that hold offset bits.
    pub fn ram_tail(&self) -> usize {
        2usize.div_ceil(self.kappa)
    }

    /// One-hot columns: lookup, bytecode and RAM chunks.
    pub fn one_hot_columns(&self) -> usize {
        self.lookup_chunks() + self.bytecode_chunks() + self.ram_chunks()
    }

    /// Columns: the one-hot ones, then the dense ones.
    pub fn columns(&self) -> usize {
        self.one_hot_columns() + DENSE.div_ceil(1 << self.kappa)
    }

    /// Rows of the commitment to one column.
    pub fn rows_per_column(&self) -> usize {
        1 << (self.t + self.kappa - self.c)
    }

    /// Rows of the commitment.
    pub fn commitment_rows(&self) -> usize {
        self.columns() * self.rows_per_column()
    }

    /// The parts of the point of an index that belong to its chunks: cut from the bottom, numbered from the top, with
    /// zeros in front of the top one up to κ coordinates.
    pub fn cut(&self, point: &[F]) -> Vec<Vec<F>> {
        let missing = point.len().next_multiple_of(self.kappa) - point.len();
        let padded = [vec![F::zero(); missing].as_slice(), point].concat();
        padded.chunks(self.kappa).map(<[F]>::to_vec).collect()
    }
}
