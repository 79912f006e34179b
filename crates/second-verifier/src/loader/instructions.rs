//! The rows of an instruction (section 1.3).

use super::sequence::Operand::{Cell, Constant};
use super::sequence::{
    Draft, K, Table, Target, advice, assert, constant, copy, empty, lookup, product, row, sub, sub_exact, sum,
};
use crate::program::flags::*;

/// The fields of an instruction word.
struct Word {
    word: u32,
    /// Its address.
    pc: u32,
    d: u8,
    a: u8,
    b: u8,
    funct3: u32,
    funct7: u32,
}

/// The rows of the instruction `word` at `pc`; none if it is no instruction.
pub fn rows(word: u32, pc: u32) -> Option<Vec<Draft>> {
    let bits = |from: u32, number: u32| word >> from & ((1 << number) - 1);
    let register = |from: u32| bits(from, 5) as u8;
    let fields =
        Word { word, pc, d: register(7), a: register(15), b: register(20), funct3: bits(12, 3), funct7: bits(25, 7) };
    match bits(0, 7) {
        0x37 => Some(fields.writing(vec![constant(fields.upper(), fields.d)])),
        0x17 => Some(fields.writing(vec![constant(pc.wrapping_add(fields.upper()), fields.d)])),
        0x6f => Some(vec![fields.linking(row(&[JUMP]).to(fields.relative(fields.jump_offset())))]),
        0x67 => fields.jalr(),
        0x63 => fields.branch(),
        0x03 => fields.load(),
        0x23 => fields.store(),
        0x13 => fields.immediate().map(|row| fields.writing(vec![row])),
        0x33 => fields.register().map(|rows| fields.writing(rows)),
        0x0f if fields.funct3 == 0 => Some(vec![empty()]),
        0x73 if word == 0x73 => {
            Some(vec![row(&[ALU, Y, BRANCH]).operands(17, Constant(93)).table(Table::Eq).to(Target::Exit)])
        }
        0x0b if word == 0x0b | u32::from(fields.d) << 7 && fields.d != 0 => Some(vec![advice(fields.d)]),
        _ => None,
    }
}

/// Immediates, all sign-extended.
impl Word {
    /// Of LUI and AUIPC, with its low 12 bits zero.
    fn upper(&self) -> u32 {
        self.word & 0xffff_f000
    }

    /// Of loads, JALR and register-immediate instructions.
    fn i(&self) -> i32 {
        self.word as i32 >> 20
    }

    /// Of stores.
    fn store_offset(&self) -> i32 {
        (self.word as i32 >> 25 << 5) | i32::from(self.d)
    }

    /// Of branches: bits 12, 10 to 5, 4 to 1, 11 of the offset are bits 31, 30 to 25, 11 to 8, 7 of the word.
    fn branch_offset(&self) -> i32 {
        let (top, word) = (self.word as i32 >> 31 << 12, self.word as i32);
        top | (word >> 7 & 1) << 11 | (word >> 25 & 0x3f) << 5 | (word >> 8 & 0xf) << 1
    }

    /// Of JAL: bits 20, 10 to 1, 11, 19 to 12 of the offset are bits 31, 30 to 21, 20, 19 to 12 of the word.
    fn jump_offset(&self) -> i32 {
        let (top, word) = (self.word as i32 >> 31 << 20, self.word as i32);
        top | (word >> 12 & 0xff) << 12 | (word >> 20 & 1) << 11 | (word >> 21 & 0x3ff) << 1
    }

    /// The row at pc + offset.
    fn relative(&self, offset: i32) -> Target {
        Target::Address(self.pc.wrapping_add_signed(offset))
    }
}

impl Word {
    /// The rows of an instruction that only writes d: one empty row for d = 0.
    fn writing(&self, rows: Vec<Draft>) -> Vec<Draft> {
        if self.d == 0 { vec![empty()] } else { rows }
    }

    /// The row of a jump, which also writes pc + 4 to d ≠ 0.
    fn linking(&self, jump: Draft) -> Draft {
        let next = self.pc.wrapping_add(4);
        if self.d == 0 { jump } else { jump.flag(CONST).writes(self.d).disp(next.into()) }
    }

    fn jalr(&self) -> Option<Vec<Draft>> {
        let jump = row(&[ADD, JALR]).operands(self.a, Constant(self.i() as u32)).table(Table::LowEven);
        (self.funct3 == 0).then(|| vec![self.linking(jump)])
    }

    fn branch(&self) -> Option<Vec<Draft>> {
        let table = match self.funct3 {
            0 => Table::Eq,
            1 => Table::Ne,
            4 => Table::Lt,
            5 => Table::Ge,
            6 => Table::Ltu,
            7 => Table::Geu,
            _ => return None,
        };
        let target = self.relative(self.branch_offset());
        Some(vec![row(&[ALU, Y, BRANCH]).reads(self.a, self.b).table(table).to(target)])
    }

    fn load(&self) -> Option<Vec<Draft>> {
        let load = row(&[MEM, LOAD]).reads(self.a, 0).disp(self.i().into());
        let (load, table) = match self.funct3 {
            0 => (load.flag(WORD_IN).flag(BYTE), Table::Lb),
            1 => (load.flag(WORD_IN).flag(HALF), Table::Lh),
            4 => (load.flag(WORD_IN).flag(BYTE), Table::Lbu),
            5 => (load.flag(WORD_IN).flag(HALF), Table::Lhu),
            2 => {
                let load = load.flag(BYTE);
                return Some(vec![if self.d == 0 { load } else { load.flag(LW).writes(self.d) }]);
            }
            _ => return None,
        };
        Some(vec![if self.d == 0 { load } else { load.flag(OUT).writes(self.d).table(table) }])
    }

