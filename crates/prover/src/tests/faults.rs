//! Forged runs: one change each, everything after it honest. docs/soundness.md maps them to the
//! classes of defects that they stand for.

use super::simulator::{Change, Script, simulate};
use super::{check, prove};
use crate::testing::{Run, mixed_run, run};
use zkvm_algebra::{Field, Fr};
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, Asm, DATA, RA, S0, ZERO};
use zkvm_isa::row::Flags;
use zkvm_isa::table::interleave;
use zkvm_protocol::PublicIo;
use zkvm_protocol::constraints::Column;
use zkvm_protocol::shape;
use zkvm_verifier::VerifyError;

/// Offset of a heap word from the data.
const HEAP: i32 = 64;

/// Arithmetic, memory of all widths, a division, a call, branches taken and not, the public input; ends with
/// code 0.
fn program() -> Run {
    let mut asm = Asm::new();
    asm.data(DATA, &[1, 2, 3, 0x84, 5, 6, 7, 8]);
    let (end, function) = (asm.label(), asm.label());
    asm.li(A4, DATA);
    asm.li(A1, 5);
    asm.lw(A2, A4, 4);
    asm.sw(A1, A4, 4);
    asm.lbu(A3, A4, 2);
    asm.lh(A3, A4, 2);
    asm.sb(A1, A4, 1);
    asm.lw(A3, A4, HEAP);
    asm.divu(A3, A2, A1);
    asm.mul(A3, A3, A1);
    asm.sub(A3, A2, A2);
    asm.bne(A1, A1, end);
    asm.jal(RA, function);
    asm.advice(S0);
    asm.li(S0, zkvm_abi::INPUT_ADDRESS);
    asm.lw(A3, S0, 0);
    asm.lw(A3, S0, 4);
    asm.li(A0, 0);
    asm.beq(A1, A1, end);
    asm.li(A0, 1);
    asm.place(end);
    asm.exit();
    asm.place(function);
    asm.jalr(ZERO, RA, 0);
    run(&asm, b"in", &[1, 2, 3, 4])
}

/// The verdict on the run that `script` makes of `run`.
fn verdict(run: &Run, script: &Script) -> Result<(), VerifyError> {
    let honest = run.witness(run.shape(4));
    let forged = simulate(honest.statement, &PRIVATE, script);
    check(&run.key, &run.io.input, &prove(&run.key, &forged))
}

/// The private stream of [`program`]: a length, then the bytes.
const PRIVATE: [u32; 2] = [4, 0x0403_0201];

/// The first step whose row has all of `flags`, and its row.
fn step_with(run: &Run, flags: Flags) -> usize {
    let rows = run.key.program().rows();
    let found = run.trace.rows.iter().position(|row| rows[*row as usize].flags.has(flags));
    found.expect("the program has such a step")
}

/// The proof is well-formed and of the right statement: a sum fails.
fn refused(name: &str, script: Script) {
    let verdict = verdict(&program(), &script);
    assert!(matches!(verdict, Err(VerifyError::Sumcheck(_))), "{name}: {verdict:?}");
}

#[test]
fn the_simulator_without_changes_runs_like_the_emulator() {
    let run = mixed_run(2);
    let honest = run.witness(run.shape(4));
    let words: Vec<u32> = std::iter::once(64).chain([0x0707_0707; 16]).collect();
    let simulated = simulate(honest.statement, &words, &Script::default());
    assert_eq!(format!("{simulated:?}"), format!("{honest:?}"));
}

#[test]
fn the_honest_run_is_accepted() {
    assert_eq!(verdict(&program(), &Script::default()), Ok(()));
}

#[test]
fn starting_elsewhere_is_refused() {
    refused("without the prologue", Script { first_row: 1, ..Script::default() });
    let exit = program().key.program().halt() - 3;
    refused("at the exit rows", Script { first_row: exit, ..Script::default() });
}

#[test]
fn other_initial_values_are_refused() {
    let refused = |name: &str, script: Script| {
        assert_eq!(verdict(&program(), &script), Err(VerifyError::Sumcheck("values")), "{name}");
    };
    refused("register", Script { registers: vec![(10, 7)], ..Script::default() });
    let run = program();
    let layout = *run.key.program().layout();
    let word = (DATA - layout.base) / 4;
    refused("image", Script { words: vec![(word, 0x0403_0202)], ..Script::default() });
    let input = (layout.input - layout.base) / 4;
    // The statement says `in`.
    refused("another input", Script { words: vec![(input + 1, 0x6f69)], ..Script::default() });
    refused("a zero after the input", Script { words: vec![(input, 3)], ..Script::default() });
    refused("part of the input", Script { words: vec![(input, 1), (input + 1, 0x69)], ..Script::default() });
    refused("none", Script { words: vec![(input, 0), (input + 1, 0)], ..Script::default() });
    refused("untouched heap", Script { words: vec![(word + HEAP as u32 / 4, 9)], ..Script::default() });
}

