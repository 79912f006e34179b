//! Stage 5: the claims on columns at r4 and many addresses become one claim per column (section 5.6).

use ark_ff::{Field, Zero};

use crate::channel::Channel;
use crate::engine::{Instance, Rounds, reduce};
use crate::multilinear::{eq, powers, vertex};
use crate::shape::{DENSE, Shape};
use crate::stages::columns::Stage4;
use crate::stages::reads::Stage2;
use crate::{Error, F, Statement};

/// What stage 5 leaves to the opening.
pub struct Stage5 {
    /// The address coordinates of the point, r_κ.
    pub address: Vec<F>,
    /// The values of all columns there.
    pub columns: Vec<F>,
}

/// A claim: the value of a column at r4 and an address point.
struct Claim {
    column: usize,
    point: Vec<F>,
    value: F,
}

/// Reads and checks the stage.
pub fn verify(
    channel: &mut impl Channel,
    statement: &Statement,
    stage2: &Stage2,
    stage4: &Stage4,
) -> Result<Stage5, Error> {
    let shape = &statement.shape;
    let gamma = channel.challenge("γ");
    let claims = claims(shape, stage2, stage4);
    let claim = powers(gamma).zip(&claims).map(|(power, claim)| power * claim.value).sum();
    let instance = Instance { claim, index: shape.kappa, cycles: false, values: shape.columns() };
    let rounds = Rounds { name: "addresses", index: vec![2; shape.kappa], cycles: vec![] };
    let reduced = reduce(channel, &rounds, &[instance])?;

    let columns = reduced.values[0].clone();
    let mut summand = F::zero();
    for (power, claim) in powers(gamma).zip(&claims) {
        summand += power * eq(&claim.point, &reduced.index) * columns[claim.column];
    }
    reduced.check(channel, &[summand])?;
    Ok(Stage5 { address: reduced.index, columns })
}

/// The claims, in their order.
fn claims(shape: &Shape, stage2: &Stage2, stage4: &Stage4) -> Vec<Claim> {
    let first_bytecode = shape.lookup_chunks();
    let first_ram = first_bytecode + shape.bytecode_chunks();
    let first_tail = first_ram + shape.ram_chunks() - shape.ram_tail();
    let half = F::from(2u64).inverse().expect("not zero");
    let ram_points = shape.cut(&[stage2.r_w.as_slice(), &stage2.r_o].concat());
    let halved_points = shape.cut(&[stage2.r_w.as_slice(), &[half, half]].concat());
    let tail_points = &halved_points[shape.ram_chunks() - shape.ram_tail()..];
    let (ram, other_tail) = stage4.ram.split_at(shape.ram_chunks());

    let mut claims = chunks(0, &shape.cut(&stage2.r_k), &stage4.lookup);
    claims.extend(chunks(first_bytecode, &shape.cut(&stage4.row_point), &stage4.bytecode));
    claims.extend(chunks(first_ram, &ram_points, ram));
    claims.extend(chunks(first_tail, tail_points, other_tail));
    let address = vec![stage4.address_point.clone(); shape.one_hot_columns()];
    claims.extend(chunks(0, &address, &stage4.booleanity));
    claims.extend(dense(shape, &stage4.dense));
    claims
}

/// Claims on consecutive columns, each at its point.
fn chunks(first: usize, points: &[Vec<F>], values: &[F]) -> Vec<Claim> {
    assert_eq!(points.len(), values.len(), "a point per value");
    let claim =
        |(i, (point, value)): (usize, (&Vec<F>, &F))| Claim { column: first + i, point: point.clone(), value: *value };
    points.iter().zip(values).enumerate().map(claim).collect()
}

/// Sub-column s is at address s mod 2^κ of column ⌊s/2^κ⌋ of the dense ones.
fn dense(shape: &Shape, values: &[F]) -> Vec<Claim> {
    let claim = |s: usize| Claim {
        column: shape.one_hot_columns() + (s >> shape.kappa),
        point: vertex((s % (1 << shape.kappa)) as u64, shape.kappa),
        value: values[s],
    };
    (0..DENSE).map(claim).collect()
}
