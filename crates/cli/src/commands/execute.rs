//! `cargo zkvm execute`

use std::collections::BTreeMap;
use std::fmt;
use std::time::Instant;

use clap::Args;
use serde::Serialize;

use crate::args::LimitArgs;
use crate::failure::Failure;
use crate::guest::Context;
use crate::inputs::RunArgs;
use crate::report::Grouped;
use crate::run::{RunReport, Terminal, statistics};

/// Runs a guest without proving.
#[derive(Args, Debug)]
pub struct Execute {
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    limits: LimitArgs,
    /// Show the cycles of each function
    #[arg(long)]
    profile: bool,
    /// Show how often each instruction was executed
    #[arg(long)]
    mix: bool,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    run: RunReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<Vec<Function>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mix: Option<BTreeMap<&'static str, u64>>,
}

#[derive(Serialize)]
struct Function {
    function: String,
    cycles: u64,
}

impl Execute {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<(), Failure> {
        let (guest, input) = self.run.split()?;
        let guest = context.load(&guest)?.guest;
        let input = input.encode(guest.signature())?;
        let mut terminal = Terminal::new(context.reporter.json);
        let start = Instant::now();
        let result = guest.execute(&input, &self.limits.limits(), &mut terminal);
        let time = start.elapsed();

        let statistics = statistics(&result);
        let functions = || {
            let functions = statistics.by_function(guest.symbols()).into_iter();
            functions.map(|(function, cycles)| Function { function, cycles }).collect()
        };
        let profile = self.profile.then(functions);
        let mix = self.mix.then(|| statistics.mix.clone());
        let report = Report { run: RunReport::new(&guest, &result, 0, time, terminal), profile, mix };
        context.reporter.print(&report)?;
        report.run.failure().map_or(Ok(()), Err)
    }
}

/// Functions that the text report names; JSON names all.
const FUNCTIONS: usize = 20;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.run.fmt(f)?;
        let cycles = self.run.cycles.max(1) as f64;
        if let Some(profile) = &self.profile {
            writeln!(f, "\n{:>14}      %  function", "cycles")?;
            for Function { function, cycles: count } in profile.iter().take(FUNCTIONS) {
                writeln!(f, "{:>14} {:>6.1}  {function}", Grouped(*count), 100.0 * *count as f64 / cycles)?;
            }
        }
        if let Some(mix) = &self.mix {
            writeln!(f, "\n{:>14}  instruction", "executions")?;
            let mut mix: Vec<_> = mix.iter().collect();
            mix.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
            for (name, count) in mix {
                writeln!(f, "{:>14}  {}", Grouped(*count), name.to_lowercase())?;
            }
        }
        Ok(())
    }
}
