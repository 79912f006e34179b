//! The host's console. Lines are shown while a guest runs; they are no part of the proof.

use core::fmt;

/// Where a line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output of the host.
    Out,
    /// Standard error of the host.
    Err,
}

/// Writes formatted text to the host's console; the macros end here.
pub fn write(stream: Stream, text: fmt::Arguments<'_>) {
    #[cfg(target_arch = "riscv32")]
    crate::runtime::write(stream, text);
    #[cfg(not(target_arch = "riscv32"))]
    match stream {
        Stream::Out => std::print!("{text}"),
        Stream::Err => std::eprint!("{text}"),
    }
}

/// Prints to the host's standard output.
#[macro_export]
macro_rules! print {
    ($($arg:tt)*) => {
        $crate::console::write($crate::console::Stream::Out, ::core::format_args!($($arg)*))
    };
}

/// Prints a line to the host's standard output.
#[macro_export]
macro_rules! println {
    () => { $crate::print!("\n") };
    ($($arg:tt)*) => { $crate::print!("{}\n", ::core::format_args!($($arg)*)) };
}

/// Prints to the host's standard error.
#[macro_export]
macro_rules! eprint {
    ($($arg:tt)*) => {
        $crate::console::write($crate::console::Stream::Err, ::core::format_args!($($arg)*))
    };
}

/// Prints a line to the host's standard error.
#[macro_export]
macro_rules! eprintln {
    () => { $crate::eprint!("\n") };
    ($($arg:tt)*) => { $crate::eprint!("{}\n", ::core::format_args!($($arg)*)) };
}
