//! The inner loop: executes operations until one needs help.
//!
//! Everything that is rare leaves the loop, so that its state stays in machine registers: host
//! calls, traps, accesses outside the part of memory used so far, jumps out of the first text
//! segment, the cycle limit.

use super::op::{NOWHERE, Op, Text};
use zkvm_isa::{Execute, Semantics, Width};

/// Registers by the number in an [`Op`]; 256, so that no number is out of bounds.
pub(super) type Registers = [u32; 256];

/// State of the loop.
pub(super) struct Core<'a, 'p> {
    pub(super) registers: &'a mut Registers,
    /// The part of memory in use.
    pub(super) window: &'a mut [u32],
    /// Address of its first word.
    pub(super) window_base: u32,
    /// Private input not read yet.
    pub(super) private: &'p [u32],
    /// How often each operation has jumped.
    pub(super) jumps: &'a mut [u64],
    /// How often each operation was the target of an indirect jump.
    pub(super) entries: &'a mut [u64],
    /// Cycles before an operation, less its `rows_before`. Changes with each jump.
    pub(super) cycles: i64,
    /// The largest number of cycles.
    pub(super) max_cycles: i64,
    /// The operation to execute.
    pub(super) pc: u32,
}

/// One operation on the state.
struct Step<'s, 'a, 'p> {
    core: &'s mut Core<'a, 'p>,
    text: &'s Text,
    op: Op,
}

/// What follows.
enum Flow {
    Next,
    /// A jump to the operation's target.
    Jump,
    /// A jump to another operation.
    Enter(u32),
    /// The operation needs help and was not executed.
    Stop,
}

impl Core<'_, '_> {
    /// Executes until an operation needs help, which is then the one at `pc`.
    pub(super) fn run(&mut self, text: &Text) {
        while let Some(&op) = text.ops.get(self.pc as usize) {
            let Some(opcode) = op.opcode else { return };
            let flow = opcode.execute(&mut Step { core: self, text, op });
            let target = match flow {
                Flow::Next => {
                    self.pc += 1;
                    continue;
                }
                Flow::Jump => op.target,
                Flow::Enter(target) => target,
                Flow::Stop => return,
            };
            if !self.jump(text, &op, target) {
                return;
            }
            if let Flow::Enter(_) = flow {
                self.entries[target as usize] += 1;
            }
        }
    }

    /// Goes from `op` to another operation. False if there is none, or the cycles do not suffice.
    #[inline(always)]
    fn jump(&mut self, text: &Text, op: &Op, target: u32) -> bool {
        let Some(next) = text.ops.get(target as usize) else { return false };
        let after = self.cycles + i64::from(op.rows_before) + 1;
        if after > self.max_cycles {
            return false;
        }
        self.cycles = after - i64::from(next.rows_before);
        self.jumps[self.pc as usize] += 1;
        self.pc = target;
        true
    }
}

impl Execute for Step<'_, '_, '_> {
    type Output = Flow;

    #[inline(always)]
    fn execute(&mut self, semantics: Semantics) -> Flow {
        match semantics {
            Semantics::Register(f) => self.write(f(self.rs1(), self.rs2())),
            Semantics::Immediate(f) => self.write(f(self.rs1(), self.op.imm)),
            Semantics::Load { width, signed } => self.load(width, signed),
            Semantics::Store(width) => self.store(width),
            Semantics::Branch(holds) => {
                if holds(self.rs1(), self.rs2()) {
                    Flow::Jump
                } else {
                    Flow::Next
                }
            }
            Semantics::Lui | Semantics::Auipc => self.write(self.op.imm),
            Semantics::Jal => {
                self.write(self.op.link);
                Flow::Jump
            }
            Semantics::Jalr => self.jump_indirect(),
            Semantics::Fence => Flow::Next,
            Semantics::Ecall => Flow::Stop,
            Semantics::Advice => match self.core.private.split_first() {
                Some((&word, rest)) => {
                    self.core.private = rest;
                    self.write(word)
                }
                None => Flow::Stop,
            },
        }
    }
}

impl Step<'_, '_, '_> {
    #[inline(always)]
    fn rs1(&self) -> u32 {
        self.core.registers[usize::from(self.op.rs1)]
    }

    #[inline(always)]
    fn rs2(&self) -> u32 {
        self.core.registers[usize::from(self.op.rs2)]
    }

    #[inline(always)]
    fn write(&mut self, value: u32) -> Flow {
        self.core.registers[usize::from(self.op.rd)] = value;
        Flow::Next
    }

    /// The word that holds rs1 + imm and the shift of the value in it; None if the access needs
    /// help. Bits of the address that must be zero are rotated to the top, out of bounds.
    #[inline(always)]
    fn place(&mut self, width: Width) -> Option<(&mut u32, u32)> {
        let offset = self.rs1().wrapping_add(self.op.imm).wrapping_sub(self.core.window_base);
        let index = match width {
            Width::Byte => offset >> 2,
            Width::Half => (offset >> 2) | (offset & 1) << 31,
            Width::Word => offset.rotate_right(2),
        };
        let word = self.core.window.get_mut(index as usize)?;
        Some((word, 8 * (offset & 3)))
    }

    #[inline(always)]
    fn load(&mut self, width: Width, signed: bool) -> Flow {
        let Some((word, shift)) = self.place(width) else { return Flow::Stop };
        let value = *word >> shift;
        let value = match (width, signed) {
            (Width::Word, _) => *word,
            (Width::Half, false) => value & 0xffff,
            (Width::Half, true) => value as i16 as u32,
            (Width::Byte, false) => value & 0xff,
            (Width::Byte, true) => value as i8 as u32,
        };
        self.write(value)
    }

    #[inline(always)]
    fn store(&mut self, width: Width) -> Flow {
        let value = self.rs2();
        let Some((word, shift)) = self.place(width) else { return Flow::Stop };
        let mask = match width {
            Width::Word => u32::MAX,
            Width::Half => 0xffff << shift,
            Width::Byte => 0xff << shift,
        };
        *word = *word & !mask | value.wrapping_shl(shift) & mask;
        Flow::Next
    }

    #[inline(always)]
    fn jump_indirect(&mut self) -> Flow {
        let target = self.rs1().wrapping_add(self.op.imm) & !1;
        let word = target.wrapping_sub(self.text.start).rotate_right(2);
        match self.text.words.get(word as usize) {
            None | Some(&NOWHERE) => Flow::Stop,
            Some(&op) => {
                self.write(self.op.link);
                Flow::Enter(op)
            }
        }
    }
}
