//! Small integers that multiply field elements.

/// A small integer that a column of the witness holds.
pub trait Small: Copy + Send + Sync + sealed::Sealed {
    /// Number of 16-bit digits of a magnitude.
    const DIGITS: usize;
    /// Whether values can be negative.
    const SIGNED: bool;
    /// Absolute value, and whether the value is below zero.
    fn split(self) -> (u64, bool);
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! unsigned {
    ($($t:ty: $digits:literal),*) => { $(
        impl sealed::Sealed for $t {}
        impl Small for $t {
            const DIGITS: usize = $digits;
            const SIGNED: bool = false;
            #[inline(always)]
            fn split(self) -> (u64, bool) {
                (u64::from(self), false)
            }
        }
    )* };
}

unsigned!(bool: 1, u8: 1, u16: 1, u32: 2, u64: 4);

impl sealed::Sealed for i64 {}
impl Small for i64 {
    const DIGITS: usize = 4;
    const SIGNED: bool = true;
    #[inline(always)]
    fn split(self) -> (u64, bool) {
        (self.unsigned_abs(), self < 0)
    }
}
