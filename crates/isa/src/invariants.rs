//! Decode invariants: what every bytecode table must satisfy for the constraints of a step to be sound.
//!
//! The constraints trust the flags of a row; only the rules below keep, say, two of them from writing
//! one cell, or a row from leaving its lookup unbound. [`check`] runs on every program when it is
//! built. Together with the bounds on table entries the rules give the **range induction**: in every
//! step the registers read and the memory word are below 2^32, because cells 1..=62 are written only
//! by table outputs, memory words and constants, memory only by registers and table outputs. Hence
//! products are below 2^64, sums below 2^34, and no operand wraps in the field.
//!
//! A *sequence* is an instruction's rows: it begins at a row with an address, and at the first row,
//! after a trap row and at halt.

use crate::program::{MAX_LOG_ROWS, MIN_LOG_ROWS};
use crate::row::{Flags, Mode, Row, SCRATCH, SINK, WRAP};
use crate::size;
use crate::table::{Index, TableId};

/// Rows from the first exit row to halt. The shared trap row stands before them.
pub const EXIT_ROWS: usize = 3;

/// A row that breaks a rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("bytecode row {row} breaks the decode invariant {rule:?}")]
pub struct InvariantError {
    /// The rule.
    pub rule: Rule,
    /// Index of the row.
    pub row: usize,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident($view:ident) $body:block)*) => {
        /// A decode invariant.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
        pub enum Rule { $($(#[$doc])* $name),* }

        impl Rule {
            /// All rules, in the order in which they are checked.
            pub const ALL: &'static [Rule] = &[$(Rule::$name),*];

            fn holds(self, view: &View) -> bool {
                match self { $(Rule::$name => { let $view = view; $body })* }
            }
        }
    };
}

/// Checks every rule on every row of a table whose halt row is `halt`.
///
/// # Errors
/// The first row that breaks a rule, and the rule.
pub fn check(rows: &[Row], halt: u32) -> Result<(), InvariantError> {
    let halt = size(halt);
    let shape = rows.len().is_power_of_two() && (1 << MIN_LOG_ROWS..=1 << MAX_LOG_ROWS).contains(&rows.len());
    // Before halt stand at least the prologue and the shared trap row.
    let exit = halt.checked_sub(EXIT_ROWS).filter(|exit| shape && *exit >= 2 && halt < rows.len());
    let (Some(exit), Some(first)) = (exit, rows.first()) else {
        return Err(InvariantError { rule: Rule::Shape, row: halt });
    };
    let trap = exit.saturating_sub(1);
    let mut view = View { rows, halt, exit, trap, index: 0, row: first, before: None, written: 0, address: None };
    for (index, row) in rows.iter().enumerate() {
        view.enter(index, row);
        if let Some(rule) = Rule::ALL.iter().find(|rule| !rule.holds(&view)) {
            return Err(InvariantError { rule: *rule, row: index });
        }
        view.before = Some(row);
    }
    Ok(())
}

/// A row in its surroundings.
struct View<'a> {
    rows: &'a [Row],
    halt: usize,
    /// The first exit row.
    exit: usize,
    /// The shared trap row.
    trap: usize,
    index: usize,
    row: &'a Row,
    /// The row before, of whatever sequence.
    before: Option<&'a Row>,
    /// Cells that earlier rows of the sequence wrote, one bit each.
    written: u64,
    /// Address of the sequence, if it is a text instruction.
    address: Option<u32>,
}

impl<'a> View<'a> {
    fn enter(&mut self, index: usize, row: &'a Row) {
        (self.index, self.row) = (index, row);
        match self.previous() {
            None => (self.written, self.address) = (0, row.address()),
            Some(previous) => self.written |= 1u64.wrapping_shl(previous.rd.into()),
        }
    }

    fn row(&self) -> &Row {
        self.row
    }

    /// The flags of `of` that the row has, counted.
    fn count(&self, of: &[Flags]) -> usize {
        of.iter().filter(|flag| self.row().flags.has(**flag)).count()
    }

    fn has(&self, flag: Flags) -> bool {
        self.row().flags.has(flag)
    }

    fn any(&self, flags: &[Flags]) -> bool {
        self.count(flags) > 0
    }

    /// Whether `row`, at `index` and behind `before`, begins a sequence.
    fn begins_sequence(&self, index: usize, row: &Row, before: Option<&Row>) -> bool {
        index == self.halt || row.address().is_some() || row.is_trap() || before.is_none_or(Row::is_trap)
    }

    /// The row before, if it is of the same sequence.
    fn previous(&self) -> Option<&'a Row> {
        if self.begins_sequence(self.index, self.row, self.before) { None } else { self.before }
    }

    /// The row after, of whatever sequence, with its index.
    fn after(&self) -> Option<(usize, &'a Row)> {
        let index = self.index.checked_add(1)?;
        Some((index, self.rows.get(index)?))
    }

    /// The row after, if it is of the same sequence.
    fn next(&self) -> Option<&'a Row> {
        let (index, row) = self.after()?;
        if self.begins_sequence(index, row, Some(self.row)) { None } else { Some(row) }
    }

    /// Whether a branch or jump may lead to the row at `target`.
    fn is_target(&self, target: usize) -> bool {
        if self.index == self.halt {
            return target == self.halt;
        }
        let text = self.rows.get(target).is_some_and(|row| row.address().is_some());
        target == self.exit || target == self.trap || text
    }

    /// Whether going on to the next row is impossible, or what the machine should do.
    fn may_fall_through(&self) -> bool {
        if self.row().is_trap() || self.any(&[Flags::JUMP, Flags::JALR]) || self.next().is_some() {
            return true;
        }
        let Some((index, next)) = self.after() else { return false };
        let follows = self.address.is_some() && next.address() == self.address.and_then(|a| a.checked_add(4));
        next.is_trap() || follows || index == self.halt
    }

    /// Whether the mask of a shift, its right operand, is that of some amount.
    fn has_mask(&self, of_amount: TableId) -> bool {
        let row = self.row();
        let constant = (0..32).any(|amount| of_amount.entry(amount) == row.imm);
        let computed = |before: &Row| before.table == Some(of_amount) && before.rd == row.rs2;
        row.rs2 == 0 && constant || row.imm == 0 && self.previous().is_some_and(computed)
    }

    /// Whether the row before prepares this merge.
    fn is_prepared(&self) -> bool {
        let row = self.row();
        let prepare = match row.table {
            Some(TableId::MergeByte) => (TableId::PrepareByte, Flags::BYTE),
            Some(TableId::MergeHalf) => (TableId::PrepareHalf, Flags::HALF),
            _ => return false,
        };
        self.previous().is_some_and(|before| {
            let place = (before.rs1, before.disp) == (row.rs1, row.disp);
            let value = before.rd == row.rs2 && row.rs2 >= SCRATCH && before.rd != row.rs1;
            let kind = before.table == Some(prepare.0) && before.flags.has(Flags::PREP.with(prepare.1));
            place && value && kind && row.imm == 0
        })
    }
}

