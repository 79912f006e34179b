//! Forged runs: where they begin and end, which row follows which, what is no instruction.

use super::simulator::{Change, Script};
use super::trial::Trial;
use zkvm_abi::{OUTPUT_ADDRESS, PANIC_EXIT_CODE, output};
use zkvm_emulator::testing::{A0, A1, A2, A3, A5, A7, Asm, RA, T0, T1, ZERO};
use zkvm_isa::row::{Flags, SINK};
use zkvm_isa::table::interleave;
use zkvm_protocol::PublicIo;
use zkvm_protocol::constraints::Column;

/// Writes eight bytes, the last of them zero, and ends with `code`.
fn writing(code: u32) -> Asm {
    let mut asm = Asm::new();
    asm.fence();
    asm.li(T0, OUTPUT_ADDRESS);
    asm.li(A1, 0x0403_0201);
    asm.sw(A1, T0, 4 * output::DATA as i32);
    asm.li(A2, 0x0007_0605);
    asm.sw(A2, T0, 4 * output::DATA as i32 + 4);
    asm.li(A3, 8);
    asm.sw(A3, T0, 4 * output::LENGTH as i32);
    asm.li(A0, code);
    asm.exit();
    asm
}

/// What [`writing`] outputs.
const OUTPUT: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 0];

fn claim(exit_code: u32, output: &[u8]) -> PublicIo {
    PublicIo { input: Vec::new(), exit_code, output: output.to_vec() }
}

#[test]
fn another_output_is_refused() {
    Trial::claiming(&writing(0), claim(0, &OUTPUT)).accepts("the output", Script::default());
    let longer = [&OUTPUT[..], &[0]].concat();
    let longest = [&OUTPUT[..], &[0; 100]].concat();
    let claims: [(&str, &[u8]); 6] = [
        ("another byte", &[1, 2, 3, 4, 5, 6, 8, 0]),
        ("without the zero at its end", &OUTPUT[..7]),
        ("with a further zero", &longer),
        ("with many", &longest),
        ("half of it", &OUTPUT[..4]),
        ("none", &[]),
    ];
    for (name, output) in claims {
        Trial::claiming(&writing(0), claim(0, output)).refuses(name, "reads", Script::default());
    }
}

#[test]
fn another_exit_code_is_refused() {
    for (code, claimed) in [(1, 0), (0, 1), (PANIC_EXIT_CODE, 0), (1 << 31, 0)] {
        let trial = Trial::claiming(&writing(code), claim(claimed, &OUTPUT));
        trial.refuses("claimed", "reads", Script::default());
        // The store of the exit code is the last but one.
        let stores = trial.steps_with(Flags::SW);
        let store = stores[stores.len() - 2];
        trial.refuses_step("stored instead", "constraints", store, [Change::RamWrite(claimed)]);
        trial.refuses_step("read instead", "reads", store, [Change::Rs2(claimed)]);
    }
}

#[test]
fn a_prefix_of_a_run_is_refused() {
    let trial = Trial::claiming(&writing(0), claim(0, &OUTPUT));
    let halt = trial.key.program().halt();
    for store in trial.steps_with(Flags::SW) {
        // After the last store halt follows anyway.
        if trial.honest().rows[store + 1] != halt {
            trial.refuses_step("halt after a store", "constraints", store, [Change::Next(halt)]);
        }
    }
    let middle = trial.steps_with(Flags::SW)[0];
    let back = trial.honest().rows[middle + 1];
    let paused = Script::change(middle, Change::Next(halt)).and(middle + 1, Change::Next(back));
    trial.refuses("halt amid the run", "constraints", paused);
}

