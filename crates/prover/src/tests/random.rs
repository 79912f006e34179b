//! Forged runs of random programs: any change to any step.

use super::setting::sample;
use super::simulator::{Change, Script};
use super::trial::Trial;
use rand::{Rng, SeedableRng, rngs::StdRng};
use rayon::prelude::*;
use zkvm_emulator::testing::{A0, Asm, DATA, random};
use zkvm_isa::row::{Flags, SINK};
use zkvm_protocol::constraints::Column;
use zkvm_verifier::VerifyError;

/// Changes that no step may have. Left out is what no claim reads: the sink, increments without an
/// access, and advice, for a remainder by zero is the dividend whatever the quotient.
fn changes(trial: &Trial, step: usize, rng: &mut StdRng) -> Vec<Change> {
    let (honest, row) = (trial.honest(), trial.row(step));
    let bit = 1u32 << rng.gen_range(0..32);
    let column = Column::ALL[rng.gen_range(0..Column::COUNT)];
    let dense = [0, 2, 3][rng.gen_range(0..3)];
    let mut changes = vec![
        Change::Rs1(honest.rs1[step] ^ bit),
        Change::Rs2(honest.rs2[step] ^ bit),
        Change::Next(honest.next_row(step) ^ 1 << rng.gen_range(0..4)),
        Change::State(column, honest.columns(step)[column as usize] + 1),
        Change::Dense(dense, honest.dense(step)[dense] + 1),
    ];
    let advises = row.flags.has(Flags::ADVICE);
    if row.rd != SINK && !advises {
        changes.push(Change::Rd(honest.rd_new[step] ^ bit));
    }
    if row.flags.has(Flags::MEM) {
        changes.push(Change::RamRead(honest.ram_old[step] ^ bit));
        changes.push(Change::RamWrite(honest.ram_new[step] ^ bit));
        changes.push(Change::Address(DATA + 4 * (1 << 10)));
        changes.push(Change::Dense(1, honest.dense(step)[1] + 1));
    }
    if row.table.is_some() && !advises {
        changes.push(Change::Index(honest.index[step] ^ 1 << rng.gen_range(0..64)));
    }
    changes
}

#[test]
fn random_changes_to_random_programs_are_refused() {
    for seed in 0..3 {
        let rng = &mut StdRng::seed_from_u64(seed);
        let mut asm = Asm::new();
        asm.data(DATA, &[0x91; 64]);
        asm.li(random::BASE, DATA + 32);
        (0..16).for_each(|_| random::instruction(&mut asm, rng, random::Mix::Machine));
        asm.li(A0, 0);
        asm.exit();
        let mut trial = Trial::new(&asm);
        trial.private = vec![3, 1 << 31, 5, u32::MAX];
        trial.accepts("a random program", Script::default());
        let end = trial.honest().rows.iter().position(|row| *row == trial.key.program().halt()).expect("it ends");
        let of_step =
            |step| changes(&trial, step, rng).into_iter().map(move |change| (step, change)).collect::<Vec<_>>();
        let all: Vec<(usize, Change)> = (0..end).flat_map(of_step).collect();
        // Prime to the number of changes of most steps: all kinds have their turn.
        sample(all, 29).into_par_iter().for_each(|(step, change)| {
            let verdict = trial.verdict(&Script::change(step, change));
            assert!(matches!(verdict, Err(VerifyError::Sumcheck(_))), "{seed}: {change:?} at step {step}: {verdict:?}");
        });
    }
}
