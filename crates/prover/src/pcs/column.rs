//! Columns as the committer takes them: integers, never field elements.

use zkvm_pcs::Shape;

/// A column over 2^t cycles and 2^κ addresses.
#[derive(Clone, Debug)]
pub enum Column<'a> {
    /// At most one 1 per cycle.
    OneHot(Addresses<'a>),
    /// Small integers: entry k is the packed column at address k; the other addresses hold zeros.
    Dense(Vec<Values<'a>>),
}

/// The address of the 1 of every cycle; the largest value of the type stands for none.
#[derive(Clone, Copy, Debug)]
pub enum Addresses<'a> {
    /// Addresses below 255.
    U8(&'a [u8]),
    /// Addresses below 65535.
    U16(&'a [u16]),
}

/// One integer per cycle.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// Integers of magnitude below 2^[`MAX_BITS`].
    Signed(&'a [i64]),
    /// Integers without sign.
    Unsigned(&'a [u32]),
    /// Bits.
    Bits(&'a [bool]),
}

/// Bits of the magnitude of a dense value, at most.
pub const MAX_BITS: u32 = 40;

/// Why columns cannot be committed to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ColumnError {
    /// The number of columns is not that of the shape.
    #[error("{found} columns given, the shape has {expected}")]
    Count {
        /// Columns given.
        found: usize,
        /// Columns of the shape.
        expected: usize,
    },
    /// A column does not have one entry per cycle.
    #[error("column {column} has {found} cycles, not 2^{log_t}")]
    Cycles {
        /// Which column.
        column: usize,
        /// Its entries.
        found: usize,
        /// t of the shape.
        log_t: u32,
    },
    /// An address, or a number of packed columns, of 2^κ or more.
    #[error("column {column} has an entry at address {address}, not below 2^{log_k}")]
    Address {
        /// Which column.
        column: usize,
        /// The address.
        address: usize,
        /// κ of the shape.
        log_k: u32,
    },
    /// A dense value is too large.
    #[error("column {column} has a value of more than {MAX_BITS} bits")]
    Value {
        /// Which column.
        column: usize,
    },
    /// The basis is shorter than a row.
    #[error("the basis has 2^{basis} points, a row 2^{row}")]
    BasisTooSmall {
        /// log2 of the basis.
        basis: u32,
        /// log2 of a row.
        row: u32,
    },
}

impl<'a> Addresses<'a> {
    /// The address in `cycle`, if there is one.
    #[inline(always)]
    pub fn get(self, cycle: usize) -> Option<usize> {
        match self {
            Addresses::U8(addresses) => (addresses[cycle] != u8::MAX).then_some(usize::from(addresses[cycle])),
            Addresses::U16(addresses) => (addresses[cycle] != u16::MAX).then_some(usize::from(addresses[cycle])),
        }
    }

    /// Number of cycles.
    pub fn len(self) -> usize {
        match self {
            Addresses::U8(addresses) => addresses.len(),
            Addresses::U16(addresses) => addresses.len(),
        }
    }

    /// Whether there are no cycles.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The cycles `start..start + count`.
    pub fn part(self, start: usize, count: usize) -> Addresses<'a> {
        match self {
            Addresses::U8(addresses) => Addresses::U8(&addresses[start..start + count]),
            Addresses::U16(addresses) => Addresses::U16(&addresses[start..start + count]),
        }
    }

    /// The largest address.
    fn largest(self) -> Option<usize> {
        // One more, so that "none" becomes zero.
        let past = match self {
            Addresses::U8(addresses) => addresses.iter().fold(0, |past, a| past.max(a.wrapping_add(1))).into(),
            Addresses::U16(addresses) => addresses.iter().fold(0, |past, a| past.max(a.wrapping_add(1))).into(),
        };
        usize::checked_sub(past, 1)
    }

    fn same(self, other: Addresses<'_>) -> bool {
        match (self, other) {
            (Addresses::U8(a), Addresses::U8(b)) => a == b,
            (Addresses::U16(a), Addresses::U16(b)) => a == b,
            _ => false,
        }
    }
}

impl<'a> Values<'a> {
    /// The value in `cycle`.
    #[inline(always)]
    pub fn get(self, cycle: usize) -> i64 {
        match self {
            Values::Signed(values) => values[cycle],
            Values::Unsigned(values) => i64::from(values[cycle]),
            Values::Bits(values) => i64::from(values[cycle]),
        }
    }

    /// Number of cycles.
    pub fn len(self) -> usize {
        match self {
            Values::Signed(values) => values.len(),
            Values::Unsigned(values) => values.len(),
            Values::Bits(values) => values.len(),
        }
    }

    /// The cycles `start..start + count`.
    pub fn part(self, start: usize, count: usize) -> Values<'a> {
        match self {
            Values::Signed(values) => Values::Signed(&values[start..start + count]),
            Values::Unsigned(values) => Values::Unsigned(&values[start..start + count]),
            Values::Bits(values) => Values::Bits(&values[start..start + count]),
        }
    }

    /// Whether there are no cycles.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Number of values that are not zero.
    pub fn nonzero(self) -> usize {
        match self {
            Values::Signed(values) => values.iter().filter(|value| **value != 0).count(),
            Values::Unsigned(values) => values.iter().filter(|value| **value != 0).count(),
            Values::Bits(values) => values.iter().filter(|value| **value).count(),
        }
    }

    /// Bits of the largest magnitude.
    pub fn bits(self) -> u32 {
        let union = match self {
            Values::Signed(values) => values.iter().fold(0, |bits, value| bits | value.unsigned_abs()),
            Values::Unsigned(values) => u64::from(values.iter().fold(0, |bits, value| bits | value)),
            Values::Bits(values) => u64::from(values.contains(&true)),
        };
        u64::BITS - union.leading_zeros()
    }

    fn same(self, other: Values<'_>) -> bool {
        match (self, other) {
            (Values::Signed(a), Values::Signed(b)) => a == b,
            (Values::Unsigned(a), Values::Unsigned(b)) => a == b,
            (Values::Bits(a), Values::Bits(b)) => a == b,
            _ => false,
        }
    }
}

impl<'a> Column<'a> {
    /// The cycles `start..start + count`.
    pub fn part(&self, start: usize, count: usize) -> Column<'a> {
        match self {
            Column::OneHot(addresses) => Column::OneHot(addresses.part(start, count)),
            Column::Dense(packed) => Column::Dense(packed.iter().map(|values| values.part(start, count)).collect()),
        }
    }

    /// Whether both have the same entries.
    pub fn same(&self, other: &Column<'_>) -> bool {
        match (self, other) {
            (Column::OneHot(a), Column::OneHot(b)) => a.same(*b),
            (Column::Dense(a), Column::Dense(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(*b)),
            _ => false,
        }
    }

    fn check(&self, column: usize, shape: &Shape) -> Result<(), ColumnError> {
        let (log_t, log_k) = (shape.log_t(), shape.log_k());
        let cycles = |found: usize| match found == 1 << log_t {
            true => Ok(()),
            false => Err(ColumnError::Cycles { column, found, log_t }),
        };
        match self {
            Column::OneHot(addresses) => {
                cycles(addresses.len())?;
                match addresses.largest() {
                    Some(address) if address >> log_k != 0 => Err(ColumnError::Address { column, address, log_k }),
                    _ => Ok(()),
                }
            }
            Column::Dense(packed) => {
                packed.iter().try_for_each(|values| cycles(values.len()))?;
                if packed.len() > 1 << log_k {
                    return Err(ColumnError::Address { column, address: packed.len() - 1, log_k });
                }
                match packed.iter().any(|values| values.bits() > MAX_BITS) {
                    true => Err(ColumnError::Value { column }),
                    false => Ok(()),
                }
            }
        }
    }
}

/// Checks that `columns` have the shape that is said.
pub fn check(columns: &[Column<'_>], shape: &Shape) -> Result<(), ColumnError> {
    if columns.len() != shape.columns() {
        return Err(ColumnError::Count { found: columns.len(), expected: shape.columns() });
    }
    columns.iter().enumerate().try_for_each(|(i, column)| column.check(i, shape))
}
