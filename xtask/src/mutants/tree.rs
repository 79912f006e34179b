//! The mutated copy of the workspace.

use super::operators::{Mutant, mutants};
use super::parts::{Edit, PARTS};
use crate::Error;
use crate::process::{output, root, target};
use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that the copy has.
const CRATES: [&str; 9] = ["abi", "algebra", "transcript", "isa", "protocol", "pcs", "verifier", "emulator", "prover"];

/// Where mutants are looked for: all that the verifier's answer depends on, but for curve arithmetic, which
/// has its own tests against another implementation, and the decoding of instructions.
const MUTATED: [&str; 32] = [
    "crates/algebra/src/encoding.rs",
    "crates/algebra/src/multilinear.rs",
    "crates/algebra/src/ring.rs",
    "crates/algebra/src/univariate.rs",
    "crates/transcript/src",
    "crates/isa/src/code.rs",
    "crates/isa/src/invariants.rs",
    "crates/isa/src/program",
    "crates/isa/src/table",
    "crates/pcs/src/basis.rs",
    "crates/pcs/src/clear.rs",
    "crates/pcs/src/equation.rs",
    "crates/pcs/src/folded_rows.rs",
    "crates/pcs/src/hiding.rs",
    "crates/pcs/src/ipa.rs",
    "crates/pcs/src/shape.rs",
    "crates/protocol/src/constraints.rs",
    "crates/protocol/src/party.rs",
    "crates/protocol/src/relation.rs",
    "crates/protocol/src/relations/booleanity.rs",
    "crates/protocol/src/relations/bytecode.rs",
    "crates/protocol/src/relations/control.rs",
    "crates/protocol/src/relations/dense.rs",
    "crates/protocol/src/relations/lookups.rs",
    "crates/protocol/src/relations/ram.rs",
    "crates/protocol/src/relations/reduction.rs",
    "crates/protocol/src/relations/registers.rs",
    "crates/protocol/src/relations/spartan.rs",
    "crates/protocol/src/script.rs",
    "crates/protocol/src/shape.rs",
    "crates/protocol/src/statement.rs",
    "crates/verifier/src",
];

/// The guard: which mutant is active, if any.
const GUARD: &str = r#"
extern crate std;
/// Whether mutant `number` is active.
pub fn mutant(number: u32) -> bool {
    static ACTIVE: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *ACTIVE.get_or_init(|| std::env::var("ZKVM_MUTANT").ok().and_then(|text| text.parse().ok()).unwrap_or(0)) == number
}
"#;

/// A mutated file.
pub struct Source {
    /// Path in the repository.
    pub path: String,
    original: String,
    /// Its mutants with their numbers.
    pub mutants: Vec<(u32, Mutant)>,
    /// Ranges of the mutated text, by number.
    ranges: Vec<(u32, Range<usize>)>,
}

/// The directory of the copy.
pub fn directory() -> PathBuf {
    target().join("mutants/tree")
}

/// Copies the crates and finds the mutants.
pub fn copy() -> Result<Vec<Source>, Error> {
    let directory = directory();
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    let mut command = Command::new("git");
    command.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(root());
    let mut sources = Vec::new();
    let mut number = 0;
    for path in output(&mut command)?.lines().filter(|path| is_copied(path) && root().join(path).is_file()) {
        write(&directory.join(path), &fs::read(root().join(path))?)?;
        if MUTATED.iter().any(|mutated| path.starts_with(mutated)) {
            let original = fs::read_to_string(root().join(path))?;
            let found = mutants(&original).map_err(|error| format!("{path}: {error}"))?;
            let mutants = found.into_iter().map(|mutant| {
                number += 1;
                (number, mutant)
            });
            let mutants = mutants.collect();
            sources.push(Source { path: path.into(), original, mutants, ranges: Vec::new() });
        }
    }
    for (part, edits) in PARTS {
        number += 1;
        for edit in *edits {
            leave_out(&mut sources, number, part, edit)?;
        }
    }
    prepare(&directory)?;
    Ok(sources)
}

/// Adds an edit of the mutant that leaves out `part`.
fn leave_out(sources: &mut Vec<Source>, number: u32, part: &str, edit: &Edit) -> Result<(), Error> {
    let Edit { path, before, code, instead } = edit;
    if !sources.iter().any(|source| source.path == *path) {
        let original = fs::read_to_string(root().join(path))?;
        sources.push(Source { path: (*path).into(), original, mutants: Vec::new(), ranges: Vec::new() });
    }
    let source = sources.iter_mut().find(|source| source.path == *path).ok_or("the file was added")?;
    let text = format!("{before}{code}");
    let places: Vec<usize> = source.original.match_indices(&text).map(|(start, _)| start).collect();
    let [start] = places[..] else { return Err(format!("{path} has not exactly one `{text}`").into()) };
    let range = start + before.len()..start + text.len();
    let edits = vec![
        (range.start..range.start, format!("(if @ {{ {instead} }} else {{ ")),
        (range.end..range.end, " })".to_owned()),
    ];
    let line = source.original[..range.start].lines().count();
    source.mutants.push((number, Mutant { description: format!("left out: {part}"), line, edits, range }));
    Ok(())
}

