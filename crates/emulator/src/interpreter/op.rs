//! Predecoded text: one operation per instruction, in the order of their rows.

use crate::code::Code;
use zkvm_isa::program::Program;
use zkvm_isa::{Opcode, Semantics};

/// Register that takes what is written to x0.
pub(super) const SINK: u8 = 64;
/// Index of no operation.
pub(super) const NOWHERE: u32 = u32::MAX;

/// An instruction, ready to execute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    /// None where no instruction is: undecodable words, and behind the end of text.
    pub(super) opcode: Option<Opcode>,
    pub(super) rd: u8,
    pub(super) rs1: u8,
    pub(super) rs2: u8,
    /// The immediate; for LUI and AUIPC the value written.
    pub(super) imm: u32,
    /// Operation that a branch or JAL leads to, or [`NOWHERE`].
    pub(super) target: u32,
    /// Address of the next instruction in memory.
    pub(super) link: u32,
    /// Number of rows of all operations before this one.
    pub(super) rows_before: u32,
}

/// The text of a program.
#[derive(Clone, Debug)]
pub(super) struct Text {
    /// All operations, those behind the end of text included.
    pub(super) ops: Vec<Op>,
    /// First row of each operation.
    pub(super) rows: Vec<u32>,
    /// Rows of all operations together.
    pub(super) num_rows: u32,
    /// Address of the first segment of text.
    pub(super) start: u32,
    /// The operation of each word of that segment, or [`NOWHERE`].
    pub(super) words: Vec<u32>,
}

impl Text {
    pub(super) fn new(code: &Code, program: &Program) -> Self {
        let is_op = |row: u32| code.is_first(row) || code.is_trap(row);
        let text_rows = code.prologue_rows()..code.exit_row();
        let rows: Vec<_> = text_rows.filter(|&row| is_op(row)).collect();
        let mut num_rows = 0;
        let mut ops = Vec::with_capacity(rows.len());
        for &row in &rows {
            let mut op = decode(code, row);
            op.rows_before = num_rows;
            let target = program.rows()[row as usize].target;
            if code.is_first(target) {
                op.target = index_of(&rows, target);
            }
            if code.is_first(row) {
                num_rows += code.len_of(row);
            }
            ops.push(op);
        }
        let (start, words) = first_text(program, &rows);
        Text { ops, rows, num_rows, start, words }
    }

    /// The operation that begins with a row.
    pub(super) fn op_at(&self, row: u32) -> u32 {
        index_of(&self.rows, row)
    }

    /// Number of rows of all operations up to and including `op`.
    pub(super) fn rows_through(&self, op: u32) -> u32 {
        self.ops.get(op as usize + 1).map_or(self.num_rows, |next| next.rows_before)
    }
}

/// Address of the first segment of text, and the operation of each of its words.
fn first_text(program: &Program, rows: &[u32]) -> (u32, Vec<u32>) {
    let segments = &program.image().segments;
    let Some(text) = segments.iter().find(|segment| segment.executable) else {
        return (0, Vec::new());
    };
    let words = (text.addr..).step_by(4).take(text.bytes.len() / 4);
    let op = |addr| program.row_of(addr).map_or(NOWHERE, |row| index_of(rows, row));
    (text.addr, words.map(op).collect())
}

fn index_of(rows: &[u32], row: u32) -> u32 {
    rows.binary_search(&row).map_or(NOWHERE, |index| index as u32)
}

fn decode(code: &Code, row: u32) -> Op {
    let trap = Op { opcode: None, rd: SINK, rs1: 0, rs2: 0, imm: 0, target: NOWHERE, link: 0, rows_before: 0 };
    let (Some(pc), Some(decoded)) = (code.address_of(row), code.decoded(row)) else {
        return trap;
    };
    let operands = decoded.operands;
    let imm = match decoded.instruction.semantics {
        Semantics::Auipc => pc.wrapping_add_signed(operands.imm),
        _ => operands.imm as u32,
    };
    Op {
        opcode: Some(decoded.opcode),
        rd: if operands.rd == 0 { SINK } else { operands.rd },
        rs1: operands.rs1,
        rs2: operands.rs2,
        imm,
        link: pc.wrapping_add(4),
        ..trap
    }
}
