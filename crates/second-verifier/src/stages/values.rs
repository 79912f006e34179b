//! Stage 3: a cell holds what was written to it (section 5.4).

use ark_ff::One;

use crate::channel::Channel;
use crate::engine::{Instance, Rounds, reduce};
use crate::multilinear::{lt, sparse};
use crate::stages::reads::Stage2;
use crate::{Error, F, Statement};

/// What stage 3 leaves to prove.
pub struct Stage3 {
    /// Cycle coordinates of the point.
    pub r3: Vec<F>,
    /// ram_inc.
    pub ram_inc: F,
    /// ra at (r_w, (½,½)).
    pub ra: F,
    /// rd_inc.
    pub rd_inc: F,
    /// wa at r_c.
    pub wa: F,
}

/// Reads and checks the stage.
pub fn verify(channel: &mut impl Channel, statement: &Statement, stage2: &Stage2) -> Result<Stage3, Error> {
    let gamma = channel.challenge("γ");
    let [_, ram_val, _] = stage2.ram;
    let [_, _, register_val, _] = stage2.registers;
    let init = sparse(statement.initial_memory(), &stage2.r_w);
    let ram_claim = ram_val + gamma * stage2.val_final - (F::one() + gamma) * init;
    let instance = |claim| Instance { claim, index: 0, cycles: true, values: 2 };
    let rounds = Rounds { name: "values", index: vec![], cycles: vec![3; statement.shape.t] };
    let reduced = reduce(channel, &rounds, &[instance(ram_claim), instance(register_val)])?;

    let before = lt(&reduced.cycles, &stage2.r2);
    let [ram_inc, ra] = [reduced.values[0][0], reduced.values[0][1]];
    let [rd_inc, wa] = [reduced.values[1][0], reduced.values[1][1]];
    reduced.check(channel, &[F::from(4u64) * ram_inc * ra * (before + gamma), rd_inc * wa * before])?;
    Ok(Stage3 { r3: reduced.cycles, ram_inc, ra, rd_inc, wa })
}
