//! Forged runs: results of instructions that take more than one row, of constants and of advice.

use super::simulator::{Change, Script};
use super::trial::{Fault, Trial};
use std::ops::Range;
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, Asm, EmitR};
use zkvm_isa::row::{Flags, Mode};
use zkvm_isa::table::{TableId, interleave};
use zkvm_protocol::constraints::{Column, violated};

const MIN: u32 = 1 << 31;
/// Number of words.
const WORDS: u64 = 1 << 32;

/// An instruction on two words and the steps that it takes.
fn instruction(emit: impl FnOnce(&mut Asm), a: u32, b: u32) -> (Trial, Range<usize>) {
    let mut asm = Asm::new();
    asm.li(A1, a);
    asm.li(A2, b);
    let address = asm.pc();
    emit(&mut asm);
    asm.mv(A4, A3);
    asm.li(A0, 0);
    asm.exit();
    let trial = Trial::new(&asm);
    let steps = trial.steps_at(address);
    (trial, steps)
}

fn of_registers(emit: EmitR, a: u32, b: u32) -> (Trial, Range<usize>) {
    instruction(|asm| emit(asm, A3, A1, A2), a, b)
}

/// The result of the instruction.
fn result(trial: &Trial, steps: &Range<usize>) -> u32 {
    let honest = trial.honest();
    let writes = steps.clone().rev().find(|step| trial.row(*step).rd == A3 as u8);
    honest.rd_new[writes.expect("it writes its destination")]
}

/// Lets a division have another quotient. What follows from that fails an exact subtraction or an
/// assertion; the latter is then claimed to hold, by its output and by another lookup.
fn refuses_quotient(trial: &Trial, steps: &Range<usize>, quotient: u32, name: &str) {
    let advice = trial.step_with(Flags::ADVICE);
    assert!(steps.contains(&advice) && trial.honest().rd_new[advice] != quotient, "{name}");
    let script = Script::change(advice, Change::Advice(quotient));
    trial.refuses(name, "constraints", script.clone());
    let forged = trial.forge(&script);
    assert!(steps.clone().all(|step| forged.output(step) < WORDS), "{name}: the product is beyond a word");
    let negative = |step: usize| forged.row(step).flags.has(Flags::SUB) && forged.rs1[step] < forged.rs2[step];
    if steps.clone().any(negative) {
        return;
    }
    let fails = |step: &usize| forged.row(*step).flags.has(Flags::ASSERT) && forged.output(*step) == 0;
    let failed: Vec<usize> = steps.clone().filter(fails).collect();
    assert!(!failed.is_empty(), "{name}");
    let claimed = |change: fn(TableId) -> Change| {
        let table = |step: usize| forged.row(step).table.expect("an assertion looks up");
        failed.iter().fold(script.clone(), |script, step| script.and(*step, change(table(*step))))
    };
    trial.refuses(name, "reads", claimed(|_| Change::State(Column::Output, 1)));
    let looked_up = |table| match table {
        TableId::ValidDivZero => Change::Index(interleave(1, 0)),
        _ => Change::Index(interleave(0, 1)),
    };
    trial.refuses(name, "reads", claimed(looked_up));
}

