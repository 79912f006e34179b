//! Cycle markers: named spans whose cycles the host counts during execution.

/// Runs `work` as the cycle span `name`.
///
/// Spans may nest, and a name may be used many times: the host sums its spans. A marker takes a few
/// cycles itself.
pub fn cycles<T>(name: &'static str, work: impl FnOnce() -> T) -> T {
    let _span = CycleSpan::begin(name);
    work()
}

/// A cycle span that lasts until it is dropped.
#[derive(Debug)]
#[must_use = "the span ends when this value is dropped"]
pub struct CycleSpan {
    #[cfg_attr(not(target_arch = "riscv32"), allow(dead_code, reason = "only a guest has cycles"))]
    name: &'static str,
}

impl CycleSpan {
    /// Begins the span `name`.
    pub fn begin(name: &'static str) -> Self {
        #[cfg(target_arch = "riscv32")]
        crate::runtime::cycles_begin(name);
        Self { name }
    }
}

impl Drop for CycleSpan {
    fn drop(&mut self) {
        #[cfg(target_arch = "riscv32")]
        crate::runtime::cycles_end(self.name);
    }
}
