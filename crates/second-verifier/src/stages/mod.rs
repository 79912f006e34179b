//! The five stages (sections 5.2 to 5.6): each draws its challenges, states its claims, reads a sum-check, and hands on
//! the values that it does not check itself.

pub mod addresses;
pub mod columns;
pub mod constraints;
pub mod reads;
pub mod values;
