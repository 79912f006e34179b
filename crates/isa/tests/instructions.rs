//! Every instruction: encoding, semantics, and rows that do what the semantics says.

mod machine;

use machine::{Machine, Outcome};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_isa::code::Code;
use zkvm_isa::instruction::{Format, REGISTER_NAMES};
use zkvm_isa::row::{Flags, Row};
use zkvm_isa::{Decoded, Opcode, Operands, Semantics, Width, decode};

const PC: u32 = 0x1000;

fn rows(decoded: &Decoded) -> Vec<Row> {
    let mut code = Code::default();
    code.instruction(PC, decoded);
    code.resolve(|_| machine::TARGET)
}

fn word(rng: &mut StdRng) -> u32 {
    const SPECIAL: [u32; 12] =
        [0, 1, 2, 3, 0x7f, 0x80, 0x7fff, 0x8000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];
    match rng.gen_range(0..5) {
        0..=2 => SPECIAL[rng.gen_range(0..SPECIAL.len())],
        3 => rng.r#gen::<u32>() >> rng.gen_range(0..32),
        _ => rng.r#gen(),
    }
}

/// Operands that fit a format, with few registers so that they often coincide.
fn operands(rng: &mut StdRng, format: Format) -> Operands {
    let mut register = || [0, 1, 5, 17, 31][rng.gen_range(0..5)];
    let (rd, rs1, rs2) = (register(), register(), register());
    let imm = word(rng) as i32;
    let imm = match format {
        Format::R | Format::Destination | Format::Bare => 0,
        Format::I | Format::Offset | Format::S => imm << 20 >> 20,
        Format::Shift => imm & 31,
        Format::B => imm << 20 >> 20 << 1,
        Format::U => imm & !0xfff,
        Format::J => imm << 12 >> 12 << 1,
    };
    match format {
        Format::R => Operands { rd, rs1, rs2, imm },
        Format::I | Format::Shift | Format::Offset => Operands { rd, rs1, rs2: 0, imm },
        Format::S | Format::B => Operands { rd: 0, rs1, rs2, imm },
        Format::U | Format::J => Operands { rd, rs1: 0, rs2: 0, imm },
        Format::Destination => Operands { rd: rd.max(1), ..Operands::default() },
        Format::Bare => Operands::default(),
    }
}

fn decoded(opcode: Opcode, operands: Operands) -> Decoded {
    Decoded { opcode, instruction: opcode.instruction(), operands }
}

#[test]
fn the_list_is_rv32im_with_fence_ecall_and_advice() {
    let names: Vec<_> = Opcode::ALL.iter().map(|op| op.instruction().name).collect();
    let expected = "lui auipc jal jalr beq bne blt bge bltu bgeu lb lh lw lbu lhu sb sh sw \
        addi slti sltiu xori ori andi slli srli srai add sub sll slt sltu xor srl sra or and \
        fence ecall mul mulh mulhsu mulhu div divu rem remu advice";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
    for (number, opcode) in Opcode::ALL.iter().enumerate() {
        assert_eq!(*opcode as usize, number);
        assert_eq!(format!("{opcode:?}").to_lowercase(), opcode.instruction().name);
    }
}

#[test]
fn encodings_are_disjoint() {
    for (i, a) in Opcode::ALL.iter().map(|op| op.instruction()).enumerate() {
        assert_eq!(a.fixed & !a.mask, 0, "{}", a.name);
        for b in Opcode::ALL[..i].iter().map(|op| op.instruction()) {
            assert_ne!((a.fixed ^ b.fixed) & a.mask & b.mask, 0, "{} and {}", a.name, b.name);
        }
    }
}

#[test]
fn decoding_inverts_encoding() {
    let mut rng = StdRng::seed_from_u64(1);
    for &opcode in Opcode::ALL {
        let instruction = opcode.instruction();
        for _ in 0..500 {
            let operands = operands(&mut rng, instruction.format);
            let decoded = decode(instruction.encode(operands)).expect(instruction.name);
            assert_eq!((decoded.opcode, decoded.operands), (opcode, operands));
        }
    }
}

