//! The univariate skip by definition.

use super::bits;
use crate::witness::Witness;
use zkvm_algebra::multilinear::eq;
use zkvm_algebra::univariate::lagrange_at;
use zkvm_algebra::{AdditiveGroup, Field, Fr, Univariate};
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, GROUP, bytecode_part, column_coefficient};
use zkvm_protocol::relations::spartan::Skip;

/// The quotient: Σ eq(τ,(g,t))·(A·B - C)(Y,g,t) / Z_D(Y), interpolated from points outside D.
pub fn skip(skip: &Skip, witness: &Witness) -> Vec<Fr> {
    let domain: Vec<Fr> = Skip::domain().into_iter().map(Fr::from).collect();
    let points: Vec<Fr> = (100u64..).take(Skip::COEFFICIENTS).map(Fr::from).collect();
    let quotients: Vec<Fr> = points.iter().map(|y| quotient_at(skip, witness, &domain, *y)).collect();
    let mut coefficients = Univariate(vec![Fr::ZERO; Skip::COEFFICIENTS]);
    for (basis, value) in zkvm_algebra::univariate::lagrange_basis(&points).iter().zip(quotients) {
        coefficients.add_scaled(basis, value);
    }
    coefficients.0
}

fn quotient_at(skip: &Skip, witness: &Witness, domain: &[Fr], y: Fr) -> Fr {
    let weights = lagrange_at(domain, y);
    let vanishing: Fr = domain.iter().map(|d| y - d).product();
    let mut sum = Fr::ZERO;
    for t in 0..witness.steps() {
        let columns = witness.columns(t);
        let value = |form: Form| {
            let row = Fr::from(bytecode_part(form, witness.row(t), witness.rows[t]));
            let terms = Column::ALL.iter().zip(columns);
            row + terms.map(|(c, v)| Fr::from(v * i128::from(column_coefficient(form, *c)))).sum::<Fr>()
        };
        for (g, group) in CONSTRAINTS.chunks(GROUP).enumerate() {
            let [mut a, mut b, mut c] = [Fr::ZERO; 3];
            for (constraint, weight) in group.iter().zip(&weights) {
                a += value(constraint.a) * weight;
                b += value(constraint.b) * weight;
                c += value(constraint.c) * weight;
            }
            let mut point = bits(g as u64, 1);
            point.extend(bits(t as u64, witness.statement.shape.log_t));
            sum += eq(&skip.tau, &point) * (a * b - c);
        }
    }
    sum * vanishing.inverse().expect("the points are outside the domain")
}
