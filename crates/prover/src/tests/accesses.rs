//! Forged runs: what memory and registers hold, where an access goes, which part of a word it
//! concerns.

use super::simulator::{Change, Script};
use super::trial::{Fault, Trial};
use zkvm_abi::{INPUT_ADDRESS, OUTPUT_ADDRESS, output};
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, A5, Asm, DATA, EmitI, S0, T0, TEXT, ZERO};
use zkvm_isa::row::Flags;
use zkvm_isa::table::interleave;
use zkvm_protocol::PublicIo;
use zkvm_protocol::constraints::Column;

/// The word at [`DATA`].
const WORD: u32 = 0x8403_8281;

/// A program with [`WORD`] at [`DATA`], in A4.
fn program(body: impl FnOnce(&mut Asm)) -> Asm {
    let mut asm = Asm::new();
    asm.data(DATA, &WORD.to_le_bytes());
    asm.li(A4, DATA);
    body(&mut asm);
    asm.li(A0, 0);
    asm.exit();
    asm
}

/// The trial of such a program whose first step with `flags` is of interest.
fn trial(flags: Flags, body: impl FnOnce(&mut Asm)) -> (Trial, usize) {
    let trial = Trial::new(&program(body));
    let step = trial.step_with(flags);
    (trial, step)
}

#[test]
fn a_load_gives_the_last_word_stored() {
    let asm = program(|asm| {
        asm.li(A1, 5);
        asm.li(A2, 6);
        asm.sw(A1, A4, 0);
        asm.sw(A2, A4, 0);
        asm.lw(A3, A4, 0);
        asm.sw(ZERO, A4, 0);
        asm.sw(A1, A4, 4);
    });
    let trial = Trial::new(&asm);
    trial.accepts("the last word", Script::default());
    let load = trial.step_with(Flags::LW);
    let next = trial.steps_with(Flags::SW).into_iter().find(|store| *store > load).expect("a later store");
    for (name, word) in [("before the last", 5), ("initial", WORD), ("later", 0), ("never there", 7)] {
        let script = Script::change(load, Change::RamRead(word));
        trial.refuses(name, "reads", script.clone());
        // The next access finds the true word again.
        trial.refuses(name, "reads", script.and(next, Change::RamRead(6)));
    }
    let other = Change::Address(DATA + 4);
    trial.refuses_step("of another word", "constraints", load, [other]);
    trial.refuses_step("of another word", "reads", load, [other, Change::State(Column::RamAddress, DATA.into())]);
}

#[test]
fn a_register_holds_what_was_last_written() {
    let asm = program(|asm| {
        asm.li(A1, 5);
        asm.li(A1, 6);
        asm.add(A2, A1, A1);
        asm.li(A1, 7);
        asm.add(A3, A1, A1);
    });
    let trial = Trial::new(&asm);
    let read = trial.steps_with(Flags::ADD).into_iter().find(|step| trial.row(*step).rs2 == A1 as u8);
    let read = read.expect("the first sum of a register with itself");
    for (name, value) in [("before the last", 5), ("initial", 0), ("later", 7)] {
        trial.refuses_step(name, "reads", read, [Change::Rs1(value), Change::Rs2(value)]);
        trial.refuses_step(name, "reads", read, [Change::Rs1(value)]);
        trial.refuses_step(name, "reads", read, [Change::Rs2(value)]);
    }
}

#[test]
fn a_load_takes_its_own_lane_and_extends_its_sign() {
    let loads: [(&str, EmitI, i32); 6] = [
        ("lb", Asm::lb, 1),
        ("lb", Asm::lb, 2),
        ("lbu", Asm::lbu, 1),
        ("lh", Asm::lh, 0),
        ("lhu", Asm::lhu, 0),
        ("lhu", Asm::lhu, 2),
    ];
    for (name, emit, at) in loads {
        let (trial, step) = trial(Flags::LOAD.with(Flags::WORD_IN), |asm| emit(asm, A3, A4, at));
        trial.accepts(name, Script::default());
        let value = trial.honest().rd_new[step];
        let others = [value ^ 0xffff_0000, value ^ 0x8000_0000, value ^ 0x100, value ^ 0x80];
        let mut faults: Vec<Fault> = others.into_iter().map(|other| ("constraints", vec![Change::Rd(other)])).collect();
        let (lanes, width) = if trial.row(step).flags.has(Flags::BYTE) { (4, 1) } else { (2, 2) };
        for lane in (0..lanes).filter(|lane| *lane != at / width) {
            let index = Change::Index(interleave(WORD, lane as u32));
            let y = Change::State(Column::Y, lane.into());
            let offset = Change::State(Column::Offset, (lane * width).into());
            let address = Change::Address(DATA + (lane * width) as u32);
            // Each lie needs the next one.
            faults.push(("reads", vec![index]));
            faults.push(("constraints", vec![index, y]));
            faults.push(("reads", vec![index, y, offset]));
            faults.push(("constraints", vec![address]));
            let stated = Change::State(Column::RamAddress, i128::from(DATA) + i128::from(at));
            faults.push(("reads", vec![address, stated]));
        }
        trial.refuses_faults(name, step, faults, 3);
    }
}

