//! Progress and timing of a proof.

use std::time::{Duration, Instant};

/// A part of proving, in order: one per message group and one per relation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Name: `witness`, `commit`, `skip`, a relation's name or `open`.
    pub name: &'static str,
    /// Wall time spent on it.
    pub time: Duration,
}

/// Told of every finished step.
pub trait Observer {
    /// `step` is finished. Relations of one batch finish together.
    fn finished(&mut self, step: Step);
}

/// Ignores everything.
impl Observer for () {
    fn finished(&mut self, _: Step) {}
}

/// Collects the steps.
impl Observer for Vec<Step> {
    fn finished(&mut self, step: Step) {
        self.push(step);
    }
}

/// Runs `work` as the step `name`.
pub(crate) fn observe<T>(observer: &mut dyn Observer, name: &'static str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let value = work();
    observer.finished(Step { name, time: start.elapsed() });
    value
}
