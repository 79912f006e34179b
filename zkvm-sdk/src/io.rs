//! Typed values over byte strings: what `#[zkvm::main]` uses to read arguments.

use core::fmt;
use serde::Deserialize;

#[cfg(target_arch = "riscv32")]
pub use crate::runtime::{commit, private, public};

/// An input being read, value after value.
#[derive(Debug, Clone)]
pub struct Reader<'de> {
    name: &'static str,
    rest: &'de [u8],
}

/// Why an input is not what the guest expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The bytes of an argument are not an encoding of its type.
    Malformed {
        /// Which input: `public` or `private`.
        input: &'static str,
        /// Name of the argument.
        argument: &'static str,
        /// What postcard reports.
        reason: postcard::Error,
    },
    /// Bytes are left after the last argument.
    TrailingBytes {
        /// Which input: `public` or `private`.
        input: &'static str,
        /// How many bytes.
        count: usize,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { input, argument, reason } => {
                write!(f, "{input} input: argument `{argument}`: {reason}")
            }
            Self::TrailingBytes { input, count } => {
                write!(f, "{input} input: {count} bytes left after the last argument")
            }
        }
    }
}

impl core::error::Error for ReadError {}

impl<'de> Reader<'de> {
    /// Reads `bytes`; errors call them the input `name`.
    pub const fn new(name: &'static str, bytes: &'de [u8]) -> Self {
        Self { name, rest: bytes }
    }

    /// The next value, by the name of its argument.
    ///
    /// # Errors
    /// [`ReadError::Malformed`] if the bytes end early or are no encoding of a `T`.
    pub fn read<T: Deserialize<'de>>(&mut self, argument: &'static str) -> Result<T, ReadError> {
        match postcard::take_from_bytes(self.rest) {
            Ok((value, rest)) => {
                self.rest = rest;
                Ok(value)
            }
            Err(reason) => Err(ReadError::Malformed { input: self.name, argument, reason }),
        }
    }

    /// Ends the input.
    ///
    /// # Errors
    /// [`ReadError::TrailingBytes`] unless all of it has been read.
    pub fn finish(self) -> Result<(), ReadError> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(ReadError::TrailingBytes { input: self.name, count }),
        }
    }
}

/// The next value of an input, or a panic that says what is wrong with it.
///
/// # Panics
/// As [`Reader::read`] fails.
#[track_caller]
pub fn argument<'de, T: Deserialize<'de>>(reader: &mut Reader<'de>, name: &'static str) -> T {
    reader.read(name).unwrap_or_else(|error| panic!("{error}"))
}

/// Ends an input, or panics.
///
/// # Panics
/// As [`Reader::finish`] fails.
#[track_caller]
pub fn end(reader: Reader<'_>) {
    reader.finish().unwrap_or_else(|error| panic!("{error}"));
}

/// Compiles if `T` can be an argument.
#[cfg(not(target_arch = "riscv32"))]
pub const fn check_argument<'de, T: Deserialize<'de>>() {}

/// Compiles if `T` can be a return value.
#[cfg(not(target_arch = "riscv32"))]
pub const fn check_output<T: serde::Serialize>() {}

/// The host's `main` of a guest package: says what it is.
#[cfg(not(target_arch = "riscv32"))]
pub fn not_a_host_program(name: &str) -> std::process::ExitCode {
    std::eprintln!("`{name}` is a guest program: run it with `cargo zkvm execute`");
    std::process::ExitCode::from(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_order_and_byte_strings_are_borrowed() {
        let bytes = postcard::to_stdvec(&(7u32, "seven", [7u8, 7])).unwrap();
        let mut reader = Reader::new("public", &bytes);
        assert_eq!(reader.read::<u32>("n"), Ok(7));
        let text: &str = reader.read("text").unwrap();
        assert_eq!(text, "seven");
        assert!(bytes.as_ptr_range().contains(&text.as_ptr()));
        assert_eq!(reader.read::<[u8; 2]>("pair"), Ok([7, 7]));
        assert_eq!(reader.finish(), Ok(()));
    }

    #[test]
    fn a_value_cut_short_names_its_argument() {
        let error = Reader::new("private", &[0x80]).read::<u32>("secret").unwrap_err();
        assert_eq!(error.to_string(), "private input: argument `secret`: Hit the end of buffer, expected more data");
    }

    #[test]
    fn bytes_left_over_are_an_error() {
        let mut reader = Reader::new("public", &[1, 2, 3]);
        reader.read::<u8>("n").unwrap();
        assert_eq!(reader.finish(), Err(ReadError::TrailingBytes { input: "public", count: 2 }));
    }
}
