//! How debts are paid.

use super::Fix;
use crate::witness::Witness;
use zkvm_algebra::multilinear::eq_index;
use zkvm_algebra::univariate::{lagrange_at, lagrange_basis};
use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, GROUP, bytecode_part, column_coefficient};
use zkvm_protocol::relations::spartan::Skip;

/// Adds to the values so that the debt is paid; whether that is possible.
pub fn pay(fix: &Fix, sum: impl Fn(&[Vec<Fr>]) -> Fr, values: &mut [Vec<Fr>], debt: Fr) -> bool {
    let moved = |x: Fr| {
        let mut moved = values.to_vec();
        fix.direction.iter().for_each(|(index, weight)| moved[fix.relation][*index] += x * weight);
        moved
    };
    match root(&|x| sum(&moved(x)) - sum(values), debt) {
        Some(x) => {
            let moved = moved(x);
            values.clone_from_slice(&moved);
            true
        }
        None => false,
    }
}

/// x with `change`(x) = `target`, for a polynomial of degree at most 2 without constant term.
pub fn root(change: &dyn Fn(Fr) -> Fr, target: Fr) -> Option<Fr> {
    let half = Fr::from(2u64).inverse()?;
    let (plus, minus) = (change(Fr::ONE), change(-Fr::ONE));
    let (square, linear) = ((plus + minus) * half, (plus - minus) * half);
    assert_eq!(change(Fr::from(2u64)), square.double().double() + linear.double(), "of degree 2");
    match square.inverse() {
        None => Some(target * linear.inverse()?),
        Some(inverse) => {
            let root = (linear.square() + (square * target).double().double()).sqrt()?;
            Some((root - linear) * inverse * half)
        }
    }
}

/// The batched violations Σ eq(τ, (g, t))·(a·b - c) of the constraints at `place`, and the quotient
/// of what all other constraints leave.
pub fn forgiven(skip: &Skip, quotient: &mut [Fr], witness: &Witness, place: usize) -> Fr {
    let mut sum = Fr::ZERO;
    for (group, constraints) in CONSTRAINTS.chunks(GROUP).enumerate() {
        for t in 0..witness.steps() {
            let columns = witness.columns(t);
            let value = |form: Form| {
                let row = Fr::from(bytecode_part(form, witness.row(t), witness.rows[t]));
                let terms = Column::ALL.iter().zip(columns);
                row + terms.map(|(c, v)| Fr::from(v * i128::from(column_coefficient(form, *c)))).sum::<Fr>()
            };
            let constraint = &constraints[place];
            let index = (group << witness.statement.shape.log_t | t) as u64;
            sum += eq_index(&skip.tau, index) * (value(constraint.a) * value(constraint.b) - value(constraint.c));
        }
    }
    // The reference interpolates the quotient from these points.
    let domain: Vec<Fr> = Skip::domain().into_iter().map(Fr::from).collect();
    let points: Vec<Fr> = (100u64..).take(Skip::COEFFICIENTS).map(Fr::from).collect();
    for (basis, y) in lagrange_basis(&points).iter().zip(&points) {
        let vanishing: Fr = domain.iter().map(|d| *y - d).product();
        let excess = sum * lagrange_at(&domain, *y)[place] * vanishing.inverse().expect("outside the domain");
        quotient.iter_mut().zip(&basis.0).for_each(|(q, b)| *q -= *b * excess);
    }
    sum
}
