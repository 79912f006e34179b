//! The constraints of every step, by Spartan (eprint 2019/550) with a univariate skip.
//!
//! Constraint (g, i) of group g stands at the point Y = D_i of the domain D = {-5, …, 5}. With
//! A(Y, g, t), B, C the interpolations over D of the forms at step t, all constraints hold iff
//! A·B - C vanishes on D for all g and t. The prover sends Q, of degree at most 9, with
//! Σ_{g,t} eq(τ, (g,t)) (A·B - C)(Y, g, t) = Z_D(Y)·Q(Y) ([`Skip`]); at a random Y = y the sum
//! over (g, t) is then a sum-check ([`Zerocheck`]).

use crate::constraints::{self, CONSTRAINTS, Column, Form, GROUP, GROUPS, Term};
use crate::relation::{Point, Relation, Rounds, Support};
use crate::relations::bytecode::Functional;
use alloc::vec;
use alloc::vec::Vec;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::univariate::lagrange_at;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Ring, Univariate};

/// The univariate skip.
#[derive(Clone, Debug)]
pub struct Skip {
    /// τ: the group coordinate, then the cycle coordinates.
    pub tau: Vec<Fr>,
}

impl Skip {
    /// Coefficients of Q: the degree of A·B is 20, that of Z_D is 11.
    pub const COEFFICIENTS: usize = GROUP - 1;

    /// The domain D.
    pub fn domain() -> [i64; GROUP] {
        [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5]
    }

    /// The sum at Y = y that `quotient` claims: Z_D(y)·Q(y).
    pub fn claim(quotient: &[Fr], y: Fr) -> Fr {
        let vanishing: Fr = Self::domain().iter().map(|d| y - Fr::from(*d)).product();
        vanishing * Univariate(quotient.to_vec()).evaluate(y)
    }
}

/// Σ_{g,t} eq(τ, (g,t))·(A(y,g,t)·B(y,g,t) - C(y,g,t)) = claim.
///
/// Index variable: the group. Witness: the columns of a step, then the parts of A and of B that
/// the bytecode gives.
#[derive(Clone, Debug)]
pub struct Zerocheck {
    /// τ: the group coordinate, then the cycle coordinates.
    pub tau: Vec<Fr>,
    /// Weight of constraint i of a group: the Lagrange basis over D at y.
    pub lagrange: Vec<Fr>,
    claim: Fr,
}

/// What the zerocheck leaves to prove, all at the point r1 of its cycle variables.
#[derive(Clone, Debug)]
pub struct Claims {
    /// The columns of a step.
    pub columns: [Fr; Column::COUNT],
    /// The bytecode's part of A.
    pub a: Fr,
    /// The bytecode's part of B.
    pub b: Fr,
}

impl Claims {
    /// The claim on one column.
    pub fn column(&self, column: Column) -> Fr {
        Column::ALL.iter().zip(&self.columns).find(|(c, _)| **c == column).map_or(Fr::ZERO, |(_, value)| *value)
    }
}

/// Which of the three forms of a constraint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The left factor.
    A,
    /// The right factor.
    B,
    /// The product.
    C,
}

impl Side {
    fn form(self, constraint: &constraints::Constraint) -> Form {
        match self {
            Side::A => constraint.a,
            Side::B => constraint.b,
            Side::C => constraint.c,
        }
    }
}

impl Zerocheck {
    /// The relation after the skip's challenge `y`.
    pub fn new(skip: &Skip, quotient: &[Fr], y: Fr) -> Self {
        let domain: Vec<Fr> = Skip::domain().into_iter().map(Fr::from).collect();
        Zerocheck { tau: skip.tau.clone(), lagrange: lagrange_at(&domain, y), claim: Skip::claim(quotient, y) }
    }

    /// The weight of `column` in a side at each group.
    pub fn column_weights(&self, side: Side, column: Column) -> [Fr; GROUPS] {
        self.weights(side, |form| constraints::column_coefficient(form, column))
    }

    /// Σ_i L_i(y)·coefficient(form of constraint (g, i)) for each group g.
    pub fn weights(&self, side: Side, coefficient: impl Fn(Form) -> i64) -> [Fr; GROUPS] {
        let mut weights = [Fr::ZERO; GROUPS];
        for (weight, group) in weights.iter_mut().zip(CONSTRAINTS.chunks(GROUP)) {
            let terms = group.iter().zip(&self.lagrange);
            *weight = terms.map(|(constraint, l)| *l * Fr::from(coefficient(side.form(constraint)))).sum();
        }
        weights
    }

    /// The bytecode's part of `side`, at the group coordinate `group`, as a functional of a row.
    pub fn bytecode_part(&self, side: Side, group: Fr) -> Functional {
        let of = |term: Term| {
            let coefficient = |form: Form| form.iter().filter(|(_, t)| *t == term).map(|(c, _)| *c).sum();
            at_group(self.weights(side, coefficient), group)
        };
        let mut functional = Functional {
            one: of(Term::One),
            imm: of(Term::Imm),
            disp: of(Term::Disp),
            target: of(Term::Target),
            row: of(Term::Row),
            ..Functional::default()
        };
        functional.set_flags(|flag| of(Term::Flag(flag)));
        functional
    }
}

fn at_group([zero, one]: [Fr; GROUPS], group: Fr) -> Fr {
    zero + group * (one - zero)
}

impl Relation for Zerocheck {
    type Claims = Claims;

    fn name(&self) -> &'static str {
        "spartan"
    }
    fn rounds(&self) -> Rounds {
        Rounds::index_and_cycle(1)
    }
    fn claim(&self) -> Fr {
        self.claim
    }
    fn public_support(&self) -> Vec<Support> {
        let mut support = vec![Support::both(0..1)];
        support.resize(1 + 3 * Column::COUNT, Support::index(0..1));
        support
    }
    fn witness_support(&self) -> Vec<Support> {
        let mut support = vec![Support::CYCLE; Column::COUNT];
        support.resize(Column::COUNT + 2, Support::both(0..1));
        support
    }
    fn public(&self, point: &Point) -> Vec<Fr> {
        let group = point.index.first().copied().unwrap_or(Fr::ONE);
        let full: Vec<Fr> = point.index.iter().chain(&point.cycle).copied().collect();
        let mut public = vec![eq(&self.tau, &full)];
        for side in [Side::A, Side::B, Side::C] {
            public.extend(Column::ALL.iter().map(|column| at_group(self.column_weights(side, *column), group)));
        }
        public
    }
    fn summand<R: Ring>(&self, public: &[R], witness: &[R]) -> R {
        let (Some((eq, weights)), Some((columns, [a, b]))) = (public.split_first(), witness.split_last_chunk::<2>())
        else {
            return R::zero();
        };
        let dot = |weights: &[R]| weights.iter().zip(columns).fold(R::zero(), |sum, (&w, &z)| sum + w * z);
        let mut sides = weights.chunks(Column::COUNT).map(dot);
        match (sides.next(), sides.next(), sides.next()) {
            (Some(za), Some(zb), Some(zc)) => *eq * ((za + *a) * (zb + *b) - zc),
            _ => R::zero(),
        }
    }
    fn claims(&self, witness: Vec<Fr>) -> Claims {
        let mut values = witness.into_iter();
        let mut next = || values.next().unwrap_or(Fr::ZERO);
        Claims { columns: core::array::from_fn(|_| next()), a: next(), b: next() }
    }
}
