//! The closed formulas of the lookup tables (docs/protocol.md, section 2) are their extensions.

use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_isa::table::TableId;

/// The coordinates of an index point by place.
struct Index {
    x: [Fr; 32],
    y: [Fr; 32],
}

fn power(n: usize) -> Fr {
    Fr::from(1u64 << n)
}

fn not(v: Fr) -> Fr {
    Fr::from(1u64) - v
}

fn sum(range: std::ops::Range<usize>, term: impl Fn(usize) -> Fr) -> Fr {
    range.map(term).sum()
}

fn product(range: std::ops::Range<usize>, factor: impl Fn(usize) -> Fr) -> Fr {
    range.map(factor).product()
}

impl Index {
    fn digit(&self, i: usize) -> Fr {
        self.x[i] + self.x[i] + self.y[i]
    }
    fn equal(&self, i: usize) -> Fr {
        self.x[i] * self.y[i] + not(self.x[i]) * not(self.y[i])
    }
    fn low(&self) -> Fr {
        sum(0..16, |i| power(2 * i) * self.digit(i))
    }
    fn less(&self) -> Fr {
        sum(0..32, |i| not(self.x[i]) * self.y[i] * product(i + 1..32, |j| self.equal(j)))
    }
    fn less_signed(&self) -> Fr {
        let mut exchanged = Index { x: self.x, y: self.y };
        (exchanged.x[31], exchanged.y[31]) = (self.y[31], self.x[31]);
        exchanged.less()
    }
    /// 2^s for the bits `s` of an exponent.
    fn power_of(s: [Fr; 5]) -> Fr {
        product(0..5, |n| Fr::from(1u64) + Fr::from((1u64 << (1 << n)) - 1) * s[n])
    }
    fn amount(&self) -> [Fr; 5] {
        [self.y[0], self.x[0], self.y[1], self.x[1], self.y[2]]
    }
    fn right(&self) -> Fr {
        sum(0..32, |i| self.x[i] * self.y[i] * product(0..i, |j| Fr::from(1u64) + self.y[j]))
    }
    fn zero(&self, word: &[Fr; 32]) -> Fr {
        product(0..32, |i| not(word[i]))
    }
    /// χ_n for 4 places, ψ_n for 2: y modulo their number is n.
    fn place(&self, places: usize, n: usize) -> Fr {
        let bit = |i: usize| if n >> i & 1 == 1 { self.y[i] } else { not(self.y[i]) };
        product(0..places.trailing_zeros() as usize, bit)
    }
    fn load(&self, places: usize, signed: bool) -> Fr {
        let width = 32 / places;
        let weight = |p: usize| if signed && p == width - 1 { power(32) - power(p) } else { power(p) };
        sum(0..places, |n| self.place(places, n) * sum(0..width, |p| weight(p) * self.x[width * n + p]))
    }
    fn prepare(&self, places: usize) -> Fr {
        let bits = places.trailing_zeros() as usize;
        sum(0..32 / places, |i| power(i + bits) * self.x[i]) + sum(0..bits, |i| power(i) * self.y[i])
    }
    fn merge(&self, places: usize) -> Fr {
        let (width, bits) = (32 / places, places.trailing_zeros() as usize);
        let kept = |n: usize| sum(0..32, |i| if i / width == n { Fr::from(0u64) } else { power(i) * self.x[i] });
        let value = sum(0..width, |p| power(p) * self.y[p + bits]);
        sum(0..places, |n| self.place(places, n) * (kept(n) + power(width * n) * value))
    }

    fn formula(&self, table: TableId) -> Fr {
        let (x, y, two) = (&self.x, &self.y, Fr::from(2u64));
        let word = |end: usize, word: &[Fr; 32]| sum(0..end, |i| power(i) * word[i]);
        let bits = |term: &dyn Fn(usize) -> Fr| sum(0..32, |i| power(i) * term(i));
        match table {
            TableId::Low => self.low(),
            TableId::LowEven => self.low() - y[0],
            TableId::High => sum(16..32, |i| power(2 * (i - 16)) * self.digit(i)),
            TableId::SatLow => {
                let zero = product(16..32, |i| not(x[i]) * not(y[i]));
                power(32) * not(zero) + zero * self.low()
            }
            TableId::MaskHigh => power(32) - Self::power_of(self.amount()),
            TableId::MaskLow => two * Self::power_of(self.amount().map(not)) - Fr::from(1u64),
            TableId::And => bits(&|i| x[i] * y[i]),
            TableId::Or => bits(&|i| x[i] + y[i] - x[i] * y[i]),
            TableId::Xor => bits(&|i| x[i] + y[i] - two * x[i] * y[i]),
            TableId::Eq => product(0..32, |i| self.equal(i)),
            TableId::Ne => not(product(0..32, |i| self.equal(i))),
            TableId::Lt => self.less_signed(),
            TableId::Ge => not(self.less_signed()),
            TableId::Ltu => self.less(),
            TableId::Geu => not(self.less()),
            TableId::Sll => bits(&|i| x[i] * y[i] * product(i + 1..32, |j| two - y[j])),
            TableId::Srl => self.right(),
            TableId::Sra => self.right() + x[31] * sum(0..32, |i| power(31 - i) * not(y[i])),
            TableId::Abs => power(31) * x[31] + (not(x[31]) - x[31]) * word(31, x),
            TableId::ApplySign => (not(y[31]) - y[31]) * word(32, x) + power(32) * y[31] * not(self.zero(x)),
            TableId::SignAnd => x[31] * word(32, y),
            TableId::SignSum => x[31] * word(31, y) + y[31] * word(31, x),
            TableId::ValidRemainder => self.less() + self.zero(y),
            TableId::ValidDivZero => not(self.zero(x)) + product(0..32, |i| not(x[i]) * y[i]),
            TableId::Lb => self.load(4, true),
            TableId::Lh => self.load(2, true),
            TableId::Lbu => self.load(4, false),
            TableId::Lhu => self.load(2, false),
            TableId::PrepareByte => self.prepare(4),
            TableId::PrepareHalf => self.prepare(2),
            TableId::MergeByte => self.merge(4),
            TableId::MergeHalf => self.merge(2),
        }
    }
}

#[test]
fn every_table_extends_as_its_formula_says() {
    let rng = &mut StdRng::seed_from_u64(17);
    for table in TableId::ALL {
        for _ in 0..4 {
            let point: [Fr; 64] = std::array::from_fn(|_| Fr::from(rng.r#gen::<u128>()));
            let place = |i: usize| 2 * (31 - i);
            let index =
                Index { x: std::array::from_fn(|i| point[place(i)]), y: std::array::from_fn(|i| point[place(i) + 1]) };
            assert_eq!(index.formula(*table), table.evaluate(&point), "{}", table.name());
        }
    }
}
