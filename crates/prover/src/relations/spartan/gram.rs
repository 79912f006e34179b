//! All products of a left and a right factor, summed over the steps.
//!
//! With a_i, b_j, c_i the forms of the constraints, P_ij = Σ_t eq(τ,t)·a_i(t)·b_j(t) and
//! s_i = Σ_t eq(τ,t)·c_i(t) determine Σ_t eq(τ,t)·(A·B - C)(t) for every A = Σ λ_i·a_i, B, C with the same
//! λ: it is λᵀPλ - sᵀλ. So one pass over the steps serves every point of the univariate skip and the
//! round of the group variable.
//!
//! Left factors are flags of the row, whether a branch is taken, and f_mul·rs1. Steps with the same
//! flags form a class ([`Classes`]); over a class a_i is constant but for f_mul·rs1. Hence P follows
//! from the moments Σ eq(τ,t)·z(t) and Σ eq(τ,t)·(f_mul·rs1)(t)·z(t) of each class, for each term z of the
//! right factors. The pass sorts a block of steps by class and takes weighted sums of small integers.

use super::steps::{Classes, Steps, occurs};
use crate::kernels::fr::{self, Integers};
use crate::relations::split_eq::SplitEq;
use crate::witness::Witness;
use ark_ff::{One, Zero};
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::Fr;
use zkvm_isa::row::Flags;
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, GROUP, GROUPS, Term};

/// Number of constraints.
pub const COUNT: usize = GROUP * GROUPS;
/// Steps in a block, as a power of two: runs of a class should be long.
const BLOCK_BITS: usize = 14;

/// Steps of a class whose terms are summed together: their values stay in cache.
const PIECE: usize = 1 << 9;

/// The sums P and s over all steps.
pub struct Gram {
    products: Matrix,
    sums: [Fr; COUNT],
}

type Matrix = Box<[[Fr; COUNT]; COUNT]>;

impl Gram {
    /// The sums of `witness` for the cycle coordinates `tau`.
    pub fn new(tau: &[Fr], witness: &Witness) -> Self {
        let classes = Classes::new(witness.statement.program);
        // A few blocks for each thread, if the trace is long enough.
        let eq = SplitEq::new(tau, Fr::one(), BLOCK_BITS.min(tau.len().saturating_sub(3)));
        let terms = Terms::new();
        let empty = || Moments::new(&classes, &terms);
        let moments = (0..eq.high.len())
            .into_par_iter()
            .fold(
                || (empty(), Room::new(witness, eq.low.len())),
                |(mut moments, mut room), block| {
                    room.steps.load(&classes, block * eq.low.len());
                    moments.add_block(&classes, &terms, &eq.low, eq.high[block], &mut room);
                    (moments, room)
                },
            )
            .map(|(moments, _)| moments)
            .reduce(empty, Moments::add);
        moments.gram(&classes, &terms)
    }

    /// Σ eq·A·B with left factors weighted by `left` and right ones by `right`.
    pub fn product(&self, left: &[Fr; COUNT], right: &[Fr; COUNT]) -> Fr {
        bilinear(&self.products, left, right)
    }

    /// Σ eq·C with products weighted by `weights`.
    pub fn sum(&self, weights: &[Fr; COUNT]) -> Fr {
        self.sums.iter().zip(weights).map(|(sum, weight)| *sum * weight).sum()
    }
}

fn bilinear(matrix: &Matrix, left: &[Fr; COUNT], right: &[Fr; COUNT]) -> Fr {
    let row = |row: &[Fr; COUNT]| row.iter().zip(right).map(|(value, weight)| *value * weight).sum::<Fr>();
    matrix.iter().zip(left).filter(|(_, weight)| !weight.is_zero()).map(|(values, weight)| row(values) * weight).sum()
}

/// The terms of right factors, then the further ones of products.
struct Terms {
    all: Vec<Term>,
    /// How many are of right factors.
    right: usize,
}

impl Terms {
    fn new() -> Self {
        let mut all = Vec::new();
        let mut add = |form: Form| {
            for (_, term) in form {
                if !all.contains(term) {
                    all.push(*term);
                }
            }
            all.len()
        };
        let right = CONSTRAINTS.iter().map(|c| add(c.b)).max().unwrap_or(0);
        CONSTRAINTS.iter().for_each(|c| _ = add(c.c));
        Terms { all, right }
    }

    /// A form's value, given those of the terms.
    fn evaluate(&self, form: Form, values: &[Fr]) -> Fr {
        let value = |term: &Term| self.all.iter().position(|t| t == term).map_or(Fr::zero(), |i| values[i]);
        form.iter().map(|(coefficient, term)| times(value(term), *coefficient)).sum()
    }
}

