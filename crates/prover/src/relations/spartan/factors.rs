//! The factors A and B and the product C over pairs of steps.

use super::gram::{COUNT, left_factor};
use super::steps::{Classes, Steps, Values};
use crate::kernels::fr::{self, wide::Narrow};
use crate::relations::split_eq::SplitEq;
use crate::witness::Witness;
use ark_ff::{One, Zero};
use rayon::prelude::*;
use zkvm_algebra::Fr;
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Constraint, Form, Term};

/// Pairs of steps whose factors are computed together.
const CHUNK: usize = 256;

/// A, B and C over the unbound cycle variables.
#[derive(Default)]
pub struct Factors {
    a: Vec<Fr>,
    b: Vec<Fr>,
    c: Vec<Fr>,
}

impl Factors {
    /// The factors with constraint i weighted by `weights`\[i\] and the last cycle variable bound
    /// to `challenge`.
    pub fn new(witness: &Witness, weights: &[Fr; COUNT], challenge: Fr) -> Self {
        let pairs = witness.steps() / 2;
        let [mut a, mut b, mut c] = [0; 3].map(|_| vec![Fr::zero(); pairs]);
        let classes = Classes::new(witness.statement.program);
        let parities = [Fr::one() - challenge, challenge];
        let left = parities.map(|parity| Left::new(&classes, weights, parity));
        let [b_form, c_form] = [|c: &Constraint| c.b, |c: &Constraint| c.c].map(|side| Linear::new(side, weights));
        let chunks = a.par_chunks_mut(CHUNK).zip(b.par_chunks_mut(CHUNK)).zip(c.par_chunks_mut(CHUNK));
        chunks.enumerate().for_each(|(chunk, ((a, b), c))| {
            let steps = [0, 1].map(|parity| {
                let mut steps = Steps::new(a.len());
                steps.fill(witness, &classes, 2 * CHUNK * chunk + parity, 2);
                steps
            });
            left.iter().zip(&steps).for_each(|(left, steps)| left.add(steps, a));
            b_form.combine(&steps, &parities, b);
            c_form.combine(&steps, &parities, c);
        });
        Factors { a, b, c }
    }

    /// q(0) and the leading coefficient of q = Σ eq·(A·B - C) in the lowest variable.
    pub fn round(&self, eq: &SplitEq) -> [Fr; 2] {
        let size = 2 * eq.low.len();
        let blocks = self.a.par_chunks(size).zip(self.b.par_chunks(size)).zip(self.c.par_chunks(size));
        let block = |(((a, b), c), high): (((&[Fr], &[Fr]), &[Fr]), &Fr)| {
            let product = fr::product_round(&eq.low, &[a, b]);
            let linear = fr::product_round(&eq.low, &[c]);
            [(product[0] - linear[0]) * high, product[1] * high]
        };
        blocks.zip(&eq.high).map(block).reduce(|| [Fr::zero(); 2], |a, b| [a[0] + b[0], a[1] + b[1]])
    }

    /// Binds the lowest variable.
    pub fn bind(&mut self, challenge: Fr) {
        [&mut self.a, &mut self.b, &mut self.c].map(|table| fr::bind_low(table, challenge));
    }

    /// A and B at the final point.
    pub fn values(&self) -> [Fr; 2] {
        [self.a[0], self.b[0]]
    }
}

/// A in the steps of one parity: for each class a constant and a factor of f_mul·rs1.
struct Left(Vec<[Fr; 2]>);

impl Left {
    fn new(classes: &Classes, weights: &[Fr; COUNT], parity: Fr) -> Self {
        let of_class = |class| {
            let mut sums = [Fr::zero(); 2];
            for (constraint, weight) in CONSTRAINTS.iter().zip(weights) {
                let left = left_factor(constraint.a, classes.flags(class), Classes::taken(class));
                sums.iter_mut().zip(left).for_each(|(sum, value)| *sum += *weight * Fr::from(value));
            }
            sums.map(|sum| sum * parity)
        };
        Left((0..classes.count()).map(of_class).collect())
    }

    fn add(&self, steps: &Steps, out: &mut [Fr]) {
        let Some(Values::Words(multipliers)) = steps.values(Term::Column(Column::MulLeft)) else { return };
        for ((out, class), multiplier) in out.iter_mut().zip(&steps.classes).zip(multipliers) {
            let [constant, factor] = self.0[usize::from(*class)];
            *out += constant;
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

    /// The form over pairs of steps, the two steps weighted by `parities`, whose sum is one.
    fn combine(&self, steps: &[Steps; 2], parities: &[Fr; 2], out: &mut [Fr]) {
        let mut sum = Combination::default();
        for (steps, parity) in steps.iter().zip(parities) {
            for (weight, term) in &self.terms {
                let weight = *weight * parity;
                match steps.values(*term) {
                    Some(Values::Words(values)) => sum.words.push((weight, values)),
                    Some(Values::Doubles(values)) => sum.doubles.push((weight, values)),
                    Some(Values::Signed(values)) => sum.signed.push(([weight, -weight], values)),
                    None => {}
                }
            }
        }
        out.iter_mut().enumerate().for_each(|(i, out)| *out = self.constant + sum.at(i));
    }
}

/// Σ weight·values\[i\], by the types of the values.
#[derive(Default)]
struct Combination<'a> {
    words: Vec<(Fr, &'a [u32])>,
    doubles: Vec<(Fr, &'a [u64])>,
    /// With the negative of the weight.
    signed: Vec<([Fr; 2], &'a [i64])>,
}

impl Combination<'_> {
    #[inline(always)]
    fn at(&self, i: usize) -> Fr {
        let mut sum = Narrow::default();
        self.words.iter().for_each(|(weight, values)| sum.add_product(weight, values[i].into()));
        self.doubles.iter().for_each(|(weight, values)| sum.add_product(weight, values[i]));
        for (weights, values) in &self.signed {
            sum.add_product(&weights[usize::from(values[i] < 0)], values[i].unsigned_abs());
        }
        sum.reduce()
    }
}
