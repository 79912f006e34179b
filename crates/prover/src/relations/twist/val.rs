//! The kernel of the relations Σ_t inc(t)·ra(t)·(lt(t, r) + c): in the first round the columns are read
//! off the steps, afterwards they are tables.

use super::increments::{Increments, LessThan, Lines};
use crate::kernel::Kernel;
use zkvm_algebra::{Fr, Univariate};

/// The columns inc and ra of a relation while no variable is bound.
pub trait Steps: Send + Sync {
    /// Gives inc·ra for the `pairs` pairs of steps of block number `block`.
    fn first_round(&self, block: usize, pairs: usize, lines: &mut Lines);
    /// The columns with the lowest variable bound, made in blocks of `pairs` cells.
    fn bind_first(&self, challenge: Fr, pairs: usize) -> Increments;
    /// What the value of the column ra claims.
    fn claimed(&self, ra: Fr) -> Fr {
        ra
    }
}

/// See the module's documentation.
pub struct ValKernel<S> {
    steps: S,
    less_than: LessThan,
    columns: Option<Increments>,
}

impl<S: Steps> ValKernel<S> {
    /// The kernel before its first round.
    pub fn from_steps(steps: S, less_than: LessThan) -> Self {
        ValKernel { steps, less_than, columns: None }
    }
}

impl<S: Steps> Kernel for ValKernel<S> {
    fn round(&mut self, claim: Fr) -> Univariate {
        let pairs = self.less_than.block_pairs();
        match &self.columns {
            Some(columns) => columns.round(&self.less_than, claim),
            None => self.less_than.round(claim, |block, lines| self.steps.first_round(block, pairs, lines)),
        }
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.columns {
            Some(columns) => columns.bind(challenge),
            None => self.columns = Some(self.steps.bind_first(challenge, self.less_than.block_pairs())),
        }
        self.less_than.bind(challenge);
    }

    fn claims(&self) -> Vec<Fr> {
        let Some(Increments { inc, ra }) = &self.columns else { return Vec::new() };
        inc.first().zip(ra.first()).map(|(inc, ra)| vec![*inc, self.steps.claimed(*ra)]).unwrap_or_default()
    }
}
