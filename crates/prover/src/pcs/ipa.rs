//! The computing side of the inner-product argument ([`zkvm_pcs::ipa`]).
//!
//! Folding the bases in every round would cost a full scalar multiplication per base and round.
//! Instead the cross terms of some rounds are multi-scalar multiplications over bases that have not
//! been folded yet, with the challenges multiplied into the scalars; then the bases are folded by all
//! these challenges at once.

use super::bases;
use super::msm::msm_pair;
use ark_ec::CurveGroup;
use ark_ff::{AdditiveGroup, Field};
use rayon::prelude::*;
use zkvm_algebra::multilinear::eq_table;
use zkvm_algebra::{Fr, G1Projective};
use zkvm_pcs::Point;
use zkvm_pcs::ipa::{CROSS_TERMS, LAST_ENTRY, ROUND_CHALLENGE, VALUE_CHALLENGE};
use zkvm_transcript::Writer;

/// Rounds between two foldings of the bases: a folding costs as much as about four rounds over
/// unfolded bases, almost regardless of the number of rounds it stands for.
const ROUNDS: u32 = 3;
/// Bases are not folded to fewer than 2^8: the batches would be too short.
const LOG_SMALLEST: u32 = 8;

/// Proves ⟨u, eq(point)⟩ for the vector u committed over `bases`, of the same length.
///
/// # Errors
/// [`ZeroChallenge`] if a challenge is not invertible.
pub fn prove<W: Writer>(
    bases: &[Point],
    product: Point,
    u: Vec<Fr>,
    point: &[Fr],
    writer: &mut W,
) -> Result<(), ZeroChallenge> {
    let value_base = G1Projective::from(product) * writer.challenge(VALUE_CHALLENGE);
    let mut state = State { bases: bases.to_vec(), factors: vec![Fr::ONE], u, b: eq_table(point) };
    while state.u.len() > 1 {
        let terms = G1Projective::normalize_batch(&state.cross_terms(value_base));
        writer.write_points(CROSS_TERMS, &terms);
        state.fold(writer.challenge(ROUND_CHALLENGE))?;
    }
    writer.write_scalars(LAST_ENTRY, &state.u);
    Ok(())
}

/// A challenge that must be invertible is zero; this happens with probability 2^-125.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a challenge of the opening is zero")]
pub struct ZeroChallenge;

/// The vectors of a round; the bases are Σ_e factors\[e\]·bases\[e·m + i\], i < m = |u|.
struct State {
    bases: Vec<Point>,
    factors: Vec<Fr>,
    u: Vec<Fr>,
    b: Vec<Fr>,
}

impl State {
    /// L and R.
    fn cross_terms(&self, value_base: G1Projective) -> [G1Projective; 2] {
        let (length, half) = (self.u.len(), self.u.len() / 2);
        // Lower bases meet the upper half of u and conversely.
        let mut scalars = vec![Fr::ZERO; self.bases.len()];
        scalars.par_chunks_mut(length).zip(&self.factors).for_each(|(scalars, factor)| {
            scalars.par_iter_mut().with_min_len(1024).enumerate().for_each(|(i, scalar)| {
                *scalar = self.u[i ^ half] * factor;
            });
        });
        let group = |i: u32| u32::from(i as usize & half != 0);
        let [left, right] = msm_pair(&self.bases, &scalars, group);
        let (u_low, u_high) = self.u.split_at(half);
        let (b_low, b_high) = self.b.split_at(half);
        [left + value_base * inner_product(u_high, b_low), right + value_base * inner_product(u_low, b_high)]
    }

    /// u ← u_l + x⁻¹u_h, b ← b_l + x·b_h, and the bases likewise, now or later.
    fn fold(&mut self, x: Fr) -> Result<(), ZeroChallenge> {
        let inverse = x.inverse().ok_or(ZeroChallenge)?;
        fold_vector(&mut self.u, inverse);
        fold_vector(&mut self.b, x);
        self.factors = self.factors.iter().flat_map(|factor| [*factor, *factor * x]).collect();
        let (log_bases, log_factors) = (self.bases.len().ilog2(), self.factors.len().ilog2());
        if log_factors > 1 && (log_factors == ROUNDS || log_bases - log_factors == LOG_SMALLEST) {
            self.bases = bases::fold(&self.bases, &self.factors);
            self.factors = vec![Fr::ONE];
        }
        Ok(())
    }
}

fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    a.par_iter().with_min_len(1024).zip(b).map(|(a, b)| *a * b).sum()
}

/// v ← lower half + factor·upper half.
fn fold_vector(v: &mut Vec<Fr>, factor: Fr) {
    let high = v.split_off(v.len() / 2);
    v.par_iter_mut().with_min_len(1024).zip(&high).for_each(|(low, high)| *low += factor * high);
}
