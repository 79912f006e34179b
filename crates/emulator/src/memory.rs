//! RAM: one contiguous region of words, zero except for the image and the public input.

use crate::fault::Trap;
use crate::input::Input;
use zkvm_isa::program::{Layout, Program};

/// The words of the region. The operating system provides them zeroed when they are first touched.
#[derive(Clone, Debug)]
pub struct Memory {
    words: Vec<u32>,
    base: u32,
    stack_end: Option<u32>,
}

/// How an instruction uses memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Access {
    Load,
    Store,
}

impl Memory {
    /// Memory as it is when the program starts.
    pub fn new(program: &Program, input: &Input) -> Self {
        let layout = *program.layout();
        let mut memory =
            Memory { words: vec![0; 1 << layout.max_log_words], base: layout.base, stack_end: stack_end(program) };
        for (index, word) in program.initial_words() {
            memory.words[index as usize] = word;
        }
        let block = ((layout.input - layout.base) / 4) as usize;
        for (word, value) in memory.words[block..].iter_mut().zip(input.public_words()) {
            *word = value;
        }
        memory
    }

    /// First address of the region.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// All words of the region, from [`Memory::base`] up.
    pub fn words(&self) -> &[u32] {
        &self.words
    }

    /// All words of the region, to be changed.
    pub(crate) fn words_mut(&mut self) -> &mut [u32] {
        &mut self.words
    }

    /// Word `index` of the block at `addr`; zero outside the region.
    pub(crate) fn word(&self, addr: u32, index: usize) -> u32 {
        let first = (addr.wrapping_sub(self.base) / 4) as usize;
        self.words.get(first + index).copied().unwrap_or(0)
    }

    /// Sets word `index` of the block at `addr`, if it is in the region.
    pub(crate) fn set_word(&mut self, addr: u32, index: usize, value: u32) {
        let first = (addr.wrapping_sub(self.base) / 4) as usize;
        if let Some(word) = self.words.get_mut(first + index) {
            *word = value;
        }
    }

    /// The `len` bytes at `addr`, if all are in the region.
    pub(crate) fn bytes(&self, addr: u32, len: u32) -> Option<Vec<u8>> {
        let start = addr.checked_sub(self.base)? as usize;
        let end = start.checked_add(len as usize)?;
        let words = self.words.get(start / 4..end.div_ceil(4))?;
        let bytes = words.iter().flat_map(|word| word.to_le_bytes());
        Some(bytes.skip(start % 4).take(len as usize).collect())
    }

    /// Index of the word of an access of `width` bytes at `addr`, if it is aligned and in memory.
    #[inline(always)]
    pub(crate) fn index(&self, addr: u32, width: u32) -> Option<usize> {
        let index = (addr.wrapping_sub(self.base) / 4) as usize;
        // A width is a power of two; the compiler would divide by it.
        (addr & (width - 1) == 0 && index < self.words.len()).then_some(index)
    }

    /// Why an access of `width` bytes at `addr` is none: it is misaligned or outside memory. `sp` is
    /// the stack pointer.
    pub(crate) fn trap(&self, access: Access, addr: u32, width: u32, sp: u32) -> Trap {
        let misaligned = addr & (width - 1) != 0;
        match (access, self.stack_end) {
            (Access::Load, _) if misaligned => Trap::LoadAddressMisaligned { addr },
            (Access::Store, _) if misaligned => Trap::StoreAddressMisaligned { addr },
            (_, Some(end)) if addr < end && sp < end.saturating_add(GUARD) => Trap::StackOverflow { addr, end },
            (Access::Load, _) => Trap::LoadAccessFault { addr },
            (Access::Store, _) => Trap::StoreAccessFault { addr },
        }
    }
}

/// An access below memory counts as stack overflow if the stack pointer is below this distance from
/// the end: the frame that overflows may be addressed before the stack pointer has moved.
const GUARD: u32 = 4096;

/// The lowest address of the stack, if nothing lies below it.
fn stack_end(program: &Program) -> Option<u32> {
    let Layout { base, stack_pointer, .. } = *program.layout();
    let lowest = program.image().segments.first()?.addr;
    (stack_pointer <= lowest).then_some(base)
}
