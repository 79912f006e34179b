//! A program, what is claimed of a run of it, and the verdict on runs that are forged.

use super::setting::sample;
use super::simulator::{Change, Script, simulate};
use super::{check, prove};
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_emulator::Elf;
use zkvm_emulator::testing::Asm;
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_isa::row::{Flags, Row};
use zkvm_pcs::InnerScheme;
use zkvm_protocol::{PublicIo, Shape};
use zkvm_verifier::{Key, VerifyError, statement};

/// Steps after which a run counts as endless.
const LONG: usize = 8;

/// The sum-check that refuses, and changes to one step.
pub type Fault = (&'static str, Vec<Change>);

/// A claim about a run.
pub struct Trial {
    /// The program.
    pub key: Key,
    /// The public values claimed: without changes, no input, exit code 0, no output.
    pub io: PublicIo,
    /// Words of advice.
    pub private: Vec<u32>,
    /// Sizes of the proof: of the honest run, or 2^5 steps if that has no end.
    pub shape: Shape,
}

impl Trial {
    /// That the program ends with code 0.
    pub fn new(asm: &Asm) -> Trial {
        Trial::claiming(asm, PublicIo::default())
    }

    /// That the program ends so.
    pub fn claiming(asm: &Asm, io: PublicIo) -> Trial {
        let image = Elf::parse(&asm.elf().write()).expect("the assembler writes valid files").image;
        let key = Key::new(Program::new(image, MemoryConfig::default()).expect("the program fits"));
        let (log_bytecode, layout) = (key.program().log_rows(), *key.program().layout());
        let shape = Shape { log_t: LONG, log_k: 4, log_bytecode, log_ram: layout.min_log_words as usize, log_row: 6 };
        let mut trial = Trial { key, io, private: Vec::new(), shape };
        let steps = trial.honest().rows.iter().position(|row| *row == trial.key.program().halt());
        trial.shape.log_t = steps.map_or(5, |last| (last + 1).next_power_of_two().ilog2() as usize);
        trial
    }

    /// The run that `script` makes of the program's.
    pub fn forge(&self, script: &Script) -> Witness<'_> {
        let statement =
            statement(&self.key, &self.io, self.shape, InnerScheme::Clear, false).expect("the sizes are in bounds");
        simulate(statement, &self.private, script)
    }

    /// The run of the program; beyond a step without a witness it goes on somehow.
    pub fn honest(&self) -> Witness<'_> {
        self.forge(&Script::default())
    }

    /// The verdict on the proof of a forged run.
    pub fn verdict(&self, script: &Script) -> Result<(), VerifyError> {
        check(&self.key, &self.io.input, &prove(&self.key, &self.forge(script)))
    }

    /// Requires that the claim is true.
    #[track_caller]
    pub fn accepts(&self, name: &str, script: Script) {
        assert_eq!(self.verdict(&script), Ok(()), "{name}: {script:?}");
    }

    /// Requires that a forged run is refused, and that everything before the sum-check `stage` holds.
    #[track_caller]
    pub fn refuses(&self, name: &str, stage: &'static str, script: Script) {
        assert_eq!(self.verdict(&script), Err(VerifyError::Sumcheck(stage)), "{name}: {script:?}");
    }

    /// [`refuses`](Self::refuses) after changes to one step.
    #[track_caller]
    pub fn refuses_step<const N: usize>(&self, name: &str, stage: &'static str, step: usize, changes: [Change; N]) {
        let script = changes.into_iter().fold(Script::default(), |script, change| script.and(step, change));
        self.refuses(name, stage, script);
    }

    /// [`refuses_step`](Self::refuses_step) for a sample of faults of a step, every `every`-th.
    pub fn refuses_faults(&self, name: &str, step: usize, faults: Vec<Fault>, every: usize) {
        sample(faults, every).into_par_iter().for_each(|(stage, changes)| {
            let script = changes.into_iter().fold(Script::default(), |script, change| script.and(step, change));
            self.refuses(name, stage, script);
        });
    }

    /// The row of an honest step.
    pub fn row(&self, step: usize) -> &Row {
        &self.key.program().rows()[self.honest().rows[step] as usize]
    }

    /// The first honest step whose row has all of `flags`.
    #[track_caller]
    pub fn step_with(&self, flags: Flags) -> usize {
        self.steps_with(flags)[0]
    }

    /// The honest steps whose rows have all of `flags`.
    pub fn steps_with(&self, flags: Flags) -> Vec<usize> {
        let rows = self.key.program().rows();
        let honest = self.honest();
        (0..honest.steps()).filter(|step| rows[honest.rows[*step] as usize].flags.has(flags)).collect()
    }

    /// The steps of the instruction at an address, which is executed once.
    #[track_caller]
    pub fn steps_at(&self, address: u32) -> Range<usize> {
        let (program, honest) = (self.key.program(), self.honest());
        let is_of = |step: &usize| program.instruction_address(honest.rows[*step]) == Some(address);
        let start = (0..honest.steps()).find(is_of).expect("it is executed");
        start..start + (start..honest.steps()).take_while(is_of).count()
    }
}
