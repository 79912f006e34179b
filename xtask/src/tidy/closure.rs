//! The lints of the crates that a verifier consists of: no panics, no silent loss in arithmetic, no `unsafe`.

use std::fs;

use crate::Error;
use crate::process::root;

/// The crates, without the prefix of their names.
const CRATES: [&str; 7] = ["abi", "algebra", "isa", "transcript", "protocol", "pcs", "verifier"];
/// What each of them must forbid or deny, outside tests at least.
const LINTS: [&str; 10] = [
    "forbid(unsafe_code)",
    "clippy::allow_attributes_without_reason",
    "clippy::arithmetic_side_effects",
    "clippy::as_conversions",
    "clippy::expect_used",
    "clippy::indexing_slicing",
    "clippy::panic",
    "clippy::todo",
    "clippy::unreachable",
    "clippy::unwrap_used",
];

/// The lints that are missing.
pub fn check() -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    for name in CRATES {
        let path = format!("crates/{name}/src/lib.rs");
        let text = fs::read_to_string(root().join(&path))?;
        findings.extend(missing(&text).map(|lint| format!("{path} lacks {lint}")));
    }
    Ok(findings)
}

/// The lints that the attributes of a crate do not name.
fn missing(text: &str) -> impl Iterator<Item = &'static str> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let attributes: String = lines.take_while(|line| !line.starts_with("extern") && !line.contains("mod ")).collect();
    LINTS.into_iter().filter(move |lint| {
        let mut places = attributes.match_indices(lint).map(|(start, lint)| &attributes[start + lint.len()..]);
        // Not only the beginning of a longer name.
        !places.any(|rest| rest.starts_with([',', ')', ']']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_that_is_not_named_is_found() {
        let all = format!(
            "//! A crate.\n#![forbid(unsafe_code)]\n#![deny({})]\nextern crate alloc;\n",
            LINTS[1..].join(", ")
        );
        assert_eq!(missing(&all).count(), 0);
        for lint in LINTS {
            let text = all.replace(lint, "unused");
            assert!(missing(&text).eq([lint]), "{lint}");
        }
        let elsewhere = all.replace("#![deny", "extern crate core;\n#![deny");
        assert_eq!(missing(&elsewhere).count(), LINTS.len() - 1);
    }
}
