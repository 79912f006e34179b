//! Measures proofs of the benchmark workloads, each in a process of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use zkvm_host::build::GuestBuilder;

use crate::Error;
use crate::process::{self, cargo, root, target};

/// An example, its arguments, and the one that the length of the run depends on.
struct Workload {
    name: &'static str,
    arguments: &'static str,
    scale: &'static str,
}

const WORKLOADS: [Workload; 2] = [
    Workload { name: "fibonacci", arguments: "{}", scale: "n" },
    Workload {
        name: "sha2-chain",
        arguments: r#"{"seed": "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"}"#,
        scale: "length",
    },
];

struct Options {
    workloads: Vec<&'static Workload>,
    sizes: Vec<u32>,
    paths: Vec<String>,
    threads: Option<usize>,
    zero_knowledge: bool,
    json: bool,
    out: Option<PathBuf>,
}

/// The task.
pub fn run(options: &[String]) -> Result<(), Error> {
    let options = Options::parse(options)?;
    process::run(&mut cargo(["build", "--release", "--package", "zkvm-bench"]))?;
    let mut results = Vec::new();
    for workload in &options.workloads {
        let guest = GuestBuilder::new(root().join("examples").join(workload.name).join("guest")).build()?;
        for path in &options.paths {
            for &size in &options.sizes {
                eprintln!("{} at 2^{size}, {path}", workload.name);
                let mut result = measure(workload, &guest.path, size, path, &options)?;
                result["workload"] = workload.name.into();
                result["log_size"] = size.into();
                results.push(result);
            }
        }
    }
    let report = json!({ "commit": commit(), "processor": processor(), "results": results });
    let text = if options.json { serde_json::to_string_pretty(&report)? + "\n" } else { table(&report) };
    match &options.out {
        Some(path) => fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into()),
        None => {
            print!("{text}");
            Ok(())
        }
    }
}

impl Options {
    fn parse(words: &[String]) -> Result<Self, Error> {
        let mut options = Options {
            workloads: WORKLOADS.iter().collect(),
            sizes: vec![16, 18, 20],
            paths: vec!["best".into()],
            threads: None,
            zero_knowledge: false,
            json: false,
            out: None,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match &**word {
                "--workloads" => options.workloads = value()?.split(',').map(workload).collect::<Result<_, _>>()?,
                "--sizes" => options.sizes = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
                "--paths" => options.paths = value()?.split(',').map(Into::into).collect(),
                "--threads" => options.threads = Some(value()?.parse()?),
                "--zero-knowledge" => options.zero_knowledge = true,
                "--json" => options.json = true,
                "--out" => options.out = Some(value()?.into()),
                _ => return Err(format!("unknown option {word}").into()),
            }
        }
        Ok(options)
    }
}

fn workload(name: &str) -> Result<&'static Workload, Error> {
    let found = WORKLOADS.iter().find(|workload| workload.name == name);
    found.ok_or_else(|| format!("unknown workload {name}").into())
}

fn measure(workload: &Workload, elf: &Path, size: u32, path: &str, options: &Options) -> Result<Value, Error> {
    let mut command = Command::new(target().join("release/zkvm-bench"));
    command.arg(elf).args([workload.arguments, workload.scale, &size.to_string(), path]);
    if options.zero_knowledge {
        command.arg("zk");
    }
    if let Some(threads) = options.threads {
        command.env("RAYON_NUM_THREADS", threads.to_string());
    }
    Ok(serde_json::from_str(&process::output(&mut command)?)?)
}

/// The commit, with a `+` if the sources differ from it.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| process::output(Command::new("git").args(arguments).current_dir(root()));
    let hash = git(&["rev-parse", "--short=12", "HEAD"]).ok()?.trim().to_owned();
    let changed = git(&["status", "--porcelain", "--untracked-files=no"]).ok()?;
    Some(if changed.trim().is_empty() { hash } else { hash + "+" })
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Tables in Markdown: one line per proof, then the steps of each.
fn table(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("unknown").to_owned();
    let results = report["results"].as_array().map_or(&[][..], Vec::as_slice);
    let threads = results.first().map_or(0, |first| first["threads"].as_u64().unwrap_or(0));
    let mut out = format!(
        "Commit {}, {}, {threads} threads. Proving time runs from the finished trace to the\n\
         proof's bytes, without the bases; cold is the first proof of a process, warm the second. Speed and CPU\n\
         time are those of the warm one; mul/row is its CPU time per row in field multiplications of arkworks.\n\n",
        text(&report["commit"]),
        text(&report["processor"]),
    );
    out += "| workload | kernels | instructions | rows | padded | execute | trace | cold | warm | kHz | rows, kHz | CPU s | peak memory | proof | verify | mul/row |\n";
    out += "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n";
    for result in results {
        out += &row(result);
    }
    out + "\n" + &steps(results)
}

/// What was proven, and how if not as usual.
fn name(result: &Value) -> String {
    let kind = if result["zero_knowledge"] == true { " zk" } else { "" };
    format!("{} 2^{}{kind}", result["workload"].as_str().unwrap_or_default(), result["log_size"])
}

fn row(result: &Value) -> String {
    let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
    let ms = |value: &Value| format!("{:.0} ms", number(value) * 1e3);
    let seconds = |value: &Value| format!("{:.2} s", number(value));
    let cells = [
        name(result),
        result["vector"].as_str().unwrap_or_default().to_owned(),
        result["instructions"].to_string(),
        result["cycles"].to_string(),
        format!("2^{}", number(&result["padded"]).log2()),
        ms(&result["execute_seconds"]),
        ms(&result["trace_seconds"]),
        seconds(&result["cold"]["seconds"]),
        seconds(&result["warm"]["seconds"]),
        format!("{:.0}", number(&result["warm"]["khz"])),
        format!("{:.0}", number(&result["warm"]["rows_khz"])),
        seconds(&result["warm"]["cpu_seconds"]),
        format!("{:.0} MB", number(&result["peak_memory_bytes"]) / 1e6),
        format!("{:.0} kB", number(&result["proof_bytes"]) / 1e3),
        ms(&result["verify_seconds"]),
        format!("{:.0}", number(&result["multiplications_per_cycle"])),
    ];
    format!("| {} |\n", cells.join(" | "))
}

/// The steps of the warm proofs, a line per step and a column per proof: milliseconds, and how many
/// threads were busy on average.
fn steps(results: &[Value]) -> String {
    let head = |result: &Value| format!(" {} {} |", name(result), result["vector"].as_str().unwrap_or_default());
    let heads: String = results.iter().map(head).collect();
    let mut out = format!("| step (ms, busy threads) |{heads}\n| --- |{}\n", " --: |".repeat(results.len()));
    let count = results.first().map_or(0, |first| first["warm"]["steps"].as_array().map_or(0, Vec::len));
    for index in 0..count {
        let step = |result: &Value| result["warm"]["steps"][index].clone();
        let name = results.first().map(step).unwrap_or_default()["name"].as_str().unwrap_or_default().to_owned();
        let time = |result: &Value| {
            let [wall, cpu] = ["seconds", "cpu_seconds"].map(|key| step(result)[key].as_f64().unwrap_or(0.0));
            format!(" {:.1} ({:.1}) |", wall * 1e3, cpu / wall.max(1e-9))
        };
        out += &format!("| {name} |{}\n", results.iter().map(time).collect::<String>());
    }
    out
}