    fn store(&self) -> Option<Vec<Draft>> {
        let disp = i64::from(self.store_offset());
        let (width, prepare, merge) = match self.funct3 {
            0 => (BYTE, Table::PrepareByte, Table::MergeByte),
            1 => (HALF, Table::PrepareHalf, Table::MergeHalf),
            2 => return Some(vec![row(&[MEM, SW, BYTE]).reads(self.a, self.b).disp(disp)]),
            _ => return None,
        };
        let prepared = row(&[MEM, LOAD, PREP, OUT, width]).reads(self.a, self.b).writes(K[0]).disp(disp).table(prepare);
        let merged = row(&[MEM, MERGE, WORD_IN, Y]).reads(self.a, K[0]).disp(disp).table(merge);
        Some(vec![prepared, merged])
    }

    fn immediate(&self) -> Option<Draft> {
        let u = Constant(self.i() as u32);
        let s = u32::from(self.b);
        let (low_mask, high_mask) =
            (Constant(((1u64 << (32 - s)) - 1) as u32), Constant(((1u64 << 32) - (1 << s)) as u32));
        let (table, constant) = match (self.funct3, self.funct7) {
            (0, _) => return Some(sum(Table::Low, self.a, u, self.d)),
            (2, _) => (Table::Lt, u),
            (3, _) => (Table::Ltu, u),
            (4, _) => (Table::Xor, u),
            (6, _) => (Table::Or, u),
            (7, _) => (Table::And, u),
            (1, 0) => (Table::Sll, low_mask),
            (5, 0) => (Table::Srl, high_mask),
            (5, 0x20) => (Table::Sra, high_mask),
            _ => return None,
        };
        Some(lookup(table, self.a, constant, self.d))
    }

    fn register(&self) -> Option<Vec<Draft>> {
        let (d, a, b) = (self.d, self.a, self.b);
        let words = |table| vec![lookup(table, a, Cell(b), d)];
        let shift = |mask, table| vec![sum(mask, b, Constant(0), K[0]), lookup(table, a, Cell(K[0]), d)];
        let high = |sign| vec![product(Table::High, a, b, K[0]), lookup(sign, a, Cell(b), K[1]), sub(K[0], K[1], d)];
        Some(match (self.funct7, self.funct3) {
            (0x00, 0) => vec![sum(Table::Low, a, Cell(b), d)],
            (0x20, 0) => vec![sub(a, b, d)],
            (0x00, 1) => shift(Table::MaskLow, Table::Sll),
            (0x00, 2) => words(Table::Lt),
            (0x00, 3) => words(Table::Ltu),
            (0x00, 4) => words(Table::Xor),
            (0x00, 5) => shift(Table::MaskHigh, Table::Srl),
            (0x20, 5) => shift(Table::MaskHigh, Table::Sra),
            (0x00, 6) => words(Table::Or),
            (0x00, 7) => words(Table::And),
            (0x01, 0) => vec![product(Table::Low, a, b, d)],
            (0x01, 1) => high(Table::SignSum),
            (0x01, 2) => high(Table::SignAnd),
            (0x01, 3) => vec![product(Table::High, a, b, d)],
            (0x01, 4) => self.div(),
            (0x01, 5) => self.divu(),
            (0x01, 6) => self.rem(),
            (0x01, 7) => self.remu(),
            _ => return None,
        })
    }
}

/// Division. The quotient is advice; what is left over is a valid remainder.
impl Word {
    /// The first six rows of DIV and REM: |a| in K0, |b| in K1, the quotient in K2, the remainder in K4.
    fn absolute_division(&self) -> Vec<Draft> {
        vec![
            lookup(Table::Abs, self.a, Cell(0), K[0]),
            lookup(Table::Abs, self.b, Cell(0), K[1]),
            advice(K[2]),
            product(Table::SatLow, K[2], K[1], K[3]),
            sub_exact(K[0], K[3], K[4]),
            assert(Table::ValidRemainder, K[4], K[1]),
        ]
    }

    fn div(&self) -> Vec<Draft> {
        let q = if self.d == self.b { K[5] } else { self.d };
        let mut rows = self.absolute_division();
        rows.push(lookup(Table::Xor, self.a, Cell(self.b), K[3]));
        rows.push(lookup(Table::ApplySign, K[2], Cell(K[3]), q));
        rows.push(assert(Table::ValidDivZero, self.b, q));
        rows.extend(copy(q, self.d));
        rows
    }

    fn rem(&self) -> Vec<Draft> {
        let mut rows = self.absolute_division();
        rows.push(lookup(Table::ApplySign, K[4], Cell(self.a), self.d));
        rows
    }

    fn divu(&self) -> Vec<Draft> {
        let q = if self.d == self.a || self.d == self.b { K[0] } else { self.d };
        let mut rows = vec![
            advice(q),
            product(Table::SatLow, q, self.b, K[3]),
            sub_exact(self.a, K[3], K[2]),
            assert(Table::ValidRemainder, K[2], self.b),
            assert(Table::ValidDivZero, self.b, q),
        ];
        rows.extend(copy(q, self.d));
        rows
    }

    fn remu(&self) -> Vec<Draft> {
        let r = if self.d == self.b { K[2] } else { self.d };
        let mut rows = vec![
            advice(K[0]),
            product(Table::SatLow, K[0], self.b, K[3]),
            sub_exact(self.a, K[3], r),
            assert(Table::ValidRemainder, r, self.b),
        ];
        rows.extend(copy(r, self.d));
        rows
    }
}
