//! The vector path: eight elements side by side; what is left over goes the portable way.
pub(super) use super::scalar::*;
