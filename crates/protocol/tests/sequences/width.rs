//! Results and tables for words of any number of bits, from their definitions.

use zkvm_isa::Opcode;
use zkvm_isa::table::{Index, TableId};

/// Words of some number of bits, at most 32.
#[derive(Clone, Copy)]
pub struct Width(u32);

impl Width {
    pub fn new(bits: u32) -> Self {
        assert!((1..=32).contains(&bits));
        Width(bits)
    }

    pub fn bits(self) -> u32 {
        self.0
    }

    /// Number of words.
    pub fn size(self) -> u64 {
        1 << self.0
    }

    fn signed(self, word: u64) -> i64 {
        if self.is_negative(word) { word as i64 - self.size() as i64 } else { word as i64 }
    }

    fn is_negative(self, word: u64) -> bool {
        word >> (self.0 - 1) == 1
    }

    /// The residue modulo the number of words.
    fn word(self, value: i64) -> u64 {
        value.rem_euclid(self.size() as i64) as u64
    }

    /// What the RISC-V manual says of an instruction with two source registers.
    pub fn result(self, opcode: Opcode, a: u64, b: u64) -> u64 {
        let (x, y) = (self.signed(a), self.signed(b));
        let ones = self.size() - 1;
        let amount = b % u64::from(self.0);
        let high = |product: i128| ((product >> self.0) as i64).rem_euclid(self.size() as i64) as u64;
        match opcode {
            Opcode::ADD => self.word(x + y),
            Opcode::SUB => self.word(x - y),
            Opcode::SLL => (a << amount) & ones,
            Opcode::SRL => a >> amount,
            Opcode::SRA => self.word(x >> amount),
            Opcode::SLT => u64::from(x < y),
            Opcode::SLTU => u64::from(a < b),
            Opcode::XOR => a ^ b,
            Opcode::OR => a | b,
            Opcode::AND => a & b,
            Opcode::MUL => (u128::from(a) * u128::from(b)) as u64 & ones,
            Opcode::MULH => high(i128::from(x) * i128::from(y)),
            Opcode::MULHSU => high(i128::from(x) * i128::from(b)),
            Opcode::MULHU => high(i128::from(a) * i128::from(b)),
            Opcode::DIV | Opcode::DIVU if b == 0 => ones,
            Opcode::REM | Opcode::REMU if b == 0 => a,
            // The one quotient that is no word, -2^(W-1) by -1, wraps.
            Opcode::DIV => self.word(x / y),
            Opcode::DIVU => a / b,
            Opcode::REM => self.word(x % y),
            Opcode::REMU => a % b,
            _ => unreachable!("{opcode:?} computes no register from two"),
        }
    }

    /// The words x and y of an interleaved index `… x1 y1 x0 y0`.
    pub fn operands(self, index: u64) -> (u64, u64) {
        let gather = |from: u32| (0..self.0).map(|bit| (index >> (2 * bit + from) & 1) << bit).sum();
        (gather(1), gather(0))
    }

    /// An entry of a table that the instructions with two source registers look up.
    pub fn entry(self, table: TableId, index: u64) -> u64 {
        let (high, low) = (index >> self.0, index & (self.size() - 1));
        if table.kind() == Index::Linear {
            let amount = low % u64::from(self.0);
            return match table {
                TableId::Low => low,
                TableId::High => high,
                TableId::SatLow => index.min(self.size()),
                TableId::MaskHigh => self.size() - (1 << amount),
                TableId::MaskLow => (self.size() >> amount) - 1,
                _ => unreachable!("{table:?}"),
            };
        }
        let (x, y) = self.operands(index);
        match table {
            TableId::And => x & y,
            TableId::Or => x | y,
            TableId::Xor => x ^ y,
            TableId::Lt => u64::from(self.signed(x) < self.signed(y)),
            TableId::Ltu => u64::from(x < y),
            TableId::Sll => self.selected(x, y) << (self.0 - y.count_ones()),
            TableId::Srl => self.selected(x, y),
            TableId::Sra => self.selected(x, y) + if self.is_negative(x) { self.fill(y) } else { 0 },
            TableId::Abs => self.signed(x).unsigned_abs(),
            TableId::ApplySign => {
                if self.is_negative(y) {
                    self.word(-(x as i64))
                } else {
                    x
                }
            }
            TableId::SignAnd => {
                if self.is_negative(x) {
                    y
                } else {
                    0
                }
            }
            TableId::SignSum => {
                let rest = |sign: u64, word: u64| if self.is_negative(sign) { word % (self.size() / 2) } else { 0 };
                rest(x, y) + rest(y, x)
            }
            TableId::ValidRemainder => u64::from(x < y || y == 0),
            TableId::ValidDivZero => u64::from(x != 0 || y == self.size() - 1),
            _ => unreachable!("{table:?}"),
        }
    }

    /// The bits of x that the mask y selects, together at the bottom.
    fn selected(self, x: u64, y: u64) -> u64 {
        let chosen = (0..self.0).filter(|bit| y >> bit & 1 == 1);
        chosen.enumerate().map(|(place, bit)| (x >> bit & 1) << place).sum()
    }

    /// The complement of y with its bits in reverse order.
    fn fill(self, y: u64) -> u64 {
        (0..self.0).map(|bit| (!y >> bit & 1) << (self.0 - 1 - bit)).sum()
    }
}
