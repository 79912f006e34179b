//! The extensions of the lookup tables (section 2), formula by formula.

use ark_ff::{One, Zero};

use crate::F;
use crate::multilinear::integer;

/// Number of tables.
pub const TABLES: usize = 32;
/// Coordinates of an index.
pub const INDEX_BITS: usize = 64;

/// An index k as a point: coordinates of the bits of x and of y, the least significant first.
pub struct Index {
    x: [F; 32],
    y: [F; 32],
}

fn two_to(i: usize) -> F {
    F::from(1u64 << i)
}

fn not(bit: F) -> F {
    F::one() - bit
}

/// Σ 2^i·bits_i.
fn number(bits: &[F]) -> F {
    bits.iter().enumerate().map(|(i, bit)| two_to(i) * bit).sum()
}

/// Π (1 − bits_i): whether all are zero.
fn all_zero(bits: &[F]) -> F {
    bits.iter().map(|bit| not(*bit)).product()
}

impl Index {
    /// The index at the point x_31, y_31, …, x_0, y_0.
    pub fn new(point: &[F]) -> Index {
        assert_eq!(point.len(), INDEX_BITS, "32 pairs");
        let place = |i: usize| 2 * (31 - i);
        Index { x: std::array::from_fn(|i| point[place(i)]), y: std::array::from_fn(|i| point[place(i) + 1]) }
    }

    /// X, the word of the bits x.
    pub fn x(&self) -> F {
        number(&self.x)
    }

    /// Y, the word of the bits y.
    pub fn y(&self) -> F {
        number(&self.y)
    }

    /// k.
    pub fn k(&self) -> F {
        let bits: Vec<F> = (0..32).rev().flat_map(|i| [self.x[i], self.y[i]]).collect();
        integer(&bits)
    }

    /// Σ 4^(i−from)·d_i over the digits `from`, …, `from` + 15.
    fn digits(&self, from: usize) -> F {
        (0..16).map(|i| two_to(2 * i) * (self.x[from + i].double_plus(self.y[from + i]))).sum()
    }

    /// Σ 2^i·term(i) over all bits.
    fn bits(&self, term: impl Fn(usize) -> F) -> F {
        (0..32).map(|i| two_to(i) * term(i)).sum()
    }

    /// e_i: whether x_i = y_i.
    fn equal(&self, i: usize) -> F {
        self.x[i] * self.y[i] + not(self.x[i]) * not(self.y[i])
    }

    /// Σ_i x'_i·y_i·Π_{j>i} e_j.
    fn less_unsigned(&self) -> F {
        (0..32).map(|i| not(self.x[i]) * self.y[i] * (i + 1..32).map(|j| self.equal(j)).product::<F>()).sum()
    }

    /// The unsigned comparison with x_31 and y_31 exchanged.
    fn less_signed(&self) -> F {
        let mut exchanged = Index { ..*self };
        std::mem::swap(&mut exchanged.x[31], &mut exchanged.y[31]);
        exchanged.less_unsigned()
    }

    /// The bits s_0, …, s_4 of k mod 32.
    fn shift_amount(&self) -> [F; 5] {
        [self.y[0], self.x[0], self.y[1], self.x[1], self.y[2]]
    }

    /// 2^s for the number s of these bits.
    fn power_of_two(bits: [F; 5]) -> F {
        (0..5).map(|n| F::one() + (two_to(1 << n) - F::one()) * bits[n]).product()
    }

    fn shift_left(&self) -> F {
        let place = |i: usize| (i + 1..32).map(|j| F::from(2u64) - self.y[j]).product::<F>();
        self.bits(|i| self.x[i] * self.y[i] * place(i))
    }

    fn shift_right(&self) -> F {
        let place = |i: usize| (0..i).map(|j| F::one() + self.y[j]).product::<F>();
        (0..32).map(|i| self.x[i] * self.y[i] * place(i)).sum()
    }

    /// χ_n: whether y mod 4 is n.
    fn byte_place(&self, n: usize) -> F {
        let [high, low] = [self.y[1], self.y[0]];
        [not(high) * not(low), not(high) * low, high * not(low), high * low][n]
    }

    /// ψ_n: whether y mod 2 is n.
    fn half_place(&self, n: usize) -> F {
        [not(self.y[0]), self.y[0]][n]
    }

