//! Generates the guest template as `cargo generate` would, and runs the result.

use std::fs;
use std::path::Path;

use crate::process::{cargo, root, run as run_command, target};
use crate::{Error, setup};

/// Placeholders of the template, and what the test puts in their place.
const PLACEHOLDERS: [(&str, &str); 2] = [("{{project-name}}", "my-proof"), ("{{crate_name}}", "my_proof")];

/// The task: the generated project tests, builds, executes, proves and verifies.
pub fn run() -> Result<(), Error> {
    setup::provide()?;
    let project = target().join("template/my-proof");
    if project.exists() {
        fs::remove_dir_all(&project)?;
    }
    generate(&root().join("guest-template"), &project)?;
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock"))?;
    // In one target directory and with one profile, dependencies are compiled once for both projects.
    let in_project = |arguments: &[&str]| {
        let mut command = cargo(arguments);
        command
            .current_dir(&project)
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
        command
    };
    run_command(&mut in_project(&["test", "--release", "--workspace"]))?;
    run_command(&mut in_project(&["run", "--release"]))
}

/// Copies a directory of the template, with values in place of placeholders.
fn generate(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            generate(&path, &to.join(name))?;
        } else if name != "cargo-generate.toml" {
            fs::write(to.join(name), substitute(&fs::read_to_string(&path)?)?)?;
        }
    }
    Ok(())
}

/// Replaces placeholders, and the published crates by those of this checkout.
fn substitute(text: &str) -> Result<String, Error> {
    let text = PLACEHOLDERS.iter().fold(text.to_owned(), |text, (placeholder, value)| text.replace(placeholder, value));
    if text.contains("{{") && text.contains("}}") {
        return Err("the template has a placeholder that this test does not know".into());
    }
    let repository = concat!("git = \"", env!("CARGO_PKG_REPOSITORY"), "\"");
    let lines = text.lines().map(|line| match line.split_once(" = { ") {
        Some((name, _)) if line.contains(repository) => {
            let path = root().join(name);
            line.replace(repository, &format!("path = {:?}", path.display().to_string()))
        }
        _ => line.to_owned(),
    });
    Ok(lines.collect::<Vec<_>>().join("\n") + "\n")
}
