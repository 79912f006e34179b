//! Who may import whom.

use serde_json::Value;

use crate::Error;
use crate::process::{cargo, output};

/// Each crate with the crates of this workspace that it may import, dev-dependencies on itself aside.
const IMPORTS: &[(&str, &[&str])] = &[
    ("zkvm-abi", &[]),
    ("zkvm-algebra", &[]),
    ("zkvm-transcript", &["algebra"]),
    ("zkvm-isa", &["abi", "algebra"]),
    ("zkvm-protocol", &["abi", "algebra", "transcript", "isa"]),
    ("zkvm-pcs", &["algebra", "transcript"]),
    ("zkvm-verifier", &["abi", "algebra", "transcript", "isa", "protocol", "pcs"]),
    ("zkvm-emulator", &["abi", "isa"]),
    ("zkvm-prover", &["abi", "algebra", "transcript", "isa", "protocol", "pcs", "verifier", "emulator"]),
    ("zkvm-host", &["abi", "isa", "pcs", "emulator", "verifier", "prover"]),
    // The attribute's tests use it as guests do.
    ("zkvm-macros", &["sdk"]),
    ("zkvm-sdk", &["abi", "macros"]),
    (SECOND_VERIFIER, &[]),
];

/// Shares no code with what it is compared with in its tests; nothing imports it.
const SECOND_VERIFIER: &str = "zkvm-second-verifier";

/// What must not be reachable from the verifier, not even for its tests.
const KEPT_FROM_VERIFIER: [&str; 4] = ["zkvm-prover", "zkvm-emulator", "rayon", "rayon-core"];

/// The imports that are not allowed.
pub fn check() -> Result<Vec<String>, Error> {
    let metadata = output(&mut cargo(["metadata", "--no-deps", "--format-version=1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata lists no packages")?;
    let mut findings = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if own_dependencies(package).any(|dependency| dependency["name"] == SECOND_VERIFIER) {
            findings.push(format!("{name} imports {SECOND_VERIFIER}"));
        }
        let Some((_, allowed)) = IMPORTS.iter().find(|(listed, _)| *listed == name) else { continue };
        for import in forbidden(name, package, allowed) {
            findings.push(format!("{name} imports {import}"));
        }
    }
    let tree = ["tree", "--package", "zkvm-verifier", "--edges", "normal,build,dev", "--prefix", "none"];
    let tree = output(&mut cargo(tree))?;
    for found in tree.lines().filter_map(|line| line.split(' ').next()) {
        if KEPT_FROM_VERIFIER.contains(&found) {
            findings.push(format!("zkvm-verifier depends on {found}"));
        }
    }
    Ok(findings)
}

/// Dependencies within the workspace.
fn own_dependencies(package: &Value) -> impl Iterator<Item = &Value> {
    let dependencies = package["dependencies"].as_array().into_iter().flatten();
    dependencies.filter(|dependency| dependency["path"].is_string())
}

/// Dependencies within the workspace that are not in the list. The host's tests compile test guests.
fn forbidden<'a>(name: &str, package: &'a Value, allowed: &[&str]) -> Vec<&'a str> {
    own_dependencies(package)
        .filter(|dependency| name != SECOND_VERIFIER || dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str())
        .filter(|import| *import != name && *import != "test-guests")
        .filter(|import| !import.strip_prefix("zkvm-").is_some_and(|short| allowed.contains(&short)))
        .collect()
}
