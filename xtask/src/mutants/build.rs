//! Building the mutated copy.

use super::tree::{Source, directory};
use crate::Error;
use crate::process::{cargo, target};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Most builds: each removes mutants that do not compile.
const ATTEMPTS: usize = 40;

/// Test programs by the name of their crate and target, such as `zkvm-isa tables`.
pub type Programs = BTreeMap<String, PathBuf>;

/// Builds all tests of the copy; removes mutants that do not compile.
pub fn build(sources: &mut [Source]) -> Result<Programs, Error> {
    for source in sources.iter_mut() {
        source.write()?;
    }
    for _ in 0..ATTEMPTS {
        let (succeeded, messages) = compile()?;
        let errors: Vec<&Value> = messages.iter().filter(|message| message["message"]["level"] == "error").collect();
        if succeeded {
            return Ok(programs(&messages));
        }
        let mut removed = false;
        for source in sources.iter_mut() {
            let places = places(&errors, &source.path);
            if source.remove(&places) {
                removed = true;
                source.write()?;
            }
        }
        if !removed {
            let first = errors.iter().find_map(|error| error["message"]["rendered"].as_str());
            return Err(format!("the copy does not compile:\n{}", first.unwrap_or_default()).into());
        }
    }
    Err("mutants that do not compile remain".into())
}

/// Whether the copy compiles, and what cargo says, one message a line.
fn compile() -> Result<(bool, Vec<Value>), Error> {
    let mut command = cargo(["test", "--offline", "--workspace", "--no-run", "--message-format=json"]);
    command.current_dir(directory()).env("CARGO_TARGET_DIR", target().join("mutants/build"));
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    let messages = output.stdout.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    Ok((output.status.success(), messages.collect()))
}

/// Where in the file at `path` the errors are.
fn places(errors: &[&Value], path: &str) -> Vec<usize> {
    let spans = errors.iter().filter_map(|error| error["message"]["spans"].as_array()).flatten();
    let here = spans.filter(|span| span["is_primary"] == true && span["file_name"].as_str() == Some(path));
    here.filter_map(|span| span["byte_start"].as_u64()).map(|start| start as usize).collect()
}

fn programs(messages: &[Value]) -> Programs {
    let of = |message: &Value| {
        let program = message["executable"].as_str()?;
        let package = message["package_id"].as_str()?;
        // …/crates/isa#zkvm-isa@0.1.0
        let name = package.rsplit('#').next()?.split('@').next()?;
        Some((format!("{name} {}", message["target"]["name"].as_str()?), PathBuf::from(program)))
    };
    messages.iter().filter(|message| message["reason"] == "compiler-artifact").filter_map(of).collect()
}
