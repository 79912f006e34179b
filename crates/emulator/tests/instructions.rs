//! Every instruction against values worked out by hand from the RISC-V manual, in both modes.

mod support;

use support::run;
use zkvm_emulator::testing::{
    A0, A1, A2, Asm, BRANCHES, DATA, EmitI, EmitR, I_TYPE, LOADS, R_TYPE, RA, SHIFTS, STORES, T0, TEXT, ZERO,
};

/// The value that a program leaves in a0.
fn value(program: impl FnOnce(&mut Asm)) -> u32 {
    let mut asm = Asm::new();
    program(&mut asm);
    asm.exit();
    run(&asm).map_err(|fault| fault.to_string()).unwrap().0.exit_code
}

fn by_name<T: Copy>(list: &[(&str, T)], name: &str) -> T {
    list.iter().find(|(other, _)| *other == name).unwrap().1
}

const MIN: u32 = 0x8000_0000;
const MAX: u32 = 0x7fff_ffff;
const ONES: u32 = 0xffff_ffff;

/// Name, rs1, rs2, result.
const REGISTER_CASES: &[(&str, u32, u32, u32)] = &[
    ("add", 3, 4, 7),
    ("add", ONES, 1, 0),
    ("add", MAX, 1, MIN),
    ("sub", 3, 4, ONES),
    ("sub", MIN, 1, MAX),
    ("sub", 0, 0, 0),
    ("sll", 1, 31, MIN),
    ("sll", 0xdead_beef, 32, 0xdead_beef),
    ("sll", 0xdead_beef, 36, 0xeadb_eef0),
    ("srl", MIN, 31, 1),
    ("srl", ONES, ONES, 1),
    ("srl", 0xdead_beef, 0x20, 0xdead_beef),
    ("sra", MIN, 31, ONES),
    ("sra", MIN, 1, 0xc000_0000),
    ("sra", MAX, 30, 1),
    ("sra", MIN, 0x40, MIN),
    ("slt", ONES, 0, 1),
    ("slt", 0, ONES, 0),
    ("slt", MIN, MAX, 1),
    ("slt", 5, 5, 0),
    ("sltu", ONES, 0, 0),
    ("sltu", 0, ONES, 1),
    ("sltu", 5, 5, 0),
    ("xor", 0xff00_ff00, 0x0ff0_0ff0, 0xf0f0_f0f0),
    ("or", 0xff00_ff00, 0x0ff0_0ff0, 0xfff0_fff0),
    ("and", 0xff00_ff00, 0x0ff0_0ff0, 0x0f00_0f00),
    ("mul", 0x0001_0001, 0x0001_0001, 0x0002_0001),
    ("mul", ONES, ONES, 1),
    ("mul", MIN, 2, 0),
    ("mulh", ONES, ONES, 0),
    ("mulh", MIN, MIN, 0x4000_0000),
    ("mulh", MIN, MAX, 0xc000_0000),
    ("mulh", MAX, MAX, 0x3fff_ffff),
    ("mulh", ONES, 1, ONES),
    ("mulhsu", ONES, ONES, ONES),
    ("mulhsu", MIN, ONES, MIN),
    ("mulhsu", MAX, ONES, 0x7fff_fffe),
    ("mulhu", ONES, ONES, 0xffff_fffe),
    ("mulhu", MIN, 2, 1),
    ("div", 7, 2, 3),
    ("div", (-7i32) as u32, 2, (-3i32) as u32),
    ("div", 7, (-2i32) as u32, (-3i32) as u32),
    ("div", (-7i32) as u32, (-2i32) as u32, 3),
    ("div", MIN, ONES, MIN),
    ("div", MIN, 1, MIN),
    ("div", 7, 0, ONES),
    ("div", (-7i32) as u32, 0, ONES),
    ("div", 0, 0, ONES),
    ("divu", 7, 2, 3),
    ("divu", ONES, 2, MAX),
    ("divu", 7, 0, ONES),
    ("divu", 0, 0, ONES),
    ("divu", 1, ONES, 0),
    ("rem", 7, 2, 1),
    ("rem", (-7i32) as u32, 2, ONES),
    ("rem", 7, (-2i32) as u32, 1),
    ("rem", MIN, ONES, 0),
    ("rem", 7, 0, 7),
    ("rem", (-7i32) as u32, 0, (-7i32) as u32),
    ("rem", MIN, 0, MIN),
    ("remu", 7, 2, 1),
    ("remu", ONES, 16, 15),
    ("remu", 7, 0, 7),
    ("remu", 3, ONES, 3),
];

