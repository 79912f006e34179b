//! What is longer than it should be, and why.

/// Files that may be longer than others: path, reason.
pub const LONG_FILES: &[(&str, &str)] = &[];

/// Functions that may be longer than others: path, name, reason.
pub const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

/// Modules with `unsafe`: path, reason.
pub const UNSAFE: &[(&str, &str)] = &[
    ("zkvm-sdk/src/runtime.rs", "environment calls, blocks at fixed addresses, the allocator's interface"),
    ("zkvm-macros/src/expand.rs", "the expansion exports the entry point by name: #[unsafe(no_mangle)]"),
    ("zkvm-macros/tests/ui/", "a use of the attribute that must be refused"),
    ("crates/prover/src/kernels/", "vector instructions"),
    ("crates/prover/tests/memory.rs", "the interface of a counting allocator"),
];
