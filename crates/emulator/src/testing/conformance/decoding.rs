//! Which words are instructions, for a machine with Linux signals.

use super::{Case, VALUES};
use crate::testing::{A0, A1, A2, A3, A7, S0, S1, S11, SP, T0, ZERO};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Result of a word that was executed; other words result in the number of the signal they raise.
pub const EXECUTED: u8 = 2;
/// Result of a word that is no instruction: SIGILL.
pub const ILLEGAL: u8 = 4;

const SIGNALS: [u32; 4] = [4, 5, 7, 11];
const RT_SIGACTION: u32 = 134;
/// A signal may arrive in its own handler, which is never left.
const SA_NODEFER: u32 = 0x4000_0000;

const BRANCH: u32 = 0x63;
const JAL: u32 = 0x6f;
const JALR: u32 = 0x67;
const MISC_MEM: u32 = 0x0f;
const SYSTEM: u32 = 0x73;
const VECTOR: u32 = 0x57;
const CUSTOM_0: u32 = 0x0b;

/// Words that between them have every major opcode, funct3 and funct7, and random ones. If they do
/// something it is to t0, or an access or a jump to the ends of the address space, which fails.
///
/// Left out are: SYSTEM and custom-0, of which this machine has `ecall` and `advice`; MISC-MEM but
/// for `fence`, since a user program has `fence.i` and cache hints elsewhere; vectors, of which QEMU
/// keeps a move without having vectors; jumps relative to pc.
pub fn words() -> Vec<u32> {
    let mut rng = StdRng::seed_from_u64(1);
    let fields = (0..1 << 15).map(|n: u32| (n >> 10) << 2 | 3 | (n >> 7 & 7) << 12 | n << 25);
    let random = (0..8000).map(|_| rng.gen_range(0..=u32::MAX) & !(0x1f << 15 | 0x1f << 7));
    fields.chain(random).map(|word| word | T0 << 7).filter(|word| can_be_tried(*word)).collect()
}

fn can_be_tried(word: u32) -> bool {
    let funct3 = word >> 12 & 7;
    match word & 0x7f {
        JAL | SYSTEM | CUSTOM_0 | VECTOR => false,
        BRANCH => funct3 == 2 || funct3 == 3,
        // QEMU ends at a jump to a target that is no multiple of 4.
        JALR => funct3 != 0 || word >> 21 & 1 == 0,
        MISC_MEM => funct3 == 0,
        _ => true,
    }
}

/// The Linux program that tries the words; its results are one byte for each.
pub fn decoding(words: &[u32]) -> Case {
    let mut case = Case::new("words that are instructions");
    let results = case.reserve(&vec![0; words.len()]);
    let asm = &mut case.asm;
    let (start, handler) = (asm.label(), asm.pc() + 4);
    asm.j(start);
    // A signal leads behind the word: its number is in a0, other registers are as they were.
    asm.jalr(ZERO, S0, 12);
    asm.place(start);
    let action: Vec<u8> = [handler, SA_NODEFER, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
    asm.data(VALUES, &[action, vec![0; 1 << 14]].concat());
    asm.li(S1, VALUES + (1 << 14));
    for signal in SIGNALS {
        asm.li(A0, signal);
        asm.li(A1, VALUES);
        asm.li(A2, 0);
        asm.li(A3, 8);
        asm.li(A7, RT_SIGACTION);
        asm.ecall();
    }
    asm.mv(SP, S1);
    asm.li(S11, results);
    for word in words {
        asm.auipc(S0, 0);
        asm.word(*word);
        asm.li(A0, u32::from(EXECUTED));
        asm.mv(SP, S1);
        asm.sb(A0, S11, 0);
        asm.addi(S11, S11, 1);
    }
    case
}

/// The results of [`decoding`] in its output.
pub fn results(output: &[u8]) -> &[u8] {
    &output[super::REGISTERS as usize..]
}
