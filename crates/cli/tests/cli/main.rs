//! The command line as its users see it.

mod execute;
mod files;
mod prove;
mod support;
