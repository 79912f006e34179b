//! Environment calls other than the exit: console, panic message, cycle spans.
//!
//! They read registers and memory and change neither. A call with an unknown number does nothing,
//! and so does one whose bytes are not in memory: in the proof each is an empty row.

use crate::execution::Span;
use crate::host::{Host, Stream};
use crate::memory::Memory;
use zkvm_abi::ecall;

const A0: usize = 10;
const A1: usize = 11;
const A2: usize = 12;
const A7: usize = 17;

/// Most bytes kept of a name or message.
const MAX_TEXT_BYTES: u32 = 64 << 10;
/// Most spans, by name or open at a time; further ones are not counted.
const MAX_SPANS: usize = 4096;

/// State of the host side of a run.
pub(crate) struct Calls<'a> {
    host: &'a mut dyn Host,
    spans: Vec<Span>,
    /// Index into `spans` and the cycle of the beginning.
    open: Vec<(usize, u64)>,
    panic: Option<String>,
}

/// What the calls of a run leave behind.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) spans: Vec<Span>,
    /// The message of the last panic.
    pub(crate) panic: Option<String>,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(host: &'a mut dyn Host) -> Self {
        Calls { host, spans: Vec::new(), open: Vec::new(), panic: None }
    }

    /// Performs the call that the registers describe, before which `cycles` rows were executed.
    pub(crate) fn perform(&mut self, registers: &[u32], memory: &Memory, cycles: u64) {
        let text = || {
            let bytes = memory.bytes(registers[A0], registers[A1].min(MAX_TEXT_BYTES))?;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        match registers[A7] {
            ecall::WRITE => self.write(registers, memory),
            ecall::PANIC => self.panic = text().or_else(|| self.panic.take()),
            ecall::CYCLES_BEGIN => text().into_iter().for_each(|name| self.begin(name, cycles)),
            ecall::CYCLES_END => text().into_iter().for_each(|name| self.end(&name, cycles)),
            _ => {}
        }
    }

    fn write(&mut self, registers: &[u32], memory: &Memory) {
        let stream = match registers[A0] {
            1 => Stream::Stdout,
            2 => Stream::Stderr,
            _ => return,
        };
        if let Some(bytes) = memory.bytes(registers[A1], registers[A2]) {
            self.host.write(stream, &bytes);
        }
    }

    fn begin(&mut self, name: String, cycles: u64) {
        let known = self.spans.iter().position(|span| span.name == name);
        let index = known.unwrap_or(self.spans.len());
        if index == MAX_SPANS || self.open.len() == MAX_SPANS {
            return;
        }
        if known.is_none() {
            self.spans.push(Span { name, times: 0, cycles: 0 });
        }
        self.open.push((index, cycles));
    }

    /// Ends the span of this name that was begun last; what was begun inside it stays open.
    fn end(&mut self, name: &str, cycles: u64) {
        let last = self.open.iter().rposition(|&(index, _)| self.spans[index].name == name);
        if let Some((index, begun)) = last.map(|at| self.open.remove(at)) {
            let span = &mut self.spans[index];
            span.times += 1;
            span.cycles += cycles - begun;
        }
    }

    pub(crate) fn finish(self) -> Outcome {
        Outcome { spans: self.spans, panic: self.panic }
    }
}
