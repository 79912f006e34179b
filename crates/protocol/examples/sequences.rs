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
//! Left out are `rem` and `remu`, for which z3 finds no answer in time. Their rows up to the remainder
//! are those of `div` and `divu`; that their outcome is one is tried at small widths only.
//!
//! Run by `cargo xtask sequences`.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode, Stdio};
use zkvm_isa::code::Code;
use zkvm_isa::row::{Flags, Mode, Row};
use zkvm_isa::table::TableId;
use zkvm_isa::{Decoded, Opcode, Operands, Semantics};
use zkvm_protocol::constraints::{CONSTRAINTS, Column, Form, bytecode_part, column_coefficient};

/// Seconds for one question.
const TIMEOUT: u32 = 20;

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
        _ => unreachable!("{opcode:?} computes no register from two"),
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
/// it should be. A shift is by `s`.
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
        if row.flags.any(Flags::OUT) {
            cells[usize::from(row.rd)] = written;
        }
    }
    let expected = if rd == 0 { "0".into() } else { result(opcode, s) };
    let _ = writeln!(text, "(define-fun rd () Int {})\n(define-fun result () Int {expected})", cells[rd]);
    let _ = writeln!(text, "(assert {condition})\n(check-sat)");
    text
}

/// The first word of z3's answer.
fn ask(question: &str) -> io::Result<String> {
    let timeout = format!("-T:{TIMEOUT}");
    let mut solver = Command::new("z3").args(["-in", &timeout]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    if let Some(mut input) = solver.stdin.take() {
        input.write_all(question.as_bytes())?;
    }
    let answer = String::from_utf8_lossy(&solver.wait_with_output()?.stdout).into_owned();
    Ok(answer.lines().next().unwrap_or("no answer").into())
}

/// Every choice of registers up to renaming, with x0 in every position.
fn register_choices() -> Vec<[u8; 3]> {
    let of = |at: u8| [0, 5, 6, 7].into_iter().filter(move |r| *r == 0 || *r <= 5 + at);
    of(2).flat_map(|rd| of(0).flat_map(move |rs1| of(1).map(move |rs2| [rd, rs1, rs2]))).collect()
}

/// Asks about all choices of registers; the questions that have another answer.
fn prove(opcode: Opcode) -> io::Result<Vec<String>> {
    let mut open = Vec::new();
    let mut expect = |expected: &str, registers: [u8; 3], s: u32, condition: &str| -> io::Result<()> {
        let answer = ask(&question(opcode, registers, s, condition))?;
        if answer != expected {
            open.push(format!("x{}, x{}, x{}, shift by {s}: {answer}", registers[0], registers[1], registers[2]));
        }
        Ok(())
    };
    for registers in register_choices() {
        for s in 0..if is_shift(opcode) { 32 } else { 1 } {
            expect("unsat", registers, s, "(not (= rd result))")?;
        }
    }
    // Were the rows without a witness, nothing would be shown.
    expect("sat", [7, 5, 6], 5, "(and (= a 4000000003) (= b 5) (= rd result))")?;
    Ok(open)
}

fn main() -> ExitCode {
    let register = |opcode: &&Opcode| {
        let from_two = matches!(opcode.instruction().semantics, Semantics::Register(_));
        from_two && !matches!(opcode, Opcode::REM | Opcode::REMU)
    };
    let mut proven = true;
    for opcode in Opcode::ALL.iter().filter(register) {
        let started = std::time::Instant::now();
        match prove(*opcode) {
            Ok(open) => {
                let outcome = if open.is_empty() { "one outcome" } else { "not shown" };
                println!("{:7} {outcome} ({:.1} s)", opcode.instruction().name, started.elapsed().as_secs_f64());
                open.iter().for_each(|question| println!("  {question}"));
                proven &= open.is_empty();
            }
            Err(error) => {
                eprintln!("z3: {error}; install your system's package z3");
                return ExitCode::from(4);
            }
        }
    }
    if proven { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
