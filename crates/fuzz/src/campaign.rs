//! Running a target on many inputs without a fuzzer: seeds, corpus, and mutations of both.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::Target;
use crate::mutate::mutate;

/// Time after which an input counts as a hang.
const SLOW: Duration = Duration::from_secs(20);

/// When a campaign ends, unless it finds something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// After a number of mutated inputs.
    Inputs(u32),
    /// After a time.
    Elapsed(Duration),
}

/// An input that violates a target's property.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Name of the target.
    pub target: &'static str,
    /// The input.
    pub input: Vec<u8>,
    /// The time, if it was merely slow.
    pub slow: Option<Duration>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: an input of {} bytes ", self.target, self.input.len())?;
        match self.slow {
            Some(time) => write!(f, "takes {} s", time.as_secs()),
            None => f.write_str("violates the property"),
        }
    }
}

/// Checks all `inputs`, then mutations of them; gives the number of inputs checked.
///
/// # Errors
/// The first input that violates the property.
pub fn run(target: &Target, inputs: &[Vec<u8>], until: Until, seed: u64) -> Result<u32, Box<Finding>> {
    let mut rng = StdRng::seed_from_u64(seed);
    let start = Instant::now();
    for input in inputs {
        check(target, input)?;
    }
    let mut count = 0;
    while match until {
        Until::Inputs(most) => count < most,
        Until::Elapsed(time) => start.elapsed() < time,
    } {
        check(target, &mutate(&mut rng, inputs))?;
        count += 1;
    }
    Ok(inputs.len() as u32 + count)
}

fn check(target: &Target, input: &[u8]) -> Result<(), Box<Finding>> {
    let finding = |slow| Err(Box::new(Finding { target: target.name, input: input.to_vec(), slow }));
    let start = Instant::now();
    match catch_unwind(AssertUnwindSafe(|| (target.check)(input))) {
        Err(_) => finding(None),
        Ok(()) if start.elapsed() > SLOW => finding(Some(start.elapsed())),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_is_found_and_given() {
        let check = |bytes: &[u8]| assert!(!bytes.starts_with(b"b"));
        let target = Target { name: "test", check, seeds: || vec![b"a".to_vec()], everyday: 0 };
        let seeds = (target.seeds)();
        assert_eq!(run(&target, &seeds, Until::Inputs(0), 1), Ok(1));
        let finding = run(&target, &seeds, Until::Inputs(100_000), 1).unwrap_err();
        assert!(finding.input.starts_with(b"b"));
        assert_eq!(
            finding.to_string(),
            format!("test: an input of {} bytes violates the property", finding.input.len())
        );
    }
}
