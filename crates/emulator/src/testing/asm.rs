//! An assembler: one method per RV32IM instruction, labels, and the usual pseudo-instructions.

use super::{ElfWriter, SegmentWriter};
use zkvm_abi::{IMAGE_BASE, advice_word, ecall};

/// Address of the text of assembled programs.
pub const TEXT: u32 = IMAGE_BASE;
/// A good address for [`Asm::data`].
pub const DATA: u32 = IMAGE_BASE + (1 << 16);

macro_rules! registers {
    ($($name:ident = $number:expr;)*) => {
        $(#[doc = concat!("Register x", stringify!($number), ".")] pub const $name: u32 = $number;)*
    };
}
registers! {
    ZERO = 0; RA = 1; SP = 2; GP = 3; TP = 4; T0 = 5; T1 = 6; T2 = 7; S0 = 8; S1 = 9;
    A0 = 10; A1 = 11; A2 = 12; A3 = 13; A4 = 14; A5 = 15; A6 = 16; A7 = 17;
    S2 = 18; S3 = 19; S4 = 20; S5 = 21; S6 = 22; S7 = 23; S8 = 24; S9 = 25; S10 = 26; S11 = 27;
    T3 = 28; T4 = 29; T5 = 30; T6 = 31;
}

/// A place in the program, bound by [`Asm::place`] or [`Asm::here`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(usize);

/// A program under construction. Registers are numbers 0 to 31.
#[derive(Clone, Default, Debug)]
pub struct Asm {
    words: Vec<u32>,
    labels: Vec<Option<u32>>,
    fixups: Vec<(usize, Label)>,
    symbols: Vec<(String, u32, u32)>,
    segments: Vec<SegmentWriter>,
}

/// Emits an instruction with two source registers.
pub type EmitR = fn(&mut Asm, u32, u32, u32);
/// Emits an instruction with one source register and a 12-bit immediate.
pub type EmitI = fn(&mut Asm, u32, u32, i32);
/// Emits a branch.
pub type EmitB = fn(&mut Asm, u32, u32, Label);

macro_rules! r_type {
    ($($name:ident = $funct7:literal $funct3:literal;)*) => {
        impl Asm {
            $(#[doc = concat!("`", stringify!($name), " rd, rs1, rs2`")]
            pub fn $name(&mut self, rd: u32, rs1: u32, rs2: u32) {
                self.word($funct7 << 25 | rs2 << 20 | rs1 << 15 | $funct3 << 12 | rd << 7 | 0x33);
            })*
        }
        /// Every instruction with two source registers and a destination.
        pub const R_TYPE: &[(&str, EmitR)] = &[$((stringify!($name), Asm::$name)),*];
    };
}
r_type! {
    add = 0 0; sub = 0x20 0; sll = 0 1; slt = 0 2; sltu = 0 3; xor = 0 4; srl = 0 5; sra = 0x20 5;
    or = 0 6; and = 0 7; mul = 1 0; mulh = 1 1; mulhsu = 1 2; mulhu = 1 3; div = 1 4; divu = 1 5;
    rem = 1 6; remu = 1 7;
}

macro_rules! i_type {
    ($(#[$doc:meta])* $list:ident, $opcode:literal: $($name:ident = $funct3:literal;)*) => {
        impl Asm {
            $(#[doc = concat!("`", stringify!($name), "` with `rd`, `rs1` and an immediate in -2048..2048")]
            pub fn $name(&mut self, rd: u32, rs1: u32, imm: i32) {
                self.word(imm12(imm) << 20 | rs1 << 15 | $funct3 << 12 | rd << 7 | $opcode);
            })*
        }
        $(#[$doc])*
        pub const $list: &[(&str, EmitI)] = &[$((stringify!($name), Asm::$name)),*];
    };
}
i_type! {
    /// Every instruction with a source register, an immediate and a destination, shifts aside.
    I_TYPE, 0x13: addi = 0; slti = 2; sltiu = 3; xori = 4; ori = 6; andi = 7;
}
i_type! {
    /// Every load.
    LOADS, 0x03: lb = 0; lh = 1; lw = 2; lbu = 4; lhu = 5;
}

macro_rules! shifts {
    ($($name:ident = $funct7:literal $funct3:literal;)*) => {
        impl Asm {
            $(#[doc = concat!("`", stringify!($name), "` by an amount in 0..32")]
            pub fn $name(&mut self, rd: u32, rs1: u32, amount: i32) {
                assert!((0..32).contains(&amount), "shift amount {amount}");
                let amount = amount as u32;
                self.word($funct7 << 25 | amount << 20 | rs1 << 15 | $funct3 << 12 | rd << 7 | 0x13);
            })*
        }
        /// Every shift by a constant.
        pub const SHIFTS: &[(&str, EmitI)] = &[$((stringify!($name), Asm::$name)),*];
    };
}
shifts! { slli = 0 1; srli = 0 5; srai = 0x20 5; }

macro_rules! stores {
    ($($name:ident = $funct3:literal;)*) => {
        impl Asm {
            $(#[doc = concat!("`", stringify!($name), " rs2, imm(rs1)`")]
            pub fn $name(&mut self, rs2: u32, rs1: u32, imm: i32) {
                let imm = imm12(imm);
                let (high, low) = (imm >> 5, imm & 31);
                self.word(high << 25 | rs2 << 20 | rs1 << 15 | $funct3 << 12 | low << 7 | 0x23);
            })*
        }
        /// Every store: value, address register, displacement.
        pub const STORES: &[(&str, EmitI)] = &[$((stringify!($name), Asm::$name)),*];
    };
}
stores! { sb = 0; sh = 1; sw = 2; }

macro_rules! branches {
    ($($name:ident = $funct3:literal;)*) => {
        impl Asm {
            $(#[doc = concat!("`", stringify!($name), " rs1, rs2, label`")]
            pub fn $name(&mut self, rs1: u32, rs2: u32, target: Label) {
                self.fixups.push((self.words.len(), target));
                self.word(rs2 << 20 | rs1 << 15 | $funct3 << 12 | 0x63);
            })*
        }
        /// Every conditional branch.
        pub const BRANCHES: &[(&str, EmitB)] = &[$((stringify!($name), Asm::$name)),*];
    };
}
branches! { beq = 0; bne = 1; blt = 4; bge = 5; bltu = 6; bgeu = 7; }

fn imm12(imm: i32) -> u32 {
    assert!((-2048..2048).contains(&imm), "immediate {imm}");
    imm as u32 & 0xfff
}

/// The immediate bits of a branch over `offset` bytes.
fn branch_bits(offset: i32) -> u32 {
    assert!((-4096..4096).contains(&offset), "branch over {offset} bytes");
    let o = offset as u32;
    (o >> 12 & 1) << 31 | (o >> 5 & 0x3f) << 25 | (o >> 1 & 15) << 8 | (o >> 11 & 1) << 7
}

/// The immediate bits of a JAL over `offset` bytes.
fn jump_bits(offset: i32) -> u32 {
    assert!((-(1 << 20)..1 << 20).contains(&offset), "jump over {offset} bytes");
    let o = offset as u32;
    (o >> 20 & 1) << 31 | (o >> 1 & 0x3ff) << 21 | (o >> 11 & 1) << 20 | (o >> 12 & 0xff) << 12
}

impl Asm {
    /// An empty program.
    pub fn new() -> Self {
        Self::default()
    }

    /// A program that exits at once, with code 0.
    pub fn new_exit() -> Self {
        let mut asm = Self::new();
        asm.exit();
        asm
    }

    /// Appends a word.
    pub fn word(&mut self, word: u32) {
        self.words.push(word);
    }

    /// Address of the next instruction.
    pub fn pc(&self) -> u32 {
        TEXT + 4 * self.words.len() as u32
    }

    /// A label to be placed later.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Binds a label to the next instruction.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0] = Some(self.pc());
    }

    /// A label of the next instruction.
    pub fn here(&mut self) -> Label {
        let label = self.label();
        self.place(label);
        label
    }

    /// Names the next instruction: a function symbol of unknown size.
    pub fn symbol(&mut self, name: &str) {
        self.symbols.push((name.into(), self.pc(), 0));
    }

    /// Adds a writable data segment.
    pub fn data(&mut self, addr: u32, bytes: &[u8]) {
        self.segments.push(SegmentWriter::load(addr, bytes.to_vec(), 6));
    }

    /// `lui rd, imm` with the value of the upper 20 bits in place.
    pub fn lui(&mut self, rd: u32, value: u32) {
        self.word(value & 0xffff_f000 | rd << 7 | 0x37);
    }

    /// `auipc rd, imm` with the value of the upper 20 bits in place.
    pub fn auipc(&mut self, rd: u32, value: u32) {
        self.word(value & 0xffff_f000 | rd << 7 | 0x17);
    }

    /// `jal rd, label`
    pub fn jal(&mut self, rd: u32, target: Label) {
        self.fixups.push((self.words.len(), target));
        self.word(rd << 7 | 0x6f);
    }

    /// `jalr rd, imm(rs1)`
    pub fn jalr(&mut self, rd: u32, rs1: u32, imm: i32) {
        self.word(imm12(imm) << 20 | rs1 << 15 | rd << 7 | 0x67);
    }

    /// `fence`
    pub fn fence(&mut self) {
        self.word(0x0ff0_000f);
    }

    /// `ecall`
    pub fn ecall(&mut self) {
        self.word(0x73);
    }

    /// `ebreak`
    pub fn ebreak(&mut self) {
        self.word(0x0010_0073);
    }

    /// `advice rd`: the next word of the private input.
    pub fn advice(&mut self, rd: u32) {
        self.word(advice_word(rd));
    }

    /// Loads a constant in one or two instructions.
    pub fn li(&mut self, rd: u32, value: u32) {
        let low = (value << 20) as i32 >> 20;
        let high = value.wrapping_sub(low as u32);
        if high == 0 {
            return self.addi(rd, ZERO, low);
        }
        self.lui(rd, high);
        if low != 0 {
            self.addi(rd, rd, low);
        }
    }

    /// `addi rd, rs, 0`
    pub fn mv(&mut self, rd: u32, rs: u32) {
        self.addi(rd, rs, 0);
    }

    /// `jal x0, label`
    pub fn j(&mut self, target: Label) {
        self.jal(ZERO, target);
    }

    /// The exit call with the code in `a0`.
    pub fn exit(&mut self) {
        self.li(A7, ecall::EXIT);
        self.ecall();
    }

    /// The words with all labels resolved.
    ///
    /// # Panics
    /// If a label was never placed or is out of reach.
    pub fn words(&self) -> Vec<u32> {
        let mut words = self.words.clone();
        for (at, label) in &self.fixups {
            let target = self.labels[label.0].expect("every label is placed");
            let offset = target.wrapping_sub(TEXT + 4 * *at as u32) as i32;
            words[*at] |= match words[*at] & 0x7f {
                0x6f => jump_bits(offset),
                _ => branch_bits(offset),
            };
        }
        words
    }

    /// The program as an ELF description; entry is the first instruction.
    pub fn elf(&self) -> ElfWriter {
        let text = self.words().iter().flat_map(|word| word.to_le_bytes()).collect();
        let mut segments = vec![SegmentWriter::load(TEXT, text, 5)];
        segments.extend(self.segments.iter().cloned());
        let symbols = self.symbols.clone();
        ElfWriter { entry: TEXT, segments, symbols, ..ElfWriter::default() }
    }
}
