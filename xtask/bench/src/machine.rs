//! What the operating system and the processor say.

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use ark_bn254::Fr;
use ark_ff::Field;

/// The most memory that this process has had, where Linux tells.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

/// CPU time of all threads so far, in steps of 10 ms, where Linux tells.
pub fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold spaces. User and system time are the 14th
    // and 15th field, in ticks of which Linux counts 100 a second.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ticks()? + ticks()?) as f64 / 100.0)
}

/// Time of one multiplication of arkworks' scalar field, in a chain where each needs the last: the
/// best of many short runs, which other programs disturb least.
pub fn multiplication_ns() -> f64 {
    const COUNT: u32 = 20_000;
    let factor = Fr::from(0x1234_5678_9abc_def1_u64).inverse().unwrap_or_default();
    let time = || {
        let start = Instant::now();
        let product = (0..COUNT).fold(black_box(factor), |product, _| product * factor);
        black_box(product);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(COUNT)
    };
    (0..100).map(|_| time()).fold(f64::INFINITY, f64::min)
}
