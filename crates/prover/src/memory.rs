//! Memory that a proof takes, and that the system has.

use std::fs;
use std::path::Path;

/// Bytes per step of the padded trace, and what a proof takes besides: measured at 2^16 to 2^24 steps
/// (`cargo xtask bench`).
const BYTES_PER_STEP: u64 = 448;
const FIXED_BYTES: u64 = 32 << 20;

/// Bytes that proving 2^`log_t` steps takes, about.
pub fn needed(log_t: usize) -> u64 {
    let steps = u32::try_from(log_t).ok().and_then(|log_t| 1u64.checked_shl(log_t)).unwrap_or(u64::MAX);
    steps.saturating_mul(BYTES_PER_STEP).saturating_add(FIXED_BYTES)
}

/// Bytes that this process may still take without swapping or being killed, where Linux tells: what
/// the machine has available, and what the control group (version 2) leaves.
pub fn available() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| machine(&text));
    let group = fs::read_to_string("/proc/self/cgroup").ok().and_then(|text| group(Path::new("/sys/fs/cgroup"), &text));
    machine.into_iter().chain(group).min()
}

/// MemAvailable of /proc/meminfo, which is in KiB.
fn machine(text: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    value.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1 << 10)
}

/// The least that the group of /proc/self/cgroup and those above it leave.
fn group(root: &Path, text: &str) -> Option<u64> {
    let path = text.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let groups = Path::new(path).ancestors().map(|group| root.join(group));
    groups.filter_map(|group| left(&group)).min()
}

/// What is left to one group: its limit less what it uses, files that can be dropped aside.
fn left(group: &Path) -> Option<u64> {
    let number = |file: &str| fs::read_to_string(group.join(file)).ok()?.trim().parse::<u64>().ok();
    let (limit, used) = (number("memory.max")?, number("memory.current")?);
    let statistics = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let files = statistics.lines().find_map(|line| line.strip_prefix("inactive_file "));
    let files = files.and_then(|value| value.parse().ok()).unwrap_or(0);
    Some(limit.saturating_sub(used.saturating_sub(files)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_and_the_group_are_read() {
        assert_eq!(machine("MemTotal:       9 kB\nMemAvailable:   25 kB\n"), Some(25 << 10));
        assert_eq!(machine("MemTotal: 9 kB\n"), None);
        let root = std::env::temp_dir().join(format!("zkvm-memory-{}", std::process::id()));
        fs::create_dir_all(root.join("a/b")).unwrap();
        let write = |name: &str, text: &str| fs::write(root.join(name), text).unwrap();
        write("a/memory.max", "1000\n");
        write("a/memory.current", "700\n");
        write("a/memory.stat", "anon 5\ninactive_file 100\n");
        write("a/b/memory.max", "max\n");
        write("a/b/memory.current", "600\n");
        assert_eq!(group(&root, "0::/a/b\n"), Some(400));
        assert_eq!(group(&root, "1:cpu:/a/b\n"), None);
        assert_eq!(group(&root, "0::/\n"), None);
        fs::remove_dir_all(root).unwrap();
    }

    #[test]
    fn memory_grows_with_the_steps_and_never_wraps() {
        assert!((0..100).all(|log_t| needed(log_t) <= needed(log_t + 1)));
        assert_eq!(needed(64), u64::MAX);
    }
}
