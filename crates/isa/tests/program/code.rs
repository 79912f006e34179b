//! [`Code`]: the row that each method appends, its place, and the targets that are filled in later.

use zkvm_isa::code::{Code, K, Target};
use zkvm_isa::row::{Advice, Flags, Row, SCRATCH, SINK, WRAP};
use zkvm_isa::table::TableId;
use zkvm_isa::{Opcode, decode};

/// The index of every row that a target names.
fn row_of(target: Target) -> u32 {
    match target {
        Target::Address(addr) => addr + 1,
        Target::Exit => 77,
    }
}

/// The one row that `write` appends, from place 0.
fn row(write: impl FnOnce(&mut Code)) -> Row {
    let mut code = Code::default();
    write(&mut code);
    assert_eq!(code.position(), 1);
    let rows = code.resolve(row_of);
    assert_eq!(rows.len(), 1);
    rows[0]
}

#[test]
fn each_method_appends_its_row() {
    let empty = Row::EMPTY;
    assert_eq!(row(Code::empty), empty);
    assert_eq!(row(Code::trap), Row { flags: Flags::ASSERT, ..empty });
    let looked_up = Row { rs1: 1, rs2: 2, rd: 3, table: Some(TableId::Xor), ..empty };
    let alu = Flags::ALU.with(Flags::Y);
    let flags = alu.with(Flags::OUT);
    assert_eq!(row(|code| code.lookup(TableId::Xor, 1, 2, 3)), Row { flags, ..looked_up });
    let immediate = Row { rs2: 0, imm: u64::from(u32::MAX), flags, ..looked_up };
    assert_eq!(row(|code| code.lookup_imm(TableId::Xor, 1, u32::MAX, 3)), immediate);
    let flags = alu.with(Flags::ASSERT);
    assert_eq!(row(|code| code.assert(TableId::Xor, 1, 2)), Row { rd: SINK, flags, ..looked_up });
    let flags = Flags::ADD.with(Flags::OUT);
    assert_eq!(row(|code| code.add(TableId::Xor, 1, 2, 3)), Row { flags, ..looked_up });
    let table = Some(TableId::Low);
    let sum = Row { rs2: 0, imm: 9, flags, table, ..looked_up };
    assert_eq!(row(|code| code.add_imm(1, 9, 3)), sum);
    assert_eq!(row(|code| code.move_to(3, 1)), Row { imm: 0, ..sum });
    let difference = Row { flags: Flags::SUB.with(Flags::OUT), table, ..looked_up };
    assert_eq!(row(|code| code.sub_exact(1, 2, 3)), difference);
    assert_eq!(row(|code| code.sub(1, 2, 3)), Row { imm: WRAP, ..difference });
    let flags = Flags::MUL.with(Flags::OUT);
    assert_eq!(row(|code| code.mul(TableId::Xor, 1, 2, 3)), Row { flags, ..looked_up });
    let advice = Some(Advice::Quotient { rs1: 1, rs2: 2 });
    let flags = Flags::ADVICE.with(Flags::OUT);
    let written = row(|code| code.advice(3, Advice::Quotient { rs1: 1, rs2: 2 }));
    assert_eq!(written, Row { rd: 3, flags, table, advice, ..empty });
    let constant = Row { rd: 3, disp: i64::from(u32::MAX), flags: Flags::CONST, ..empty };
    assert_eq!(row(|code| code.constant(3, u32::MAX)), constant);
    let flags = Flags::MEM.with(Flags::SW).with(Flags::BYTE);
    assert_eq!(row(|code| code.store_word(1, 2, -8)), Row { rs1: 1, rs2: 2, disp: -8, flags, ..empty });
}

#[test]
fn a_move_to_itself_is_no_row() {
    let mut code = Code::default();
    code.move_to(5, 5);
    assert_eq!((code.position(), code.resolve(row_of)), (0, vec![]));
}

#[test]
fn jumps_and_branches_get_the_row_of_their_target() {
    let flags = Flags::ALU.with(Flags::Y).with(Flags::BRANCH);
    let branch = Row { rs1: 1, rs2: 2, imm: 3, flags, table: Some(TableId::Xor), ..Row::EMPTY };
    let exit = row(|code| code.branch(TableId::Xor, 1, 2, 3, Target::Exit));
    assert_eq!(exit, Row { target: 77, ..branch });
    let jump = Row { flags: Flags::JUMP, target: 41, ..Row::EMPTY };
    assert_eq!(row(|code| code.jump(0, Target::Address(40))), jump);
    // The link is pc + 4; no instruction has begun, so pc is 0.
    let linking = Row { rd: 1, disp: 4, flags: Flags::JUMP.with(Flags::CONST), ..jump };
    assert_eq!(row(|code| code.jump(1, Target::Address(40))), linking);
    let flags = Flags::ADD.with(Flags::JALR);
    let indirect = Row { rs1: 2, imm: 6, flags, table: Some(TableId::LowEven), ..Row::EMPTY };
    assert_eq!(row(|code| code.jump_indirect(0, 2, 6)), indirect);
    let linking = Row { rd: 1, disp: 4, flags: flags.with(Flags::CONST), ..indirect };
    assert_eq!(row(|code| code.jump_indirect(1, 2, 6)), linking);
}

#[test]
fn the_halt_row_jumps_to_itself() {
    let mut code = Code::default();
    code.empty();
    code.flush(row_of, |_| ());
    code.empty();
    code.halt();
    let rows = code.resolve(row_of);
    assert_eq!(rows[1], Row { addr: Row::SYNTHETIC + 2, flags: Flags::JUMP, target: 2, ..Row::EMPTY });
}

#[test]
fn a_row_has_the_address_of_its_instruction_if_it_is_the_first() {
    let word = Opcode::DIV.instruction().encode(zkvm_isa::Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let division = decode(word).expect("an instruction");
    let mut code = Code::default();
    code.empty();
    code.instruction(0x1234, &division);
    assert_eq!(code.pc(), 0x1234);
    let count = u64::from(code.position());
    assert!(count > 3);
    code.instruction(0x5678, &division);
    let addresses: Vec<u64> = code.resolve(row_of).iter().map(|row| row.addr).collect();
    let later = |from: u64| (from..from + count - 2).map(|index| Row::SYNTHETIC + index);
    let expected = [Row::SYNTHETIC, 0x1234].into_iter().chain(later(2)).chain([0x5678]).chain(later(count + 1));
    assert_eq!(addresses, expected.collect::<Vec<_>>());
}

#[test]
fn rows_handed_on_count_and_are_handed_on_once() {
    let mut code = Code::default();
    assert!(!code.ends_in_trap());
    code.jump(0, Target::Exit);
    code.trap();
    assert!(code.ends_in_trap());
    let mut rows = Vec::new();
    code.flush(row_of, |row| rows.push(*row));
    assert_eq!((rows.len(), rows[0].target, rows[1].target), (2, 77, 0));
    assert!(code.ends_in_trap() && code.position() == 2);
    code.flush(row_of, |_| panic!("nothing is left"));
    assert!(code.ends_in_trap() && code.position() == 2);
    code.constant(4, 1);
    assert!(!code.ends_in_trap() && code.position() == 3);
    code.flush(|_| panic!("no target is left"), |row| rows.push(*row));
    assert!(!code.ends_in_trap() && code.position() == 3);
    assert_eq!(rows.iter().map(|row| row.addr - Row::SYNTHETIC).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn scratch_cells_follow_one_another() {
    assert_eq!(K, [0, 1, 2, 3, 4, 5].map(|i| SCRATCH + i));
}