#[test]
fn steps_out_of_order_are_refused() {
    let run = program();
    let rows = &run.trace.rows;
    let next = |t: usize| rows[t + 1];
    refused("a step skipped", Script::change(5, Change::Next(next(5) + 1)));
    refused("a step repeated", Script::change(5, Change::Next(rows[5])));
    let halt = run.key.program().halt();
    refused("two steps exchanged", Script::change(4, Change::Next(rows[6])).and(5, Change::Next(rows[5])));
    refused("straight to halt", Script::change(5, Change::Next(halt)));
    refused("straight to the exit", Script::change(5, Change::Next(halt - 3)));
    let last = rows.len() - 1;
    refused("out of halt", Script::change(last, Change::Next(halt - 3)));
}

#[test]
fn a_run_that_does_not_end_is_refused() {
    let run = program();
    let start = run.trace.rows.len() - 1;
    let steps = 1 << run.shape(4).log_t;
    let forged = (start..steps).fold(Script::default(), |script, t| script.and(t, Change::Next(2)));
    refused("restarted at the end", forged);
}

#[test]
fn branches_and_jumps_cannot_be_bent() {
    let run = program();
    let rows = run.key.program().rows();
    let branches: Vec<usize> =
        (0..run.trace.rows.len()).filter(|t| rows[run.trace.rows[*t] as usize].flags.has(Flags::BRANCH)).collect();
    for t in branches {
        let row = run.trace.rows[t];
        let target = rows[row as usize].target;
        let other = if run.trace.rows[t + 1] == target { row + 1 } else { target };
        refused("branch", Script::change(t, Change::Next(other)));
        let stated = Change::State(Column::Taken, i128::from(other == target));
        refused("branch with its outcome stated", Script::change(t, Change::Next(other)).and(t, stated));
    }
    for flags in [Flags::JUMP, Flags::JALR] {
        let t = step_with(&run, flags);
        refused("jump", Script::change(t, Change::Next(run.trace.rows[t + 1] + 1)));
    }
    let call = step_with(&run, Flags::JUMP.with(Flags::CONST));
    refused("link value", Script::change(call, Change::Rd(run.trace.rd_new[call] + 4)));
}

#[test]
fn results_cannot_be_changed() {
    let run = program();
    for flags in [Flags::OUT, Flags::LW, Flags::CONST] {
        let t = step_with(&run, flags);
        refused("destination", Script::change(t, Change::Rd(run.trace.rd_new[t] ^ 1)));
    }
    let store = step_with(&run, Flags::SW);
    refused("stored word", Script::change(store, Change::RamWrite(run.trace.ram_new[store] ^ 1)));
    let merge = step_with(&run, Flags::MERGE);
    refused("neighbour of a stored byte", Script::change(merge, Change::RamWrite(run.trace.ram_new[merge] ^ 1 << 31)));
    let load = step_with(&run, Flags::LW);
    refused("a load that writes", Script::change(load, Change::RamWrite(run.trace.ram_old[load] ^ 1)));
}

#[test]
fn operands_cannot_be_changed() {
    let run = program();
    let rows = run.key.program().rows();
    let aliased = (0..run.trace.rows.len()).find(|t| {
        let row = &rows[run.trace.rows[*t] as usize];
        row.flags.has(Flags::SUB) && row.rs1 == row.rs2
    });
    let aliased = aliased.expect("sub a3, a2, a2");
    refused("two values of one register", Script::change(aliased, Change::Rs2(run.trace.rs2[aliased] - 1)));
    let add = step_with(&run, Flags::ADD);
    refused("first operand", Script::change(add, Change::Rs1(run.trace.rs1[add] + 1)));
    let load = step_with(&run, Flags::LW);
    refused("another word", Script::change(load, Change::RamRead(5)));
}

