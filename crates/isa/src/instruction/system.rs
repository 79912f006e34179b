//! Calls of the environment, fences and advice.

use super::{FUNCT3, Format, Instruction, MAJOR, Semantics};
use crate::code::Target;
use crate::row::Advice;
use crate::table::TableId;

/// Number of a7, the register that holds the number of a call.
const A7: u8 = 17;

/// One hart and no devices: memory accesses are always in order.
pub const FENCE: Instruction = Instruction {
    name: "fence",
    format: Format::Bare,
    mask: FUNCT3,
    fixed: 0x0f,
    semantics: Semantics::Fence,
    rows: |code, _| code.empty(),
};

/// Only the exit call is seen in the proof; any other changes nothing.
pub const ECALL: Instruction = Instruction {
    name: "ecall",
    format: Format::Bare,
    mask: u32::MAX,
    fixed: 0x73,
    semantics: Semantics::Ecall,
    rows: |code, _| code.branch(TableId::Eq, A7, 0, zkvm_abi::ecall::EXIT, Target::Exit),
};

/// custom-0 with all fields but rd zero.
pub const ADVICE: Instruction = Instruction {
    name: "advice",
    format: Format::Destination,
    mask: !(0x1f << 7),
    fixed: zkvm_abi::advice_word(0) & MAJOR,
    semantics: Semantics::Advice,
    rows: |code, o| code.advice(o.rd, Advice::Input),
};
