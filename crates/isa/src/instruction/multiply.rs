//! Multiplication and division.
//!
//! A quotient is advice q; with the product p = min(q · divisor, 2^32) the remainder is the exact
//! difference dividend - p, which has no witness if p is too large, and must be below the divisor.
//! Division by zero gives quotient 2^32 - 1 and the dividend as remainder.

use super::{Instruction, Operands, register};
use crate::code::{Code, K};
use crate::row::Advice;
use crate::table::{TableId, high_word};

/// funct7 of the M extension.
const M: u32 = 1;

/// The high word of a product of words, each signed or not: it fits 64 bits.
#[inline]
fn high(a: i64, b: i64) -> u32 {
    high_word(a.wrapping_mul(b).cast_unsigned())
}
#[inline]
fn signed(word: u32) -> i64 {
    i64::from(word.cast_signed())
}
#[inline]
fn mulhu(a: u32, b: u32) -> u32 {
    high_word(u64::from(a).wrapping_mul(u64::from(b)))
}
#[inline]
fn div(a: u32, b: u32) -> u32 {
    // Without one: all ones by 0, the dividend for -2^31 by -1.
    a.cast_signed().checked_div(b.cast_signed()).map_or(if b == 0 { u32::MAX } else { a }, i32::cast_unsigned)
}
#[inline]
fn rem(a: u32, b: u32) -> u32 {
    // Without one: the dividend, or 0 for -2^31 by -1.
    a.cast_signed().checked_rem(b.cast_signed()).map_or(if b == 0 { a } else { 0 }, i32::cast_unsigned)
}

/// `remainder` = `dividend` - q · `divisor`, valid as a remainder. Uses K[3].
fn remainder(code: &mut Code, q: u8, dividend: u8, divisor: u8, remainder: u8) {
    code.mul(TableId::SatLow, q, divisor, K[3]);
    code.sub_exact(dividend, K[3], remainder);
    code.assert(TableId::ValidRemainder, remainder, divisor);
}

/// Absolute values in K[0] and K[1], their quotient in K[2], their remainder in K[4].
fn divide_absolute(code: &mut Code, o: Operands) {
    code.lookup(TableId::Abs, o.rs1, 0, K[0]);
    code.lookup(TableId::Abs, o.rs2, 0, K[1]);
    code.advice(K[2], Advice::AbsQuotient { rs1: o.rs1, rs2: o.rs2 });
    remainder(code, K[2], K[0], K[1], K[4]);
}

/// rd, or a scratch cell if rd is a source that later rows still read.
fn apart(o: Operands, sources: &[u8], scratch: u8) -> u8 {
    if sources.contains(&o.rd) { scratch } else { o.rd }
}

pub const MUL: Instruction =
    register("mul", M, 0, u32::wrapping_mul, |code, o| code.mul(TableId::Low, o.rs1, o.rs2, o.rd));
pub const MULH: Instruction = register(
    "mulh",
    M,
    1,
    |a, b| high(signed(a), signed(b)),
    |code, o| {
        code.mul(TableId::High, o.rs1, o.rs2, K[0]);
        code.lookup(TableId::SignSum, o.rs1, o.rs2, K[1]);
        code.sub(K[0], K[1], o.rd);
    },
);
pub const MULHSU: Instruction = register(
    "mulhsu",
    M,
    2,
    |a, b| high(signed(a), i64::from(b)),
    |code, o| {
        code.mul(TableId::High, o.rs1, o.rs2, K[0]);
        code.lookup(TableId::SignAnd, o.rs1, o.rs2, K[1]);
        code.sub(K[0], K[1], o.rd);
    },
);
pub const MULHU: Instruction = register("mulhu", M, 3, mulhu, |code, o| code.mul(TableId::High, o.rs1, o.rs2, o.rd));

pub const DIV: Instruction = register("div", M, 4, div, |code, o| {
    let quotient = apart(o, &[o.rs2], K[5]);
    divide_absolute(code, o);
    code.lookup(TableId::Xor, o.rs1, o.rs2, K[3]);
    code.lookup(TableId::ApplySign, K[2], K[3], quotient);
    code.assert(TableId::ValidDivZero, o.rs2, quotient);
    code.move_to(o.rd, quotient);
});
pub const DIVU: Instruction = register(
    "divu",
    M,
    5,
    |a, b| a.checked_div(b).unwrap_or(u32::MAX),
    |code, o| {
        let quotient = apart(o, &[o.rs1, o.rs2], K[0]);
        code.advice(quotient, Advice::Quotient { rs1: o.rs1, rs2: o.rs2 });
        remainder(code, quotient, o.rs1, o.rs2, K[2]);
        code.assert(TableId::ValidDivZero, o.rs2, quotient);
        code.move_to(o.rd, quotient);
    },
);
pub const REM: Instruction = register("rem", M, 6, rem, |code, o| {
    divide_absolute(code, o);
    code.lookup(TableId::ApplySign, K[4], o.rs1, o.rd);
});
pub const REMU: Instruction = register(
    "remu",
    M,
    7,
    |a, b| a.checked_rem(b).unwrap_or(a),
    |code, o| {
        let result = apart(o, &[o.rs2], K[2]);
        code.advice(K[0], Advice::Quotient { rs1: o.rs1, rs2: o.rs2 });
        remainder(code, K[0], o.rs1, o.rs2, result);
        code.move_to(o.rd, result);
    },
);
