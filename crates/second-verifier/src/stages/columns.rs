//! Stage 4: what the polynomials of the earlier stages are in terms of the committed columns (section 5.5).

use ark_ff::{Field, One, Zero};

use crate::channel::Channel;
use crate::constraints::column;
use crate::engine::{Instance, Reduced, Rounds, reduce};
use crate::multilinear::{eq, powers, vertex};
use crate::program::{Row, flags};
use crate::shape::DENSE;
use crate::stages::constraints::Stage1;
use crate::stages::reads::Stage2;
use crate::stages::values::Stage3;
use crate::tables::{Index, TABLES};
use crate::{Error, F, Statement};

/// What stage 4 leaves to prove: values of the columns at r4 and at addresses.
pub struct Stage4 {
    /// Cycle coordinates of the point.
    pub r4: Vec<F>,
    /// The final row point.
    pub row_point: Vec<F>,
    /// The final address point of booleanity.
    pub address_point: Vec<F>,
    /// Values of the bytecode chunks.
    pub bytecode: Vec<F>,
    /// Values of the lookup chunks.
    pub lookup: Vec<F>,
    /// Values of the RAM chunks: shared, tail, tail'.
    pub ram: Vec<F>,
    /// Values of all one-hot columns.
    pub booleanity: Vec<F>,
    /// Values of the dense sub-columns.
    pub dense: Vec<F>,
}

/// The stages before.
struct Earlier<'a> {
    statement: &'a Statement<'a>,
    stage1: &'a Stage1,
    stage2: &'a Stage2,
    stage3: &'a Stage3,
}

/// The challenges of the stage.
struct Challenges {
    bytecode: F,
    lookup: F,
    ram: F,
    booleanity: F,
    rho: Vec<F>,
    dense: F,
}

/// Reads and checks the stage.
pub fn verify(
    channel: &mut impl Channel,
    statement: &Statement,
    stage1: &Stage1,
    stage2: &Stage2,
    stage3: &Stage3,
) -> Result<Stage4, Error> {
    let shape = &statement.shape;
    let earlier = Earlier { statement, stage1, stage2, stage3 };
    let [bytecode, lookup, ram, booleanity] = std::array::from_fn(|_| channel.challenge("γ"));
    let rho = channel.challenges("ρ", shape.kappa);
    let dense = channel.challenge("γ");
    let challenges = Challenges { bytecode, lookup, ram, booleanity, rho, dense };

    let instance = |claim, index, values| Instance { claim, index, cycles: true, values };
    let instances = [
        instance(earlier.bytecode_claim(&challenges), shape.b, shape.bytecode_chunks()),
        instance(earlier.lookup_claim(&challenges), 0, shape.lookup_chunks()),
        instance(earlier.ram_claim(&challenges), 0, shape.ram_chunks() + shape.ram_tail()),
        instance(F::zero(), shape.kappa, shape.one_hot_columns()),
        instance(earlier.dense_claim(&challenges), 0, DENSE),
    ];
    let reduced = reduce(channel, &rounds(statement), &instances)?;
    let stage4 = Stage4::new(&reduced, shape.b, shape.kappa);
    reduced.check(
        channel,
        &[
            earlier.bytecode_summand(&challenges, &stage4),
            earlier.lookup_summand(&challenges, &stage4),
            earlier.ram_summand(&challenges, &stage4),
            earlier.booleanity_summand(&challenges, &stage4),
            earlier.dense_summand(&challenges, &stage4),
        ],
    )?;
    Ok(stage4)
}

/// Degrees: in the index rounds 2, but 3 in the last κ; in the cycle rounds one more than the longest product.
fn rounds(statement: &Statement) -> Rounds {
    let shape = &statement.shape;
    let index_rounds = shape.b.max(shape.kappa);
    let mut index = vec![2; index_rounds - shape.kappa];
    index.resize(index_rounds, 3);
    let products = [16 / shape.kappa, shape.bytecode_chunks(), shape.ram_chunks(), 2];
    let degree = 1 + products.into_iter().max().expect("four products");
    Rounds { name: "columns", index, cycles: vec![degree; shape.t] }
}

