//! Proves with an SMT solver that the rows of an instruction have one outcome at 32 bits.
//!
//! For an instruction that computes a register from two, and every choice of registers, z3 is
//! asked for operands and values of all columns that satisfy the protocol's constraints for the rows
//! and leave another word in rd than RISC-V says. There must be none. Columns are integers: that no
//! constraint wraps in the field is `no_constraint_wraps_in_the_field` in `tests/sequences`, which
//! also tries everything at small widths. What that test takes from the tables' definitions is
//! written here a second time, as formulas. Bitwise `and`, `or` and `xor` stay symbols; of `xor` its
//! sign is used.
//!
//! Of a remainder z3 is asked in two steps, for it finds no answer to the whole: that the advice is
//! the quotient of dividend and divisor, and that with this quotient rd is the remainder.
//!
//! Run by `cargo xtask sequences`. An instruction that is not decided in time is a failure.

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use zkvm_isa::code::Code;
use zkvm_isa::row::{Flags, Mode, Row};
use zkvm_isa::table::TableId;
use zkvm_isa::{Decoded, Opcode, Operands, Semantics};
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, bytecode_part, column_coefficient};

/// Time for all questions about one instruction.
const LIMIT: Duration = Duration::from_secs(300);

/// Words and tables as functions of integers; W is 2^32.
const DEFINITIONS: &str = "\
(define-fun W () Int 4294967296)
(define-fun half () Int 2147483648)
(define-fun word ((x Int)) Bool (and (<= 0 x) (< x W)))
(define-fun negative ((x Int)) Bool (>= x half))
(define-fun signed ((x Int)) Int (ite (negative x) (- x W) x))
(define-fun magnitude ((x Int)) Int (ite (negative x) (- W x) x))
(define-fun minus ((x Int)) Int (ite (= x 0) 0 (- W x)))
(define-fun rest ((x Int)) Int (ite (negative x) (- x half) x))
(define-fun bit ((b Bool)) Int (ite b 1 0))
(declare-fun and-words (Int Int) Int)
(declare-fun or-words (Int Int) Int)
(declare-fun xor-words (Int Int) Int)
(declare-fun no-mask (Int Int) Int)
";

/// `value` if `condition`, else what no row here looks up.
fn given(condition: String, value: String) -> String {
    format!("(ite {condition} {value} (no-mask x y))")
}

/// The entry of a table, of the index or of x and y. Of the tables for shifts, those entries that
/// belong to shifts by `s`.
fn entry(table: TableId, s: u32) -> String {
    let (low, kept) = ((1u64 << s), (1u64 << (32 - s)));
    let amount = || format!("(= (mod k 32) {s})");
    let left = || format!("(= y {})", kept - 1);
    let right = || format!("(= y (- W {low}))");
    match table {
        TableId::Low => "(mod k W)".into(),
        TableId::High => "(div k W)".into(),
        TableId::SatLow => "(ite (< k W) k W)".into(),
        TableId::MaskLow => given(amount(), (kept - 1).to_string()),
        TableId::MaskHigh => given(amount(), format!("(- W {low})")),
        TableId::Sll => given(left(), format!("(* {low} (mod x {kept}))")),
        TableId::Srl => given(right(), format!("(div x {low})")),
        TableId::Sra => given(right(), format!("(+ (div x {low}) (ite (negative x) (- W {kept}) 0))")),
        TableId::And => "(and-words x y)".into(),
        TableId::Or => "(or-words x y)".into(),
        TableId::Xor => "(xor-words x y)".into(),
        TableId::Lt => "(bit (< (signed x) (signed y)))".into(),
        TableId::Ltu => "(bit (< x y))".into(),
        TableId::Abs => "(magnitude x)".into(),
        TableId::ApplySign => "(ite (negative y) (minus x) x)".into(),
        TableId::SignAnd => "(ite (negative x) y 0)".into(),
        TableId::SignSum => "(+ (ite (negative x) (rest y) 0) (ite (negative y) (rest x) 0))".into(),
        TableId::ValidRemainder => "(bit (or (< x y) (= y 0)))".into(),
        TableId::ValidDivZero => "(bit (or (not (= x 0)) (= y (- W 1))))".into(),
        _ => unreachable!("{table:?} is no table of these instructions"),
    }
}

