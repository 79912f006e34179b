//! What the documents on soundness quote exists: files, and the tests that stand against each defect.
//!
//! A table's column `test` names tests as code, `file.rs`: `name`, `name`, or by any part of a name in
//! italics, with spaces for underscores. Files are named relative to the repository, to `crates` or to
//! `crates/prover/src`, or by their last part.

use std::collections::BTreeSet;
use std::fs;

use super::sources;
use crate::Error;
use crate::process::root;

/// The documents.
const DOCUMENTS: [&str; 2] = ["docs/soundness.md", "docs/mutants.md"];
/// Where the paths that they quote begin.
const DIRECTORIES: [&str; 3] = ["", "crates/", "crates/prover/src/"];
/// The heading of a column that names tests.
const TESTS: &str = "test";

/// What there is to quote.
struct Quotable {
    /// Rust files, relative to the repository.
    files: BTreeSet<String>,
    /// Test functions: file, name.
    tests: Vec<(String, String)>,
}

/// The quotes of nothing.
pub fn check() -> Result<Vec<String>, Error> {
    let mut quotable = Quotable { files: sources::sources()?.into_iter().collect(), tests: Vec::new() };
    for path in &quotable.files {
        let text = fs::read_to_string(root().join(path))?;
        quotable.tests.extend(test_names(&text).map(|name| (path.clone(), name.to_owned())));
    }
    let mut findings = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document))?;
        findings.extend(dangling(&text, &quotable).into_iter().map(|quote| format!("{document} quotes {quote}")));
    }
    Ok(findings)
}

/// The names of the test functions in a file.
fn test_names(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().map(str::trim);
    std::iter::from_fn(move || {
        lines.find(|line| *line == "#[test]")?;
        lines.find_map(sources::function)
    })
}

/// What a document quotes that is not there.
fn dangling(text: &str, quotable: &Quotable) -> Vec<String> {
    let mut findings = Vec::new();
    // The place of the column of tests, while in a table that has one.
    let mut column = None;
    for line in text.lines() {
        let paths = code(line).filter(|span| is_path(span));
        findings.extend(paths.filter(|path| !quotable.has_path(path)).map(|path| format!("`{path}`")));
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        column = if line.starts_with('|') { cells.iter().position(|cell| *cell == TESTS).or(column) } else { None };
        let quotes = column.and_then(|column| cells.get(column)).filter(|cell| **cell != TESTS);
        findings.extend(quotes.into_iter().flat_map(|cell| quotable.dangling_tests(cell)));
    }
    findings
}

/// The spans of code in a text.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Whether a span of code names a file or directory.
fn is_path(span: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    span.chars().all(plain) && (span.ends_with(".rs") || span.contains('/'))
}

/// Whether a span of code can be the name of a test: several words.
fn is_name(span: &str) -> bool {
    span.contains('_') && span.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

impl Quotable {
    fn has_path(&self, path: &str) -> bool {
        let exists = DIRECTORIES.iter().any(|directory| root().join(directory).join(path).exists());
        exists || self.files.iter().any(|file| is_file(file, path))
    }

    /// The tests quoted by a cell that are not there.
    fn dangling_tests(&self, cell: &str) -> Vec<String> {
        let mut findings = Vec::new();
        // The file that names belong to; any, before one is named.
        let mut last = "";
        for span in code(cell) {
            let mut files = self.tests.iter().filter(|(_, name)| name == span).map(|(file, _)| file);
            if span.ends_with(".rs") {
                last = span;
            } else if is_name(span) && !files.any(|file| last.is_empty() || is_file(file, last)) {
                findings.push(format!("the test `{span}`"));
            }
        }
        let text: String = cell.split('`').step_by(2).collect();
        for italics in text.split('*').skip(1).step_by(2) {
            let words = italics.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), " ");
            let part = words.split_whitespace().collect::<Vec<_>>().join("_");
            if !self.tests.iter().any(|(_, name)| name.contains(&part)) {
                findings.push(format!("the test *{italics}*"));
            }
        }
        findings
    }
}

/// Whether the path `quote` can mean this file.
fn is_file(file: &str, quote: &str) -> bool {
    file.strip_suffix(quote).is_some_and(|directory| directory.is_empty() || directory.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotable() -> Quotable {
        let text = "#[test]\nfn operands_cannot_be_changed() {}\n\nfn helper() {}\n\n#[test]\n#[cfg(unix)]\nfn lanes_are_bound() {}\n";
        let file = "crates/prover/src/tests/faults.rs";
        let tests = test_names(text).map(|name| (file.to_owned(), name.to_owned())).collect();
        Quotable { files: [file.to_owned(), "crates/isa/tests/layout.rs".to_owned()].into(), tests }
    }

    fn row(cell: &str) -> Vec<String> {
        dangling(&format!("| class | test |\n| --- | --- |\n| *no test*, `no_test` | {cell} |\n"), &quotable())
    }

    #[test]
    fn tests_that_exist_can_be_quoted_in_every_form() {
        for cell in [
            "",
            "by type",
            "*operands*, *Lanes are bound*: `left.mode`",
            "`tests/faults.rs`: `lanes_are_bound`, `operands_cannot_be_changed`",
            "*`faults.rs`: `lanes_are_bound`*",
            "`crates/prover/src/tests/faults.rs`, `isa/tests/layout.rs`, `crates/prover`, `prover/src`",
        ] {
            assert!(row(cell).is_empty(), "{cell}: {:?}", row(cell));
        }
    }

    #[test]
    fn quotes_of_nothing_are_found() {
        for (cell, expected) in [
            ("*operands*, *other lanes*", "the test *other lanes*"),
            ("`lanes_are`", "the test `lanes_are`"),
            ("*helper*", "the test *helper*"),
            ("`isa/tests/layout.rs`: `lanes_are_bound`", "the test `lanes_are_bound`"),
            ("`faults.rs`: `lanes_are_bound`, `lanes_are_bent` (all); *operands*", "the test `lanes_are_bent`"),
            ("`tests/fault.rs`", "`tests/fault.rs`"),
            ("`aults.rs`", "`aults.rs`"),
            ("`crates/nowhere`", "`crates/nowhere`"),
        ] {
            assert_eq!(row(cell), [expected]);
        }
        assert_eq!(dangling("No table: *no test*, `no_test`, `no/file.rs`.", &quotable()), ["`no/file.rs`"]);
    }
}