/// It writes what the exit rows would write, so that nothing but the end is missing.
#[test]
fn a_run_without_an_end_is_refused() {
    let mut asm = Asm::new();
    asm.li(T0, OUTPUT_ADDRESS);
    asm.li(T1, output::EXITED);
    asm.sw(T1, T0, 4 * output::STATUS as i32);
    let here = asm.here();
    asm.j(here);
    let trial = Trial::new(&asm);
    let last = (1 << trial.shape.log_t) - 1;
    let row = trial.honest().rows[last];
    trial.refuses("halt after the last step", "constraints", Script::default());
    let stated = [(Column::NextRow, i128::from(row)), (Column::NextAddress, i128::from(trial.row(last).addr))];
    let stated = stated.map(|(column, value)| Change::State(column, value));
    trial.refuses_step("another step after the last", "reads", last, stated);
}

#[test]
fn a_run_begins_with_the_first_row_and_registers_of_zero() {
    let trial = Trial::claiming(&writing(0), claim(0, &OUTPUT));
    for first_row in [1, 2, 3] {
        trial.refuses("row", "columns", Script { first_row, ..Script::default() });
    }
    let mut asm = Asm::new();
    asm.add(A3, ZERO, A2);
    asm.li(A0, 0);
    asm.exit();
    Trial::new(&asm).refuses("register", "values", Script { registers: vec![(A2 as usize, 5)], ..Script::default() });
}

/// Leaves 5 in the sink at a step that writes it, until the next one: the sink is free.
fn into_sink(trial: &Trial, step: usize) -> Script {
    let mut writes = (step..).filter(|step| trial.row(*step).rd == SINK);
    assert_eq!(writes.next(), Some(step));
    let kept = Script::change(step, Change::Dense(0, 5)).and(step, Change::State(Column::Rd, 5));
    let kept = kept.and(writes.next().expect("halt"), Change::Dense(0, -5));
    trial.accepts("the sink is free", kept.clone());
    kept
}

#[test]
fn what_is_written_to_x0_is_not_read() {
    let mut asm = Asm::new();
    let write = asm.pc();
    asm.addi(ZERO, ZERO, 5);
    let read = asm.pc();
    asm.add(A3, ZERO, ZERO);
    asm.li(A0, 0);
    asm.exit();
    let trial = Trial::new(&asm);
    let (write, read) = (trial.steps_at(write).start, trial.steps_at(read).start);
    let kept = into_sink(&trial, write);
    for other in [vec![Change::Rs1(5)], vec![Change::Rs2(5)], vec![Change::Rs1(5), Change::Rs2(5)]] {
        let script = other.into_iter().fold(kept.clone(), |script, change| script.and(read, change));
        trial.refuses("read later", "reads", script);
    }
}

/// Jumps past an instruction to an address whose bit 0 is set.
#[test]
fn an_indirect_jump_leads_to_its_target_and_links_the_next_instruction() {
    let mut asm = Asm::new();
    asm.auipc(A5, 0);
    let jump = asm.pc();
    asm.jalr(RA, A5, 13);
    asm.addi(A3, A3, 1);
    let target = asm.pc();
    asm.addi(A3, A3, 2);
    asm.li(A0, 0);
    asm.exit();
    let trial = Trial::new(&asm);
    trial.accepts("bit 0 is cleared", Script::default());
    let step = trial.steps_at(jump).start;
    let (row, honest) = (trial.honest().rows[step], trial.honest());
    let next = honest.rows[step + 1];
    assert_eq!(trial.key.program().row_of(target), Some(next));
    for other in [row, row + 1, next + 1, trial.key.program().halt()] {
        trial.refuses_step("row", "constraints", step, [Change::Next(other)]);
    }
    let address = i128::from(target);
    for kept in [address + 1, address + 2, address - 4, address + (1 << 32)] {
        let stated = [Change::State(Column::NextAddress, kept), Change::State(Column::Output, kept)];
        trial.refuses_step("address", "reads", step, stated);
        trial.refuses_step("address of the row", "constraints", step, [stated[0]]);
    }
    for other in [2, 1 << 32] {
        let index = Change::Index(honest.index[step] + other);
        trial.refuses_step("sum", "constraints", step, [index]);
    }
    for link in [jump, jump + 5, target] {
        trial.refuses_step("link", "constraints", step, [Change::Rd(link)]);
    }
}