/// What the RISC-V manual says of a and b, for a shift if b shifts by `s`.
fn result(opcode: Opcode, s: u32) -> String {
    let low = 1u64 << s;
    let quotient = "(div (magnitude a) (magnitude b))";
    match opcode {
        Opcode::ADD => "(mod (+ a b) W)".into(),
        Opcode::SUB => "(mod (- a b) W)".into(),
        Opcode::SLL => format!("(mod (* {low} a) W)"),
        Opcode::SRL => format!("(div a {low})"),
        Opcode::SRA => format!("(mod (div (signed a) {low}) W)"),
        Opcode::SLT => "(bit (< (signed a) (signed b)))".into(),
        Opcode::SLTU => "(bit (< a b))".into(),
        Opcode::XOR => "(xor-words a b)".into(),
        Opcode::OR => "(or-words a b)".into(),
        Opcode::AND => "(and-words a b)".into(),
        Opcode::MUL => "(mod (* a b) W)".into(),
        Opcode::MULH => "(mod (div (* (signed a) (signed b)) W) W)".into(),
        Opcode::MULHSU => "(mod (div (* (signed a) b) W) W)".into(),
        Opcode::MULHU => "(div (* a b) W)".into(),
        Opcode::DIVU => "(ite (= b 0) (- W 1) (div a b))".into(),
        Opcode::DIV => {
            format!("(ite (= b 0) (- W 1) (ite (= (negative a) (negative b)) {quotient} (minus {quotient})))")
        }
        Opcode::REMU => "(ite (= b 0) a (mod a b))".into(),
        Opcode::REM => {
            let remainder = "(mod (magnitude a) (magnitude b))";
            format!("(ite (= b 0) a (ite (negative a) (minus {remainder}) {remainder}))")
        }
        _ => unreachable!("{opcode:?} computes no register from two"),
    }
}

/// What the rows up to the remainder show of the advice, `quotient`.
fn lemma(opcode: Opcode) -> Option<&'static str> {
    match opcode {
        Opcode::REMU => Some("(or (= b 0) (= quotient (div a b)))"),
        Opcode::REM => Some("(or (= b 0) (= quotient (div (magnitude a) (magnitude b))))"),
        _ => None,
    }
}

fn is_shift(opcode: Opcode) -> bool {
    matches!(opcode, Opcode::SLL | Opcode::SRL | Opcode::SRA)
}

fn rows(opcode: Opcode, [rd, rs1, rs2]: [u8; 3]) -> Vec<Row> {
    let mut code = Code::default();
    let operands = Operands { rd, rs1, rs2, imm: 0 };
    code.instruction(0x1000, &Decoded { opcode, instruction: opcode.instruction(), operands });
    code.resolve(|_| 0)
}

fn number(value: i64) -> String {
    if value < 0 { format!("(- {})", value.unsigned_abs()) } else { value.to_string() }
}

/// The columns of one step, as terms.
struct Step<'a> {
    row: &'a Row,
    columns: [String; Column::COUNT],
}

impl Step<'_> {
    fn form(&self, form: Form) -> String {
        let terms = Column::ALL.iter().filter_map(|column| {
            let coefficient = column_coefficient(form, *column);
            (coefficient != 0).then(|| format!(" (* {} {})", number(coefficient), self.columns[*column as usize]))
        });
        format!("(+ {}{} 0)", number(bytecode_part(form, self.row, 0)), terms.collect::<String>())
    }

    fn constraints(&self) -> String {
        let equation = |c: &zkvm_protocol::constraints::Constraint| {
            format!("(assert (= (* {} {}) {}))\n", self.form(c.a), self.form(c.b), self.form(c.c))
        };
        CONSTRAINTS.iter().map(equation).collect()
    }
}

