//! The protocol: statement, relations and the script that both parties run.
//!
//! Jolt (an instruction is a lookup into one large structured table, eprint 2023/1217) with the
//! one-hot lookup argument Shout and the memory argument Twist (eprint 2025/105). The mathematics
//! stands in the modules below [`relations`], the order of messages in [`script`].
#![no_std]
#![forbid(unsafe_code)]
#![deny(clippy::allow_attributes_without_reason)]
#![cfg_attr(not(test), deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions))]
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::todo)
)]
extern crate alloc;

pub mod budget;
pub mod constraints;
pub mod party;
pub mod relation;
pub mod relations;
pub mod script;
pub mod shape;
pub mod statement;

pub use party::{Party, Takes};
pub use relation::{Check, Point, Relation, Stage};
pub use shape::Shape;
pub use statement::{PublicIo, Statement};
