//! A small run with its sizes and bases, for cheating provers and weakened verifiers.

use super::liar::{Committed, Fix, Outcome, Plan, lie};
use super::simulator::{Change, Script, simulate};
use super::weak::Weak;
use super::wire::{Value, Weakness, Wire, WireReader};
use crate::testing::{Run, run};
use std::convert::Infallible;
use zkvm_emulator::testing::{A0, A1, A2, A4, Asm, DATA, ZERO};
use zkvm_isa::row::Flags;
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::{Basis, InnerScheme};
use zkvm_protocol::constraints::Column;
use zkvm_protocol::{Shape, Statement, script};
use zkvm_verifier::{Policy, Proof, Sizes, VerifyError, hiding, statement, verify};

/// A program with one step of every kind that the lies need.
fn program() -> Run {
    let mut asm = Asm::new();
    asm.data(DATA, &[1, 2, 3, 4]);
    asm.li(A4, DATA);
    asm.lw(A1, A4, 0);
    asm.mul(A2, A1, A1);
    asm.sw(A2, A4, 0);
    asm.li(A0, 0);
    asm.exit();
    // Not executed: a row index has two chunks.
    (0..8).for_each(|_| asm.addi(ZERO, ZERO, 0));
    run(&asm, b"", &[])
}

/// A run, its sizes and bases.
pub struct Setting {
    /// The run.
    pub run: Run,
    /// Sizes of the proof.
    pub shape: Shape,
    basis: Basis,
    scheme: InnerScheme,
    zero_knowledge: bool,
}

impl Setting {
    /// The program with one step of every kind that lies need.
    pub fn new(scheme: InnerScheme) -> Setting {
        Setting::of(program(), scheme)
    }

    /// The same program, for zero-knowledge proofs.
    pub fn hidden(scheme: InnerScheme) -> Setting {
        Setting { zero_knowledge: true, ..Setting::new(scheme) }
    }

    /// Another run.
    pub fn of(run: Run, scheme: InnerScheme) -> Setting {
        let shape = Shape { log_row: 6, ..run.shape(4) };
        Setting { run, shape, basis: Basis::new(6).expect("a supported size"), scheme, zero_knowledge: false }
    }

    /// The statement.
    pub fn statement(&self) -> Statement<'_> {
        statement(&self.run.key, &self.run.io, self.shape, self.scheme, self.zero_knowledge)
            .expect("the sizes are in bounds")
    }

    /// The run that `script` makes. What step 0, which accesses no memory, adds to memory is free:
    /// every `salt` gives other challenges.
    pub fn committed(&self, script: &Script, salt: u32) -> Committed<'_> {
        let mut witness = simulate(self.statement(), &[], script);
        witness.ram_new[0] = salt;
        witness.forged.columns.insert((0, Column::RamWrite as usize), 0);
        Committed::new(witness, &self.basis, self.zero_knowledge)
    }

    /// Runs a liar.
    pub fn lie(&self, committed: &Committed, weakness: &Weakness, plan: &Plan) -> Outcome {
        lie(committed, &self.basis, self.scheme, weakness, plan)
    }

    /// Whether the real verifier accepts.
    pub fn accepts(&self, tape: &[u8]) -> bool {
        self.verdict(tape).is_ok()
    }

    /// What the real verifier says.
    pub fn verdict(&self, tape: &[u8]) -> Result<(), VerifyError> {
        let Shape { log_t, log_k, log_ram, log_row, .. } = self.shape;
        let [log_t, log_k, log_ram, log_row] = [log_t, log_k, log_ram, log_row].map(|size| size as u8);
        let proof = Proof {
            program: self.run.key.id(),
            sizes: Sizes { log_t, log_k, log_ram, log_row },
            zero_knowledge: self.zero_knowledge,
            exit_code: 0,
            output: Vec::new(),
            tape: tape.to_vec(),
        };
        let policy = Policy { scheme: self.scheme, ..Policy::default() };
        verify(&self.run.key, &self.basis, &[], &proof, &policy)
    }

    /// Whether the weakened verifier accepts.
    pub fn weak_accepts(&self, weakness: &Weakness, tape: &[u8]) -> bool {
        let mut reader = WireReader { wire: Wire::new(weakness, None), tape };
        if self.zero_knowledge {
            let equation = hiding::check(&mut reader, &self.statement(), self.scheme);
            return reader.tape.is_empty()
                && equation.is_ok_and(|equation| equation.check::<_, Infallible>(Scalar, &self.basis).is_ok());
        }
        let mut weak = Weak { reader, weakness, basis: &self.basis, scheme: self.scheme, rows: Vec::new() };
        script::run(&mut weak, &self.statement()).is_ok() && weak.reader.tape.is_empty()
    }

    /// The first step whose row has all of `flags`.
    pub fn step_with(&self, flags: Flags) -> usize {
        let rows = &self.run.key.program().rows();
        let found = self.run.trace.rows.iter().position(|row| rows[*row as usize].flags.has(flags));
        found.expect("the program has such a step")
    }

    /// Runs whose first false claim is of the given stage.
    pub fn false_in(&self, stage: &str) -> Vec<Committed<'_>> {
        let mul = self.step_with(Flags::MUL);
        let script = match stage {
            "honest" => return vec![self.committed(&Script::default(), 1)],
            "constraints" => Script::change(mul, Change::Rd(7)),
            "reads" | "values" => Script::change(mul, Change::Rs1(7)),
            _ => Script { first_row: 1, ..Script::default() },
        };
        (0..16).map(|salt| self.committed(&script, salt)).collect()
    }

    /// The lie that leaves a stage's debt in its own values, where the next stage finds it.
    pub fn carried(stage: &'static str) -> Vec<Fix> {
        let fix = |stage, relation, index| Fix::one(Value { stage, relation, index });
        match stage {
            "values" => vec![fix("reads", 2, 2)],
            "addresses" => vec![fix("columns", 4, 0)],
            "opening" => vec![fix("columns", 4, 0), fix("addresses", 0, 0)],
            _ => Vec::new(),
        }
    }
}

/// Set by `cargo xtask mutants`: all mutants, not a sample.
const CAMPAIGN: &str = "ZKVM_ALL_MUTANTS";

/// Every `step`-th item; all of them in a campaign.
pub fn sample<T>(items: Vec<T>, step: usize) -> Vec<T> {
    let step = if std::env::var_os(CAMPAIGN).is_some() { 1 } else { step };
    items.into_iter().step_by(step).collect()
}

/// A line that `cargo xtask mutants` reads.
pub fn score(kind: &str, killed: usize, of: usize) {
    println!("score: {kind}: {killed} of {of}");
}
