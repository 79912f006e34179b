//! `cargo zkvm prove` and `verify`.

use std::fs;

use crate::support::{Directory, Run, add, counts, endless, exits_with};

#[test]
fn whoever_has_the_id_and_the_public_values_verifies() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let proven = directory.run(&["prove", &elf, "--json", "n=40", "m=2", "-o", "a.proof", "--key-out", "a.key"]);
    let proven = proven.ends_with(0).json();
    assert_eq!((&proven["output"], &proven["proof"]), (&42.into(), &"a.proof".into()));
    assert!(proven["steps"].as_array().unwrap().len() > 5);
    assert_eq!(directory.files(), ["a.key", "a.proof", "add.elf"]);
    let id = proven["program"].as_str().unwrap();

    let with_key = ["verify", "--id", id, "--key", "a.key", "-p", "a.proof"];
    let verify = |arguments: &[&str]| directory.run(&[&with_key, arguments].concat());
    let signature = "fn add(#[public] n: u8, #[private] m: u8) -> u8";
    let run = verify(&["--signature", signature, "n=40"]).ends_with(0);
    assert!(run.stdout.starts_with("output         42\n"), "{}", run.stdout);
    let described = directory.write("add.json", directory.run(&["inspect", &elf, "--json"]).stdout.as_bytes());
    let run = verify(&["--signature", &described, "n=40"]).ends_with(0);
    assert!(run.stdout.starts_with("output         42\n"), "{}", run.stdout);
    let raw = verify(&["--json", "--public-hex", "28"]).ends_with(0).json();
    assert_eq!((&raw["output_hex"], &raw["valid"]), (&"0x2a".into(), &true.into()));
    verify(&["--portable", "--public-hex", "28"]).ends_with(0);
    verify(&["--portable", "--public-hex", "29"]).ends_with(3);
    let over_elf = directory.run(&["verify", &elf, "-p", "a.proof", "--json", "n=40"]).ends_with(0).json();
    assert_eq!(over_elf["output"], 42);
    signatures_and_private_values_are_refused(&verify);

    // Everything else is refused, each with its own reason.
    verify(&["--public-hex", "29"]).ends_with(3);
    let run = verify(&["--public-hex", "28", "--exit-code", "1"]).ends_with(3);
    assert!(run.stderr.contains("a run that exited with code 0, not with 1 (--exit-code)"), "{}", run.stderr);
    let other = directory.write("other.elf", &exits_with(0));
    let run = directory.run(&["verify", &other, "-p", "a.proof"]).ends_with(3);
    assert!(run.stderr.contains("the proof is for program"), "{}", run.stderr);
    let other_id = id.replace(&id[..1], if id.starts_with('0') { "1" } else { "0" });
    let run = directory.run(&["verify", "--id", &other_id, "--key", "a.key", "-p", "a.proof", "--public-hex", "28"]);
    assert!(run.ends_with(2).stderr.contains("the key is of program"));
    directory.run(&["verify", "--key", "a.key", "-p", "a.proof"]).ends_with(2);
    damaged_proofs_are_refused(&directory, &elf);
}

fn signatures_and_private_values_are_refused(verify: &dyn Fn(&[&str]) -> Run) {
    let refusal = |arguments: &[&str]| verify(&[&["--json"], arguments].concat()).ends_with(2).json()["error"].clone();
    let signature = "fn add(#[public] n: u8, #[private] m: u8) -> u8";
    let given = refusal(&["--signature", signature, "n=40", "m=2"]);
    assert_eq!(given, "argument `m` is private: a verifier does not have it, leave it out");
    let given = refusal(&["--signature", signature, "--input", "[40, 2]"]);
    assert_eq!(given, "a verifier has the public arguments alone: leave the private ones out");
    let given = refusal(&["--public-hex", "28", "--private-hex", "02"]);
    assert_eq!(given, "a verifier has no private input: leave it out");
    assert!(refusal(&["n=40"]).as_str().unwrap().starts_with("a key states no signature: give it with --signature"));

    let message = |signature: &str| refusal(&["--signature", signature, "n=40"]).as_str().unwrap().to_owned();
    for no_function in ["add(n: u8)", "fn add(n u8)", "fn add(n: u8) - u8", "fn add(n: u8) -> u8 { n }"] {
        assert!(message(no_function).ends_with("such as 'fn f(n: u32) -> u64'"), "{}", message(no_function));
    }
    assert!(message("missing.json").contains("no function, and no file: "));
    assert!(message("a.key").contains("no file: ") && message("add.elf").contains("no file: "));
}

