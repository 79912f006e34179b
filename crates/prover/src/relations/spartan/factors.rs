//! The factors A and B and the product C over the steps.
//!
//! The tables have 96 bytes per step in the first cycle round and half of what they had after each.
//! Computing the forms twice instead, for the first round and when its variable is bound, would save
//! half of the memory; it is slower unless fresh memory costs more than a field multiplication per
//! element.

use super::gram::{COUNT, left_factor};
use super::steps::{Classes, Steps};
use crate::kernels::fr::{self, Integers};
use crate::relations::split_eq::SplitEq;
use crate::witness::Witness;
use ark_ff::Zero;
use rayon::prelude::*;
use zkvm_algebra::Fr;
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Constraint, Form, Term};

/// Steps whose factors are computed together: their columns stay in cache.
const CHUNK: usize = 1 << 10;

/// A, B and C over the unbound cycle variables.
pub struct Factors {
    a: Vec<Fr>,
    b: Vec<Fr>,
    c: Vec<Fr>,
}

impl Factors {
    /// The factors over all steps, with constraint i weighted by `weights`\[i\].
    pub fn new(witness: &Witness, weights: &[Fr; COUNT]) -> Self {
        let [mut a, mut b, mut c] = [0; 3].map(|_| vec![Fr::zero(); witness.steps()]);
        let classes = Classes::new(witness.statement.program);
        let left = Left::new(&classes, weights);
        let [right, product] = [|c: &Constraint| c.b, |c: &Constraint| c.c].map(|side| Linear::new(side, weights));
        let chunks = a.par_chunks_mut(CHUNK).zip(b.par_chunks_mut(CHUNK)).zip(c.par_chunks_mut(CHUNK));
        let room = || Steps::new(witness, CHUNK.min(witness.steps()));
        chunks.enumerate().for_each_init(room, |steps, (chunk, ((a, b), c))| {
            steps.load(&classes, CHUNK * chunk);
            left.evaluate(steps, a);
            right.evaluate(steps, b);
            product.evaluate(steps, c);
        });
        Factors { a, b, c }
    }

    /// q(0) and the leading coefficient of q = Σ eq·(A·B - C) in the lowest variable.
    pub fn round(&self, eq: &SplitEq) -> [Fr; 2] {
        let size = 2 * eq.low.len();
        let block = |(block, high): (usize, &Fr)| {
            let [a, b, c] = [&self.a, &self.b, &self.c].map(|table| &table[block * size..(block + 1) * size]);
            let product = fr::product_round(&eq.low, &[a, b]);
            let linear = fr::product_round(&eq.low, &[c]);
            [(product[0] - linear[0]) * high, product[1] * high]
        };
        eq.high.par_iter().enumerate().map(block).reduce(|| [Fr::zero(); 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        [&mut self.a, &mut self.b, &mut self.c].into_iter().for_each(|table| fr::bind_low(table, challenge));
    }

    /// A and B at the final point.
    pub fn values(&self) -> [Fr; 2] {
        [self.a[0], self.b[0]]
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
