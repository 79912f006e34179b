//! What a run yields: exit code, output, and what was counted.

use crate::symbols::Symbols;
use std::collections::BTreeMap;

/// Bounds on a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Most cycles, that is executed bytecode rows, up to and including the first halt row.
    pub max_cycles: u64,
}

impl Default for Limits {
    /// 2^32 cycles.
    fn default() -> Self {
        Limits { max_cycles: 1 << 32 }
    }
}

/// A run that ended with the exit call.
#[derive(Clone, PartialEq, Debug)]
pub struct Execution {
    /// `a0` of the exit call; 101 is a panic.
    pub exit_code: u32,
    /// The output bytes.
    pub output: Vec<u8>,
    /// What was counted.
    pub statistics: Statistics,
}

/// Counts of a run, or of a run up to its trap.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Statistics {
    /// Cycles: executed bytecode rows, up to and including the first halt row. What the proof costs.
    pub cycles: u64,
    /// Executed instructions.
    pub instructions: u64,
    /// Executions of each instruction of the text, by address; those never executed are left out.
    pub profile: Vec<Count>,
    /// Executed instructions by mnemonic.
    pub mix: BTreeMap<&'static str, u64>,
    /// Lowest and highest address (exclusive) in use, counted in pages of 4 KiB: the output block,
    /// the input block, the image, and what the program has touched. A proof needs this region.
    pub memory: (u32, u32),
    /// Bytes of stack, image and heap in use, counted in pages of 4 KiB.
    pub peak_memory: u64,
    /// The spans that the program marked, in order of their first beginning.
    pub spans: Vec<Span>,
    /// The message of the panic that ended the program, if one did.
    pub panic: Option<String>,
}

/// How often an instruction was executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Count {
    /// Its address.
    pub pc: u32,
    /// Its executions.
    pub executions: u64,
    /// Cycles spent on all of them.
    pub cycles: u64,
}

/// Cycles between a begin and an end marker, summed over all such pairs of one name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Span {
    /// Name given by the program.
    pub name: String,
    /// Number of times that it ended.
    pub times: u64,
    /// Cycles inside; those of the markers' own calls partly included.
    pub cycles: u64,
}

impl Statistics {
    /// Cycles by function, most expensive first. Text without a name counts as `?`.
    pub fn by_function(&self, symbols: &Symbols) -> Vec<(String, u64)> {
        let mut functions = BTreeMap::new();
        for count in &self.profile {
            let name = symbols.locate(count.pc).map_or("?".into(), |location| location.name);
            *functions.entry(name).or_insert(0) += count.cycles;
        }
        let mut functions: Vec<_> = functions.into_iter().collect();
        functions.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        functions
    }
}