#[test]
fn words_that_are_no_instruction_are_refused() {
    for (word, what) in [
        (0x0000_0000, "all zeros"),
        (0xffff_ffff, "all ones"),
        (0x0010_0073, "ebreak"),
        (0x0000_100f, "fence.i"),
        (0xc000_2573, "csrrs a0, cycle, zero"),
        (0x3020_0073, "mret"),
        (0x0000_000b, "advice x0"),
        (0x0000_150b, "custom-0 with funct3"),
        (0x0010_050b, "custom-0 with rs2"),
        (0x0205_1513, "slli by 32"),
        (0x4005_1513, "slli with funct7 of srai"),
        (0x0005_2063, "branch with funct3 2"),
        (0x0005_3003, "ld"),
        (0x0005_3023, "sd"),
        (0x0005_1067, "jalr with funct3 1"),
        (0x1005_252f, "lr.w"),
        (0x4005_4533, "xnor"),
        (0x0000_4501, "c.li a0, 0"),
    ] {
        assert!(decode(word).is_none(), "{what}");
    }
}

#[test]
fn every_word_is_decoded_by_at_most_one_instruction_and_encodes_back() {
    let mut rng = StdRng::seed_from_u64(2);
    let mut seen = 0;
    for _ in 0..200_000 {
        let word = rng.r#gen::<u32>() | 3;
        let Some(decoded) = decode(word) else { continue };
        if decoded.instruction.format != Format::Bare {
            assert_eq!(decoded.instruction.encode(decoded.operands), word);
        }
        seen += 1;
    }
    assert!(seen > 10_000);
}

#[test]
fn known_words_disassemble() {
    for (word, text) in [
        (0xff01_0113, "addi sp, sp, -16"),
        (0x0081_2503, "lw a0, 8(sp)"),
        (0xfea4_2c23, "sw a0, -8(s0)"),
        (0x1234_5537, "lui a0, 0x12345"),
        (0x0000_8067, "jalr zero, 0(ra)"),
        (0xfe05_1ee3, "bne a0, zero, -4"),
        (0x0100_00ef, "jal ra, 16"),
        (0x41f5_5513, "srai a0, a0, 31"),
        (0x02b5_5533, "divu a0, a0, a1"),
        (0x0ff0_000f, "fence"),
        (0x0000_0073, "ecall"),
        (0x0000_050b, "advice a0"),
    ] {
        assert_eq!(decode(word).expect(text).to_string(), text);
    }
    assert_eq!(REGISTER_NAMES[8], "s0");
}

/// Rows of an instruction whose operands are all different, and if it writes x0.
#[test]
fn instructions_have_the_stated_number_of_rows() {
    let count = |opcode: Opcode, rd, rs1, rs2| rows(&decoded(opcode, Operands { rd, rs1, rs2, imm: 0 })).len();
    for &opcode in Opcode::ALL {
        use Opcode::*;
        let (apart, same) = match opcode {
            SLL | SRL | SRA | SB | SH => (2, 2),
            MULH | MULHSU => (3, 3),
            REMU => (4, 5),
            DIVU => (5, 6),
            REM => (7, 7),
            DIV => (9, 10),
            _ => (1, 1),
        };
        assert_eq!(count(opcode, 5, 6, 7), apart, "{opcode:?}");
        assert_eq!(count(opcode, 5, 5, 5), same, "{opcode:?}, rd = rs1 = rs2");
        if !matches!(opcode, SB | SH) {
            assert_eq!(count(opcode, 0, 6, 7), 1, "{opcode:?} into x0");
        }
    }
    assert_eq!(count(Opcode::REMU, 5, 5, 7), 4);
    assert_eq!(count(Opcode::DIVU, 5, 5, 7), 6);
    assert_eq!(count(Opcode::DIV, 5, 5, 7), 9);
}

