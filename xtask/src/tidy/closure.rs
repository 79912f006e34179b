//! The lints of the crates that a verifier consists of: no panics, no silent loss in arithmetic, no `unsafe`.

use std::fs;

use crate::Error;
use crate::process::root;

/// The crates, without the prefix of their names.
const CRATES: [&str; 7] = ["abi", "algebra", "isa", "transcript", "protocol", "pcs", "verifier"];
/// What each of them must forbid, in tests too.
const FORBIDDEN: &str = "unsafe_code";
/// What each of them must deny or forbid, outside tests at least.
const LINTS: [&str; 10] = [
    FORBIDDEN,
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

/// Ways to set a lint's level that refuse nothing.
const LENIENT: [&str; 3] = ["allow", "expect", "warn"];

/// The lints that are not denied.
pub fn check() -> Result<Vec<String>, Error> {
    let mut findings = Vec::new();
    for name in CRATES {
        let path = format!("crates/{name}/src/lib.rs");
        let text = fs::read_to_string(root().join(&path))?;
        findings.extend(missing(&text).into_iter().map(|lint| format!("{path} does not deny {lint}")));
    }
    Ok(findings)
}

/// The lints that the attributes of a crate do not deny, or deny in tests only, or permit again.
fn missing(text: &str) -> Vec<&'static str> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("//"));
    let head: String = lines.take_while(|line| !line.starts_with("extern") && !line.contains("mod ")).collect();
    let attributes: Vec<&str> = head.split("#![").skip(1).map(|rest| rest.split(']').next().unwrap_or(rest)).collect();
    let denied = |lint: &str| {
        let (places, levels): (&[&str], &[&str]) = match lint {
            FORBIDDEN => (&["forbid("], &["forbid"]),
            _ => (&["deny(", "forbid(", "cfg_attr(not(test),"], &["deny", "forbid"]),
        };
        let stands = |attribute: &&&str| places.iter().any(|place| attribute.starts_with(place));
        attributes.iter().filter(stands).any(|attribute| levels.iter().any(|level| sets(attribute, level, lint)))
    };
    let permitted = |lint: &str| {
        let permits = |attribute: &&&str| LENIENT.iter().any(|level| sets(attribute, level, lint));
        attributes.iter().filter(permits).any(|attribute| !attribute.starts_with("cfg_attr(test,"))
    };
    LINTS.into_iter().filter(|lint| !denied(lint) || permitted(lint)).collect()
}

/// Whether an attribute sets the level of a lint.
fn sets(attribute: &str, level: &str, lint: &str) -> bool {
    let opening = format!("{level}(");
    let lists = attribute.split(&opening).skip(1);
    lists.filter_map(|rest| rest.split(')').next()).any(|list| list.split(',').any(|named| named.trim() == lint))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a crate that sets each lint's level by `set`.
    fn head(set: impl Fn(&str) -> String) -> String {
        let attributes: String = LINTS.iter().map(|lint| set(lint) + "\n").collect();
        format!("//! A crate.\n{attributes}extern crate alloc;\n")
    }

    #[test]
    fn lints_denied_outside_tests_are_enough() {
        assert!(missing(&head(|lint| format!("#![forbid({lint})]"))).is_empty());
        let lists = format!(
            "#![forbid(unsafe_code)]\n#![cfg_attr(\n    not(test),\n    deny({})\n)]\nmod a;\n",
            LINTS[1..].join(", ")
        );
        assert!(missing(&lists).is_empty());
    }

    #[test]
    fn a_lint_that_is_not_denied_is_found() {
        for missed in LINTS {
            let with = |other: &str| {
                head(|lint| if lint == missed { other.replace('L', lint) } else { format!("#![forbid({lint})]") })
            };
            let wrong = [
                "",
                "#![warn(L)]",
                "#![allow(L)]",
                "#![cfg_attr(test, deny(L))]",
                "#![deny(L_not)]",
                "// #![deny(L)]",
                "#![deny(L)]\n#![allow(L)]",
            ];
            for wrong in wrong {
                assert_eq!(missing(&with(wrong)), [missed], "{wrong}");
            }
            let tests_may = with("#![forbid(L)]\n#![cfg_attr(test, allow(L))]");
            assert!(missing(&tests_may).is_empty(), "{missed}");
        }
        let elsewhere = head(|_| String::new()) + "#![deny(clippy::panic)]";
        assert_eq!(missing(&elsewhere), LINTS);
    }

    #[test]
    fn unsafe_code_is_forbidden_not_only_denied() {
        assert_eq!(missing(&head(|lint| format!("#![deny({lint})]"))), [FORBIDDEN]);
    }
}
