//! Programs that show what every RV32IM instruction does, for this machine and for Linux.
//!
//! A [`Case`] runs instructions and stores what they yield in a *results block*: first the registers
//! at the end, then the results one after the other. Both ELF files of a case have the same
//! instructions at the same addresses up to the epilogue, which in this machine copies the block to
//! the public output and under Linux writes it to the standard output. So the output of a run, and of
//! its proof, can be compared byte by byte with that of [`super::qemu`].
//!
//! Each `directed` list sweeps its instructions over all that is special about them; `brief` covers
//! the same instructions in few steps, for proofs.

mod arithmetic;
mod control;
pub mod decoding;
mod memory;

use super::random::{self, Mix};
use super::{A0, A1, A2, A7, Asm, ElfWriter, S11, SegmentWriter, T3, T4, T5, T6};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_abi::{IMAGE_BASE, MAX_OUTPUT_BYTES, OUTPUT_ADDRESS, ecall, output};

/// Address of the results block.
const RESULTS: u32 = IMAGE_BASE + (3 << 20);
/// Address of the values that a case reads.
const VALUES: u32 = RESULTS + (1 << 16);
/// Bytes of the block's registers.
const REGISTERS: u32 = 4 * 32;
/// Size of a page under Linux.
const PAGE: u32 = 4096;

/// A program and its results block.
#[derive(Clone, Debug)]
pub struct Case {
    name: String,
    asm: Asm,
    /// The block at the start.
    block: Vec<u8>,
}

impl Case {
    /// A case that so far sets every register, each to a value of its own.
    fn new(name: impl Into<String>) -> Self {
        let mut asm = Asm::new();
        for register in 1..32 {
            asm.li(register, 0x0101_0101u32.wrapping_mul(register) ^ 0x8000_0000);
        }
        Case { name: name.into(), asm, block: vec![0; REGISTERS as usize] }
    }

    /// What it is about.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Appends `bytes` to the block; their address.
    fn reserve(&mut self, bytes: &[u8]) -> u32 {
        let address = RESULTS + self.block.len() as u32;
        self.block.extend_from_slice(bytes);
        assert!(self.block.len() <= MAX_OUTPUT_BYTES, "{}: {} bytes of results", self.name, self.block.len());
        address
    }

    /// Room for `words` results; its address.
    fn results(&mut self, words: usize) -> u32 {
        self.reserve(&vec![0; 4 * words])
    }

    /// Stores a register as the next result. Changes nothing but one of the registers x28 to x31
    /// that is not in `keep`.
    fn record(&mut self, register: u32, keep: &[u32]) {
        let slot = self.results(1);
        let busy = |r: &u32| *r == register || keep.contains(r);
        let pointer = [T6, T5, T4, T3].into_iter().find(|r| !busy(r)).expect("at most three are kept");
        self.store(register, pointer, slot);
    }

    /// Stores a register at an address, by way of `pointer`.
    fn store(&mut self, register: u32, pointer: u32, address: u32) {
        let low = (address << 20) as i32 >> 20;
        self.asm.lui(pointer, address.wrapping_sub(low as u32));
        self.asm.sw(register, pointer, low);
    }

    /// The program for this machine, which ends with its block as output and exit code 0.
    pub fn for_machine(&self) -> ElfWriter {
        self.with_epilogue(|asm, len| {
            let (from, to, end) = (A0, A1, A2);
            asm.li(from, RESULTS);
            asm.li(end, RESULTS + len);
            asm.li(to, OUTPUT_ADDRESS);
            asm.li(A7, len);
            asm.sw(A7, to, 4 * output::LENGTH as i32);
            let top = asm.here();
            asm.lw(A7, from, 0);
            asm.sw(A7, to, 4 * output::DATA as i32);
            asm.addi(from, from, 4);
            asm.addi(to, to, 4);
            asm.bne(from, end, top);
        })
    }

    /// The program for Linux, which writes its block to the standard output.
    pub fn for_linux(&self) -> ElfWriter {
        let elf = self.with_epilogue(|asm, len| {
            asm.li(A0, 1);
            asm.li(A1, RESULTS);
            asm.li(A2, len);
            // The number of the system call is the one that the machine uses.
            asm.li(A7, ecall::WRITE);
            asm.ecall();
        });
        ElfWriter { page: PAGE, ..elf }
    }

