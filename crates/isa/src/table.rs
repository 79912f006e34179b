//! Lookup tables (being filled in).
/// Identifies a lookup table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, PartialOrd, Ord)]
pub struct TableId(u8);