/// The values of a word.
fn words() -> core::ops::Range<i64> {
    0..WRAP.cast_signed()
}

const MODES: [Flags; 4] = [Flags::ADD, Flags::SUB, Flags::ADVICE, Flags::MUL];
const LEFT: [Flags; 3] = [Flags::ALU, Flags::WORD_IN, Flags::PREP];
const RIGHT: [Flags; 3] = [Flags::Y, Flags::BYTE, Flags::HALF];
const JUMPS: [Flags; 3] = [Flags::BRANCH, Flags::JUMP, Flags::JALR];

rules! {
    /// 2^b rows; halt jumps and does nothing else. Before it stand the exit rows, which have neither addresses nor
    /// traps, and before those the shared trap row; behind it identical trap rows fill the table.
    Shape(v) {
        let row = v.row();
        if v.index == v.halt {
            row.flags == Flags::JUMP
        } else if v.index > v.halt || v.index == v.trap {
            *row == Row { addr: row.addr, ..Row::TRAP }
        } else {
            v.index < v.exit || row.address().is_none() && !row.is_trap()
        }
    }
    /// Text addresses are multiples of 4 and increase; every other row has 2^32 + its index.
    Address(v) {
        let row = v.row();
        match row.address() {
            None => u32::try_from(v.index).is_ok_and(|index| row.addr == Row::synthetic(index)),
            Some(addr) => {
                let before = v.rows.iter().take(v.index).rev().find_map(Row::address);
                addr % 4 == 0 && before.is_none_or(|before| before < addr)
            }
        }
    }
    /// Only flags that exist.
    Flags(v) { v.row().flags.0 >> Flags::COUNT == 0 }
    /// 1 ≤ rd ≤ 63; rs1 and rs2 ≤ 62, since the sink may hold anything.
    Cells(v) {
        let row = v.row();
        row.rd != 0 && row.rd <= SINK && row.rs1 < SINK && row.rs2 < SINK
    }
    /// A scratch cell is read only after an earlier row of the sequence wrote it.
    Scratch(v) {
        let fresh = |cell: u8| cell < SCRATCH || v.written & 1u64.wrapping_shl(cell.into()) != 0;
        fresh(v.row().rs1) && fresh(v.row().rs2)
    }
    /// At most one of f_out, f_lw, f_const, which all set the value written; without one, rd is the sink.
    Destination(v) {
        let sources = v.count(&[Flags::OUT, Flags::LW, Flags::CONST]);
        sources <= 1 && (sources == 1) == (v.row().rd != SINK)
    }
    /// f_mem = f_load + f_sw + f_merge.
    Memory(v) {
        v.count(&[Flags::LOAD, Flags::SW, Flags::MERGE]) == v.count(&[Flags::MEM])
    }
    /// f_mem needs exactly one of f_byte, f_half, f_merge, which bind the offset or follow a row that does; f_byte
    /// and f_half need f_mem.
    Offset(v) {
        let bound = v.count(&[Flags::BYTE, Flags::HALF, Flags::MERGE]);
        if v.has(Flags::MEM) { bound == 1 } else { bound == 0 }
    }
    /// f_lw and f_prep need f_load.
    Load(v) { v.has(Flags::LOAD) || !v.any(&[Flags::LW, Flags::PREP]) }
    /// f_word_in needs a row that reads memory and binds its value: f_load or f_merge.
    WordIn(v) { !v.has(Flags::WORD_IN) || v.any(&[Flags::LOAD, Flags::MERGE]) }
    /// At most one of the index modes. Operand flags make sense in the interleaved one only.
    Mode(v) {
        let linear_or_product = v.count(&MODES);
        let operands = [Flags::ALU, Flags::WORD_IN, Flags::PREP, Flags::Y, Flags::HALF];
        let interleaved = v.row().mode() == Mode::Interleaved;
        linear_or_product <= 1 && (interleaved || !v.any(&operands))
    }
    /// The interleaved mode needs exactly one constraint on x and one on y.
    Operands(v) {
        v.row().mode() != Mode::Interleaved || (v.count(&LEFT), v.count(&RIGHT)) == (1, 1)
    }
    /// A table needs a mode, and one that makes its kind of index.
    Table(v) {
        match (v.row().table, v.row().mode()) {
            (None, _) => true,
            (Some(_), Mode::None) => false,
            (Some(table), Mode::Interleaved) => table.kind() == Index::Interleaved,
            (Some(table), Mode::Linear | Mode::Product) => table.kind() == Index::Linear,
        }
    }
    /// What uses the lookup output has a table.
    Output(v) {
        v.row().table.is_some() || !v.any(&[Flags::OUT, Flags::BRANCH, Flags::JALR, Flags::MERGE])
    }
    /// Branches and assertions, trap rows aside, have a table of zeros and ones.
    Boolean(v) {
        let boolean = v.row().table.is_some_and(TableId::is_boolean);
        v.row().is_trap() || boolean || !v.any(&[Flags::BRANCH, Flags::ASSERT])
    }
    /// Advice goes through LOW to rd, and nowhere else.
    Advice(v) {
        let used = [Flags::MEM, Flags::ASSERT, Flags::BRANCH, Flags::JUMP, Flags::JALR];
        let low = v.row().table == Some(TableId::Low) && v.has(Flags::OUT);
        !v.has(Flags::ADVICE) || low && !v.any(&used)
    }
    /// SATLOW may give 2^32, so its output is only ever subtracted exactly, in the next row, from another cell:
    /// 2^32 leaves that row without a witness.
    Saturated(v) {
        let row = v.row();
        let checks = |next: &Row| {
            next.flags.has(Flags::SUB) && next.imm == 0 && next.rs2 == row.rd && next.rs1 != row.rd
        };
        row.table != Some(TableId::SatLow)
            || row.flags == Flags::MUL.with(Flags::OUT) && v.next().is_some_and(checks)
    }
    /// At most one kind of jump.
    Jump(v) { v.count(&JUMPS) <= 1 }
    /// Static targets are first rows of text instructions, the first exit row or the shared trap row; halt alone
    /// leads to halt. Rows without a target have 0.
    Target(v) {
        let target = size(v.row().target);
        if v.any(&[Flags::BRANCH, Flags::JUMP]) { v.is_target(target) } else { target == 0 }
    }
    /// A row that goes on to the next one reaches the rest of its sequence, the instruction at addr + 4, a trap row,
    /// or halt from the exit rows.
    FallThrough(v) { v.may_fall_through() }
    /// 0 ≤ imm < 2^32; in a subtraction it is 0 (exact) or 2^32 (wrapping).
    Immediate(v) {
        let imm = v.row().imm;
        if v.has(Flags::SUB) { imm == 0 || imm == WRAP } else { imm < WRAP }
    }
    /// Where rs2 + imm is an operand, it is one of the two. A product is of registers.
    RightOperand(v) {
        let row = v.row();
        row.imm == 0 || !v.has(Flags::MUL) && (!v.has(Flags::Y) || row.rs2 == 0)
    }
    /// A constant is a word.
    Constant(v) { !v.has(Flags::CONST) || words().contains(&v.row().disp) }
    /// A displacement has 12 bits, or is an address on its own.
    Displacement(v) {
        let row = v.row();
        let fits = (-2048..2048).contains(&row.disp) || row.rs1 == 0 && words().contains(&row.disp);
        if v.has(Flags::MEM) { fits } else { row.disp == 0 || v.has(Flags::CONST) }
    }
    /// A merge follows the row that prepares it: same width, rs1 and displacement, its rs2 that row's rd.
    Merge(v) { !v.has(Flags::MERGE) || v.is_prepared() }
    /// The mask of a shift is one of an amount, from a constant or from the row before.
    Mask(v) {
        match v.row().table {
            Some(TableId::Sll) => v.has_mask(TableId::MaskLow),
            Some(TableId::Srl | TableId::Sra) => v.has_mask(TableId::MaskHigh),
            _ => true,
        }
    }
}
