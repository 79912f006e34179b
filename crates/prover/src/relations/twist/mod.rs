//! What the kernels of both memories share: Twist (eprint 2025/105) with addresses bound first.
//!
//! A memory has cells k and, at every step t, the value Val(k, t) before the step; an access to cell
//! k(t) adds inc(t) to it afterwards. The index rounds bind the address variables of an access and
//! of Val from the top: after i rounds with challenges r, an access to cell (p, b, rest) has weight
//! eq(r, p), a partially bound memory holds Σ_p eq(r, p)·Val(p, b, rest, t), and the round
//! polynomial of one access is a line in b times the line through the two cells (0, rest) and
//! (1, rest). How the partially bound memory is kept differs: see [`registers`](super::registers)
//! and [`ram`](super::ram).

#[cfg(test)]
pub mod conclusion;
pub mod increments;
pub mod quadratic;
pub mod val;
pub mod word;
