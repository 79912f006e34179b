//! Every constraint is needed: for each there is a run that violates it alone.
//!
//! The forged run is honest but for one constraint at one step. The real verifier refuses its
//! proof; a verifier that forgives violations of this constraint accepts.

use super::liar::Plan;
use super::setting::{Setting, score};
use super::simulator::Change::{self, Address, Advice, Dense, Index, Next, RamWrite, Rd, State};
use super::simulator::{Script, simulate};
use super::wire::Weakness;
use crate::testing::{mixed_run, run};
use crate::witness::Witness;
use rayon::prelude::*;
use std::collections::BTreeSet;
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, Asm, DATA, RA, ZERO};
use zkvm_isa::row::Flags;
use zkvm_isa::table::interleave;
use zkvm_pcs::InnerScheme;
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Constraint, GROUP, Term, bytecode_part, violated};

/// The word at [`DATA`].
const WORD: u32 = 0x8403_0201;
/// Dense sub-columns.
const TAKEN: usize = 2;
const MUL_LEFT: usize = 3;

/// A constraint, a program, flags of a step of it, and changes to the first such step, given its
/// successor, that violate the constraint alone.
type Violation = (&'static str, fn(&mut Asm), Flags, fn(u32) -> Vec<Change>);

const VIOLATIONS: [Violation; 23] = [
    ("x is rs1", |asm| asm.xor(A1, A2, A3), Flags::ALU, |_| vec![Index(interleave(1, 0)), State(Column::X, 1)]),
    ("y is rs2 + imm", |asm| asm.xor(A1, A2, A3), Flags::ALU, |_| vec![Index(interleave(0, 1)), State(Column::Y, 1)]),
    ("linear index of a sum", |asm| asm.addi(A1, A1, 1), Flags::ADD, |_| vec![Index(2)]),
    ("linear index of a difference", |asm| asm.sub(A1, A2, A3), Flags::SUB, |_| vec![Index(1 << 32 | 1)]),
    ("left factor", three_times, Flags::MUL, |_| vec![State(Column::MulLeft, 5), Dense(MUL_LEFT, 5), Index(15)]),
    ("product", three_times, Flags::MUL, |_| vec![Index(1)]),
    ("memory address", |asm| accessing(asm, Asm::lw), Flags::LOAD, |_| vec![Address(DATA + 4)]),
    ("a load keeps memory", |asm| accessing(asm, Asm::lw), Flags::LOAD, |_| vec![RamWrite(7)]),
    (
        "y is the byte offset",
        |asm| accessing(asm, Asm::lbu),
        Flags::LOAD,
        |_| vec![Index(interleave(WORD, 1)), State(Column::Y, 1)],
    ),
    (
        "y is the half-word offset",
        |asm| accessing(asm, Asm::lh),
        Flags::LOAD,
        |_| vec![Index(interleave(WORD, 1)), State(Column::Y, 1)],
    ),
    (
        "x is the memory word",
        |asm| accessing(asm, Asm::lbu),
        Flags::LOAD,
        |_| vec![Index(interleave(WORD ^ 1, 0)), State(Column::X, i128::from(WORD ^ 1))],
    ),
    ("x is the stored value", storing, Flags::PREP, |_| vec![Index(interleave(1, 0)), State(Column::X, 1)]),
    ("rd is the memory word", |asm| accessing(asm, Asm::lw), Flags::LW, |_| vec![Rd(WORD ^ 1)]),
    ("memory is rs2", |asm| accessing(asm, Asm::sw), Flags::SW, |_| vec![RamWrite(7)]),
    ("memory is the output", storing, Flags::MERGE, |_| vec![RamWrite(7)]),
    ("rd is the output", |asm| asm.addi(A1, A1, 1), Flags::OUT, |_| vec![Rd(7)]),
    ("rd is the constant", |_| (), Flags::CONST, |_| vec![Rd(7)]),
    ("assertion", |asm| asm.divu(A1, A2, A3), Flags::ADVICE, |_| vec![Advice(0)]),
    ("branch outcome", branching, Flags::BRANCH, |next| vec![State(Column::Taken, 0), Dense(TAKEN, 0), Next(next - 1)]),
    ("jump", jumping, Flags::JUMP.with(Flags::CONST), |next| vec![Next(next - 1)]),
    ("jump", branching, Flags::BRANCH, |next| vec![Next(next - 1)]),
    ("indirect jump", jumping, Flags::JALR, |next| vec![Next(next + 1)]),
    ("next row", |asm| asm.addi(A1, A1, 1), Flags::OUT, |next| vec![Next(next + 1)]),
];

fn three_times(asm: &mut Asm) {
    asm.li(A3, 3);
    asm.mul(A1, A2, A3);
}

fn accessing(asm: &mut Asm, access: fn(&mut Asm, u32, u32, i32)) {
    asm.li(A4, DATA);
    access(asm, A1, A4, 0);
}

fn storing(asm: &mut Asm) {
    asm.li(A4, DATA);
    asm.sb(A1, A4, 0);
}

/// A branch over nothing but an unused instruction.
fn branching(asm: &mut Asm) {
    let end = asm.label();
    asm.beq(A1, A2, end);
    asm.addi(ZERO, ZERO, 0);
    asm.place(end);
}

/// A call of the next but one instruction, which returns to the next.
fn jumping(asm: &mut Asm) {
    let (function, end) = (asm.label(), asm.label());
    asm.jal(RA, function);
    asm.beq(ZERO, ZERO, end);
    asm.place(function);
    asm.jalr(ZERO, RA, 0);
    asm.place(end);
}

impl Setting {
    /// The setting of a violation, and its changes.
    fn violating((_, body, flags, changes): &Violation) -> (Setting, Script) {
        let mut asm = Asm::new();
        asm.data(DATA, &WORD.to_le_bytes());
        body(&mut asm);
        asm.li(A0, 0);
        asm.exit();
        let setting = Setting::of(run(&asm, b"", &[]), InnerScheme::Clear);
        let step = setting.step_with(*flags);
        let changes = changes(setting.run.trace.rows[step + 1]);
        let script = changes.into_iter().fold(Script::default(), |script, change| script.and(step, change));
        (setting, script)
    }
}

fn is_needed(violation: &Violation) {
    let name = violation.0;
    let (setting, script) = Setting::violating(violation);
    let forged = setting.committed(&script, 0);

    let witness = &forged.witness;
    let violations = (0..witness.steps()).map(|t| violated(witness.row(t), witness.rows[t], &witness.columns(t)));
    assert_eq!(violations.flatten().collect::<Vec<_>>(), [name], "{script:?}");
    assert!(!setting.accepts(&setting.lie(&forged, &Weakness::default(), &Plan::default()).tape), "{name}: accepted");

    let number = CONSTRAINTS.iter().position(|constraint| constraint.name == name).expect("a constraint");
    let forgiving = Weakness { forgiven: Some(number % GROUP), ..Weakness::default() };
    let outcome = setting.lie(&forged, &forgiving, &Plan::default());
    assert!(setting.weak_accepts(&forgiving, &outcome.tape), "{name} is not needed");
}

/// Whether a·b = c at a step.
fn holds(forms: &[Vec<&'static (i64, Term)>; 3], witness: &Witness, t: usize) -> bool {
    let columns = witness.columns(t);
    let [a, b, c] = forms.each_ref().map(|form| -> i128 {
        let term = |term: &&'static (i64, Term)| match term {
            (coefficient, Term::Column(column)) => i128::from(*coefficient) * columns[*column as usize],
            _ => bytecode_part(std::slice::from_ref(*term), witness.row(t), witness.rows[t]).into(),
        };
        form.iter().map(term).sum()
    });
    a * b == c
}

/// Whether it shows, on a step of one of the witnesses, that the constraint lacks a term.
fn shows(constraint: &Constraint, side: usize, term: usize, witnesses: &[Witness]) -> bool {
    let forms = [constraint.a, constraint.b, constraint.c].map(|form| form.iter().collect::<Vec<_>>());
    let mut without = forms.clone();
    without[side].remove(term);
    let differs = |witness: &Witness, t| holds(&forms, witness, t) != holds(&without, witness, t);
    witnesses.iter().any(|witness| (0..witness.steps()).any(|t| differs(witness, t)))
}

#[test]
fn every_term_of_a_constraint_is_needed() {
    let settings: Vec<(Setting, Script)> = VIOLATIONS.iter().map(Setting::violating).collect();
    let run = mixed_run(2);
    let mut witnesses = vec![run.witness(run.shape(4))];
    witnesses.extend(settings.iter().map(|(setting, _)| simulate(setting.statement(), &[], &Script::default())));
    witnesses.extend(settings.iter().map(|(setting, script)| simulate(setting.statement(), &[], script)));
    let (mut terms, mut unused) = (0, Vec::new());
    for constraint in &CONSTRAINTS {
        for (side, form) in [constraint.a, constraint.b, constraint.c].into_iter().enumerate() {
            terms += form.len();
            for (term, used) in form.iter().enumerate() {
                if !shows(constraint, side, term, &witnesses) {
                    unused.push((constraint.name, *used));
                }
            }
        }
    }
    score("terms of constraints", terms - unused.len(), terms);
    assert_eq!(unused, []);
}

#[test]
fn every_constraint_is_needed() {
    let names: BTreeSet<&str> = VIOLATIONS.iter().map(|(name, ..)| *name).collect();
    assert!(CONSTRAINTS.iter().all(|constraint| names.contains(constraint.name)));
    VIOLATIONS.par_iter().for_each(is_needed);
    score("constraints", names.len(), CONSTRAINTS.len());
}
