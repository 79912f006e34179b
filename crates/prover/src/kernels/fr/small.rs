//! Small integers that multiply field elements.

/// A small integer that a column of the witness holds.
pub trait Small: Copy + Send + Sync + sealed::Sealed {
    /// Added to a value to make it non-negative.
    const BIAS: u64;
    /// Number of 16-bit digits of a biased value.
    const DIGITS: usize;
    /// The value plus [`Small::BIAS`].
    fn biased(self) -> u64;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! unsigned {
    ($($t:ty: $digits:literal),*) => { $(
        impl sealed::Sealed for $t {}
        impl Small for $t {
            const BIAS: u64 = 0;
            const DIGITS: usize = $digits;
            #[inline(always)]
            fn biased(self) -> u64 {
                u64::from(self)
            }
        }
    )* };
}

unsigned!(bool: 1, u8: 1, u16: 1, u32: 2, u64: 4);

impl sealed::Sealed for i64 {}
impl Small for i64 {
    const BIAS: u64 = 1 << 63;
    const DIGITS: usize = 4;
    #[inline(always)]
    fn biased(self) -> u64 {
        self.cast_unsigned() ^ Self::BIAS
    }
}