impl Stage4 {
    fn new(reduced: &Reduced, b: usize, kappa: usize) -> Stage4 {
        let last = |n: usize| reduced.index[reduced.index.len() - n..].to_vec();
        let [bytecode, lookup, ram, booleanity, dense] = std::array::from_fn(|i| reduced.values[i].clone());
        let r4 = reduced.cycles.clone();
        Stage4 { r4, row_point: last(b), address_point: last(kappa), bytecode, lookup, ram, booleanity, dense }
    }
}

/// Bytecode: functions of the row, looked up by the row index.
impl Earlier<'_> {
    /// The claims i = 0, …, 9, each with the number of its point: 0 for r1, 1 for r2, 2 for r3, 3 for step 0.
    fn bytecode_claims(&self) -> [(usize, F); 10] {
        let [read, wa, _, _] = self.stage2.registers;
        [
            (0, self.stage1.a_row),
            (0, self.stage1.b_row),
            (0, self.stage1.columns[column::MEM]),
            (0, F::one()),
            (1, self.stage2.v),
            (1, read),
            (1, wa),
            (1, self.stage2.control),
            (2, self.stage3.wa),
            (3, F::zero()),
        ]
    }

    /// The functions claimed, of one row of the table.
    fn bytecode_functions(&self, index: u64, row: &Row, tables: &[F], operands: [F; 3]) -> [F; 10] {
        let gamma = self.stage2.gamma;
        let cell = |number: u8| eq(&self.stage2.r_c, &vertex(number.into(), self.stage2.r_c.len()));
        let row_index = F::from(index);
        [
            self.stage1.a.of_row(index, row),
            self.stage1.b.of_row(index, row),
            row.flag(flags::MEM),
            F::one(),
            looked_up(row, gamma.lookup, tables, operands),
            cell(row.rs1) + gamma.register * cell(row.rs2),
            cell(row.rd),
            row_index + gamma.control * F::from(row.addr),
            cell(row.rd),
            row_index,
        ]
    }

    fn bytecode_claim(&self, challenges: &Challenges) -> F {
        powers(challenges.bytecode).zip(self.bytecode_claims()).map(|(power, (_, claim))| power * claim).sum()
    }

    fn bytecode_summand(&self, challenges: &Challenges, stage4: &Stage4) -> F {
        let Earlier { statement, stage1, stage2, stage3 } = self;
        let step_0 = vec![F::zero(); statement.shape.t];
        let at_point = [&stage1.r1, &stage2.r2, &stage3.r3, &step_0].map(|point| eq(point, &stage4.r4));
        let weights: Vec<F> = powers(challenges.bytecode)
            .zip(self.bytecode_claims())
            .map(|(power, (point, _))| power * at_point[point])
            .collect();

        let lookup = Index::new(&stage2.r_k);
        let tables: Vec<F> = (0..TABLES as u8).map(|id| lookup.table(id)).collect();
        let operands = [lookup.x(), lookup.y(), lookup.k()];
        let mut functions = F::zero();
        for (index, row) in statement.program.table() {
            let here = eq(&stage4.row_point, &vertex(index, statement.shape.b));
            let values = self.bytecode_functions(index, &row, &tables, operands);
            functions += here * values.iter().zip(&weights).map(|(value, weight)| *value * weight).sum::<F>();
        }
        stage4.bytecode.iter().product::<F>() * functions
    }
}

