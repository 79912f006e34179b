//! Stage 2: what a step reads is what is there (section 5.3).

use ark_ff::Zero;

use crate::channel::Channel;
use crate::constraints::column;
use crate::engine::{Instance, Reduced, Rounds, reduce};
use crate::multilinear::{eq, eq_plus_one, integer, powers, sparse, vertex};
use crate::program::LOG_OUTPUT_WORDS;
use crate::stages::constraints::Stage1;
use crate::tables::INDEX_BITS;
use crate::{Error, F, Statement};

/// Bits of the index of a register cell.
const CELL_BITS: usize = 6;

/// What stage 2 leaves to prove.
pub struct Stage2 {
    /// γ_l, γ_m, γ_r, γ_c.
    pub gamma: Gamma,
    /// Cycle coordinates of the point.
    pub r2: Vec<F>,
    /// The lookup point.
    pub r_k: Vec<F>,
    /// RAM's word.
    pub r_w: Vec<F>,
    /// RAM's offset in the word.
    pub r_o: Vec<F>,
    /// The registers' cell.
    pub r_c: Vec<F>,
    /// V, the values of the looked-up rows.
    pub v: F,
    /// G_0, …, G_3.
    pub groups: Vec<F>,
    /// ra, Val, ram_inc of RAM.
    pub ram: [F; 3],
    /// RA, wa, Val, rd_inc of the registers.
    pub registers: [F; 4],
    /// row + γ_c·addr.
    pub control: F,
    /// Val_final.
    pub val_final: F,
}

/// The challenges that combine the columns read from one memory.
#[derive(Clone, Copy)]
pub struct Gamma {
    /// γ_l.
    pub lookup: F,
    /// γ_m.
    pub memory: F,
    /// γ_r.
    pub register: F,
    /// γ_c.
    pub control: F,
}

/// Σ γ^i·terms_i.
fn combine(gamma: F, terms: &[F]) -> F {
    powers(gamma).zip(terms).map(|(power, term)| power * term).sum()
}

/// Reads and checks the stage.
pub fn verify(channel: &mut impl Channel, statement: &Statement, stage1: &Stage1) -> Result<Stage2, Error> {
    let (t, m) = (statement.shape.t, statement.shape.m);
    let [lookup, memory, register, control] = std::array::from_fn(|_| channel.challenge("γ"));
    let gamma = Gamma { lookup, memory, register, control };
    let rho = channel.challenges("ρ", LOG_OUTPUT_WORDS);

    let claims = claims(statement, stage1, gamma, &rho);
    let instance = |i: usize, index, cycles, values| Instance { claim: claims[i], index, cycles, values };
    let instances = [
        instance(0, INDEX_BITS, true, 5),
        instance(1, m + 2, true, 3),
        instance(2, CELL_BITS, true, 4),
        instance(3, 0, true, 1),
        instance(4, m, false, 1),
    ];
    let rounds = Rounds { name: "reads", index: vec![2; INDEX_BITS], cycles: vec![6; t] };
    let reduced = reduce(channel, &rounds, &instances)?;
    let stage2 = Stage2::new(&reduced, gamma, m);
    reduced.check(channel, &stage2.summands(statement, stage1, &rho))?;
    Ok(stage2)
}

/// The left sides.
fn claims(statement: &Statement, stage1: &Stage1, gamma: Gamma, rho: &[F]) -> [F; 5] {
    use column::*;
    let z = &stage1.columns;
    let halt = F::from(statement.program.halt());
    let halt_addr = F::from((1u64 << 32) + statement.program.halt());
    let last_step: F = stage1.r1.iter().product();
    [
        combine(gamma.lookup, &[z[OUT], z[X], z[Y], z[LIN], z[PROD], F::from(1u64)]),
        combine(gamma.memory, &[z[RAM_R], z[RAM_W], z[ADDR], z[OFF], z[MEM]]),
        combine(gamma.register, &[z[RS1], z[RS2], z[RD]]),
        z[NROW] + gamma.control * z[NADDR] - last_step * (halt + gamma.control * halt_addr),
        sparse(statement.output_block(), rho),
    ]
}

impl Stage2 {
    fn new(reduced: &Reduced, gamma: Gamma, m: usize) -> Stage2 {
        let last = |n: usize| &reduced.index[INDEX_BITS - n..];
        let (r_w, r_o) = last(m + 2).split_at(m);
        let values = &reduced.values;
        Stage2 {
            gamma,
            r2: reduced.cycles.clone(),
            r_k: reduced.index.clone(),
            r_w: r_w.to_vec(),
            r_o: r_o.to_vec(),
            r_c: last(CELL_BITS).to_vec(),
            v: values[0][0],
            groups: values[0][1..].to_vec(),
            ram: values[1][..].try_into().expect("three values"),
            registers: values[2][..].try_into().expect("four values"),
            control: values[3][0],
            val_final: values[4][0],
        }
    }

    fn summands(&self, statement: &Statement, stage1: &Stage1, rho: &[F]) -> [F; 5] {
        let gamma = self.gamma;
        let layout = &statement.program.layout;
        let at_step = eq(&stage1.r1, &self.r2);

        let lookups = self.v * self.groups.iter().product::<F>();

        let [ra, val, inc] = self.ram;
        let (word, offset) = (integer(&self.r_w), integer(&self.r_o));
        let address = F::from(layout.base) + F::from(4u64) * word + offset;
        let ram = ra * combine(gamma.memory, &[val, val + inc, address, offset, F::from(1u64)]);

        let [read, wa, val, inc] = self.registers;
        let registers = combine(gamma.register, &[read * val, F::zero(), wa * (val + inc)]);

        let control = eq_plus_one(&stage1.r1, &self.r2) * self.control;

        let place = u64::from((layout.output - layout.base) >> 16);
        let block = [vertex(place, self.r_w.len() - LOG_OUTPUT_WORDS).as_slice(), rho].concat();
        let output = eq(&block, &self.r_w) * self.val_final;
        [at_step * lookups, at_step * ram, at_step * registers, control, output]
    }
}
