//! Progress of a proof: a bar on a terminal, otherwise a plain line for each step.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use zkvm_host::{Observer, Step};

use crate::report::{Reporter, Seconds, tell};

/// Steps of a proof, for the length of the bar; were there more, it would be full too early.
const STEPS: u64 = 19;
/// Further steps of a zero-knowledge proof: the rows' blindings, and what hides the messages.
const HIDING_STEPS: u64 = 2;

/// Shows the steps of a proof as they finish, and remembers them.
pub struct Progress {
    /// The finished steps.
    pub steps: Vec<Step>,
    display: Display,
}

enum Display {
    Silent,
    Lines,
    Bar(ProgressBar),
}

impl Progress {
    /// Starts to show progress; JSON output is silent.
    pub fn start(reporter: &Reporter, what: &str, zero_knowledge: bool) -> Self {
        let display = match (reporter.json, stderr().is_terminal()) {
            (true, _) => Display::Silent,
            (false, true) => Display::Bar(bar(what, if zero_knowledge { STEPS + HIDING_STEPS } else { STEPS })),
            (false, false) => {
                tell(what);
                Display::Lines
            }
        };
        Progress { steps: Vec::new(), display }
    }

    /// Clears the bar.
    pub fn finish(self) -> Vec<Step> {
        if let Display::Bar(bar) = self.display {
            bar.finish_and_clear();
        }
        self.steps
    }
}

fn bar(what: &str, steps: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps).with_prefix(what.to_owned());
    let style = ProgressStyle::with_template("{prefix} [{bar:30}] {elapsed} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

impl Observer for Progress {
    fn finished(&mut self, step: Step) {
        let Step { name, time } = step;
        match &self.display {
            Display::Silent => {}
            Display::Lines => tell(format_args!("  {name:<16} {}", Seconds(time.wall))),
            Display::Bar(bar) => {
                bar.inc(1);
                bar.set_message(name);
            }
        }
        self.steps.push(step);
    }
}
