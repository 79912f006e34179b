//! The bytecode table up to the halt row (section 1.2).

use std::collections::BTreeMap;

use super::instructions;
use super::sequence::{Draft, K, Target, constant, row, trap};
use super::{Image, KeyError};
use crate::program::flags::*;
use crate::program::{Layout, Row};

/// Most rows of a table.
const MOST_ROWS: usize = 1 << 24;

/// A table under construction.
struct Table {
    rows: Vec<Draft>,
    /// The first row of the instruction at an address.
    instructions: BTreeMap<u32, usize>,
}

/// The rows of the image up to and with the halt row.
pub fn table(image: &Image, layout: &Layout) -> Result<Vec<Row>, KeyError> {
    let mut table = Table { rows: Vec::new(), instructions: BTreeMap::new() };
    table.rows.push(constant(layout.stack_pointer, 2));
    table.rows.push(row(&[JUMP]).to(Target::Address(image.entry)));
    table.text(image);
    table.trap();
    let shared_trap = table.rows.len() - 1;
    let exit = table.rows.len();
    table.rows.push(store(10, layout.output + 4));
    table.rows.push(constant(1, K[0]));
    table.rows.push(store(K[0], layout.output));
    table.rows.push(row(&[JUMP]).to(Target::Itself));
    if table.rows.len() > MOST_ROWS {
        return Err(KeyError::Rows);
    }
    Ok(table.finish(shared_trap, exit))
}

/// A store of cell r to an address.
fn store(r: u8, address: u32) -> Draft {
    row(&[MEM, SW, BYTE]).reads(0, r).disp(address.into())
}

impl Table {
    /// Step 2.
    fn text(&mut self, image: &Image) {
        let text = image.segments.iter().filter(|segment| segment.executable).flat_map(|segment| segment.words());
        let mut last = None;
        for (address, word) in text {
            let Some(rows) = instructions::rows(word, address) else {
                self.trap();
                continue;
            };
            if last.is_some_and(|last: u32| last.wrapping_add(4) != address) {
                self.trap();
            }
            self.instructions.insert(address, self.rows.len());
            self.rows.extend(rows);
            last = Some(address);
        }
    }

    /// A trap row, unless the last row is one already.
    fn trap(&mut self) {
        if !self.rows.last().is_some_and(Draft::is_trap) {
            self.rows.push(trap());
        }
    }

    /// The rows with their addresses and targets.
    fn finish(self, shared_trap: usize, exit: usize) -> Vec<Row> {
        let addresses: BTreeMap<usize, u32> = self.instructions.iter().map(|(address, row)| (*row, *address)).collect();
        let finish = |(index, draft): (usize, Draft)| {
            let target = match draft.target {
                Target::None => 0,
                Target::Address(address) => *self.instructions.get(&address).unwrap_or(&shared_trap),
                Target::Exit => exit,
                Target::Itself => index,
            };
            let addr = addresses.get(&index).map_or((1 << 32) + index as u64, |address| u64::from(*address));
            Row { addr, target: target as u32, ..draft.row }
        };
        self.rows.into_iter().enumerate().map(finish).collect()
    }
}