    /// The program: stores all registers but x27, which holds the address, then runs `epilogue` and
    /// exits with code 0.
    fn with_epilogue(&self, epilogue: impl FnOnce(&mut Asm, u32)) -> ElfWriter {
        let mut case = self.clone();
        case.asm.lui(S11, RESULTS);
        for register in (0..32).filter(|register| *register != S11) {
            case.asm.sw(register, S11, 4 * register as i32);
        }
        epilogue(&mut case.asm, case.block.len() as u32);
        case.asm.li(A0, 0);
        case.asm.exit();
        let mut elf = case.asm.elf();
        elf.segments.push(SegmentWriter::load(RESULTS, case.block, 6));
        elf
    }
}

/// Every instruction but `advice`, which no other machine has, over all that is special about it.
pub fn directed() -> Vec<Case> {
    let lists = [arithmetic::directed(), memory::directed(), control::directed()];
    lists.into_iter().flatten().collect()
}

/// Cases short enough to be proven, which together still have every instruction but `advice`.
pub fn brief() -> Vec<Case> {
    let lists = [arithmetic::brief(), memory::brief(), control::brief(), vec![random(0)]];
    lists.into_iter().flatten().collect()
}

/// A loop over random instructions. Results are all registers and the memory that it used.
pub fn random(seed: u64) -> Case {
    let rng = &mut StdRng::seed_from_u64(seed);
    let mut case = Case::new(format!("random program {seed}"));
    let memory: Vec<u8> = (0..4096).map(|_| rng.gen_range(0..=255)).collect();
    let middle = case.reserve(&memory) + 2048;
    let len = rng.gen_range(20..400);
    random::program(&mut case.asm, rng, len, middle, Mix::Portable);
    case
}

/// A loop that runs `body` for every word from `values`, whose address is in `pointer`. The body
/// must leave `pointer` and `end` alone.
fn for_each(case: &mut Case, values: std::ops::Range<u32>, [pointer, end]: [u32; 2], body: impl FnOnce(&mut Case)) {
    case.asm.li(pointer, values.start);
    case.asm.li(end, values.end);
    let (top, past) = (case.asm.here(), case.asm.label());
    body(case);
    case.asm.addi(pointer, pointer, 4);
    // The body may be further than a branch reaches.
    case.asm.beq(pointer, end, past);
    case.asm.j(top);
    case.asm.place(past);
}

/// Puts words where the program can read them; their addresses.
fn table(case: &mut Case, words: &[u32]) -> std::ops::Range<u32> {
    case.asm.data(VALUES, &words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>());
    VALUES..VALUES + 4 * words.len() as u32
}

/// `lui` and `addi`, whatever the value: as many instructions for each.
fn load_address(asm: &mut Asm, rd: u32, value: u32) {
    let low = (value << 20) as i32 >> 20;
    asm.lui(rd, value.wrapping_sub(low as u32));
    asm.addi(rd, rd, low);
}

/// Appends words that are no instructions until the next one has the address.
fn fill_to(asm: &mut Asm, address: u32) {
    assert!(asm.pc() <= address, "{:#x} is passed", address);
    while asm.pc() < address {
        asm.word(0);
    }
}

/// Small values at which instructions differ.
const EDGES: [u32; 24] = [
    0,
    1,
    2,
    3,
    7,
    31,
    32,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x1_0000,
    0x5555_5555,
    0xaaaa_aaaa,
    0x7fff_fffe,
    0x7fff_ffff,
    0x8000_0000,
    0x8000_0001,
    0xffff_8000,
    0xffff_ff80,
    0xffff_fffe,
    0xffff_ffff,
];

/// [`EDGES`], every power of two, its negative and its predecessor.
fn values() -> Vec<u32> {
    let powers = (0..32).map(|k| 1u32 << k);
    let around = powers.flat_map(|power| [power, power.wrapping_neg(), power - 1]);
    let mut values: Vec<u32> = around.chain(EDGES).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// One register for each position of an instruction. Over all `first` each position has each register.
fn rotated<const N: usize>(first: u32, step: u32) -> [u32; N] {
    std::array::from_fn(|position| (first + step * position as u32) % 32)
}
