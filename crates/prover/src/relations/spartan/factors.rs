//! The factors A and B and the product C over the steps.
//!
//! They are linear in small integers, so evaluating them ([`Forms`]) costs little more than reading
//! them. That is done twice, for the first cycle round and when its variable is bound: tables
//! ([`Factors`]) are needed for half of the steps only.

use super::gram::{COUNT, left_factor};
use super::steps::{Classes, Steps};
use crate::kernels::fr::{self, Integers};
use crate::relations::split_eq::SplitEq;
use crate::witness::Witness;
use ark_ff::Zero;
use rayon::prelude::*;
use zkvm_algebra::Fr;
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Constraint, Form, Term};

/// Pairs of steps that are evaluated together: their columns stay in cache.
const CHUNK: usize = 1 << 9;

/// A, B and C as forms of a step's columns, with the group variable bound.
pub struct Forms<'a> {
    witness: &'a Witness<'a>,
    classes: Classes,
    left: Left,
    right: Linear,
    product: Linear,
}

/// Some steps with their A, B and C.
struct Room<'a> {
    steps: Steps<'a>,
    values: [Vec<Fr>; 3],
}

impl<'a> Forms<'a> {
    /// The forms with constraint i weighted by `weights`\[i\].
    pub fn new(witness: &'a Witness<'a>, weights: &[Fr; COUNT]) -> Self {
        let classes = Classes::new(witness.statement.program);
        let left = Left::new(&classes, weights);
        let [right, product] = [|c: &Constraint| c.b, |c: &Constraint| c.c].map(|side| Linear::new(side, weights));
        Forms { witness, classes, left, right, product }
    }

    fn room(&self, steps: usize) -> Room<'a> {
        Room { steps: Steps::new(self.witness, steps), values: [0; 3].map(|_| vec![Fr::zero(); steps]) }
    }

    fn evaluate<'r>(&self, room: &'r mut Room<'a>, first: usize) -> [&'r [Fr]; 3] {
        room.steps.load(&self.classes, first);
        let [a, b, c] = &mut room.values;
        self.left.evaluate(&room.steps, a);
        self.right.evaluate(&room.steps, b);
        self.product.evaluate(&room.steps, c);
        [a, b, c]
    }

    /// q(0) and the leading coefficient of q = Σ eq·(A·B - C) in the lowest variable.
    pub fn round(&self, eq: &SplitEq) -> [Fr; 2] {
        let steps = 2 * eq.low.len();
        let block = |room: &mut Room<'a>, (block, high): (usize, &Fr)| {
            quadratic(&eq.low, *high, self.evaluate(room, block * steps))
        };
        eq.high.par_iter().enumerate().map_init(|| self.room(steps), block).reduce(|| [Fr::zero(); 2], add)
    }

    /// The factors with the lowest variable bound.
    pub fn bind(&self, challenge: Fr) -> Factors {
        let pairs = self.witness.steps() / 2;
        let mut factors = Factors([0; 3].map(|_| vec![Fr::zero(); pairs]));
        let chunk = CHUNK.min(pairs);
        let [a, b, c] = factors.0.each_mut().map(|table| table.par_chunks_mut(chunk));
        a.zip(b).zip(c).enumerate().for_each_init(
            || self.room(2 * chunk),
            |room, (i, ((a, b), c))| {
                let values = self.evaluate(room, 2 * chunk * i);
                for (values, out) in values.into_iter().zip([a, b, c]) {
                    fr::bind_low_into(values, challenge, out);
                }
            },
        );
        factors
    }
}

/// high·Σ low·(A·B - C) at 0, and its leading coefficient.
fn quadratic(low: &[Fr], high: Fr, [a, b, c]: [&[Fr]; 3]) -> [Fr; 2] {
    let product = fr::product_round(low, &[a, b]);
    let linear = fr::product_round(low, &[c]);
    [(product[0] - linear[0]) * high, product[1] * high]
}

fn add(a: [Fr; 2], b: [Fr; 2]) -> [Fr; 2] {
    [a[0] + b[0], a[1] + b[1]]
}

/// A, B and C over the unbound cycle variables.
pub struct Factors([Vec<Fr>; 3]);

impl Factors {
    /// See [`Forms::round`].
    pub fn round(&self, eq: &SplitEq) -> [Fr; 2] {
        let size = 2 * eq.low.len();
        let [a, b, c] = self.0.each_ref().map(|table| table.par_chunks(size));
        let block = |(((a, b), c), high): (((&[Fr], &[Fr]), &[Fr]), &Fr)| quadratic(&eq.low, *high, [a, b, c]);
        a.zip(b).zip(c).zip(&eq.high).map(block).reduce(|| [Fr::zero(); 2], add)
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        self.0.iter_mut().for_each(|table| fr::bind_low(table, challenge));
    }

    /// A and B at the final point.
    pub fn values(&self) -> [Fr; 2] {
        let [a, b, _] = &self.0;
        [a[0], b[0]]
    }
}

/// A: for each class a constant and a factor of f_mul·rs1.
struct Left(Vec<[Fr; 2]>);

impl Left {
    fn new(classes: &Classes, weights: &[Fr; COUNT]) -> Self {
        let of_class = |class| {
            let mut sums = [Fr::zero(); 2];
            for (constraint, weight) in CONSTRAINTS.iter().zip(weights) {
                let left = left_factor(constraint.a, classes.flags(class), Classes::taken(class));
                sums.iter_mut().zip(left).for_each(|(sum, value)| *sum += *weight * Fr::from(value));
            }
            sums
        };
        Left((0..classes.count()).map(of_class).collect())
    }

    fn evaluate(&self, steps: &Steps, out: &mut [Fr]) {
        let Some(Integers::Words(multipliers)) = steps.values(Term::Column(Column::MulLeft)) else { return };
        for ((out, class), multiplier) in out.iter_mut().zip(&steps.classes).zip(multipliers) {
            let [constant, factor] = self.0[usize::from(*class)];
            *out = constant;
            if *multiplier != 0 {
                *out += factor * Fr::from(*multiplier);
            }
        }
    }
}

/// A linear form: a constant and the weights of terms.
struct Linear {
    constant: Fr,
    terms: Vec<(Fr, Term)>,
}

impl Linear {
    /// Σ weights\[i\]·(the side of constraint i).
    fn new(side: fn(&Constraint) -> Form, weights: &[Fr; COUNT]) -> Self {
        let mut form = Linear { constant: Fr::zero(), terms: Vec::new() };
        for (constraint, weight) in CONSTRAINTS.iter().zip(weights) {
            for (coefficient, term) in side(constraint) {
                let weight = *weight * Fr::from(*coefficient);
                match form.terms.iter_mut().find(|(_, t)| t == term) {
                    _ if *term == Term::One => form.constant += weight,
                    Some((sum, _)) => *sum += weight,
                    None => form.terms.push((weight, *term)),
                }
            }
        }
        form
    }

    fn evaluate(&self, steps: &Steps, out: &mut [Fr]) {
        let values = |(weight, term): &(Fr, Term)| Some((*weight, steps.values(*term)?));
        let terms: Vec<(Fr, Integers)> = self.terms.iter().filter_map(values).collect();
        fr::combine(self.constant, &terms, out);
    }
}
