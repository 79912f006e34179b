//! Progress of a proof: a moving line on a terminal, otherwise a plain line for each step.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use zkvm_host::{Observer, Step};

use crate::report::{Reporter, Seconds};

/// Shows the steps of a proof as they finish, and remembers them.
pub struct Progress {
    /// The finished steps.
    pub steps: Vec<Step>,
    what: String,
    bar: Option<ProgressBar>,
    plain: bool,
}

impl Progress {
    /// Starts to show progress; JSON output is silent.
    pub fn start(reporter: &Reporter, what: String) -> Self {
        let terminal = !reporter.json && stderr().is_terminal();
        let bar = terminal.then(|| {
            let bar = ProgressBar::new_spinner().with_message(what.clone());
            let style = ProgressStyle::with_template("{spinner} {msg} [{elapsed}]");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        let plain = !reporter.json && !terminal;
        if plain {
            eprintln!("{what}");
        }
        Progress { steps: Vec::new(), what, bar, plain }
    }

    /// Clears the moving line.
    pub fn finish(self) -> Vec<Step> {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
        self.steps
    }
}

impl Observer for Progress {
    fn finished(&mut self, step: Step) {
        self.steps.push(step);
        let Step { name, time } = step;
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {} steps done, last {name}", self.what, self.steps.len()));
        }
        if self.plain {
            eprintln!("  {name:<28} {}", Seconds(time));
        }
    }
}
