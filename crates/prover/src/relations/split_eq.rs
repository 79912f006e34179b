//! eq(r, ·) over the cycles, as it is bound from the bottom.
//!
//! Two observations of eprint 2024/108 (Gruen): eq(r, ·) is the product of a table over the high
//! coordinates and one over the low ones, so that a table of all cycles is never needed; and the
//! factor of the current variable is a line l, so that a round needs only the values of q in
//! g(X) = l(X)·q(X), one of which follows from the claim g(0) + g(1).

use crate::kernels::fr;
use ark_ff::{Field, One, Zero};
use zkvm_algebra::{Fr, Univariate};

/// Most coordinates of the low table: it stays in the first-level cache with the data it weighs.
pub const LOW_BITS: usize = 10;

/// scale·eq(r, x) = high\[x >> b\]·low\[x mod 2^b\], where 2^b is the length of `low`.
#[derive(Clone, Debug)]
pub struct SplitEq {
    /// Over the high coordinates, scale included.
    pub high: Vec<Fr>,
    /// Over the low coordinates.
    pub low: Vec<Fr>,
}

impl SplitEq {
    /// The tables of scale·eq(point, ·), with at most `low_bits` low coordinates.
    pub fn new(point: &[Fr], scale: Fr, low_bits: usize) -> Self {
        let (high, low) = point.split_at(point.len().saturating_sub(low_bits));
        SplitEq { high: fr::eq_table_scaled(high, scale), low: fr::eq_table(low) }
    }
}

/// scale·eq(r, ·) with the variables bound so far, from the bottom.
#[derive(Clone, Debug)]
pub struct GruenEq {
    /// Coordinates of the unbound variables.
    point: Vec<Fr>,
    /// The factors of the bound ones.
    scale: Fr,
}

impl GruenEq {
    /// scale·eq(point, ·) with no variable bound.
    pub fn new(point: &[Fr], scale: Fr) -> Self {
        GruenEq { point: point.to_vec(), scale }
    }

    /// The weights of all variables above the current one.
    pub fn above(&self) -> SplitEq {
        let above = self.point.split_last().map_or(&[][..], |(_, above)| above);
        SplitEq::new(above, self.scale, LOW_BITS)
    }

    /// The round polynomial l·q of a quadratic q = Σ weight·(product of two lines), from q(0), its
    /// leading coefficient and the claim. Exact unless the current coordinate is zero, which
    /// happens for a random point with negligible probability.
    pub fn cubic(&self, claim: Fr, at_zero: Fr, leading: Fr) -> Univariate {
        let r = self.point.last().copied().unwrap_or_default();
        let line = Univariate(vec![Fr::one() - r, r + r - Fr::one()]);
        let at_one = (claim - line.0[0] * at_zero) * r.inverse().unwrap_or(Fr::zero());
        line.product(&Univariate(vec![at_zero, at_one - at_zero - leading, leading]))
    }

    /// The values at 0 and 1 of the current variable's factor l.
    pub fn line(&self) -> [Fr; 2] {
        let r = self.point.last().copied().unwrap_or_default();
        [Fr::one() - r, r]
    }

    /// Binds the current variable.
    pub fn bind(&mut self, challenge: Fr) {
        if let Some(r) = self.point.pop() {
            let both = r * challenge;
            self.scale *= Fr::one() - r - challenge + both + both;
        }
    }

    /// The product of the bound factors.
    pub fn scale(&self) -> Fr {
        self.scale
    }
}