#[test]
fn a_store_changes_its_own_lane() {
    for (name, emit, at) in [("sb", Asm::sb as EmitI, 1), ("sb", Asm::sb, 3), ("sh", Asm::sh, 0), ("sh", Asm::sh, 2)] {
        let body = |asm: &mut Asm| {
            asm.li(A1, 0x7777_6655);
            emit(asm, A1, A4, at);
        };
        let (trial, merge) = trial(Flags::MERGE, body);
        trial.accepts(name, Script::default());
        let (honest, prepare) = (trial.honest(), merge - 1);
        let (old, new) = (honest.ram_old[merge], honest.ram_new[merge]);
        assert_eq!(old, WORD);
        let mut merging: Vec<Fault> = Vec::new();
        for byte in 0..4 {
            merging.push(("constraints", vec![Change::RamWrite(new ^ 1 << (8 * byte))]));
            merging.push(("reads", vec![Change::RamRead(old ^ 1 << (8 * byte))]));
        }
        merging.extend([old, 0x7777_6655].map(|word| ("constraints", vec![Change::RamWrite(word)])));
        let prepared = honest.rd_new[prepare];
        let mut preparing: Vec<Fault> = vec![("constraints", vec![Change::RamWrite(new)])];
        for other in [prepared ^ 1, prepared ^ 4, prepared | 1 << 20] {
            preparing.push(("constraints", vec![Change::Rd(other)]));
            merging.push(("reads", vec![Change::Rs2(other)]));
            merging.push(("reads", vec![Change::Index(interleave(WORD, other))]));
        }
        let lane = prepared & 3 ^ 1;
        preparing.push(("reads", vec![Change::Index(interleave(0x7777_6655, lane))]));
        trial.refuses_faults(name, merge, merging, 3);
        trial.refuses_faults(name, prepare, preparing, 3);
    }
}

/// The honest executor traps here; a forger goes on.
#[test]
fn a_misaligned_access_is_refused() {
    let accesses: [(&str, EmitI, &[i32]); 5] = [
        ("lw", Asm::lw, &[1, 2, 3]),
        ("sw", Asm::sw, &[1, 2, 3]),
        ("lh", Asm::lh, &[1, 3]),
        ("lhu", Asm::lhu, &[1]),
        ("sh", Asm::sh, &[1, 3]),
    ];
    for (name, emit, offsets) in accesses {
        for at in offsets {
            let (trial, step) = trial(Flags::MEM, |asm| emit(asm, A3, A4, *at));
            let half = trial.row(step).flags.has(Flags::HALF);
            trial.refuses(name, "constraints", Script::default());
            let (aligned, misaligned) = (DATA, i128::from(DATA) + i128::from(*at));
            trial.refuses_step(name, "constraints", step, [Change::Address(aligned)]);
            // The first row of a store of a half is followed by one that has the same fault.
            if name == "sh" {
                continue;
            }
            let stated = Change::State(Column::RamAddress, misaligned);
            trial.refuses_step(name, "reads", step, [Change::Address(aligned), stated]);
            let hidden = Change::State(Column::Offset, if half { i128::from(*at / 2 * 2) } else { 0 });
            trial.refuses_step(name, "reads", step, [hidden]);
        }
    }
    let (trial, step) = trial(Flags::MEM, |asm| asm.lw(A3, A4, 1));
    trial.refuses_step("lw", "reads", step, [Change::State(Column::Y, 1)]);
}