/// V of a row at the lookup point (section 5.3).
fn looked_up(row: &Row, gamma: F, tables: &[F], [x, y, k]: [F; 3]) -> F {
    use flags::*;
    let mode = |of: &[usize]| of.iter().map(|flag| row.flag(*flag)).sum::<F>();
    let (interleaved, linear, product) = (mode(&[ALU, WORD_IN, PREP]), mode(&[ADD, SUB, ADVICE]), mode(&[MUL]));
    let entry = row.table.map_or(F::zero(), |id| tables[usize::from(id)]);
    let terms = [entry, interleaved * x, interleaved * y, linear * k, product * k, F::one()];
    powers(gamma).zip(terms).map(|(power, term)| power * term).sum()
}

/// Lookup chunks: a group of 16 bits is the product of its chunks.
impl Earlier<'_> {
    fn lookup_claim(&self, challenges: &Challenges) -> F {
        powers(challenges.lookup).zip(&self.stage2.groups).map(|(power, group)| power * group).sum()
    }

    fn lookup_summand(&self, challenges: &Challenges, stage4: &Stage4) -> F {
        let groups = stage4.lookup.chunks(16 / self.statement.shape.kappa);
        let products = groups.map(|group| group.iter().product::<F>());
        let sum: F = powers(challenges.lookup).zip(products).map(|(power, product)| power * product).sum();
        eq(&self.stage2.r2, &stage4.r4) * sum
    }
}

/// RAM chunks: ra is the product of its chunks, at the offset of stage 2 and at that of stage 3.
impl Earlier<'_> {
    fn ram_claim(&self, challenges: &Challenges) -> F {
        let [ra, _, _] = self.stage2.ram;
        ra + challenges.ram * self.stage3.ra
    }

    fn ram_summand(&self, challenges: &Challenges, stage4: &Stage4) -> F {
        let shape = &self.statement.shape;
        let (chunks, other_tail) = stage4.ram.split_at(shape.ram_chunks());
        let (shared, tail) = chunks.split_at(shape.ram_chunks() - shape.ram_tail());
        let [shared, tail, other_tail] = [shared, tail, other_tail].map(|values| values.iter().product::<F>());
        let stage2 = eq(&self.stage2.r2, &stage4.r4) * tail;
        let stage3 = eq(&self.stage3.r3, &stage4.r4) * other_tail;
        shared * (stage2 + challenges.ram * stage3)
    }
}

/// Booleanity: every entry of a one-hot column is 0 or 1.
impl Earlier<'_> {
    fn booleanity_summand(&self, challenges: &Challenges, stage4: &Stage4) -> F {
        let values = powers(challenges.booleanity).zip(&stage4.booleanity);
        let sum: F = values.map(|(power, ra)| power * (ra.square() - ra)).sum();
        eq(&challenges.rho, &stage4.address_point) * eq(&self.stage2.r2, &stage4.r4) * sum
    }
}

/// Dense: the sub-columns have the values that the earlier stages used.
impl Earlier<'_> {
    fn dense_claim(&self, challenges: &Challenges) -> F {
        let [_, _, ram_inc] = self.stage2.ram;
        let [_, _, _, rd_inc] = self.stage2.registers;
        let columns = &self.stage1.columns;
        let claims = [columns[column::MUL_LEFT], columns[column::TAKEN], rd_inc, ram_inc];
        let claims = claims.into_iter().chain([self.stage3.rd_inc, self.stage3.ram_inc]);
        powers(challenges.dense).zip(claims).map(|(power, claim)| power * claim).sum()
    }

    fn dense_summand(&self, challenges: &Challenges, stage4: &Stage4) -> F {
        let [rd_inc, ram_inc, taken, mul_left] = stage4.dense[..] else { unreachable!("four values") };
        let [at_r1, at_r2, at_r3] =
            [&self.stage1.r1, &self.stage2.r2, &self.stage3.r3].map(|point| eq(point, &stage4.r4));
        let terms = [at_r1 * mul_left, at_r1 * taken, at_r2 * rd_inc, at_r2 * ram_inc, at_r3 * rd_inc, at_r3 * ram_inc];
        powers(challenges.dense).zip(terms).map(|(power, term)| power * term).sum()
    }
}