#[test]
fn register_instructions_compute_their_results() {
    for &(name, rs1, rs2, expected) in REGISTER_CASES {
        let emit: EmitR = by_name(R_TYPE, name);
        let result = value(|asm| {
            asm.li(A1, rs1);
            asm.li(A2, rs2);
            emit(asm, A0, A1, A2);
        });
        assert_eq!(result, expected, "{name} {rs1:#x} {rs2:#x}");
    }
    let covered = R_TYPE.iter().filter(|(name, _)| REGISTER_CASES.iter().any(|case| case.0 == *name));
    assert_eq!(covered.count(), R_TYPE.len());
}

#[test]
fn the_destination_may_be_a_source_or_x0() {
    for &(name, rs1, rs2, expected) in REGISTER_CASES {
        let emit: EmitR = by_name(R_TYPE, name);
        for rd in [A1, A2, ZERO] {
            let result = value(|asm| {
                asm.li(A1, rs1);
                asm.li(A2, rs2);
                emit(asm, rd, A1, A2);
                asm.mv(A0, rd);
            });
            let expected = if rd == ZERO { 0 } else { expected };
            assert_eq!(result, expected, "{name} into x{rd} of {rs1:#x} {rs2:#x}");
        }
    }
    for &(name, value_in, _, _) in REGISTER_CASES {
        let emit: EmitR = by_name(R_TYPE, name);
        let apart = value(|asm| {
            asm.li(A1, value_in);
            asm.li(A2, value_in);
            emit(asm, A0, A1, A2);
        });
        let same = value(|asm| {
            asm.li(A0, value_in);
            emit(asm, A0, A0, A0);
        });
        assert_eq!(same, apart, "{name} of {value_in:#x} with itself");
    }
}

#[test]
fn immediate_instructions_compute_their_results() {
    let cases: &[(&str, u32, i32, u32)] = &[
        ("addi", 1, -2, ONES),
        ("addi", MAX, 1, MIN),
        ("addi", 0, 2047, 2047),
        ("slti", ONES, 0, 1),
        ("slti", 0, -1, 0),
        ("slti", MIN, -2048, 1),
        ("sltiu", 1, -1, 1),
        ("sltiu", ONES, -1, 0),
        ("sltiu", 0, 1, 1),
        ("xori", 0x1234_5678, -1, 0xedcb_a987),
        ("ori", 0x1234_5678, -2048, 0xffff_fe78),
        ("ori", 1, 0x7f0, 0x7f1),
        ("andi", 0x1234_5678, -16, 0x1234_5670),
        ("andi", ONES, 0x7ff, 0x7ff),
        ("slli", 0xdead_beef, 0, 0xdead_beef),
        ("slli", 0xdead_beef, 31, MIN),
        ("slli", 0xdead_beef, 4, 0xeadb_eef0),
        ("srli", 0xdead_beef, 0, 0xdead_beef),
        ("srli", 0xdead_beef, 31, 1),
        ("srai", 0xdead_beef, 0, 0xdead_beef),
        ("srai", 0xdead_beef, 31, ONES),
        ("srai", MAX, 4, 0x07ff_ffff),
    ];
    let all: Vec<(&str, EmitI)> = I_TYPE.iter().chain(SHIFTS).copied().collect();
    for &(name, rs1, imm, expected) in cases {
        let emit = by_name(&all, name);
        for rd in [A0, A1, ZERO] {
            let result = value(|asm| {
                asm.li(A1, rs1);
                emit(asm, rd, A1, imm);
                asm.mv(A0, rd);
            });
            let expected = if rd == ZERO { 0 } else { expected };
            assert_eq!(result, expected, "{name} into x{rd} of {rs1:#x}, {imm}");
        }
    }
}

#[test]
fn loads_read_each_part_of_a_word() {
    let bytes = [0x01, 0x82, 0x7f, 0xff, 0x80, 0x00, 0xff, 0x7f];
    let little_endian = |at: usize, width: usize| {
        bytes[at..at + width].iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte))
    };
    for &(name, emit) in LOADS {
        let (width, sign) = match name {
            "lb" => (1, 8),
            "lbu" => (1, 0),
            "lh" => (2, 16),
            "lhu" => (2, 0),
            _ => (4, 0),
        };
        for at in (0..8).step_by(width) {
            let mut expected = little_endian(at, width);
            if sign > 0 && expected >> (sign - 1) == 1 {
                expected |= ONES << sign;
            }
            // From both sides of the address, into another register and into the address itself.
            for (base, offset, rd) in [(DATA, at as i32, A0), (DATA + 8, at as i32 - 8, A0), (DATA, at as i32, A1)] {
                let result = value(|asm| {
                    asm.data(DATA, &bytes);
                    asm.li(A1, base);
                    emit(asm, rd, A1, offset);
                    asm.mv(A0, rd);
                });
                assert_eq!(result, expected, "{name} at {at}");
            }
        }
    }
}

