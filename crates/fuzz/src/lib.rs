//! Fuzz targets: for each place where bytes of others come in, a function that must hold for all bytes.
//!
//! A [`Target`] panics if its property is violated. The same functions run in three ways: by
//! libFuzzer, which is led by coverage (`fuzz/`), by the [`campaign`] of this crate on any toolchain,
//! and for a few thousand inputs as tests. Inputs come from the [`seeds`](Target::seeds), which are
//! made by code, from the [`corpus`], which coverage has found, and from [`mutate`].

pub mod campaign;
pub mod corpus;
pub mod encodings;
pub mod example;
pub mod mutate;
pub mod targets;

/// A property of byte strings.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, on the command line and in `fuzz/`.
    pub name: &'static str,
    /// Panics if the property is violated.
    pub check: fn(&[u8]),
    /// Inputs that mutations begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Inputs that its everyday test tries.
    pub everyday: u32,
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    targets::proof::FILE,
    targets::proof::VERIFY,
    targets::program::ELF,
    targets::program::KEY,
    targets::run::DECODE,
    targets::run::PROGRAM,
    targets::run::PROVE,
    targets::values::INPUTS,
];

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
