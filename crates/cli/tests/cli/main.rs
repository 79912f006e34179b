//! The command line as its users see it.

mod execute;
mod prove;
mod support;