#[test]
fn a_division_has_one_quotient() {
    let minus = u32::wrapping_neg;
    // The instruction, its operands, what it gives; other quotients, of absolute values if it is signed.
    type Case = (EmitR, u32, u32, u32, &'static [u32]);
    let cases: [Case; 11] = [
        (Asm::divu, 17, 5, 3, &[2, 4, 0]),
        (Asm::divu, u32::MAX, 1, u32::MAX, &[u32::MAX - 1, 0]),
        (Asm::divu, 5, 0, u32::MAX, &[0, 1, u32::MAX - 1]),
        (Asm::div, minus(7), 2, minus(3), &[2, 4]),
        (Asm::div, 7, minus(2), minus(3), &[2, 4]),
        (Asm::div, MIN, u32::MAX, MIN, &[MIN - 1, 0, 1]),
        (Asm::div, 5, 0, u32::MAX, &[0, 1, 5]),
        (Asm::div, minus(5), 0, u32::MAX, &[u32::MAX, 0, 5]),
        (Asm::remu, 17, 5, 2, &[2, 4]),
        (Asm::rem, minus(7), 2, minus(1), &[2, 4]),
        (Asm::rem, MIN, u32::MAX, 0, &[MIN - 1, MIN + 1]),
    ];
    for (emit, a, b, expected, others) in cases {
        let (trial, steps) = of_registers(emit, a, b);
        assert_eq!(result(&trial, &steps), expected, "{a} and {b}");
        trial.accepts("the quotient", Script::default());
        for other in others {
            refuses_quotient(&trial, &steps, *other, &format!("{other} for {a} by {b}"));
        }
    }
    // The same register twice.
    let (trial, steps) = instruction(|asm| asm.remu(A3, A1, A1), 9, 0);
    refuses_quotient(&trial, &steps, 0, "a remainder by itself");
}

/// The quotient's product with the divisor is the honest one, modulo 2^32. Saturated it is 2^32,
/// which nothing can be subtracted from.
#[test]
fn a_quotient_whose_product_wraps_is_refused() {
    for (emit, a, b, quotient) in [
        (Asm::divu as EmitR, 7, 2, 3 + MIN),
        (Asm::divu, 12, 4, 3 + (1 << 30)),
        (Asm::divu, 0, MIN, 2),
        (Asm::remu, 7, 2, 3 + MIN),
    ] {
        let (trial, steps) = of_registers(emit, a, b);
        let step = |flags| steps.clone().find(|step| trial.row(*step).flags.has(flags)).expect("a row of division");
        let (product, difference) = (step(Flags::MUL), step(Flags::SUB));
        let honest = trial.honest();
        let script = Script::change(step(Flags::ADVICE), Change::Advice(quotient));
        let increment = (1 << 32) - i64::from(honest.rd_old[product]);
        let saturated = [Change::State(Column::Rd, 1 << 32), Change::Dense(0, increment)];
        let saturated = saturated.into_iter().fold(script.clone(), |script, change| script.and(product, change));
        let remainder = [Change::State(Column::Rs2, 1 << 32), Change::Index(honest.rd_new[difference].into())];
        let saturated = remainder.into_iter().fold(saturated, |script, change| script.and(difference, change));
        let forged = trial.forge(&saturated);
        let violations = (0..forged.steps()).flat_map(|t| violated(forged.row(t), forged.rows[t], &forged.columns(t)));
        assert_eq!(violations.collect::<Vec<_>>(), ["linear index of a difference"]);
        trial.refuses("the honest remainder", "constraints", saturated);
        let wrapped = Change::State(Column::Output, honest.rd_new[product].into());
        let wrapped = script.clone().and(product, wrapped).and(product, Change::Rd(honest.rd_new[product]));
        trial.refuses("the wrapped product", "reads", wrapped);
        let looked_up = Change::Index(honest.index[product]);
        trial.refuses("another product", "constraints", script.and(product, looked_up));
    }
}

/// Any quotient leaves the remainder by zero what it is.
#[test]
fn a_remainder_by_zero_is_the_dividend() {
    for emit in [Asm::rem, Asm::remu] {
        let (trial, steps) = of_registers(emit, 9u32.wrapping_neg(), 0);
        assert_eq!(result(&trial, &steps), 9u32.wrapping_neg());
        let advice = trial.step_with(Flags::ADVICE);
        trial.accepts("another quotient", Script::change(advice, Change::Advice(77)));
    }
}

/// Faults in every row of an instruction: what it reads, looks up and writes.
fn refuses_faults(name: &str, (trial, steps): &(Trial, Range<usize>)) {
    trial.accepts(name, Script::default());
    let honest = trial.honest();
    for step in steps.clone() {
        let row = trial.row(step);
        let mut faults: Vec<Fault> = Vec::new();
        if row.rs1 != 0 {
            faults.push(("reads", vec![Change::Rs1(honest.rs1[step] ^ 2)]));
        }
        if row.rs2 != 0 {
            faults.push(("reads", vec![Change::Rs2(honest.rs2[step] ^ 2)]));
        }
        // The operands of an interleaved index are stated apart from it.
        let stage = if row.mode() == Mode::Interleaved { "reads" } else { "constraints" };
        for bit in if row.table.is_some() { &[0, 1, 31, 32, 62, 63][..] } else { &[] } {
            faults.push((stage, vec![Change::Index(honest.index[step] ^ 1 << bit)]));
        }
        let written = honest.rd_new[step];
        for other in [written.wrapping_add(1), written ^ MIN, honest.rs1[step], honest.rs2[step]] {
            if other != written {
                faults.push(("constraints", vec![Change::Rd(other)]));
            }
        }
        // A result that is no word.
        for excess in [1i64 << 32, -(1 << 32)] {
            let stated = Change::State(Column::Rd, i128::from(written) + i128::from(excess));
            faults.push(("constraints", vec![stated, Change::Dense(0, honest.rd_inc(step) + excess)]));
        }
        trial.refuses_faults(&format!("{name}, row {}", step - steps.start), step, faults, 3);
    }
}

#[test]
fn every_row_of_a_high_product_is_bound() {
    let minus = u32::wrapping_neg;
    for (name, emit) in [("mulh", Asm::mulh as EmitR), ("mulhsu", Asm::mulhsu), ("mulhu", Asm::mulhu)] {
        refuses_faults(name, &of_registers(emit, minus(7), minus(9)));
    }
}

#[test]
fn every_row_of_a_shift_is_bound() {
    for (name, emit) in [("sll", Asm::sll as EmitR), ("srl", Asm::srl), ("sra", Asm::sra)] {
        refuses_faults(name, &of_registers(emit, 0x8000_0f0f, 33));
    }
    refuses_faults("srai", &instruction(|asm| asm.srai(A3, A1, 4), 0x8000_0f0f, 0));
}

/// An amount counts modulo 32, and the sign fills from the left.
#[test]
fn other_amounts_and_fills_are_refused() {
    let word = 0x8000_0f0f;
    let (trial, steps) = of_registers(Asm::sra, word, 33);
    assert_eq!(result(&trial, &steps), 0xc000_0787);
    let shift = steps.end - 1;
    let [unsigned, twice, all] = [word >> 1, 0xe000_03c3, u32::MAX];
    for other in [unsigned, twice, all] {
        trial.refuses_step("another result", "constraints", shift, [Change::Rd(other)]);
    }
    let mask = |amount: u32| u32::MAX << amount;
    for amount in [0, 2, 31] {
        trial.refuses_step("another mask", "constraints", steps.start, [Change::Rd(mask(amount))]);
        trial.refuses_step("another amount", "constraints", steps.start, [Change::Index(amount.into())]);
        trial.refuses_step("a mask read", "reads", shift, [Change::Rs2(mask(amount))]);
    }
    let positive = interleave(word ^ MIN, mask(1));
    trial.refuses_step("a fill of zeros", "reads", shift, [Change::Index(positive)]);
}

#[test]
fn constants_are_those_of_the_instruction() {
    refuses_faults("lui", &instruction(|asm| asm.lui(A3, 0xffff_f000), 0, 0));
    let (trial, steps) = instruction(|asm| asm.auipc(A3, 0xffff_f000), 0, 0);
    let address = result(&trial, &steps);
    for other in [address + (1 << 24), address + 0x1000, address + 4] {
        trial.refuses_step("auipc", "constraints", steps.start, [Change::Rd(other)]);
    }
    refuses_faults("auipc", &(trial, steps));
}

#[test]
fn advice_is_a_word() {
    let (mut trial, steps) = instruction(|asm| asm.advice(A3), 0, 0);
    trial.private = vec![0x8765_4321];
    let (step, value) = (steps.start, 0x8765_4321i64);
    trial.accepts("the input", Script::default());
    for other in [value + (1 << 32), value - (1 << 32), -1, 1 << 32, 1 << 40] {
        let stated = [Change::State(Column::Rd, other.into()), Change::Dense(0, other)];
        trial.refuses_step("no word", "constraints", step, stated);
        let [rd, increment] = stated;
        let output = Change::State(Column::Output, other.into());
        trial.refuses_step("no word looked up", "reads", step, [rd, increment, output]);
    }
    // The upper half of the index is free: what is written is the lower one.
    trial.accepts("an upper half", Script::change(step, Change::Index(5 << 32 | 0x8765_4321)));
}
