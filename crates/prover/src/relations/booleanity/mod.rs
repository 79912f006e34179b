//! Kernel of [`booleanity::Booleanity`]: every one-hot column at once.
//!
//! All columns are bound at one address point, so after the index rounds a column takes one of
//! 2^κ + 1 values, the same ones in every column, and what a column contributes over a few steps
//! depends on its *symbol* alone, the addresses in these steps ([`symbols`]). One pass counts the
//! weights of the symbols over all columns ([`counts`]); from the counts follow, with no further look
//! at the steps, all index rounds ([`index`]), the cycle rounds within a symbol ([`within`]), and all
//! of the next round but Σ h·h' over neighbouring symbols. From there on columns are sums of table
//! entries, and field elements when they have shrunk enough ([`cells`]).

mod cells;
mod counts;
mod index;
mod symbols;
mod within;

use self::cells::Cells;
use self::index::IndexRounds;
use self::symbols::{Alphabet, Symbols};
use self::within::Within;
use crate::kernel::Kernel;
use crate::kernels::fr;
use crate::relations::split_eq::GruenEq;
use crate::relations::twist::quadratic::Quadratic;
use crate::witness::Witness;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::{Field, Fr, Univariate};
use zkvm_protocol::relations::booleanity;

/// See the module's documentation.
pub struct BooleanityKernel {
    alphabet: Alphabet,
    symbols: Symbols,
    /// Σ of the weights by symbol, for symbols at even and at odd places.
    counts: [Vec<Fr>; 2],
    gamma: Fr,
    rho: Vec<Fr>,
    r2: Vec<Fr>,
    /// The bound index coordinates.
    address: Vec<Fr>,
    /// eq(r2, ·) with the factor of the bound index variables.
    eq: GruenEq,
    phase: Phase,
}

enum Phase {
    Index(IndexRounds),
    Within(Within),
    Cells(Cells),
}

impl BooleanityKernel {
    /// The kernel before its first round.
    pub fn new(relation: &booleanity::Booleanity, witness: &Witness) -> Self {
        let shape = &witness.statement.shape;
        let alphabet = Alphabet::new(shape.log_k, shape.log_t);
        let columns: Vec<_> = shape.columns().into_iter().take(relation.columns).collect();
        let symbols = Symbols::new(witness, &columns, &alphabet);
        let (places, _) = relation.r2.split_at(shape.log_t - alphabet.log_steps);
        let counts = counts::count(&symbols, &alphabet, places, relation.gamma);
        let addresses = counts::by_address(&counts, &alphabet, &relation.r2);
        BooleanityKernel {
            alphabet,
            symbols,
            counts,
            gamma: relation.gamma,
            rho: relation.rho.clone(),
            r2: relation.r2.clone(),
            address: Vec::new(),
            eq: GruenEq::new(&relation.r2, Fr::ONE),
            phase: Phase::Index(IndexRounds::new(&relation.rho, addresses)),
        }
    }

    fn bind_index(&mut self, challenge: Fr) {
        let Phase::Index(index) = &mut self.phase else { return };
        index.bind(challenge);
        self.address.push(challenge);
        if self.address.len() == self.rho.len() {
            self.eq = GruenEq::new(&self.r2, eq(&self.rho, &self.address));
            let inner = &self.r2[self.r2.len() - self.alphabet.log_steps..];
            let counts = counts::both(&self.counts, &self.alphabet, &self.r2);
            let within = Within::new(&self.alphabet, &fr::eq_table(&self.address), inner, counts);
            self.phase = Phase::Within(within);
            self.leave_symbols();
        }
    }

    /// Ends the rounds within a symbol when all its steps are bound.
    fn leave_symbols(&mut self) {
        if let Phase::Within(within) = &self.phase
            && let Some(values) = within.finished()
        {
            self.phase = Phase::Cells(Cells::new(values, &self.counts, self.gamma, &self.symbols));
        }
    }
}

impl Kernel for BooleanityKernel {
    fn round(&mut self, claim: Fr) -> Univariate {
        let Quadratic { at_zero, leading } = match &self.phase {
            Phase::Index(index) => return index.round(),
            Phase::Within(within) => Quadratic::default().add_scaled(self.eq.scale(), within.round()),
            Phase::Cells(cells) => cells.round(&self.eq.above(), &self.symbols, self.eq.scale()),
        };
        self.eq.cubic(claim, at_zero, leading)
    }

    fn bind(&mut self, challenge: Fr) {
        match &mut self.phase {
            Phase::Index(_) => return self.bind_index(challenge),
            Phase::Within(within) => {
                within.bind(challenge);
                self.leave_symbols();
            }
            Phase::Cells(cells) => cells.bind(challenge, &mut self.symbols),
        }
        self.eq.bind(challenge);
    }

    fn claims(&self) -> Vec<Fr> {
        match &self.phase {
            Phase::Cells(cells) => cells.claims(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