/// Addresses are integers: neither modulo 2^32 nor modulo the size of memory.
#[test]
fn an_address_outside_memory_is_refused() {
    let any = Trial::new(&program(|_| ()));
    let (base, size) = (any.key.program().layout().base, 4 << any.shape.log_ram);
    for emit in [Asm::lw as EmitI, Asm::sw, Asm::lbu] {
        for (name, pointer, offset, alias) in [
            ("beyond the end", DATA + size, 0, DATA),
            ("beyond twice the size", DATA + 2 * size, 0, DATA),
            ("below the base", base - 4, 0, base + size - 4),
            ("wrapped", 0xffff_fff8, 12, DATA),
            ("wrapped below zero", 0, -4, DATA),
        ] {
            let (trial, step) = trial(Flags::MEM, |asm| {
                asm.li(A5, pointer);
                emit(asm, A3, A5, offset);
            });
            let address = i128::from(pointer) + i128::from(offset);
            let modulo = i128::from(pointer.wrapping_add_signed(offset));
            trial.refuses_step(name, "constraints", step, [Change::Address(alias)]);
            let integer = [Change::Address(alias), Change::State(Column::RamAddress, address)];
            trial.refuses_step(name, "reads", step, integer);
            if modulo != address {
                let wrapped = [Change::Address(alias), Change::State(Column::RamAddress, modulo)];
                trial.refuses_step(name, "constraints", step, wrapped);
            }
        }
    }
}

/// Text, input and output are memory: what is stored there is read there, and changes neither the
/// instructions nor the input that the statement names.
#[test]
fn stores_over_text_input_and_output_are_memory_alone() {
    let asm = program(|asm| {
        asm.li(A5, TEXT);
        asm.li(S0, INPUT_ADDRESS);
        asm.li(T0, OUTPUT_ADDRESS);
        asm.li(A1, 9);
        asm.sw(ZERO, A5, 0);
        asm.sw(ZERO, A5, 40);
        asm.sw(A1, S0, 0);
        asm.sw(A1, S0, 4);
        asm.sw(A1, T0, 4 * output::STATUS as i32);
        asm.sw(A1, T0, 4 * output::EXIT_CODE as i32);
        asm.lw(A2, S0, 4);
    });
    let io = |input: &[u8]| PublicIo { input: input.to_vec(), ..PublicIo::default() };
    let trial = Trial::claiming(&asm, io(b"in"));
    trial.accepts("the run", Script::default());
    let stores = trial.steps_with(Flags::SW);
    for step in stores {
        trial.refuses_step("a word before the store", "reads", step, [Change::RamRead(1 << 30)]);
    }
}

/// Halt does nothing, and no step but an access has one.
#[test]
fn steps_after_the_end_change_nothing() {
    let mut asm = Asm::new();
    asm.li(A0, 0);
    asm.exit();
    let length = OUTPUT_ADDRESS + 4 * output::LENGTH as u32;
    let io = PublicIo { output: vec![0; 4], ..PublicIo::default() };
    let mut trial = Trial::claiming(&asm, io);
    trial.shape.log_t = 5;
    trial.refuses("another length", "reads", Script::default());
    let rows = trial.honest().rows.clone();
    let halt = rows.iter().position(|row| *row == trial.key.program().halt()).expect("it ends");
    for step in [halt, halt + 1, (1 << 5) - 1] {
        let write = [Change::Address(length), Change::RamWrite(4)];
        trial.refuses_step("written after the end", "reads", step, write);
        let [address, word] = write;
        let access = Change::State(Column::Memory, 1);
        trial.refuses_step("by an access", "constraints", step, [address, word, access]);
        let hidden = [(Column::RamAddress, 0), (Column::RamWrite, 0)].map(|(c, v)| Change::State(c, v));
        trial.refuses_step("hidden", "reads", step, [address, word, hidden[0], hidden[1]]);
        trial.refuses_step("an increment alone", "reads", step, [Change::Dense(1, 4)]);
    }
}

/// Everything follows from another initial word, honestly.
#[test]
fn memory_begins_with_image_and_zeros() {
    let heap = DATA + 64;
    let stack = OUTPUT_ADDRESS - 8;
    for (name, address) in [("heap", heap), ("stack", stack), ("image", DATA)] {
        let asm = program(|asm| {
            asm.li(A5, address);
            asm.lw(A3, A5, 0);
        });
        let trial = Trial::new(&asm);
        let word = (address - trial.key.program().layout().base) / 4;
        let initial = |value| Script { words: vec![(word, value)], ..Script::default() };
        trial.accepts(name, initial(if address == DATA { WORD } else { 0 }));
        trial.refuses(name, "values", initial(9));
        let load = trial.step_with(Flags::LW);
        trial.refuses_step(name, "reads", load, [Change::RamRead(9), Change::Dense(1, 9)]);
    }
    // An output that was there before the run.
    let mut asm = Asm::new();
    asm.li(A0, 0);
    asm.exit();
    let trial = Trial::claiming(&asm, PublicIo { output: vec![7], ..PublicIo::default() });
    let block = (OUTPUT_ADDRESS - trial.key.program().layout().base) / 4;
    let words = vec![(block + output::LENGTH as u32, 1), (block + output::DATA as u32, 7)];
    trial.refuses("output", "values", Script { words, ..Script::default() });
}