    /// Part n of x, of `width` bits, each part with its place's weight; the top bit weighs `sign`.
    fn part(&self, width: usize, sign: F) -> F {
        let part = |n: usize| {
            let bits = &self.x[width * n..width * (n + 1)];
            number(&bits[..width - 1]) + sign * bits[width - 1]
        };
        (0..32 / width).map(|n| self.place(width, n) * part(n)).sum()
    }

    /// Whether y selects part n of `width` bits.
    fn place(&self, width: usize, n: usize) -> F {
        if width == 8 { self.byte_place(n) } else { self.half_place(n) }
    }

    /// x with the selected part of `width` bits replaced by the bits of y above the `skipped` ones of the selection.
    fn merge(&self, width: usize, skipped: usize) -> F {
        let new = number(&self.y[skipped..skipped + width]);
        let merged = |n: usize| {
            let others = self.bits(|i| if i / width == n { F::zero() } else { self.x[i] });
            others + two_to(width * n) * new
        };
        (0..32 / width).map(|n| self.place(width, n) * merged(n)).sum()
    }

    /// The tables of a linear index, ids 0 to 5.
    fn linear(&self, id: u8) -> F {
        let low = self.digits(0);
        match id {
            0 => low,
            1 => low - self.y[0],
            2 => self.digits(16),
            3 => {
                let z = all_zero(&self.x[16..]) * all_zero(&self.y[16..]);
                two_to(32) * not(z) + z * low
            }
            4 => two_to(32) - Index::power_of_two(self.shift_amount()),
            5 => Index::power_of_two(self.shift_amount().map(not)).double_plus(-F::one()),
            _ => unreachable!("no table of a linear index"),
        }
    }

    /// The arithmetic of words, ids 6 to 23.
    fn words(&self, id: u8) -> F {
        let (x, y) = (&self.x, &self.y);
        let two = F::from(2u64);
        match id {
            6 => self.bits(|i| x[i] * y[i]),
            7 => self.bits(|i| x[i] + y[i] - x[i] * y[i]),
            8 => self.bits(|i| x[i] + y[i] - two * x[i] * y[i]),
            9 => (0..32).map(|i| self.equal(i)).product(),
            10 => not(self.words(9)),
            11 => self.less_signed(),
            12 => not(self.less_signed()),
            13 => self.less_unsigned(),
            14 => not(self.less_unsigned()),
            15 => self.shift_left(),
            16 => self.shift_right(),
            17 => self.shift_right() + x[31] * (0..32).map(|i| two_to(31 - i) * not(y[i])).sum::<F>(),
            18 => two_to(31) * x[31] + (F::one() - two * x[31]) * number(&x[..31]),
            19 => (F::one() - two * y[31]) * self.x() + two_to(32) * y[31] * not(all_zero(x)),
            20 => x[31] * self.y(),
            21 => x[31] * number(&y[..31]) + y[31] * number(&x[..31]),
            22 => self.less_unsigned() + all_zero(y),
            23 => not(all_zero(x)) + (0..32).map(|i| not(x[i]) * y[i]).product::<F>(),
            _ => unreachable!("no table of words"),
        }
    }

    /// The tables of memory accesses, ids 24 to 31.
    fn memory(&self, id: u8) -> F {
        let (x, y) = (&self.x, &self.y);
        match id {
            24 => self.part(8, two_to(32) - two_to(7)),
            25 => self.part(16, two_to(32) - two_to(15)),
            26 => self.part(8, two_to(7)),
            27 => self.part(16, two_to(15)),
            28 => F::from(4u64) * number(&x[..8]) + y[1].double_plus(y[0]),
            29 => number(&x[..16]).double_plus(y[0]),
            30 => self.merge(8, 2),
            31 => self.merge(16, 1),
            _ => unreachable!("no table of memory accesses"),
        }
    }

    /// T_id at the index.
    pub fn table(&self, id: u8) -> F {
        match id {
            0..=5 => self.linear(id),
            6..=23 => self.words(id),
            _ => self.memory(id),
        }
    }
}

/// 2·self + other.
trait DoublePlus {
    fn double_plus(self, other: F) -> F;
}

impl DoublePlus for F {
    fn double_plus(self, other: F) -> F {
        self + self + other
    }
}