#[test]
fn stores_change_their_part_of_a_word_only() {
    let cases: &[(&str, &[(i32, u32)])] = &[
        ("sb", &[(0, 0x4444_44ab), (1, 0x4444_ab44), (2, 0x44ab_4444), (3, 0xab44_4444)]),
        ("sh", &[(0, 0x4444_0fab), (2, 0x0fab_4444)]),
        ("sw", &[(0, 0xdead_0fab)]),
    ];
    for (name, places) in cases {
        for &(offset, expected) in *places {
            let emit = by_name(STORES, name);
            for around in [0, 4] {
                let result = value(|asm| {
                    asm.data(DATA, &[0x44; 12]);
                    asm.li(A1, DATA + 4);
                    asm.li(A2, 0xdead_0fab);
                    emit(asm, A2, A1, offset);
                    asm.lw(A0, A1, around);
                });
                let expected = if around == 0 { expected } else { 0x4444_4444 };
                assert_eq!(result, expected, "{name} at {offset}, word {around}");
            }
        }
    }
    let own_address = value(|asm| {
        asm.li(A1, DATA);
        asm.sb(A1, A1, 1);
        asm.lw(A0, A1, 0);
    });
    assert_eq!(own_address, (DATA & 0xff) << 8);
}

#[test]
fn branches_compare() {
    let pairs = [(0, 0), (0, 1), (1, 0), (ONES, 0), (0, ONES), (MIN, MAX), (MAX, MIN), (ONES, ONES)];
    for &(name, emit) in BRANCHES {
        for (a, b) in pairs {
            let expected = match name {
                "beq" => a == b,
                "bne" => a != b,
                "blt" => (a as i32) < b as i32,
                "bge" => a as i32 >= b as i32,
                "bltu" => a < b,
                _ => a >= b,
            };
            let result = value(|asm| {
                let taken = asm.label();
                asm.li(A1, a);
                asm.li(A2, b);
                asm.li(A0, 1);
                emit(asm, A1, A2, taken);
                asm.li(A0, 0);
                asm.place(taken);
            });
            assert_eq!(result, u32::from(expected), "{name} {a:#x} {b:#x}");
        }
    }
}

#[test]
fn jumps_link_and_lead_both_ways() {
    let link = value(|asm| {
        let past = asm.label();
        asm.jal(A0, past);
        asm.ebreak();
        asm.place(past);
    });
    assert_eq!(link, TEXT + 4);
    let call_and_return = value(|asm| {
        let (function, over) = (asm.label(), asm.label());
        asm.jal(RA, function);
        asm.addi(A0, A0, 1);
        asm.j(over);
        asm.place(function);
        asm.li(A0, 41);
        asm.jalr(ZERO, RA, 0);
        asm.place(over);
    });
    assert_eq!(call_and_return, 42);
    // The link replaces the base; bit 0 of the target is ignored.
    let through_itself = value(|asm| {
        asm.auipc(A0, 0);
        asm.jalr(A0, A0, 13);
        asm.ebreak();
    });
    assert_eq!(through_itself, TEXT + 8);
}

#[test]
fn upper_immediates() {
    assert_eq!(value(|asm| asm.lui(A0, 0xffff_f000)), 0xffff_f000);
    assert_eq!(value(|asm| asm.auipc(A0, 0xffff_f000)), TEXT - 0x1000);
    let second = value(|asm| {
        asm.lui(ZERO, 0x1000);
        asm.auipc(A0, 0x5000);
        asm.auipc(ZERO, 0x5000);
    });
    assert_eq!(second, TEXT + 4 + 0x5000);
}

#[test]
fn fences_and_unknown_calls_do_nothing() {
    let result = value(|asm| {
        asm.li(A0, 5);
        asm.fence();
        asm.li(T0, 1);
        asm.ecall();
        asm.add(A0, A0, T0);
    });
    assert_eq!(result, 6);
}

#[test]
fn a_store_into_text_changes_memory_and_not_what_is_executed() {
    let result = value(|asm| {
        asm.li(A1, TEXT);
        asm.li(A2, 0x13);
        asm.lw(T0, A1, 0);
        asm.sw(A2, A1, 24);
        asm.lw(A0, A1, 24);
        asm.addi(A0, A0, 1);
    });
    assert_eq!(result, 0x14);
}
