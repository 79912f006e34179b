//! Stage 1: the constraints hold at every step (section 5.2).

use ark_ff::{Field, One};

use crate::channel::Channel;
use crate::constraints::{COLUMNS, Equation, Form, PER_GROUP, combination, equations};
use crate::engine::{Instance, Rounds, evaluate, reduce};
use crate::multilinear::eq;
use crate::{Error, F, Statement};

/// What stage 1 leaves to prove.
pub struct Stage1 {
    /// Cycle coordinates of the point.
    pub r1: Vec<F>,
    /// The columns at r1.
    pub columns: Vec<F>,
    /// The combination of the forms A at (y, g1), whose part of the row is A°.
    pub a: Form,
    /// Likewise of the forms B.
    pub b: Form,
    /// A° at r1.
    pub a_row: F,
    /// B° at r1.
    pub b_row: F,
}

/// The points −5, …, 5 over which the equations of a group are interpolated.
fn nodes() -> Vec<F> {
    (-5i64..=5).map(F::from).collect()
}

/// L_i(y), the Lagrange basis over the nodes.
fn lagrange(y: F) -> Vec<F> {
    let nodes = nodes();
    let basis = |i: usize| {
        let others = || (0..PER_GROUP).filter(move |&l| l != i);
        let numerator: F = others().map(|l| y - nodes[l]).product();
        let denominator: F = others().map(|l| nodes[i] - nodes[l]).product();
        numerator * denominator.inverse().expect("the nodes differ")
    };
    (0..PER_GROUP).map(basis).collect()
}

/// Reads and checks the stage.
pub fn verify(channel: &mut impl Channel, statement: &Statement) -> Result<Stage1, Error> {
    let t = statement.shape.t;
    let tau = channel.challenges("τ", 1 + t);
    let quotient = channel.scalars("skip", 10)?;
    let y = channel.challenge("y");
    let zerofier: F = nodes().into_iter().map(|node| y - node).product();
    let claim = zerofier * evaluate(&quotient, y);

    let rounds = Rounds { name: "constraints", index: vec![3], cycles: vec![3; t] };
    let instance = Instance { claim, index: 1, cycles: true, values: COLUMNS + 2 };
    let reduced = reduce(channel, &rounds, &[instance])?;
    let (g1, r1) = (reduced.index[0], &reduced.cycles);
    let (columns, rows) = reduced.values[0].split_at(COLUMNS);
    let (a_row, b_row) = (rows[0], rows[1]);

    let [a, b, c] = forms_at(y, g1);
    let left = (a.of_columns(columns) + a_row) * (b.of_columns(columns) + b_row);
    let point = [&[g1], r1.as_slice()].concat();
    reduced.check(channel, &[eq(&tau, &point) * (left - c.of_columns(columns))])?;
    Ok(Stage1 { r1: r1.clone(), columns: columns.to_vec(), a, b, a_row, b_row })
}

/// A, B, C at (y, g): over the equations by the Lagrange basis, over the groups by 1−g and g.
fn forms_at(y: F, g: F) -> [Form; 3] {
    let basis = lagrange(y);
    let at = |form: fn(&Equation) -> &Form| {
        let mut forms = Vec::new();
        for (group, weight) in equations().iter().zip([F::one() - g, g]) {
            forms.extend(group.iter().zip(&basis).map(|(equation, l)| (weight * l, form(equation).clone())));
        }
        combination(forms)
    };
    [at(|equation| &equation.a), at(|equation| &equation.b), at(|equation| &equation.c)]
}