/// Declares what a step is free in, requires that it satisfies its row; the term of rd.
fn step(text: &mut String, at: usize, row: &Row, [rs1, rs2]: [&str; 2], s: u32) -> String {
    let mut columns = [const { String::new() }; Column::COUNT];
    columns.fill("0".into());
    let mut set = |column: Column, term: &str| columns[column as usize] = term.into();
    let variable = |text: &mut String, name: &str, bound: &str| {
        let name = format!("{name}{at}");
        let _ = writeln!(text, "(declare-const {name} Int)");
        if !bound.is_empty() {
            let _ = writeln!(text, "(assert (and (<= 0 {name}) (< {name} {bound})))");
        }
        name
    };
    set(Column::Rs1, rs1);
    set(Column::Rs2, rs2);
    let (mut index, mut x, mut y) = ("0".to_string(), "0".to_string(), "0".to_string());
    match row.mode() {
        Mode::None => {}
        Mode::Interleaved => {
            (x, y) = (variable(text, "x", "W"), variable(text, "y", "W"));
            set(Column::X, &x);
            set(Column::Y, &y);
        }
        mode => {
            index = variable(text, "k", "(* W W)");
            set(if mode == Mode::Linear { Column::Linear } else { Column::Product }, &index);
        }
    }
    let table = row.table.map_or("0".into(), |table| entry(table, s));
    let _ = writeln!(text, "(define-fun out{at} () Int (let ((k {index}) (x {x}) (y {y})) {table}))");
    if row.table == Some(TableId::Xor) {
        let sign = "(= (negative (xor-words {x} {y})) (xor (negative {x}) (negative {y})))";
        let sign = sign.replace("{x}", &x).replace("{y}", &y);
        let _ = writeln!(text, "(assert (and (word out{at}) {sign}))");
    }
    set(Column::Output, &format!("out{at}"));
    for (column, name) in [
        (Column::Rd, "rd"),
        (Column::MulLeft, "left"),
        (Column::Taken, "taken"),
        (Column::NextRow, "next"),
        (Column::NextAddress, "address"),
    ] {
        let name = variable(text, name, "");
        set(column, &name);
    }
    text.push_str(&Step { row, columns }.constraints());
    format!("rd{at}")
}

/// Whether the rows can leave the word in rd that the condition names, where `result` stands for what
/// it should be and `quotient` for advice. A shift is by `s`.
fn question(opcode: Opcode, registers: [u8; 3], s: u32, condition: &str) -> String {
    let [rd, rs1, rs2] = registers.map(usize::from);
    let mut text = DEFINITIONS.to_string();
    text.push_str("(declare-const a Int)\n(declare-const b Int)\n(assert (and (word a) (word b)))\n");
    let mut cells: Vec<String> = vec!["0".into(); 64];
    cells[rs1] = "a".into();
    cells[rs2] = "b".into();
    // One register has one value, x0 has zero.
    if rs1 == rs2 {
        text.push_str("(assert (= a b))\n");
    }
    for (register, operand) in [(rs1, "a"), (rs2, "b")] {
        if register == 0 {
            let _ = writeln!(text, "(assert (= {operand} 0))");
        }
    }
    if is_shift(opcode) {
        let _ = writeln!(text, "(assert (= (mod b 32) {s}))");
    }
    for (at, row) in rows(opcode, registers).iter().enumerate() {
        let read = [usize::from(row.rs1), usize::from(row.rs2)].map(|cell| cells[cell].clone());
        let written = step(&mut text, at, row, read.each_ref().map(String::as_str), s);
        if row.flags.has(Flags::ADVICE) {
            let _ = writeln!(text, "(define-fun quotient () Int {written})");
        }
        if row.flags.any(Flags::OUT) {
            cells[usize::from(row.rd)] = written;
        }
    }
    let expected = if rd == 0 { "0".into() } else { result(opcode, s) };
    let _ = writeln!(text, "(define-fun rd () Int {})\n(define-fun result () Int {expected})", cells[rd]);
    let _ = writeln!(text, "(assert {condition})\n(check-sat)");
    text
}

