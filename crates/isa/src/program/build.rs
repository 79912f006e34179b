//! From the image to the bytecode table.

use super::{Image, Layout, MAX_LOG_ROWS, MIN_LOG_ROWS, ProgramError, Segment};
use crate::code::{Code, K, Target};
use crate::instruction::{Decoded, decode};
use crate::row::Row;
use alloc::vec::Vec;
use zkvm_abi::output;

/// Register numbers of the calling convention.
const SP: u8 = 2;
const A0: u8 = 10;

/// The bytecode table with what is known of its rows.
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) halt: u32,
    pub(super) index: TextIndex,
}

/// Builds the table, without checking it.
pub(super) fn table(image: &Image, layout: &Layout) -> Result<Table, ProgramError> {
    let mut code = Code::default();
    code.constant(SP, layout.stack_pointer);
    code.jump(0, Target::Address(image.entry));

    let index = text(&mut code, &image.segments)?;
    ensure_trap(&mut code);
    let exit = code.rows().len() as u32;
    let trap = exit - 1;
    exit_rows(&mut code, layout);
    let halt = code.rows().len() as u32;
    code.halt();
    pad(&mut code)?;

    let rows = code.resolve(|target| match target {
        Target::Address(addr) => index.row_of(addr).unwrap_or(trap),
        Target::Exit => exit,
    });
    Ok(Table { rows, halt, index })
}

/// Appends the rows of the text.
fn text(code: &mut Code, segments: &[Segment]) -> Result<TextIndex, ProgramError> {
    let mut index = TextIndex::default();
    for (addr, instruction) in segments.iter().flat_map(words) {
        match instruction {
            Some(instruction) => {
                if index.has_gap_before(addr) {
                    ensure_trap(code);
                }
                index.push(addr, code.rows().len() as u32);
                code.instruction(addr, &instruction);
            }
            None => ensure_trap(code),
        }
        if code.rows().len() > 1 << MAX_LOG_ROWS {
            return Err(ProgramError::TooManyRows);
        }
    }
    Ok(index)
}

/// The whole aligned words of the file bytes of an executable segment, decoded.
fn words(segment: &Segment) -> impl Iterator<Item = (u32, Option<Decoded>)> + '_ {
    let skip = segment.addr.wrapping_neg() % 4;
    let bytes = if segment.executable { segment.bytes.get(skip as usize..) } else { None };
    let words = bytes.unwrap_or_default().chunks_exact(4);
    (segment.addr.wrapping_add(skip)..).step_by(4).zip(words).map(|(addr, bytes)| {
        let word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        (addr, decode(word))
    })
}

/// Appends a trap row unless the last row is one.
fn ensure_trap(code: &mut Code) {
    if !code.rows().last().is_some_and(Row::is_trap) {
        code.trap();
    }
}

/// Stores the exit code, then the status, in the output block.
fn exit_rows(code: &mut Code, layout: &Layout) {
    let word = |index: usize| i64::from(layout.output) + 4 * index as i64;
    code.store_word(0, A0, word(output::EXIT_CODE));
    code.constant(K[0], output::EXITED);
    code.store_word(0, K[0], word(output::STATUS));
}

/// Appends trap rows up to a power of two.
fn pad(code: &mut Code) -> Result<(), ProgramError> {
    let size = code.rows().len().next_power_of_two().max(1 << MIN_LOG_ROWS);
    if size > 1 << MAX_LOG_ROWS {
        return Err(ProgramError::TooManyRows);
    }
    while code.rows().len() < size {
        code.trap();
    }
    Ok(())
}

/// Where the instructions of the text are: runs of consecutive ones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct TextIndex {
    runs: Vec<Run>,
    /// First row of each instruction, in address order.
    rows: Vec<u32>,
}

/// Instructions at addr, addr + 4, … up to the first instruction of the next run.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Run {
    addr: u32,
    /// Number of its first instruction.
    first: usize,
}

impl TextIndex {
    /// Whether there are instructions, and the last one is not just below `addr`.
    fn has_gap_before(&self, addr: u32) -> bool {
        self.runs
            .last()
            .is_some_and(|run| u64::from(addr) != u64::from(run.addr) + 4 * (self.rows.len() - run.first) as u64)
    }

    /// Adds an instruction above all others.
    fn push(&mut self, addr: u32, row: u32) {
        if self.runs.is_empty() || self.has_gap_before(addr) {
            self.runs.push(Run { addr, first: self.rows.len() });
        }
        self.rows.push(row);
    }

    /// First row of the instruction at `addr`.
    pub(super) fn row_of(&self, addr: u32) -> Option<u32> {
        let next = self.runs.partition_point(|run| run.addr <= addr);
        let run = self.runs.get(next.checked_sub(1)?)?;
        let offset = addr - run.addr;
        let number = run.first + (offset / 4) as usize;
        let end = self.runs.get(next).map_or(self.rows.len(), |run| run.first);
        (offset.is_multiple_of(4) && number < end).then(|| self.rows[number])
    }
}