#[test]
fn an_indirect_jump_between_instructions_is_refused() {
    for (name, offset) in [("two bytes further", 14), ("to no instruction", 0x400)] {
        let mut asm = Asm::new();
        asm.auipc(A5, 0);
        let jump = asm.pc();
        asm.jalr(ZERO, A5, offset);
        asm.addi(A3, A3, 1);
        let target = asm.pc();
        asm.li(A0, 0);
        asm.exit();
        let mut trial = Trial::new(&asm);
        trial.shape.log_t = 5;
        let step = trial.steps_at(jump).start;
        let row = trial.key.program().row_of(target).expect("an instruction");
        trial.refuses_step(name, "constraints", step, [Change::Next(row)]);
        let address = i128::from(trial.honest().index[step]);
        let stated = [Change::Next(row), Change::State(Column::NextAddress, address)];
        trial.refuses_step(name, "reads", step, stated);
    }
}

#[test]
fn a_sequence_is_executed_from_its_first_row_to_its_last() {
    let mut asm = Asm::new();
    asm.li(A1, 17);
    asm.li(A2, 5);
    asm.auipc(A5, 0);
    let jump = asm.pc();
    asm.jalr(ZERO, A5, 8);
    let division = asm.pc();
    asm.div(A3, A1, A2);
    asm.li(A0, 0);
    asm.exit();
    let trial = Trial::new(&asm);
    let (honest, steps, jump) = (trial.honest(), trial.steps_at(division), trial.steps_at(jump).start);
    let (first, last) = (honest.rows[steps.start], honest.rows[steps.end - 1]);
    assert_eq!(last - first, 8);
    for row in first + 1..=last {
        trial.refuses_step("entered amid", "constraints", jump, [Change::Next(row)]);
    }
    for step in steps {
        let row = honest.rows[step];
        trial.refuses_step("a row left out", "constraints", step, [Change::Next(row + 2)]);
        trial.refuses_step("a row twice", "constraints", step, [Change::Next(row)]);
        if row != last {
            trial.refuses_step("left early", "constraints", step, [Change::Next(last + 1)]);
        }
    }
}

#[test]
fn what_is_no_instruction_is_not_passed_over() {
    let (csr, ebreak, fence_i) = (0xc000_2573, 0x0010_0073, 0x0000_100f);
    for word in [0, u32::MAX, csr, ebreak, fence_i, zkvm_abi::advice_word(0)] {
        let mut asm = Asm::new();
        asm.li(A0, 0);
        asm.word(word);
        asm.exit();
        let trial = Trial::new(&asm);
        let step = trial.step_with(Flags::ASSERT);
        assert!(trial.row(step).is_trap());
        trial.refuses("passed over", "constraints", Script::default());
        trial.refuses_step("with an output", "reads", step, [Change::State(Column::Output, 1)]);
        let before = step - 1;
        let after = trial.honest().rows[step] + 1;
        trial.refuses_step("left out", "constraints", before, [Change::Next(after)]);
    }
}

#[test]
fn an_unknown_call_changes_nothing() {
    let mut asm = Asm::new();
    asm.li(A7, 94);
    let call = asm.pc();
    asm.ecall();
    let read = asm.pc();
    asm.mv(A1, A0);
    asm.li(A0, 0);
    asm.exit();
    let trial = Trial::new(&asm);
    let (call, read) = (trial.steps_at(call).start, trial.steps_at(read).start);
    trial.accepts("it goes on", Script::default());
    trial.refuses("a result", "reads", into_sink(&trial, call).and(read, Change::Rs1(5)));
    trial.refuses_step("an exit", "constraints", call, [Change::Next(trial.row(call).target)]);
    let lookup = [Change::Index(interleave(93, 93))];
    trial.refuses_step("an exit by its lookup", "reads", call, lookup);
}