fn times(value: Fr, coefficient: i64) -> Fr {
    match coefficient {
        1 => value,
        -1 => -value,
        _ => value * Fr::from(coefficient),
    }
}

/// A left factor in the steps of a class: a constant, and a multiple of f_mul·rs1.
pub fn left_factor(form: Form, flags: Flags, taken: bool) -> [i64; 2] {
    let mut factor = [0; 2];
    for (coefficient, term) in form {
        let (place, value) = match term {
            Term::One => (0, true),
            Term::Flag(flag) => (0, flags.has(*flag)),
            Term::Column(Column::Memory) => (0, flags.has(Flags::MEM)),
            Term::Column(Column::Taken) => (0, taken),
            Term::Column(Column::MulLeft) => (1, flags.has(Flags::MUL)),
            Term::Column(_) | Term::Imm | Term::Disp | Term::Target | Term::Row => {
                unreachable!("left factors are flags, the branch outcome and f_mul·rs1")
            }
        };
        factor[place] += coefficient * i64::from(value);
    }
    factor
}

/// For each class and each term: the weighted sum of the term, and that of its products with
/// f_mul·rs1.
struct Moments {
    sums: Vec<[Fr; 2]>,
    terms: usize,
}

/// Places of the steps of a block in the order of their classes.
struct Sorted {
    order: Vec<u16>,
    /// Each class that occurs, with its part of the order.
    runs: Vec<(usize, Range<usize>)>,
}

impl Sorted {
    fn new(steps: &[u16], classes: usize) -> Self {
        let mut ends = vec![0; classes + 1];
        steps.iter().for_each(|class| ends[usize::from(*class) + 1] += 1);
        for class in 0..classes {
            ends[class + 1] += ends[class];
        }
        let runs = (0..classes).map(|class| (class, ends[class]..ends[class + 1])).filter(|(_, run)| !run.is_empty());
        let runs = runs.collect();
        let mut order = vec![0; steps.len()];
        for (i, class) in steps.iter().enumerate() {
            let place = &mut ends[usize::from(*class)];
            // Blocks have at most 2^14 steps.
            order[*place] = i as u16;
            *place += 1;
        }
        Sorted { order, runs }
    }
}

/// Buffers of a thread.
struct Room<'a> {
    steps: Steps<'a>,
    piece: Piece,
}

impl<'a> Room<'a> {
    fn new(witness: &'a Witness<'a>, steps: usize) -> Self {
        Room { steps: Steps::new(witness, steps), piece: Piece::default() }
    }
}

/// Some steps of one class: their weights, and the terms' values one after the other, by type.
#[derive(Default)]
struct Piece {
    weights: Vec<Fr>,
    words: Vec<u32>,
    doubles: Vec<u64>,
    signed: Vec<i64>,
}

impl Piece {
    /// For each term, its weighted sum over the steps `order`, of a class with `flags`, and that of its
    /// products with f_mul·rs1.
    fn sum(&mut self, steps: &Steps, terms: &Terms, flags: Flags, order: &[u16], low: &[Fr]) -> Vec<[Fr; 2]> {
        let occurring: Vec<usize> = (0..terms.all.len()).filter(|i| occurs(terms.all[*i], flags)).collect();
        self.gather(steps, occurring.iter().map(|i| terms.all[*i]), order, low);
        let columns = self.columns(steps, occurring.iter().map(|i| terms.all[*i]));
        let mut sums = vec![Fr::zero(); columns.len()];
        fr::weighted_sums(&self.weights, &columns, &mut sums);
        let multiplier = flags.has(Flags::MUL).then(|| gather_multiplier(steps, order));
        let mut all = vec![[Fr::zero(); 2]; terms.all.len()];
        for ((i, sum), column) in occurring.into_iter().zip(sums).zip(columns) {
            let product = multiplier.as_ref().filter(|_| i < terms.right);
            all[i] = [sum, product.map_or(Fr::zero(), |m| sum_products(&self.weights, column, m))];
        }
        all
    }

    fn gather(&mut self, steps: &Steps, terms: impl Iterator<Item = Term>, order: &[u16], low: &[Fr]) {
        self.weights.clear();
        self.weights.extend(order.iter().map(|i| low[usize::from(*i)]));
        self.words.clear();
        self.doubles.clear();
        self.signed.clear();
        for term in terms {
            match steps.values(term) {
                None => self.words.extend(order.iter().map(|_| 1)),
                Some(Integers::Words(values)) => self.words.extend(order.iter().map(|i| values[usize::from(*i)])),
                Some(Integers::Doubles(values)) => self.doubles.extend(order.iter().map(|i| values[usize::from(*i)])),
                Some(Integers::Signed(values)) => self.signed.extend(order.iter().map(|i| values[usize::from(*i)])),
            }
        }
    }