fn damaged_proofs_are_refused(directory: &Directory, elf: &str) {
    let proof = fs::read(directory.path("a.proof")).unwrap();
    let error = |bytes: &[u8]| {
        let path = directory.write("b.proof", bytes);
        let run = directory.run(&["verify", elf, "-p", &path, "--json", "n=40"]).ends_with(3);
        run.json()["error"].as_str().unwrap().to_owned()
    };
    let flipped = |at: usize| {
        let mut bytes = proof.clone();
        bytes[at] ^= 1;
        bytes
    };
    error(&flipped(proof.len() / 2));
    error(&proof[..proof.len() - 1]);
    assert!(error(b"not a proof").contains("proof"));
    assert!(error(b"").starts_with("no proof: ") && error(b"").ends_with("b.proof is empty"));
    assert!(error(&flipped(8)).contains("version"), "the version follows the magic number");
}

#[test]
fn a_run_that_fails_is_not_proven_unless_that_is_asked_for() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(3));
    let report = directory.run(&["prove", &elf, "--json"]).ends_with(1).json();
    assert_eq!((&report["exit_code"], report["proof"].is_null()), (&3.into(), true));
    assert_eq!(directory.files(), ["exit.elf"]);
    let run = directory.run(&["prove", &elf, "--exit-code", "7"]).ends_with(1);
    assert!(run.stderr.contains("exited with code 3, not with 7 as --exit-code demands"), "{}", run.stderr);
    directory.run(&["prove", &elf, "--exit-code", "3"]).ends_with(0);
    assert_eq!(directory.files(), ["exit.elf", "exit.proof"]);
    directory.run(&["verify", &elf, "-p", "exit.proof"]).ends_with(3);
    let report = directory.run(&["verify", &elf, "-p", "exit.proof", "--exit-code", "3", "--json"]).ends_with(0);
    assert_eq!(report.json()["exit_code"], 3);
    let report = directory.run(&["inspect", "exit.proof", "--json"]).json();
    assert_eq!((&report["kind"], &report["exit_code"]), (&"proof".into(), &3.into()));
}

/// Whether a proof says that it is zero-knowledge, and its bytes.
fn inspected(directory: &Directory, path: &str) -> (bool, Vec<u8>) {
    let report = directory.run(&["inspect", path, "--json"]).ends_with(0).json();
    (report["zero_knowledge"].as_bool().unwrap(), fs::read(directory.path(path)).unwrap())
}

#[test]
fn private_input_is_proven_in_zero_knowledge_unless_the_user_says_no() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let prove = |arguments: &[&str]| {
        let run = directory.run(&[&["prove", &elf, "--json", "n=40", "m=2", "-o", "a.proof"], arguments].concat());
        let report = run.ends_with(0).json();
        let (kind, bytes) = inspected(&directory, "a.proof");
        assert_eq!(report["zero_knowledge"], kind);
        let named = |step: &str| report["steps"].as_array().unwrap().iter().any(|found| found["name"] == step);
        assert_eq!((named("blind rows"), named("hide")), (kind, kind));
        // The lengths of the bar.
        assert_eq!(report["steps"].as_array().unwrap().len(), if kind { 21 } else { 19 });
        let output = directory.run(&["verify", &elf, "-p", "a.proof", "--json", "n=40"]).ends_with(0).json();
        assert_eq!(output["output"], 42);
        (kind, bytes)
    };
    let [first, second] = [prove(&[]), prove(&["--zero-knowledge"])];
    assert!(first.0 && second.0 && first.1 != second.1);
    let text = directory.run(&["inspect", "a.proof"]).ends_with(0).stdout;
    assert!(text.contains("\nzero knowledge yes\n"), "{text}");
    let [first, second] = [(); 2].map(|()| prove(&["--zero-knowledge=no"]));
    assert!(!first.0 && first == second);
    let text = directory.run(&["inspect", "a.proof"]).ends_with(0).stdout;
    assert!(text.contains("\nzero knowledge no: "), "{text}");
}

