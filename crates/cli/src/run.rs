//! The report on a run, shared by the commands that run guests.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use zkvm_emulator::Host;
use zkvm_host::{Console, Execution, Guest, Statistics, Stream, Trapped};

use crate::failure::{Class, Failure};
use crate::report::{Bytes, Grouped, Lines, Seconds, hex};

/// What a run gave and cost.
#[derive(Serialize)]
pub struct RunReport {
    /// Program id.
    pub program: String,
    /// The exit code, unless the run trapped.
    pub exit_code: Option<u32>,
    /// The output by the guest's signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// The output bytes.
    pub output_hex: Option<String>,
    /// Executed rows.
    pub cycles: u64,
    /// Executed instructions.
    pub instructions: u64,
    /// Memory in use.
    pub memory_bytes: u64,
    /// Time of the run.
    pub seconds: Seconds,
    /// Spans that the guest marked.
    pub spans: Vec<Span>,
    /// What the guest printed; only in JSON.
    pub console: Option<Printed>,
    /// The trap that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trap: Option<TrapReport>,
    /// Message and location of a panic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub panic: Option<String>,
    /// Why the run does not count as a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A span of cycles.
#[derive(Serialize)]
pub struct Span {
    name: String,
    times: u64,
    cycles: u64,
}

/// What a guest printed.
#[derive(Serialize)]
pub struct Printed {
    stdout: String,
    stderr: String,
}

/// A trap.
#[derive(Serialize)]
pub struct TrapReport {
    /// Kind of trap, such as `illegal-instruction`.
    pub name: &'static str,
    pc: u32,
    location: Option<String>,
    message: String,
}

/// Receives what a guest prints: passes it on, or keeps it for the JSON report.
pub enum Terminal {
    /// Passes it on.
    Through,
    /// Keeps it.
    Kept(Console),
}

impl Terminal {
    /// For text or JSON output.
    pub fn new(json: bool) -> Self {
        if json { Terminal::Kept(Console::default()) } else { Terminal::Through }
    }

    fn printed(self) -> Option<Printed> {
        let Terminal::Kept(console) = self else { return None };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(Printed { stdout: text(&console.stdout), stderr: text(&console.stderr) })
    }
}

impl Host for Terminal {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        // A closed console is no reason to stop the guest.
        match (self, stream) {
            (Terminal::Kept(console), stream) => console.write(stream, bytes),
            (Terminal::Through, Stream::Stdout) => drop(io::stdout().write_all(bytes)),
            (Terminal::Through, Stream::Stderr) => drop(io::stderr().write_all(bytes)),
        }
    }
}

impl RunReport {
    /// The report on a run that should end with `expected` as its exit code.
    pub fn new(
        guest: &Guest,
        result: &Result<Execution, Trapped>,
        expected: u32,
        time: Duration,
        terminal: Terminal,
    ) -> Self {
        let statistics = statistics(result);
        let mut report = RunReport {
            program: guest.id().to_string(),
            exit_code: None,
            output: None,
            output_hex: None,
            cycles: statistics.cycles,
            instructions: statistics.instructions,
            memory_bytes: statistics.peak_memory,
            seconds: Seconds(time),
            spans: statistics.spans.iter().map(Span::from).collect(),
            console: terminal.printed(),
            trap: None,
            panic: statistics.panic.clone(),
            error: None,
        };
        match result {
            Ok(execution) => report.ended(guest, execution, expected),
            Err(trapped) => report.trapped(trapped),
        }
        report
    }

    fn ended(&mut self, guest: &Guest, execution: &Execution, expected: u32) {
        let Execution { exit_code, output, .. } = execution;
        self.exit_code = Some(*exit_code);
        self.output_hex = Some(hex(output));
        if *exit_code != expected {
            self.error = Some(match &self.panic {
                Some(message) => format!("the guest panicked: {message}"),
                None if expected == 0 => format!("the guest exited with code {exit_code}"),
                None => format!("the guest exited with code {exit_code}, not with {expected} as --exit-code demands"),
            });
        } else if let Some(signature) = guest.signature()
            && *exit_code == 0
        {
            match signature.decode_output(output) {
                Ok(value) => self.output = Some(value),
                Err(error) => self.error = Some(error.to_string()),
            }
        }
    }

    fn trapped(&mut self, trapped: &Trapped) {
        let Trapped { fault, location } = trapped;
        self.trap = Some(TrapReport {
            name: fault.trap.name(),
            pc: fault.pc,
            location: location.clone(),
            message: fault.trap.to_string(),
        });
        self.error = Some(trapped.to_string());
    }

    /// Adds to the error, if there is one.
    pub fn add_to_error(&mut self, text: impl fmt::Display) {
        if let Some(error) = &mut self.error {
            *error = format!("{error}{text}");
        }
    }

    /// The failure that a report with an error stands for, once it is printed.
    pub fn failure(&self) -> Option<Failure> {
        let error = self.error.as_ref()?;
        Some(Failure { reported: true, ..Class::Guest.because(error) })
    }
}

/// What was counted, up to the trap if there was one.
pub fn statistics(result: &Result<Execution, Trapped>) -> &Statistics {
    match result {
        Ok(execution) => &execution.statistics,
        Err(trapped) => &trapped.fault.statistics,
    }
}

impl From<&zkvm_emulator::Span> for Span {
    fn from(span: &zkvm_emulator::Span) -> Self {
        Span { name: span.name.clone(), times: span.times, cycles: span.cycles }
    }
}

/// An output for people: the value if it is known, else the bytes.
pub fn describe_output(value: Option<&Value>, bytes: &str) -> String {
    value.map_or_else(|| bytes.to_owned(), Value::to_string)
}

impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines(f);
        lines.optional("output", self.output_hex.as_ref().map(|hex| describe_output(self.output.as_ref(), hex)))?;
        lines.optional("exit code", self.exit_code)?;
        lines.optional("trap", self.trap.as_ref().map(|trap| trap.name))?;
        lines.line("cycles", Grouped(self.cycles))?;
        lines.line("instructions", Grouped(self.instructions))?;
        lines.line("memory", Bytes(self.memory_bytes))?;
        lines.line("time", self.seconds)?;
        for Span { name, times, cycles } in &self.spans {
            lines.line("span", format_args!("{name}: {} cycles in {times} runs", Grouped(*cycles)))?;
        }
        Ok(())
    }
}
