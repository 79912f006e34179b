//! Runs campaigns: see [`USAGE`].

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use zkvm_fuzz::campaign::{self, Until};
use zkvm_fuzz::example::{HIDDEN, PROOF};
use zkvm_fuzz::{TARGETS, Target, corpus, encodings, target};

const USAGE: &str = "\
zkvm-fuzz run TARGET|all SECONDS [SEED]   checks mutated inputs for a time
zkvm-fuzz check TARGET FILE               checks one input
zkvm-fuzz seeds DIRECTORY                 writes seeds and corpus, a directory for each target
zkvm-fuzz pack TARGET DIRECTORY           makes the corpus of a target of the files in a directory
zkvm-fuzz encodings BITS                  changes 1 to 8 bits of every byte of the smallest proof,
                                          and cuts it everywhere
zkvm-fuzz list                            names the targets";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match command(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[&str]) -> Result<(), Box<dyn Error>> {
    match *arguments {
        ["run", name, seconds] => run(name, seconds.parse()?, 0),
        ["run", name, seconds, seed] => run(name, seconds.parse()?, seed.parse()?),
        ["check", name, path] => {
            (named(name)?.check)(&fs::read(path)?);
            Ok(())
        }
        ["seeds", directory] => write_seeds(Path::new(directory)),
        ["pack", name, directory] => Ok(corpus::pack(named(name)?, Path::new(directory))?),
        ["encodings", bits] => every_byte(bits.parse()?),
        ["list"] => {
            TARGETS.iter().for_each(|target| println!("{}", target.name));
            Ok(())
        }
        _ => Err(USAGE.into()),
    }
}

fn named(name: &str) -> Result<&'static Target, String> {
    target(name).ok_or_else(|| format!("no target `{name}`"))
}

/// Runs a target, or shares the time among all.
fn run(name: &str, seconds: f64, seed: u64) -> Result<(), Box<dyn Error>> {
    let targets = if name == "all" { TARGETS.to_vec() } else { vec![*named(name)?] };
    let time = Duration::try_from_secs_f64(seconds / targets.len() as f64)?;
    for target in &targets {
        let inputs = corpus::inputs(target)?;
        match campaign::run(target, &inputs, Until::Elapsed(time), seed) {
            Ok(count) => println!("{:<12} {count:>8} inputs in {:.1} s", target.name, time.as_secs_f64()),
            Err(finding) => {
                let path = env::temp_dir().join(format!("zkvm-fuzz-{}-{seed}", target.name));
                fs::write(&path, &finding.input)?;
                return Err(format!("{finding}: it is in {}", path.display()).into());
            }
        }
    }
    Ok(())
}

fn write_seeds(directory: &Path) -> Result<(), Box<dyn Error>> {
    for target in &TARGETS {
        let directory = directory.join(target.name);
        fs::create_dir_all(&directory)?;
        for (index, seed) in corpus::inputs(target)?.iter().enumerate() {
            fs::write(directory.join(format!("seed-{index}")), seed)?;
        }
    }
    Ok(())
}

fn every_byte(bits: usize) -> Result<(), Box<dyn Error>> {
    for (kind, proof) in [("smallest", &PROOF), ("smallest zero-knowledge", &HIDDEN)] {
        let proof = proof.to_bytes();
        let offsets: Vec<usize> = (0..proof.len()).collect();
        let mut accepted = encodings::accepted_changes(&proof, &offsets, bits.clamp(1, 8));
        accepted.extend(encodings::accepted_cuts(&proof, &offsets));
        accepted.extend([0, 1, 0xff].into_iter().flat_map(|value| encodings::accepted_insertions(&proof, value)));
        if let Some(first) = accepted.first() {
            return Err(format!("{} altered {kind} proofs verify: {first}", accepted.len()).into());
        }
        println!(
            "{kind} proof: {bits} bits of each of {} bytes changed, and all cuts: nothing of it verifies",
            proof.len()
        );
    }
    Ok(())
}
