//! From executions per instruction to the statistics of a run.

use crate::calls::Outcome;
use crate::code::{Code, Stop};
use crate::execution::{Count, Execution, Statistics};
use crate::fault::{Fault, Trap};
use crate::memory::Memory;
use zkvm_abi::{INPUT_BYTES, MAX_OUTPUT_BYTES, OUTPUT_BYTES, output};
use zkvm_isa::program::Program;

/// Words of a page, the granularity in which the use of memory is counted.
const PAGE_WORDS: usize = 1024;

/// A range of words of memory that contains all words used so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Usage {
    pub(crate) start: usize,
    pub(crate) end: usize,
    words: usize,
}

impl Usage {
    /// What is in use from the start: from the blocks or the image, whichever is lower, to the end
    /// of the higher one.
    pub(crate) fn new(program: &Program) -> Self {
        let layout = program.layout();
        let lowest = program.image().segments.first().map_or(layout.output, |first| first.addr);
        let start = lowest.min(layout.output) - layout.base;
        let end = layout.heap.max(layout.input + INPUT_BYTES) - layout.base;
        let (start, end) = (start as usize / 4, (end as usize).div_ceil(4));
        let words = 1 << layout.max_log_words;
        let end = end.next_multiple_of(PAGE_WORDS).min(words);
        Usage { start: start / PAGE_WORDS * PAGE_WORDS, end, words }
    }

    #[inline(always)]
    pub(crate) fn contains(&self, index: usize) -> bool {
        index.wrapping_sub(self.start) < self.end - self.start
    }

    /// Extends the range by the page of word `index`, which must be in memory.
    pub(crate) fn touch(&mut self, index: usize) {
        let page = index / PAGE_WORDS * PAGE_WORDS;
        self.start = self.start.min(page);
        self.end = self.end.max((page + PAGE_WORDS).min(self.words));
    }
}

/// How a run ended.
pub(crate) enum End {
    /// At the halt row.
    Halted,
    /// In front of a row.
    Stopped(Stop, u32),
}

/// What a mode of execution has gathered when the run ends.
pub(crate) struct Finished<'a> {
    pub(crate) program: &'a Program,
    pub(crate) code: &'a Code<'a>,
    pub(crate) memory: &'a Memory,
    pub(crate) usage: Usage,
    /// Executions of the instruction that begins with each row; other entries are ignored.
    pub(crate) executions: Vec<u64>,
    /// First row of the last instruction that was begun.
    pub(crate) last: Option<u32>,
    pub(crate) calls: Outcome,
}

impl Finished<'_> {
    /// The result of the run.
    pub(crate) fn result(mut self, end: End) -> Result<Execution, Fault> {
        if let End::Stopped(stop, row) = end {
            return Err(self.fault(stop, row));
        }
        let statistics = self.statistics(self.code.final_rows());
        match read_output(self.program, self.memory) {
            Ok((exit_code, output)) => Ok(Execution { exit_code, output, statistics }),
            Err(trap) => {
                let pc = self.address_of(self.last);
                Err(Fault { trap, pc, statistics: Box::new(statistics) })
            }
        }
    }

    /// The fault of a run that stopped in front of `row`; counts what was executed before.
    fn fault(&mut self, stop: Stop, row: u32) -> Fault {
        let first = self.code.is_first(row);
        let pc = match (stop.at, self.last) {
            (Some(pc), _) => {
                if first {
                    // The jump at this row happened: it is the next instruction that traps.
                    self.executions[row as usize] += 1;
                }
                pc
            }
            (None, _) if first => self.address_of(Some(row)),
            (None, last) => {
                // In the middle of an instruction, or behind one that leads nowhere.
                if let Some(last) = last {
                    self.executions[last as usize] -= 1;
                }
                self.address_of(last)
            }
        };
        Fault { trap: stop.trap, pc, statistics: Box::new(self.statistics(0)) }
    }

    /// The address of an instruction, of the entry for none.
    fn address_of(&self, first: Option<u32>) -> u32 {
        first.and_then(|row| self.code.address_of(row)).unwrap_or(self.program.image().entry)
    }

    /// All words in use but those of the blocks, which have a fixed size whether used or not.
    fn peak_memory(&self) -> u64 {
        let blocks = u64::from(OUTPUT_BYTES) + u64::from(INPUT_BYTES);
        4 * (self.usage.end - self.usage.start) as u64 - blocks
    }

    fn statistics(&mut self, final_rows: u64) -> Statistics {
        let base = self.memory.base();
        let bound = |index: usize| base + 4 * index as u32;
        let mut statistics = Statistics {
            cycles: u64::from(self.code.prologue_rows()) + final_rows,
            memory: (bound(self.usage.start), bound(self.usage.end)),
            peak_memory: self.peak_memory(),
            spans: std::mem::take(&mut self.calls.spans),
            panic: self.calls.panic.take(),
            ..Statistics::default()
        };
        for &first in self.code.first_rows() {
            let executions = self.executions[first as usize];
            if executions == 0 {
                continue;
            }
            let pc = self.address_of(Some(first));
            let cycles = executions * u64::from(self.code.len_of(first));
            statistics.profile.push(Count { pc, executions, cycles });
            statistics.instructions += executions;
            statistics.cycles += cycles;
            if let Some(decoded) = self.code.decoded(first) {
                *statistics.mix.entry(decoded.instruction.name).or_insert(0) += executions;
            }
        }
        statistics
    }
}

/// Exit code and output bytes: the block is length, bytes, and zeros to its end.
fn read_output(program: &Program, memory: &Memory) -> Result<(u32, Vec<u8>), Trap> {
    let block = program.layout().output;
    let exit_code = memory.word(block, output::EXIT_CODE);
    let length = memory.word(block, output::LENGTH);
    let malformed = Trap::MalformedOutput { length };
    let data = block + 4 * output::DATA as u32;
    let mut bytes = memory.bytes(data, MAX_OUTPUT_BYTES as u32).ok_or(malformed)?;
    if length as usize > MAX_OUTPUT_BYTES {
        return Err(malformed);
    }
    let padding = bytes.split_off(length as usize);
    match padding.iter().all(|&byte| byte == 0) {
        true => Ok((exit_code, bytes)),
        false => Err(malformed),
    }
}