#[test]
fn only_the_first_row_has_the_address() {
    for &opcode in Opcode::ALL {
        let rows = rows(&decoded(opcode, Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 }));
        assert_eq!(rows[0].address(), Some(PC));
        for (index, row) in rows.iter().enumerate().skip(1) {
            assert_eq!(row.addr, Row::SYNTHETIC + index as u64);
        }
    }
}

/// What the semantics says of an instruction other than a load or store.
fn expected(machine: &Machine, decoded: &Decoded) -> Outcome {
    let Operands { rd, rs1, rs2, imm } = decoded.operands;
    let mut registers = machine.registers;
    let (a, b) = (registers[usize::from(rs1)], registers[usize::from(rs2)]);
    let (mut next, link) = (PC + 4, PC + 4);
    let value = match decoded.instruction.semantics {
        Semantics::Register(f) => Some(f(a, b)),
        Semantics::Immediate(f) => Some(f(a, imm as u32)),
        Semantics::Lui => Some(imm as u32),
        Semantics::Auipc => Some(PC.wrapping_add_signed(imm)),
        Semantics::Jal => {
            next = machine::TARGET;
            Some(link)
        }
        Semantics::Jalr => {
            next = a.wrapping_add_signed(imm) & !1;
            Some(link)
        }
        Semantics::Branch(holds) => {
            next = if holds(a, b) { machine::TARGET } else { next };
            None
        }
        Semantics::Ecall => {
            next = if registers[17] == 93 { machine::TARGET } else { next };
            None
        }
        Semantics::Advice => Some(machine.input),
        Semantics::Fence => None,
        Semantics::Load { .. } | Semantics::Store(_) => unreachable!("tested apart"),
    };
    if let Some(value) = value.filter(|_| rd != 0) {
        registers[usize::from(rd)] = value;
    }
    Outcome { registers, memory: machine.memory, next }
}

