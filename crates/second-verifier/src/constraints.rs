//! The constraints of a step (section 4): 22 equations A·B = C between linear forms.

use std::ops::{Add, Mul, Sub};

use ark_ff::{One, Zero};

use crate::F;
use crate::program::{Row, flags};

/// Number of columns.
pub const COLUMNS: usize = 17;
/// Equations of each of the two groups.
pub const PER_GROUP: usize = 11;

/// The columns: what a step has besides its row.
#[expect(missing_docs, reason = "the document's names")]
pub mod column {
    pub const RS1: usize = 0;
    pub const RS2: usize = 1;
    pub const RD: usize = 2;
    pub const ADDR: usize = 3;
    pub const OFF: usize = 4;
    pub const RAM_R: usize = 5;
    pub const RAM_W: usize = 6;
    pub const X: usize = 7;
    pub const Y: usize = 8;
    pub const LIN: usize = 9;
    pub const PROD: usize = 10;
    pub const OUT: usize = 11;
    pub const MUL_LEFT: usize = 12;
    pub const TAKEN: usize = 13;
    pub const NROW: usize = 14;
    pub const NADDR: usize = 15;
    pub const MEM: usize = 16;
}

/// What a form is linear in.
#[derive(Clone, Copy, Debug)]
enum Term {
    Column(usize),
    One,
    Flag(usize),
    Imm,
    Disp,
    Target,
    Row,
}

/// A linear form.
#[derive(Clone, Debug)]
pub struct Form(Vec<(F, Term)>);

impl Add for Form {
    type Output = Form;
    fn add(self, other: Form) -> Form {
        Form([self.0, other.0].concat())
    }
}

impl Sub for Form {
    type Output = Form;
    fn sub(self, other: Form) -> Form {
        self + other * -F::one()
    }
}

impl Mul<F> for Form {
    type Output = Form;
    fn mul(self, scalar: F) -> Form {
        Form(self.0.into_iter().map(|(coefficient, term)| (coefficient * scalar, term)).collect())
    }
}

impl Form {
    fn zero() -> Form {
        Form(Vec::new())
    }

    fn of(term: Term) -> Form {
        Form(vec![(F::one(), term)])
    }

    /// What the columns contribute: Σ a_z·z.
    pub fn of_columns(&self, columns: &[F]) -> F {
        let value = |(coefficient, term): &(F, Term)| match term {
            Term::Column(z) => *coefficient * columns[*z],
            _ => F::zero(),
        };
        self.0.iter().map(value).sum()
    }

    /// What the row contributes: A°.
    pub fn of_row(&self, index: u64, row: &Row) -> F {
        let value = |(coefficient, term): &(F, Term)| {
            *coefficient
                * match term {
                    Term::Column(_) => F::zero(),
                    Term::One => F::one(),
                    Term::Flag(n) => row.flag(*n),
                    Term::Imm => F::from(row.imm),
                    Term::Disp => F::from(row.disp),
                    Term::Target => F::from(row.target),
                    Term::Row => F::from(index),
                }
        };
        self.0.iter().map(value).sum()
    }
}

/// The equation A·B = C.
pub struct Equation {
    /// A.
    pub a: Form,
    /// B.
    pub b: Form,
    /// C.
    pub c: Form,
}

/// The equations of group 0 and of group 1.
pub fn equations() -> [[Equation; PER_GROUP]; 2] {
    [group_0(), group_1()]
}

fn column(z: usize) -> Form {
    Form::of(Term::Column(z))
}

fn flag(n: usize) -> Form {
    Form::of(Term::Flag(n))
}

fn one() -> Form {
    Form::of(Term::One)
}

fn equation(a: Form, b: Form, c: Form) -> Equation {
    Equation { a, b, c }
}

fn group_0() -> [Equation; PER_GROUP] {
    use column::*;
    let imm = || Form::of(Term::Imm);
    let disp = || Form::of(Term::Disp);
    let zero = Form::zero;
    let two = F::from(2u64);
    [
        equation(flag(flags::ALU), column(X) - column(RS1), zero()),
        equation(flag(flags::Y), column(Y) - column(RS2) - imm(), zero()),
        equation(flag(flags::ADD), column(LIN) - column(RS1) - column(RS2) - imm(), zero()),
        equation(flag(flags::SUB), column(LIN) - column(RS1) + column(RS2) - imm(), zero()),
        equation(flag(flags::MUL), column(RS1), column(MUL_LEFT)),
        equation(column(MUL_LEFT), column(RS2), column(PROD)),
        equation(column(MEM), column(ADDR) - column(RS1) - disp(), zero()),
        equation(flag(flags::LOAD), column(RAM_W) - column(RAM_R), zero()),
        equation(flag(flags::BYTE), column(Y) - column(OFF), zero()),
        equation(flag(flags::HALF), column(Y) * two - column(OFF), zero()),
        equation(flag(flags::WORD_IN), column(X) - column(RAM_R), zero()),
    ]
}

fn group_1() -> [Equation; PER_GROUP] {
    use column::*;
    let disp = Form::of(Term::Disp);
    let target = Form::of(Term::Target);
    let next = Form::of(Term::Row) + one();
    let zero = Form::zero;
    [
        equation(flag(flags::PREP), column(X) - column(RS2), zero()),
        equation(flag(flags::LW), column(RD) - column(RAM_R), zero()),
        equation(flag(flags::SW), column(RAM_W) - column(RS2), zero()),
        equation(flag(flags::MERGE), column(RAM_W) - column(OUT), zero()),
        equation(flag(flags::OUT), column(RD) - column(OUT), zero()),
        equation(flag(flags::CONST), column(RD) - disp, zero()),
        equation(flag(flags::ASSERT), column(OUT) - one(), zero()),
        equation(flag(flags::BRANCH), column(OUT), column(TAKEN)),
        equation(column(TAKEN) + flag(flags::JUMP), column(NROW) - target, zero()),
        equation(flag(flags::JALR), column(NADDR) - column(OUT), zero()),
        equation(one() - column(TAKEN) - flag(flags::JUMP) - flag(flags::JALR), column(NROW) - next, zero()),
    ]
}

/// The sum of forms with coefficients.
pub fn combination(forms: impl IntoIterator<Item = (F, Form)>) -> Form {
    forms.into_iter().fold(Form::zero(), |sum, (coefficient, form)| sum + form * coefficient)
}