#[test]
fn lookups_are_tied_to_operands_and_table() {
    let run = program();
    let honest = run.witness(run.shape(4));
    for flags in [Flags::ADD, Flags::SUB, Flags::MUL, Flags::ALU, Flags::WORD_IN] {
        let t = step_with(&run, flags);
        refused("another index", Script::change(t, Change::Index(honest.index[t] ^ 1)));
    }
    let byte = step_with(&run, Flags::WORD_IN.with(Flags::BYTE));
    let lane = interleave(run.trace.ram_old[byte], 3);
    refused("another lane", Script::change(byte, Change::Index(lane)));
    let add = step_with(&run, Flags::ADD);
    refused("carry kept", Script::change(add, Change::Index(honest.index[add] + (1 << 32))));
    for column in [Column::Output, Column::X, Column::Y, Column::Linear, Column::Product] {
        refused("stated", Script::change(add, Change::State(column, honest.columns(add)[column as usize] + 1)));
    }
}

#[test]
fn quotients_are_unique() {
    let run = program();
    let t = step_with(&run, Flags::ADVICE);
    let rows = run.key.program().rows();
    assert!(rows[run.trace.rows[t] as usize].rd >= 13, "the first advice is the quotient");
    let q = run.trace.rd_new[t];
    for forged in [q + 1, q - 1, 0, u32::MAX, q ^ 1 << 31] {
        refused("quotient", Script::change(t, Change::Advice(forged)));
    }
}

#[test]
fn one_hot_columns_are_one_hot() {
    let run = program();
    let honest = run.witness(run.shape(4));
    let half = Fr::from(2u64).inverse().expect("2 is a unit");
    let one = Fr::from(1u64);
    let columns = [shape::Column::Lookup(15), shape::Column::Lookup(3), shape::Column::Bytecode(0)];
    for column in columns.into_iter().chain([shape::Column::Ram(5)]) {
        let t = step_with(&run, Flags::LW);
        let k = honest.address(column, t).expect("a load accesses memory");
        let other = k ^ 1;
        for weights in [
            vec![(k, half), (other, half)],
            vec![(k, one + one), (other, -one)],
            vec![],
            vec![(k, one), (other, one)],
            vec![(other, one)],
        ] {
            let name = format!("{column:?} {weights:?}");
            refused(&name, Script { weights: vec![(column, t, weights)], ..Script::default() });
        }
    }
}

#[test]
fn memory_cannot_be_addressed_beside_the_instruction() {
    let run = program();
    let load = step_with(&run, Flags::LW);
    let address = i128::from(run.trace.rs1[load]) + 4;
    for column in [Column::RamAddress, Column::Offset, Column::Memory, Column::RamRead, Column::RamWrite] {
        let honest = run.witness(run.shape(4)).columns(load)[column as usize];
        refused("stated", Script::change(load, Change::State(column, honest + 1)));
    }
    refused("misaligned", Script::change(load, Change::Rs1(address as u32 - 3)));
}

#[test]
fn only_accesses_change_memory() {
    let run = program();
    let add = step_with(&run, Flags::ADD);
    let write = Script::change(add, Change::Address(DATA)).and(add, Change::RamWrite(9));
    refused("a sum that writes", write);
    refused("a sum that reads", Script::change(add, Change::Address(DATA)));
}

#[test]
fn outputs_cannot_be_chosen() {
    let claimed = |claim: fn(&mut PublicIo)| {
        let mut run = program();
        claim(&mut run.io);
        assert_eq!(verdict(&run, &Script::default()), Err(VerifyError::Sumcheck("reads")), "{:?}", run.io);
    };
    claimed(|io| io.exit_code = 1);
    claimed(|io| io.output = vec![0]);
    claimed(|io| io.output = vec![0, 0, 0, 0, 1]);
}

#[test]
fn increments_belong_to_their_step() {
    let run = program();
    let honest = run.witness(run.shape(4));
    // Of the same sum: rd_inc, then ram_inc, of two steps.
    for (column, flags) in [(0, Flags::ADD), (1, Flags::SW)] {
        let t = step_with(&run, flags);
        let moved = |t: usize, by: i64| Change::Dense(column, honest.dense(t)[column] + by);
        let other = t + 1;
        refused("moved increment", Script::change(t, moved(t, 1)).and(other, moved(other, -1)));
    }
}

#[test]
fn memory_cannot_be_read_before_it_is_written() {
    let run = program();
    // The first load of a word that is stored to later.
    let (load, store) = (step_with(&run, Flags::LW), step_with(&run, Flags::SW));
    assert!(load < store);
    refused("a later word", Script::change(load, Change::RamRead(run.trace.ram_new[store])));
}