/// What z3 says within the time left; nothing if it does not decide.
fn ask(question: &str, until: Instant) -> io::Result<Option<Answer>> {
    let left = until.saturating_duration_since(Instant::now()).as_secs();
    if left == 0 {
        return Ok(None);
    }
    let timeout = format!("-T:{left}");
    let mut solver = Command::new("z3").args(["-in", &timeout]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut input) = solver.stdin.take() {
        input.write_all(question.as_bytes())?;
    }
    let answer = String::from_utf8_lossy(&solver.wait_with_output()?.stdout).into_owned();
    match answer.lines().next() {
        Some("sat") => Ok(Some(Answer::Possible)),
        Some("unsat") => Ok(Some(Answer::Impossible)),
        Some("unknown" | "timeout") => Ok(None),
        _ => Err(io::Error::other(format!("an answer that is none: {answer}"))),
    }
}

/// z3's answer to whether a condition can hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Possible,
    Impossible,
}

/// What is found of an instruction.
enum Outcome {
    One,
    /// With these registers another is possible.
    Two(String),
    /// z3 did not decide these registers in time.
    Undecided(String),
    /// The rows have no witness for operands that they should have one for.
    NoWitness,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::One => f.write_str("one outcome"),
            Outcome::Two(which) => write!(f, "two outcomes: {which}"),
            Outcome::Undecided(which) => write!(f, "not decided within {} s: {which}", LIMIT.as_secs()),
            Outcome::NoWitness => f.write_str("no witness"),
        }
    }
}

/// Every choice of registers up to renaming, with x0 in every position.
fn register_choices() -> Vec<[u8; 3]> {
    let of = |at: u8| [0, 5, 6, 7].into_iter().filter(move |r| *r == 0 || *r <= 5 + at);
    of(2).flat_map(|rd| of(0).flat_map(move |rs1| of(1).map(move |rs2| [rd, rs1, rs2]))).collect()
}

/// Asks about all choices of registers.
fn prove(opcode: Opcode) -> io::Result<Outcome> {
    let until = Instant::now() + LIMIT;
    for registers @ [rd, rs1, rs2] in register_choices() {
        // With x0 as destination there is no quotient.
        let lemma = lemma(opcode).filter(|_| rd != 0);
        let conditions = match lemma {
            Some(lemma) => vec![format!("(not {lemma})"), format!("(and {lemma} (not (= rd result)))")],
            None => vec!["(not (= rd result))".to_string()],
        };
        for s in 0..if is_shift(opcode) { 32 } else { 1 } {
            let which =
                || format!("x{rd}, x{rs1}, x{rs2}{}", if is_shift(opcode) { format!(" by {s}") } else { "".into() });
            for condition in &conditions {
                match ask(&question(opcode, registers, s, condition), until)? {
                    Some(Answer::Impossible) => {}
                    Some(Answer::Possible) => return Ok(Outcome::Two(which())),
                    None => return Ok(Outcome::Undecided(which())),
                }
            }
        }
    }
    // Were the rows without a witness, nothing would be shown.
    let witness = question(opcode, [7, 5, 6], 5, "(and (= a 4000000003) (= b 5) (= rd result))");
    Ok(match ask(&witness, until)? {
        Some(Answer::Possible) => Outcome::One,
        Some(Answer::Impossible) => Outcome::NoWitness,
        None => Outcome::Undecided("a witness".into()),
    })
}

fn main() -> ExitCode {
    let mut proven = true;
    let from_two = |opcode: &&Opcode| matches!(opcode.instruction().semantics, Semantics::Register(_));
    for opcode in Opcode::ALL.iter().filter(from_two) {
        let started = Instant::now();
        match prove(*opcode) {
            Ok(outcome) => {
                println!("{:7} {outcome} ({:.1} s)", opcode.instruction().name, started.elapsed().as_secs_f64());
                proven &= matches!(outcome, Outcome::One);
            }
            Err(error) => {
                eprintln!("z3: {error}; install your system's package z3");
                return ExitCode::from(4);
            }
        }
    }
    if proven { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
