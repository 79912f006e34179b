//! Instruction formats: where the operands stand in the word (RISC-V unprivileged ISA, chapter 2).

/// Register numbers and immediate. What a format does not have is zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub struct Operands {
    /// Destination register.
    pub rd: u8,
    /// First source register.
    pub rs1: u8,
    /// Second source register.
    pub rs2: u8,
    /// Immediate, sign-extended; a shift amount for [`Format::Shift`].
    pub imm: i32,
}

/// Layout of the operands in a word, and how assembly writes them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// `rd, rs1, rs2`
    R,
    /// `rd, rs1, imm`
    I,
    /// `rd, rs1, amount`
    Shift,
    /// `rd, imm(rs1)`, encoded as [`Format::I`]
    Offset,
    /// `rs2, imm(rs1)`
    S,
    /// `rs1, rs2, imm`, relative to pc
    B,
    /// `rd, imm >> 12`
    U,
    /// `rd, imm`, relative to pc
    J,
    /// `rd`, which must not be x0
    Destination,
    /// No operands; bits outside the mask are ignored.
    Bare,
}

/// `len` bits of `word` from bit `low` on, 0 < `len` ≤ 32.
fn bits(word: u32, low: u32, len: u32) -> u32 {
    word.wrapping_shr(low) & u32::MAX.wrapping_shr(32u32.wrapping_sub(len))
}

impl Format {
    /// The operands of a word, None if the format has no such word.
    pub(super) fn decode(self, word: u32) -> Option<Operands> {
        let register = |low: u32| {
            let [register, ..] = bits(word, low, 5).to_le_bytes();
            register
        };
        let (rd, rs1, rs2) = (register(7), register(15), register(20));
        // The top bits of the word, sign-extended, then the bits `low..low + len` at `place`.
        let signed = |shift: u32| word.cast_signed().wrapping_shr(shift);
        let field = |low: u32, len: u32, place: u32| bits(word, low, len).wrapping_shl(place).cast_signed();
        let imm = match self {
            Format::R | Format::Destination | Format::Bare => 0,
            Format::I | Format::Offset => signed(20),
            Format::Shift => field(20, 5, 0),
            Format::S => signed(25) << 5 | field(7, 5, 0),
            Format::B => signed(31) << 12 | field(7, 1, 11) | field(25, 6, 5) | field(8, 4, 1),
            Format::U => signed(12) << 12,
            Format::J => signed(31) << 20 | field(12, 8, 12) | field(20, 1, 11) | field(21, 10, 1),
        };
        Some(match self {
            Format::R => Operands { rd, rs1, rs2, imm },
            Format::I | Format::Shift | Format::Offset => Operands { rd, rs1, rs2: 0, imm },
            Format::S | Format::B => Operands { rd: 0, rs1, rs2, imm },
            Format::Destination if rd == 0 => return None,
            Format::U | Format::J | Format::Destination => Operands { rd, rs1: 0, rs2: 0, imm },
            Format::Bare => Operands::default(),
        })
    }

    /// The bits of a word that hold the operands; what does not fit the format is dropped.
    pub(super) fn encode(self, operands: Operands) -> u32 {
        let Operands { rd, rs1, rs2, imm } = operands;
        let (rd, rs1, rs2) = (u32::from(rd & 31), u32::from(rs1 & 31), u32::from(rs2 & 31));
        let field = |low: u32, len: u32, place: u32| bits(imm.cast_unsigned(), low, len).wrapping_shl(place);
        match self {
            Format::R => rd << 7 | rs1 << 15 | rs2 << 20,
            Format::I | Format::Offset => rd << 7 | rs1 << 15 | field(0, 12, 20),
            Format::Shift => rd << 7 | rs1 << 15 | field(0, 5, 20),
            Format::S => rs1 << 15 | rs2 << 20 | field(5, 7, 25) | field(0, 5, 7),
            Format::B => {
                let imm = field(12, 1, 31) | field(11, 1, 7) | field(5, 6, 25) | field(1, 4, 8);
                rs1 << 15 | rs2 << 20 | imm
            }
            Format::U => rd << 7 | field(12, 20, 12),
            Format::J => {
                let imm = field(20, 1, 31) | field(12, 8, 12) | field(11, 1, 20) | field(1, 10, 21);
                rd << 7 | imm
            }
            Format::Destination => rd << 7,
            Format::Bare => 0,
        }
    }
}
