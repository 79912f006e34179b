//! Relations: what a sum-check proves, declared once.
//!
//! A [`Relation`] states that a claimed value is the sum, over all points of a hypercube, of a
//! summand made of *public* polynomials (which both parties evaluate) and *witness* polynomials
//! (whose values at the final point are the claims it produces). Every polynomial is multilinear.
//! The verifier, the reference prover and the degree bound are readings of this one declaration.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;
use zkvm_algebra::ring::{Degree, Ring};
use zkvm_algebra::{AdditiveGroup, Fr};

/// A point: index coordinates, then cycle coordinates, each most significant variable first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Point {
    /// Index (address) coordinates, in the order in which they were bound.
    pub index: Vec<Fr>,
    /// Cycle coordinates; bound from the last to the first.
    pub cycle: Vec<Fr>,
}

/// Number of rounds of a stage: all index rounds first, then all cycle rounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stage {
    /// Name of the stage, for labels and errors.
    pub name: &'static str,
    /// Index rounds.
    pub index: usize,
    /// Cycle rounds.
    pub cycle: usize,
}

/// Where a relation's own rounds stand in its stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rounds {
    /// Its index rounds.
    pub index: usize,
    /// Index rounds of the stage after its own.
    pub idle: usize,
    /// Whether it takes part in the cycle rounds.
    pub cycle: bool,
}

impl Rounds {
    /// No index rounds.
    pub const CYCLE: Rounds = Rounds { index: 0, idle: 0, cycle: true };

    /// The last `index` index rounds, then the cycle rounds.
    pub const fn index_and_cycle(index: usize) -> Rounds {
        Rounds { index, idle: 0, cycle: true }
    }

    /// The relation's own variable bound in round `round` of `stage`, if the round is its own.
    pub fn variable(&self, stage: &Stage, round: usize) -> Option<Variable> {
        match round.checked_sub(stage.index) {
            Some(round) => (self.cycle && round < stage.cycle).then_some(Variable::Cycle),
            None => {
                let first = stage.index.checked_sub(self.index.checked_add(self.idle)?)?;
                let variable = round.checked_sub(first)?;
                (variable < self.index).then_some(Variable::Index(variable))
            }
        }
    }

    /// The relation's own part of a stage's point.
    pub fn restrict(&self, point: &Point) -> Point {
        let end = point.index.len().saturating_sub(self.idle);
        let own = end.saturating_sub(self.index)..end;
        let cycle = if self.cycle { point.cycle.clone() } else { Vec::new() };
        Point { index: point.index.get(own).unwrap_or_default().to_vec(), cycle }
    }
}

/// A variable of a relation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Variable {
    /// An index variable, by its number in the relation.
    Index(usize),
    /// Any cycle variable.
    Cycle,
}

/// The variables that a polynomial depends on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Support {
    /// Index variables of the relation.
    pub index: Range<usize>,
    /// Whether it depends on the cycle variables.
    pub cycle: bool,
}

impl Support {
    /// A constant.
    pub const CONSTANT: Support = Support { index: 0..0, cycle: false };
    /// The cycle variables.
    pub const CYCLE: Support = Support { index: 0..0, cycle: true };

    /// Some index variables.
    pub const fn index(index: Range<usize>) -> Support {
        Support { index, cycle: false }
    }
    /// Some index variables and the cycle variables.
    pub const fn both(index: Range<usize>) -> Support {
        Support { index, cycle: true }
    }

    fn degree(&self, variable: Variable) -> Degree {
        let depends = match variable {
            Variable::Index(i) => self.index.contains(&i),
            Variable::Cycle => self.cycle,
        };
        Degree(usize::from(depends))
    }
}

/// claim = Σ summand(public(x), witness(x)) over the hypercube of the relation's variables.
pub trait Relation {
    /// The witness polynomials' values at the final point, named.
    type Claims;

    /// Name for errors and reports.
    fn name(&self) -> &'static str;
    /// Its rounds.
    fn rounds(&self) -> Rounds;
    /// The claimed sum.
    fn claim(&self) -> Fr;
    /// What each public polynomial depends on.
    fn public_support(&self) -> Vec<Support>;
    /// What each witness polynomial depends on.
    fn witness_support(&self) -> Vec<Support>;
    /// The public polynomials at a point of the relation's own variables.
    fn public(&self, point: &Point) -> Vec<Fr>;
    /// The summand. Both slices have the lengths of the supports; it is zero on any other.
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R;
    /// Names the witness values.
    fn claims(&self, witness: Vec<Fr>) -> Self::Claims;
}

/// The part of a relation that an engine over many relations needs.
pub trait Check {
    /// See [`Relation::name`].
    fn name(&self) -> &'static str;
    /// See [`Relation::rounds`].
    fn rounds(&self) -> Rounds;
    /// See [`Relation::claim`].
    fn claim(&self) -> Fr;
    /// Number of witness polynomials.
    fn witnesses(&self) -> usize;
    /// Degree of the round polynomial when `variable` is bound.
    fn degree(&self, variable: Variable) -> usize;
    /// Degree of the summand in the witness polynomials.
    fn witness_degree(&self) -> usize;
    /// The summand at a point of the stage, from the claimed witness values there.
    fn evaluate(&self, point: &Point, witness: &[Fr]) -> Fr;
}

impl<R: Relation> Check for R {
    fn name(&self) -> &'static str {
        Relation::name(self)
    }
    fn rounds(&self) -> Rounds {
        Relation::rounds(self)
    }
    fn claim(&self) -> Fr {
        Relation::claim(self)
    }
    fn witnesses(&self) -> usize {
        self.witness_support().len()
    }
    fn degree(&self, variable: Variable) -> usize {
        let degrees = |support: Vec<Support>| support.iter().map(|s| s.degree(variable)).collect::<Vec<_>>();
        self.summand(&degrees(self.public_support()), &degrees(self.witness_support())).0
    }
    fn witness_degree(&self) -> usize {
        let (public, witness) = (self.public_support().len(), self.witness_support().len());
        self.summand(&vec![Degree(0); public], &vec![Degree(1); witness]).0
    }
    fn evaluate(&self, point: &Point, witness: &[Fr]) -> Fr {
        self.summand(&self.public(&self.rounds().restrict(point)), witness)
    }
}

/// 1, γ, γ², …
pub fn powers(gamma: Fr) -> impl Iterator<Item = Fr> {
    core::iter::successors(Some(Fr::from(1u64)), move |power| Some(*power * gamma))
}

/// Σ γ^i·values\[i\].
pub fn batch(gamma: Fr, values: &[Fr]) -> Fr {
    values.iter().rev().fold(Fr::ZERO, |acc, value| acc * gamma + value)
}

/// Σ γ^i·values\[i\] in any ring.
pub fn horner<R: Ring>(gamma: R, values: impl DoubleEndedIterator<Item = R>) -> R {
    values.rev().fold(R::zero(), |acc, value| acc * gamma + value)
}
