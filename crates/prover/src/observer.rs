//! Progress and timing of a proof.

use cpu_time::ProcessTime;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

/// A part of proving, in order: one per message group and one per relation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Name: `witness`, `commit`, `skip`, a relation's name or `open`.
    pub name: &'static str,
    /// Time spent on it.
    pub time: Time,
}

/// Time as it passes and as it is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Time {
    /// Wall time.
    pub wall: Duration,
    /// CPU time of all threads of the process.
    pub cpu: Duration,
}

impl AddAssign for Time {
    fn add_assign(&mut self, other: Time) {
        self.wall += other.wall;
        self.cpu += other.cpu;
    }
}

/// Runs `work` and adds the time it takes to `time`.
pub(crate) fn timed<T>(time: &mut Time, work: impl FnOnce() -> T) -> T {
    let (wall, cpu) = (Instant::now(), ProcessTime::now());
    let value = work();
    *time += Time { wall: wall.elapsed(), cpu: cpu.elapsed() };
    value
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
    let mut time = Time::default();
    let value = timed(&mut time, work);
    observer.finished(Step { name, time });
    value
}