    /// The gathered values of each term.
    fn columns(&self, steps: &Steps, terms: impl Iterator<Item = Term>) -> Vec<Integers<'_>> {
        let length = self.weights.len();
        let mut words = self.words.chunks_exact(length);
        let mut doubles = self.doubles.chunks_exact(length);
        let mut signed = self.signed.chunks_exact(length);
        let values = |term| match steps.values(term) {
            None | Some(Integers::Words(_)) => Integers::Words(words.next().unwrap_or_default()),
            Some(Integers::Doubles(_)) => Integers::Doubles(doubles.next().unwrap_or_default()),
            Some(Integers::Signed(_)) => Integers::Signed(signed.next().unwrap_or_default()),
        };
        terms.map(values).collect()
    }
}

/// f_mul·rs1.
fn gather_multiplier(steps: &Steps, order: &[u16]) -> Vec<u32> {
    match steps.values(Term::Column(Column::MulLeft)) {
        Some(Integers::Words(values)) => order.iter().map(|i| values[usize::from(*i)]).collect(),
        _ => vec![0; order.len()],
    }
}

/// The weighted sum of products of up to 128 bits, by halves.
fn sum_products(weights: &[Fr], values: Integers, multiplier: &[u32]) -> Fr {
    let products: Vec<i128> = match values {
        Integers::Words(values) => multiply(values, multiplier),
        Integers::Doubles(values) => multiply(values, multiplier),
        Integers::Signed(values) => multiply(values, multiplier),
    };
    let low: Vec<u64> = products.iter().map(|product| *product as u64).collect();
    let high: Vec<i64> = products.iter().map(|product| (product >> 64) as i64).collect();
    let mut sums = [Fr::zero(); 2];
    fr::weighted_sums(weights, &[Integers::Doubles(&low), Integers::Signed(&high)], &mut sums);
    sums[0] + Fr::from(1u128 << 64) * sums[1]
}

fn multiply<S: Copy + Into<i128>>(values: &[S], multiplier: &[u32]) -> Vec<i128> {
    values.iter().zip(multiplier).map(|(value, m)| (*value).into() * i128::from(*m)).collect()
}

impl Moments {
    fn new(classes: &Classes, terms: &Terms) -> Self {
        Moments { sums: vec![[Fr::zero(); 2]; classes.count() * terms.all.len()], terms: terms.all.len() }
    }

    fn add(mut self, other: Moments) -> Moments {
        for (sum, other) in self.sums.iter_mut().flatten().zip(other.sums.iter().flatten()) {
            *sum += other;
        }
        self
    }

    /// Adds the steps in `room`, weighted by `high` times `low`.
    fn add_block(&mut self, classes: &Classes, terms: &Terms, low: &[Fr], high: Fr, room: &mut Room) {
        let Room { steps, piece } = room;
        let sorted = Sorted::new(&steps.classes, classes.count());
        for (class, run) in sorted.runs {
            for order in sorted.order[run].chunks(PIECE) {
                let slots = &mut self.sums[class * self.terms..][..self.terms];
                let sums = piece.sum(steps, terms, classes.flags(class), order, low);
                for (slot, sum) in slots.iter_mut().flatten().zip(sums.iter().flatten()) {
                    *slot += *sum * high;
                }
            }
        }
    }

    /// P and s.
    fn gram(&self, classes: &Classes, terms: &Terms) -> Gram {
        let mut products = Box::new([[Fr::zero(); COUNT]; COUNT]);
        let mut totals = vec![Fr::zero(); self.terms];
        for (class, sums) in self.sums.chunks_exact(self.terms).enumerate() {
            totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum[0]);
            add_class(classes, class, terms, sums, &mut products);
        }
        let sums = CONSTRAINTS.each_ref().map(|constraint| terms.evaluate(constraint.c, &totals));
        Gram { products, sums }
    }
}

/// Adds the products of the left factors in a class with all right factors.
fn add_class(classes: &Classes, class: usize, terms: &Terms, sums: &[[Fr; 2]], products: &mut Matrix) {
    if sums.iter().flatten().all(Fr::is_zero) {
        return;
    }
    let right = [0, 1].map(|power| {
        let values: Vec<Fr> = sums.iter().map(|sum| sum[power]).collect();
        CONSTRAINTS.each_ref().map(|constraint| terms.evaluate(constraint.b, &values))
    });
    for (row, constraint) in products.iter_mut().zip(&CONSTRAINTS) {
        let left = left_factor(constraint.a, classes.flags(class), Classes::taken(class));
        for (coefficient, right) in left.into_iter().zip(&right).filter(|(coefficient, _)| *coefficient != 0) {
            row.iter_mut().zip(right).for_each(|(slot, value)| *slot += times(*value, coefficient));
        }
    }
}
