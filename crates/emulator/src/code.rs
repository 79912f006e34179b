//! What execution asks of a program's bytecode table.

use crate::fault::Trap;
use zkvm_isa::program::Program;
use zkvm_isa::{Decoded, Semantics, decode};

/// Number of exit rows, in front of the halt row: exit code, "exited", status.
const EXIT_ROWS: u32 = 3;
/// The word of EBREAK.
const EBREAK: u32 = 0x0010_0073;

/// Why execution stops in front of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stop {
    pub(crate) trap: Trap,
    /// Where the trap is, if that is not the instruction of the row but the word it leads to.
    pub(crate) at: Option<u32>,
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Self {
        Stop { trap, at: None }
    }
}

/// Where the instructions of a program are. The first row of an instruction stands for it.
#[derive(Clone, Debug)]
pub(crate) struct Code<'a> {
    program: &'a Program,
    first_rows: Vec<u32>,
}

impl<'a> Code<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        let rows = program.rows().iter().enumerate();
        let first_rows = rows.filter(|(_, row)| row.address().is_some());
        Code { program, first_rows: first_rows.map(|(index, _)| index as u32).collect() }
    }

    /// First rows of the instructions, ascending.
    pub(crate) fn first_rows(&self) -> &[u32] {
        &self.first_rows
    }

    /// The address of the instruction that begins with the row.
    pub(crate) fn address_of(&self, row: u32) -> Option<u32> {
        self.program.rows()[row as usize].address()
    }

    /// Whether an instruction begins with the row.
    pub(crate) fn is_first(&self, row: u32) -> bool {
        self.address_of(row).is_some()
    }

    /// Whether the row has no witness.
    pub(crate) fn is_trap(&self, row: u32) -> bool {
        self.program.rows()[row as usize].is_trap()
    }

    /// Number of rows of the instruction that begins with row `first`.
    pub(crate) fn len_of(&self, first: u32) -> u32 {
        let rest = &self.program.rows()[first as usize + 1..];
        let more = rest.iter().take_while(|row| row.address().is_none() && !row.is_trap());
        1 + more.count() as u32
    }

    /// Number of rows before the text.
    pub(crate) fn prologue_rows(&self) -> u32 {
        self.first_rows.first().copied().unwrap_or(0)
    }

    /// The first exit row: what the exit call branches to.
    pub(crate) fn exit_row(&self) -> u32 {
        self.program.halt() - EXIT_ROWS
    }

    /// Number of rows from the first exit row to the first execution of the halt row.
    pub(crate) fn final_rows(&self) -> u64 {
        u64::from(self.program.halt() - self.exit_row()) + 1
    }

    /// The instruction that begins with row `first`.
    pub(crate) fn decoded(&self, first: u32) -> Option<Decoded> {
        decode(self.word_at(self.address_of(first)?)?)
    }

    /// Why there is no way on at trap row `row`, reached from the instruction that begins with row
    /// `from`; from the prologue for none.
    pub(crate) fn trap_at(&self, row: u32, from: Option<u32>) -> Stop {
        let entry = self.program.image().entry;
        self.jump_trap(from.map_or(entry, |from| self.successor(from, row)))
    }

    /// Where the instruction that begins with row `from` has led if that is trap row `row`: behind
    /// it, or to its static target.
    fn successor(&self, from: u32, row: u32) -> u32 {
        let jump = self.decoded(from).filter(|decoded| match decoded.instruction.semantics {
            Semantics::Jal => true,
            Semantics::Branch(_) => row != from + 1,
            _ => false,
        });
        let offset = jump.map_or(4, |decoded| decoded.operands.imm);
        self.address_of(from).unwrap_or(0).wrapping_add_signed(offset)
    }

    /// Why control cannot go to `target`, an address without a row.
    pub(crate) fn jump_trap(&self, target: u32) -> Stop {
        if !target.is_multiple_of(4) {
            return Trap::InstructionAddressMisaligned { target }.into();
        }
        match self.word_at(target) {
            None => Trap::InstructionAccessFault { target }.into(),
            Some(EBREAK) => Stop { trap: Trap::Breakpoint, at: Some(target) },
            Some(word) => Stop { trap: Trap::IllegalInstruction { word }, at: Some(target) },
        }
    }

    /// The word of text at an address.
    fn word_at(&self, addr: u32) -> Option<u32> {
        let mut text = self.program.image().segments.iter().filter(|segment| segment.executable);
        text.find_map(|segment| {
            let offset = addr.checked_sub(segment.addr)?;
            let word = segment.bytes.get(offset as usize..)?.first_chunk()?;
            Some(u32::from_le_bytes(*word))
        })
    }
}
