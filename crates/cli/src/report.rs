//! Results on the standard output: text for people, or one JSON object for programs.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::failure::{Class, Failure};

/// Prints reports.
#[derive(Clone, Copy, Debug)]
pub struct Reporter {
    /// As JSON.
    pub json: bool,
}

impl Reporter {
    /// Prints a report.
    ///
    /// # Errors
    /// If the standard output is closed or full.
    pub fn print(&self, report: &(impl Serialize + Display)) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string(report).map_err(|error| Class::Environment.because(error))? + "\n"
        } else {
            report.to_string()
        };
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|error| Class::Environment.because(format_args!("standard output: {error}")))
    }

    /// Prints what went wrong, and gives the exit code.
    pub fn failed(&self, failure: Failure) -> ExitCode {
        let Failure { class, message, reported } = failure;
        if self.json && !reported {
            // The exit code remains if nobody listens.
            let _ = writeln!(io::stdout(), "{}", json!({ "error": message, "class": class.name() }));
        }
        self.status(format_args!("error: {message}"));
        class.into()
    }

    /// Tells what is being done, on the standard error.
    pub fn status(&self, message: impl Display) {
        if !self.json {
            tell(message);
        }
    }
}

/// Writes a line to the standard error. That nobody reads it is no reason to stop.
pub fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// Lines of a name and a value.
pub struct Lines<'a, 'f>(pub &'a mut fmt::Formatter<'f>);

impl Lines<'_, '_> {
    /// Adds a line.
    pub fn line(&mut self, name: &str, value: impl Display) -> fmt::Result {
        writeln!(self.0, "{name:<14} {value}")
    }

    /// Adds a line if there is a value.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> fmt::Result {
        value.map_or(Ok(()), |value| self.line(name, value))
    }
}

/// A number with its digits in groups of three.
pub struct Grouped(pub u64);

impl Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad_integral(true, "", &text)
    }
}

/// A number of bytes, with a unit.
pub struct Bytes(pub u64);

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = ["KiB", "MiB", "GiB"];
        let mut value = self.0 as f64;
        let mut unit = "B";
        for larger in units {
            if value < 1024.0 {
                break;
            }
            (value, unit) = (value / 1024.0, larger);
        }
        if unit == "B" { write!(f, "{} B", self.0) } else { write!(f, "{value:.1} {unit}") }
    }
}

/// A time, with a unit; in JSON a number of seconds.
#[derive(Clone, Copy, Debug)]
pub struct Seconds(pub Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs_f64() {
            seconds if seconds < 1.0 => write!(f, "{:.1} ms", seconds * 1e3),
            seconds => write!(f, "{seconds:.2} s"),
        }
    }
}

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0.as_secs_f64())
    }
}

/// Bytes as `0x…`.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(Grouped(7).to_string(), "7");
        assert_eq!(Grouped(123_456).to_string(), "123,456");
        assert_eq!(Grouped(1_048_576).to_string(), "1,048,576");
        assert_eq!(format!("{:>8}", Grouped(1000)), "   1,000");
        assert_eq!(Bytes(1023).to_string(), "1023 B");
        assert_eq!(Bytes(1536).to_string(), "1.5 KiB");
        assert_eq!(Seconds(Duration::from_millis(12)).to_string(), "12.0 ms");
        assert_eq!(Seconds(Duration::from_millis(1234)).to_string(), "1.23 s");
        assert_eq!(hex(&[0, 255]), "0x00ff");
    }
}
