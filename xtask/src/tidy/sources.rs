//! Sizes of files and functions, module docs, and where `unsafe` and features may stand.
//!
//! The code is formatted by rustfmt, so an item ends at the first line that is its indentation
//! and a closing brace.

use std::fs;
use std::path::Path;

use super::exceptions::{LONG_FILES, LONG_FUNCTIONS, UNSAFE};
use crate::Error;
use crate::process::{cargo, output, root};

/// Most lines of a file without its tests.
const FILE_LINES: usize = 420;
/// Most lines of a function.
const FUNCTION_LINES: usize = 60;
/// Crates whose protocol no feature may change.
const WITHOUT_FEATURES: [&str; 2] = ["crates/protocol/", "crates/verifier/"];

/// What breaks the rules.
pub fn check() -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    for path in sources()? {
        let text = fs::read_to_string(root().join(&path))?;
        let lines = without_tests(&text);
        let is_test = ["/tests/", "/testing", "/tests.rs", "/benches/", "/examples/"].iter().any(|p| path.contains(p));
        if !is_test {
            findings.extend(sizes(&path, &lines));
            findings.extend(docs(&path, &text));
        }
        findings.extend(unsafe_code(&path, &lines));
        findings.extend(features(&path, &lines));
    }
    Ok(findings)
}

/// Rust files under version control or about to be, relative to the repository.
pub(super) fn sources() -> Result<Vec<String>, Error> {
    let mut command = std::process::Command::new("git");
    command.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"]).current_dir(root());
    match output(&mut command) {
        Ok(list) => Ok(list.lines().filter(|path| root().join(path).is_file()).map(str::to_owned).collect()),
        // Not a git checkout: the packages' directories.
        Err(_) => packages(),
    }
}

fn packages() -> Result<Vec<String>, Error> {
    let metadata = output(&mut cargo(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)?;
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        for part in ["src", "tests", "benches", "examples", "build.rs"] {
            collect(&manifest.with_file_name(part), &mut found)?;
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<String>) -> Result<(), Error> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), found)?;
        }
    } else if path.is_file() && path.extension().is_some_and(|extension| extension == "rs") {
        found.push(path.strip_prefix(root())?.display().to_string());
    }
    Ok(())
}

/// The lines with their numbers, without modules for tests.
fn without_tests(text: &str) -> Vec<(usize, &str)> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line)).peekable();
    let mut kept = Vec::new();
    while let Some((number, line)) = lines.next() {
        let next_is_module =
            lines.peek().is_some_and(|(_, next)| next.trim_start().starts_with("mod ") && next.ends_with('{'));
        if line.trim() == "#[cfg(test)]" && next_is_module {
            let end = format!("{}}}", indentation(line));
            lines.by_ref().find(|(_, line)| *line == end);
        } else {
            kept.push((number, line));
        }
    }
    kept
}

fn indentation(line: &str) -> &str {
    &line[..line.len() - line.trim_start().len()]
}

fn sizes(path: &str, lines: &[(usize, &str)]) -> Vec<String> {
    let mut findings = Vec::new();
    if lines.len() > FILE_LINES && !LONG_FILES.iter().any(|(listed, _)| *listed == path) {
        findings.push(format!("{path} has {} lines without tests, more than {FILE_LINES}", lines.len()));
    }
    for (index, (number, line)) in lines.iter().enumerate() {
        let Some(name) = function(line) else { continue };
        let end = format!("{}}}", indentation(line));
        let length = lines[index..].iter().position(|(_, line)| *line == end).map_or(1, |offset| offset + 1);
        let one_line = line.ends_with('}') || line.ends_with(';');
        let listed = LONG_FUNCTIONS.iter().any(|(file, function, _)| *file == path && *function == name);
        if length > FUNCTION_LINES && !one_line && !listed {
            findings.push(format!("{path}:{number}: `{name}` has {length} lines, more than {FUNCTION_LINES}"));
        }
    }
    findings
}