#[test]
fn a_run_without_private_input_is_proven_in_zero_knowledge_only_if_the_user_says_so() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    let prove = |answer: &[&str]| {
        let run = directory.run(&[&["prove", &elf, "-o", "a.proof"], answer].concat()).ends_with(0);
        directory.run(&["verify", &elf, "-p", "a.proof"]).ends_with(0);
        let (kind, bytes) = inspected(&directory, "a.proof");
        assert_eq!(run.stdout.contains(", zero-knowledge\n"), kind, "{}", run.stdout);
        (kind, bytes)
    };
    assert!(!prove(&[]).0);
    assert_eq!(prove(&[]), prove(&["--zero-knowledge=no"]));
    assert!(prove(&["--zero-knowledge"]).0 && prove(&["--zero-knowledge=yes"]).0);
    let run = directory.run(&["prove", &elf, "--zero-knowledge=perhaps"]).ends_with(2);
    assert!(run.stderr.contains("[possible values: yes, no]"), "{}", run.stderr);
}

#[test]
fn padded_proofs_of_runs_of_other_lengths_have_the_same_sizes() {
    let directory = Directory::new();
    let sizes = |rounds: u32, arguments: &[&str]| {
        let elf = directory.write("counts.elf", &counts(rounds));
        directory.run(&[&["prove", &elf, "-o", "a.proof"], arguments].concat()).ends_with(0);
        directory.run(&["verify", &elf, "-p", "a.proof"]).ends_with(0);
        let report = directory.run(&["inspect", "a.proof", "--json"]).json();
        ["log_steps", "log_ram_words"].map(|size| report[size].as_u64().unwrap())
    };
    let ([short, words], [long, _]) = (sizes(1, &[]), sizes(200, &[]));
    assert_eq!((short, long), (8, 10));
    let more = (words + 1).to_string();
    let padding = ["--min-log-cycles", "10", "--min-log-words", &more];
    assert_eq!([sizes(1, &padding), sizes(200, &padding)], [[10, words + 1]; 2]);
    let elf = directory.write("counts.elf", &counts(1));
    let run = directory.run(&["prove", &elf, "--min-log-cycles", "12", "--max-log-cycles", "11"]).ends_with(2);
    assert!(run.stderr.contains("pad less, or raise the limit"), "{}", run.stderr);
}

#[test]
fn an_endless_guest_ends_before_its_trace_fills_the_memory() {
    let directory = Directory::new();
    let elf = directory.write("endless.elf", &endless());
    let report = directory.run(&["prove", &elf, "--json", "--max-log-cycles", "10"]).ends_with(1).json();
    assert_eq!((&report["trap"]["name"], &report["cycles"]), (&"cycle-limit".into(), &1024.into()));
    let error = report["error"].as_str().unwrap();
    assert!(error.ends_with("; the limit is --max-log-cycles 10, it can be 28"), "{error}");
    let run = directory.run(&["prove", &elf, "--max-cycles", "500"]).ends_with(1);
    assert!(run.stderr.contains("; the limit is --max-cycles"), "{}", run.stderr);
    let run = directory.run(&["prove", &elf, "--max-log-cycles", "29"]).ends_with(2);
    assert!(run.stderr.contains("29 is not in 8..=28"), "{}", run.stderr);
}

#[test]
fn a_run_that_would_not_fit_the_memory_is_refused_with_the_memory_it_needs() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let run = directory.run(&["prove", &elf, "--json", "n=1", "m=1", "--max-memory", "20"]).ends_with(2);
    let report = run.json();
    let error = report["error"].as_str().expect("a message");
    assert!(error.contains("32 MiB of memory, of which 20 MiB are available"), "{error}");
    assert!(!std::path::Path::new(&directory.path("add.proof")).exists());
}

#[test]
fn an_unwritable_output_is_found_before_proving() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    for path in ["missing/a.proof", "add.elf/a.proof", "."] {
        let run = directory.run(&["prove", &elf, "--json", "n=1", "m=1", "-o", path]).ends_with(4);
        assert_eq!(run.json()["class"], "environment");
    }
    let arguments = ["prove", &elf, "n=1", "m=1", "-o", "a.proof", "--key-out", "missing/a.key"];
    directory.run(&arguments).ends_with(4);
    assert_eq!(directory.files(), ["add.elf"]);
}