fn random_machine(rng: &mut StdRng) -> Machine {
    let mut machine = Machine::new(rng.r#gen());
    for cell in 1..32 {
        machine.registers[cell] = word(rng);
    }
    if rng.r#gen() {
        machine.registers[17] = 93;
    }
    machine.memory = std::array::from_fn(|_| rng.r#gen());
    machine
}

#[test]
fn rows_do_what_the_semantics_says() {
    let mut rng = StdRng::seed_from_u64(3);
    for &opcode in Opcode::ALL {
        let semantics = opcode.instruction().semantics;
        if matches!(semantics, Semantics::Load { .. } | Semantics::Store(_)) {
            continue;
        }
        for _ in 0..2000 {
            let machine = random_machine(&mut rng);
            let decoded = decoded(opcode, operands(&mut rng, opcode.instruction().format));
            let outcome = machine.run(PC, &rows(&decoded));
            assert_eq!(outcome, Ok(expected(&machine, &decoded)), "{decoded}");
        }
    }
}

/// What a load or store does to a memory of bytes; None if it is misaligned.
fn expected_access(machine: &Machine, decoded: &Decoded, address: usize) -> Option<Outcome> {
    let Operands { rd, rs2, .. } = decoded.operands;
    let mut registers = machine.registers;
    let mut bytes: Vec<u8> = machine.memory.iter().flat_map(|word| word.to_le_bytes()).collect();
    match decoded.instruction.semantics {
        Semantics::Load { width, signed } => {
            let bytes = bytes.get(address..address + width.bytes() as usize)?;
            let value = bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
            let value = match (width, signed) {
                (Width::Byte, true) => value as i8 as u32,
                (Width::Half, true) => value as i16 as u32,
                _ => value,
            };
            if rd != 0 {
                registers[usize::from(rd)] = value;
            }
            address.is_multiple_of(width.bytes() as usize).then_some(())?;
        }
        Semantics::Store(width) => {
            let (value, len) = (registers[usize::from(rs2)], width.bytes() as usize);
            bytes.get_mut(address..address + len)?.copy_from_slice(&value.to_le_bytes()[..len]);
            address.is_multiple_of(len).then_some(())?;
        }
        _ => unreachable!(),
    }
    let words = bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
    let memory = words.collect::<Vec<_>>().try_into().unwrap();
    Some(Outcome { registers, memory, next: PC + 4 })
}

#[test]
fn loads_and_stores_move_bytes_and_refuse_misaligned_addresses() {
    let mut rng = StdRng::seed_from_u64(4);
    for &opcode in Opcode::ALL {
        let instruction = opcode.instruction();
        if !matches!(instruction.semantics, Semantics::Load { .. } | Semantics::Store(_)) {
            continue;
        }
        for _ in 0..2000 {
            let mut machine = random_machine(&mut rng);
            let mut operands = operands(&mut rng, instruction.format);
            operands.rs1 = operands.rs1.max(1);
            let offset = rng.gen_range(0..4 * machine.memory.len());
            let address = machine::BASE + offset as u32;
            machine.registers[usize::from(operands.rs1)] = address.wrapping_add_signed(-operands.imm);
            let decoded = decoded(opcode, operands);
            let outcome = machine.run(PC, &rows(&decoded)).ok();
            assert_eq!(outcome, expected_access(&machine, &decoded, offset), "{decoded}, {offset}");
        }
    }
}

#[test]
fn accesses_outside_the_region_and_wrapping_addresses_have_no_witness() {
    for (base, imm) in [(machine::BASE, -4), (machine::BASE + 64, 0), (0, -4), (u32::MAX - 3, 4)] {
        let mut machine = Machine::new(0);
        machine.registers[5] = base;
        for opcode in [Opcode::LW, Opcode::SB] {
            let decoded = decoded(opcode, Operands { rd: 0, rs1: 5, rs2: 6, imm });
            assert!(machine.run(PC, &rows(&decoded)).is_err());
        }
    }
}

/// Replaces the quotient by other words, most of all those whose product wraps to a near one.
#[test]
fn no_other_quotient_has_a_witness() {
    let mut rng = StdRng::seed_from_u64(5);
    let mut tried = 0;
    for opcode in [Opcode::DIV, Opcode::DIVU, Opcode::REM, Opcode::REMU] {
        for _ in 0..3000 {
            let (a, b) = (word(&mut rng), word(&mut rng));
            let divides = matches!(opcode, Opcode::DIV | Opcode::DIVU);
            if b == 0 && !divides {
                continue; // the remainder by zero is the dividend, whatever the quotient
            }
            let mut machine = Machine::new(0);
            (machine.registers[5], machine.registers[6]) = (a, b);
            let decoded = decoded(opcode, Operands { rd: 7, rs1: 5, rs2: 6, imm: 0 });
            let rows = rows(&decoded);
            let honest = machine.quotient(rows.iter().find_map(|row| row.advice).unwrap());
            let divisor = match opcode {
                Opcode::DIV | Opcode::REM => (b as i32).unsigned_abs(),
                _ => b,
            };
            let wrapped = |k: u64| match divisor {
                0 => 0,
                d => ((u64::from(honest) * u64::from(d) + (k << 32)) / u64::from(d)) as u32,
            };
            let near = [honest.wrapping_add(1), honest.wrapping_sub(1), 0, 1, u32::MAX, rng.r#gen()];
            for other in near.into_iter().chain((1..4).map(wrapped)) {
                if other != honest {
                    machine.advice = Some(other);
                    let outcome = machine.run(PC, &rows);
                    assert!(outcome.is_err(), "{decoded} of {a:#x} and {b:#x} with {other:#x}");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 50_000);
}

#[test]
fn every_row_of_an_instruction_but_traps_has_a_destination_or_sink() {
    let mut rng = StdRng::seed_from_u64(6);
    for &opcode in Opcode::ALL {
        for _ in 0..50 {
            let decoded = decoded(opcode, operands(&mut rng, opcode.instruction().format));
            for row in rows(&decoded) {
                let writes = row.flags.any(Flags::OUT.with(Flags::LW).with(Flags::CONST));
                assert_eq!(writes, row.rd != zkvm_isa::row::SINK, "{decoded}");
            }
        }
    }
}