/// The name of the function that begins on this line.
pub(super) fn function(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let qualifiers = ["pub", "pub(crate)", "pub(super)", "const", "unsafe", "async", "extern", "\"C\"", "safe"];
    let word = words.by_ref().find(|word| !qualifiers.contains(word))?;
    let name = if word == "fn" { words.next()? } else { return None };
    name.split(['(', '<']).next()
}

fn docs(path: &str, text: &str) -> Option<String> {
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with("#!["));
    let documented = first.is_some_and(|line| line.starts_with("//!"));
    (!documented).then(|| format!("{path} does not begin with its meaning (`//!`)"))
}

/// The part of a line that is code: neither comment nor text.
fn code(line: &str) -> String {
    line.split("//").next().unwrap_or_default().split('"').step_by(2).collect()
}

/// Whether the line has `unsafe` as a word of code.
fn is_unsafe(line: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    code(line).split(|c| !word(c)).any(|part| part == "unsafe")
}

fn unsafe_code(path: &str, lines: &[(usize, &str)]) -> Vec<String> {
    let listed = UNSAFE.iter().any(|(prefix, _)| path.starts_with(prefix));
    let mut findings = Vec::new();
    for (index, (number, line)) in lines.iter().enumerate().filter(|(_, (_, line))| is_unsafe(line)) {
        if !listed {
            findings.push(format!("{path}:{number}: `unsafe` outside the modules for it"));
        }
        let needs_reason = code(line).contains("unsafe {") || code(line).contains("unsafe impl");
        if needs_reason && !has_reason(&lines[..=index]) {
            findings.push(format!("{path}:{number}: `unsafe` without a SAFETY comment"));
        }
    }
    findings
}

/// Whether the statement that ends with these lines has a SAFETY comment in or right above it.
fn has_reason(lines: &[(usize, &str)]) -> bool {
    let above = lines.iter().rev().map(|(_, line)| line.trim());
    // A statement may begin a few lines above its `unsafe`.
    let mut code_lines = 0;
    for line in above {
        if line.contains("SAFETY:") {
            return true;
        }
        if !line.starts_with("//") && !line.starts_with("#[") {
            code_lines += 1;
        }
        if code_lines > 4 {
            return false;
        }
    }
    false
}

fn features(path: &str, lines: &[(usize, &str)]) -> Vec<String> {
    if !WITHOUT_FEATURES.iter().any(|prefix| path.starts_with(prefix)) {
        return Vec::new();
    }
    let conditional = lines.iter().filter(|(_, line)| code(line).contains("feature = "));
    conditional.map(|(number, _)| format!("{path}:{number}: no features here")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_recognised() {
        assert_eq!(function("    pub const fn name(&self) -> u32 {"), Some("name"));
        assert_eq!(function("fn main() {"), Some("main"));
        assert_eq!(function("pub fn generic<T>(t: T) {"), Some("generic"));
        assert_eq!(function("    let f = |x| fn_pointer(x);"), None);
    }

    #[test]
    fn long_functions_and_files_are_found_and_tests_left_out() {
        let body = "    work();\n".repeat(FUNCTION_LINES);
        let text = format!(
            "fn long() {{\n{body}}}\n\n#[cfg(test)]\nmod tests {{\n    fn longer() {{\n{body}{body}    }}\n}}\n"
        );
        let findings = sizes("a.rs", &without_tests(&text));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains("`long`"), "{findings:?}");
    }

    #[test]
    fn unsafe_needs_a_place_and_a_reason() {
        let lines = |text: &'static str| without_tests(text);
        let bad = unsafe_code("crates/x/src/lib.rs", &lines("unsafe { f() }\n"));
        assert_eq!(bad.len(), 2, "{bad:?}");
        let good = "// SAFETY: f has no conditions.\nlet x = unsafe { f() };\n";
        assert!(unsafe_code("crates/prover/src/kernels/a.rs", &lines(good)).is_empty());
        assert!(unsafe_code("crates/x/src/lib.rs", &lines("#![forbid(unsafe_code)]\n// unsafe\n")).is_empty());
    }
}