fn is_copied(path: &str) -> bool {
    let of_crate = |name: &str| path.strip_prefix("crates/").is_some_and(|rest| rest.starts_with(&format!("{name}/")));
    let slow = ["benches/", "prover/examples/", "prover/tests/"].iter().any(|part| path.contains(part));
    path == "Cargo.lock" || CRATES.iter().any(|name| of_crate(name)) && !slow
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    fs::create_dir_all(path.parent().ok_or("a file has a directory")?)?;
    Ok(fs::write(path, bytes)?)
}

/// The workspace of the copy, with the guard; the prover without the kernels of its sum-checks, which the
/// forged proofs do not use.
fn prepare(directory: &Path) -> Result<(), Error> {
    let manifest = fs::read_to_string(root().join("Cargo.toml"))?;
    let (before, rest) = manifest.split_once("members = [").ok_or("the workspace has members")?;
    let (_, after) = rest.split_once(']').ok_or("the list of members ends")?;
    let members: Vec<String> = CRATES.iter().map(|name| format!("\"crates/{name}\"")).collect();
    write(&directory.join("Cargo.toml"), format!("{before}members = [{}]{after}", members.join(", ")).as_bytes())?;

    let change = |path: &str, change: &dyn Fn(String) -> Result<String, Error>| -> Result<(), Error> {
        let path = directory.join(path);
        let text = change(fs::read_to_string(&path)?)?;
        Ok(fs::write(path, text)?)
    };
    change("crates/algebra/src/lib.rs", &|text| Ok(text + GUARD))?;
    change("crates/prover/Cargo.toml", &|text| Ok(text.split("[[bench]]").next().unwrap_or_default().to_owned()))?;
    change("crates/prover/src/engine.rs", &|text| {
        let (kept, _) = text.split_once("/// The optimised kernels.").ok_or("engine.rs names the optimised kernels")?;
        let is_unused = |line: &&str| line.starts_with("use crate::relations;") || line.contains("::relations::{");
        Ok(kept.lines().filter(|line| !is_unused(line)).map(|line| format!("{line}\n")).collect())
    })?;
    change("crates/prover/src/lib.rs", &|text| {
        let optimised = ["relations;", "mod prove;", "mod setup;", "pub use prove", "pub use setup"];
        let is_kept = |line: &&str| !optimised.iter().any(|part| line.contains(part));
        Ok(text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect())
    })
}

impl Source {
    /// Writes the file with its mutants.
    pub fn write(&mut self) -> Result<(), Error> {
        let guard = if self.path.starts_with("crates/algebra/") { "crate::mutant" } else { "zkvm_algebra::mutant" };
        // At one place, what ends comes before what begins, inner ends before outer ones and inner beginnings after
        // outer ones.
        let mut edits = Vec::new();
        for (number, mutant) in &self.mutants {
            for (range, text) in &mutant.edits {
                let closes = range.end == mutant.range.end;
                let length = mutant.range.len();
                let order = if closes { (0, length) } else { (1, usize::MAX - length) };
                edits.push((
                    range.start,
                    order,
                    range.clone(),
                    text.replace('@', &format!("{guard}({number})")),
                    *number,
                ));
            }
        }
        edits.sort_by_key(|(start, order, ..)| (*start, *order));
        let (mut text, mut position) = (String::new(), 0);
        let mut starts = std::collections::BTreeMap::new();
        self.ranges.clear();
        for (start, (closing, _), range, inserted, number) in edits {
            text += self.original.get(position..start).ok_or_else(|| format!("{}: edits overlap", self.path))?;
            let from = text.len();
            text += &inserted;
            position = range.end;
            if closing == 0 {
                let start = starts.remove(&number).unwrap_or(from);
                self.ranges.push((number, start..text.len()));
            } else {
                starts.entry(number).or_insert(from);
            }
        }
        text += &self.original[position..];
        write(&directory().join(&self.path), text.as_bytes())
    }

    /// Removes the innermost mutants around places at which the compiler finds errors; whether there were any.
    pub fn remove(&mut self, places: &[usize]) -> bool {
        let innermost = |place: &usize| {
            let around = self.ranges.iter().filter(|(_, range)| range.contains(place));
            around.min_by_key(|(_, range)| range.len()).map(|(number, _)| *number)
        };
        let removed: BTreeSet<u32> = places.iter().filter_map(innermost).collect();
        self.mutants.retain(|(number, _)| !removed.contains(number));
        !removed.is_empty()
    }
}
