//! From the image to the bytecode table.

use super::{Image, Layout, MAX_LOG_ROWS, MIN_LOG_ROWS, ProgramError, Segment};
use crate::code::{Code, K, Target};
use crate::instruction::{Decoded, decode};
use crate::row::Row;
use crate::size;
use alloc::vec::Vec;
use zkvm_abi::output;

/// Register numbers of the calling convention.
const SP: u8 = 2;
const A0: u8 = 10;

/// Most rows of a table.
const MAX_ROWS: u32 = 1 << MAX_LOG_ROWS;
/// Fewest rows of a table.
const MIN_ROWS: u32 = 1 << MIN_LOG_ROWS;

/// Where everything stands in the table of a program. It is all that targets need, and takes a few
/// bytes for each instruction, so that rows can be written one after the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Plan {
    pub(super) index: TextIndex,
    pub(super) halt: u32,
    /// The first exit row. The shared trap row stands before it.
    exit: u32,
    /// Rows of the whole table.
    size: u32,
}

impl Plan {
    /// Plans the table of an image.
    pub(super) fn new(image: &Image, layout: &Layout) -> Result<Plan, ProgramError> {
        let mut index = TextIndex::default();
        let [exit, halt] = write(image, layout, |code, start| {
            if let Some((addr, row)) = start {
                index.push(addr, row);
            }
            code.flush(|_| 0, |_| ());
        })?;
        let size = halt.saturating_add(1).checked_next_power_of_two().unwrap_or(u32::MAX).max(MIN_ROWS);
        if size > MAX_ROWS { Err(ProgramError::TooManyRows) } else { Ok(Plan { index, halt, exit, size }) }
    }

    /// Hands the rows up to halt on to `sink`.
    pub(super) fn write(&self, image: &Image, layout: &Layout, mut sink: impl FnMut(&Row)) -> Result<(), ProgramError> {
        let row_of = |target| match target {
            Target::Address(addr) => self.index.row_of(addr).unwrap_or(self.exit.saturating_sub(1)),
            Target::Exit => self.exit,
        };
        write(image, layout, |code, _| code.flush(row_of, &mut sink)).map(drop)
    }

    /// The whole table, without checking it.
    pub(super) fn table(&self, image: &Image, layout: &Layout) -> Result<Vec<Row>, ProgramError> {
        let mut rows = Vec::with_capacity(size(self.size));
        self.write(image, layout, |row| rows.push(*row))?;
        let padding = self.halt.saturating_add(1)..self.size;
        rows.extend(padding.map(|index| Row { addr: Row::synthetic(index), ..Row::TRAP }));
        Ok(rows)
    }
}

/// Writes the rows up to halt; gives the indices of the first exit row and of halt. Calls `part` after
/// each instruction, with its address and first row, and after all that is no instruction.
fn write(
    image: &Image,
    layout: &Layout,
    mut part: impl FnMut(&mut Code, Option<(u32, u32)>),
) -> Result<[u32; 2], ProgramError> {
    let mut code = Code::default();
    code.constant(SP, layout.stack_pointer);
    code.jump(0, Target::Address(image.entry));
    part(&mut code, None);
    // Where the next instruction stands if there is no gap before it.
    let mut next = None;
    for (addr, instruction) in image.segments.iter().flat_map(words) {
        match instruction {
            Some(instruction) => {
                if next.is_some_and(|next| next != addr) {
                    ensure_trap(&mut code);
                }
                next = Some(addr.wrapping_add(4));
                let row = code.position();
                code.instruction(addr, &instruction);
                part(&mut code, Some((addr, row)));
            }
            None => ensure_trap(&mut code),
        }
        if code.position() > MAX_ROWS {
            return Err(ProgramError::TooManyRows);
        }
    }
    ensure_trap(&mut code);
    let exit = code.position();
    exit_rows(&mut code, layout);
    let halt = code.position();
    code.halt();
    part(&mut code, None);
    Ok([exit, halt])
}

/// The whole aligned words of the file bytes of an executable segment, decoded.
fn words(segment: &Segment) -> impl Iterator<Item = (u32, Option<Decoded>)> + '_ {
    let skip = segment.addr.wrapping_neg() % 4;
    let bytes = if segment.executable { segment.bytes.get(size(skip)..) } else { None };
    let words = bytes.unwrap_or_default().chunks_exact(4);
    (segment.addr.wrapping_add(skip)..).step_by(4).zip(words).map(|(addr, bytes)| {
        let word = bytes.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
        (addr, decode(word))
    })
}

/// Appends a trap row unless the last row is one.
fn ensure_trap(code: &mut Code) {
    if !code.ends_in_trap() {
        code.trap();
    }
}

/// Stores the exit code, then the status, in the output block.
fn exit_rows(code: &mut Code, layout: &Layout) {
    let offset = |index: usize| i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(4);
    let word = |index| offset(index).saturating_add(i64::from(layout.output));
    code.store_word(0, A0, word(output::EXIT_CODE));
    code.constant(K[0], output::EXITED);
    code.store_word(0, K[0], word(output::STATUS));
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
    /// Adds an instruction above all others.
    fn push(&mut self, addr: u32, row: u32) {
        let next = self.runs.last().map(|run| {
            let length = u32::try_from(self.rows.len().saturating_sub(run.first)).unwrap_or(u32::MAX);
            run.addr.saturating_add(length.saturating_mul(4))
        });
        if next != Some(addr) {
            self.runs.push(Run { addr, first: self.rows.len() });
        }
        self.rows.push(row);
    }

    /// First row of the instruction at `addr`.
    pub(super) fn row_of(&self, addr: u32) -> Option<u32> {
        let next = self.runs.partition_point(|run| run.addr <= addr);
        let run = self.runs.get(next.checked_sub(1)?)?;
        let offset = addr.checked_sub(run.addr)?;
        let number = run.first.checked_add(size(offset / 4))?;
        let end = self.runs.get(next).map_or(self.rows.len(), |run| run.first);
        if offset.is_multiple_of(4) && number < end { self.rows.get(number).copied() } else { None }
    }
}
