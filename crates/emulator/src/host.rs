//! Host calls: how a running program speaks to the outside. They change neither registers nor
//! memory and are empty rows of the proof, so nothing here is proven.

/// Where console output goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stream {
    /// Standard output (1).
    Stdout,
    /// Standard error (2).
    Stderr,
}

/// Receives what a program prints.
pub trait Host {
    /// Called with the bytes of each write, in order.
    fn write(&mut self, stream: Stream, bytes: &[u8]);
}

/// Discards everything.
impl Host for () {
    fn write(&mut self, _: Stream, _: &[u8]) {}
}

impl<F: FnMut(Stream, &[u8])> Host for F {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        self(stream, bytes);
    }
}

/// Keeps the output in memory, up to a limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Console {
    /// What was written to standard output.
    pub stdout: Vec<u8>,
    /// What was written to standard error.
    pub stderr: Vec<u8>,
    /// Whether something was left out because of the limit.
    pub truncated: bool,
    limit: usize,
}

impl Console {
    /// Keeps at most `limit` bytes of each stream.
    pub fn with_limit(limit: usize) -> Self {
        Console { stdout: Vec::new(), stderr: Vec::new(), truncated: false, limit }
    }
}

impl Default for Console {
    /// Keeps 16 MiB of each stream.
    fn default() -> Self {
        Self::with_limit(16 << 20)
    }
}

impl Host for Console {
    fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let kept = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let room = self.limit - kept.len();
        self.truncated |= bytes.len() > room;
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}
