//! `cargo zkvm execute`, `id`, `inspect` and errors of the command line.

use crate::support::{CACHE, Directory, Run, add, breakpoint, endless, exits_with};

#[test]
fn a_typed_run_reports_its_output() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let run = directory.run(&["execute", &elf, "n=40", "m=2"]).ends_with(0);
    assert!(run.stdout.contains("output         42\nexit code      0\n"), "{}", run.stdout);

    let run = directory.run(&["execute", &elf, "--json", "--profile", "--mix", "--input", "[200, 100]"]).ends_with(0);
    let report = run.json();
    assert_eq!((&report["output"], &report["exit_code"]), (&44.into(), &0.into()));
    assert_eq!(report["profile"][0]["function"], "add");
    assert_eq!(report["mix"]["advice"], 2);
    assert!(report["cycles"].as_u64() >= report["instructions"].as_u64());
    assert!(report.get("error").is_none());
}

#[test]
fn inputs_come_from_files_and_as_raw_bytes() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let input = directory.write("input.json", br#"{"n": 1, "m": 2}"#);
    assert_eq!(directory.run(&["execute", &elf, "--json", "--input", &input]).json()["output"], 3);
    let raw = directory.write("private", &[5]);
    let arguments = ["execute", &elf, "--json", "--public-hex", "0x04", "--private-file", &raw];
    assert_eq!(directory.run(&arguments).json()["output"], 9);
}

#[test]
fn another_exit_code_is_a_failure_with_a_reason() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(7));
    let run = directory.run(&["execute", &elf]).ends_with(1);
    assert!(run.stderr.contains("error: the guest exited with code 7"), "{}", run.stderr);
    let report = directory.run(&["execute", &elf, "--json"]).ends_with(1).json();
    assert_eq!(report["exit_code"], 7);
    assert!(report["cycles"].as_u64() > Some(0));
    assert_eq!(report["error"], "the guest exited with code 7");
}

#[test]
fn a_trap_is_named_with_its_place() {
    let directory = Directory::new();
    let elf = directory.write("broken.elf", &breakpoint());
    let run = directory.run(&["execute", &elf]).ends_with(1);
    assert!(run.stderr.contains("breakpoint"), "{}", run.stderr);
    let report = directory.run(&["execute", &elf, "--json"]).ends_with(1).json();
    assert_eq!(report["trap"]["name"], "breakpoint");
    assert_eq!(report["trap"]["location"], "broken");
    assert!(report["exit_code"].is_null());
}

#[test]
fn an_endless_guest_meets_the_cycle_limit() {
    let directory = Directory::new();
    let elf = directory.write("endless.elf", &endless());
    let report = directory.run(&["execute", &elf, "--json", "--max-cycles", "1000"]).ends_with(1).json();
    assert_eq!(report["trap"]["name"], "cycle-limit");
    assert_eq!(report["cycles"], 1000);
}

#[test]
fn inputs_of_the_wrong_shape_are_each_refused() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let bare = directory.write("bare.elf", &exits_with(0));
    let refusal = |arguments: &[&str]| {
        let run = directory.run(&[&["--json", "execute"], arguments].concat()).ends_with(2);
        let report = run.json();
        assert_eq!(report["class"], "input");
        report["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(refusal(&[&elf, "n=1"]), "no value for argument `m: u8`");
    assert_eq!(refusal(&[&elf, "n=1", "m=2", "k=3"]), "the guest has no argument `k`");
    assert_eq!(refusal(&[&elf, "n=1", "n=2"]), "argument `n` is given twice");
    assert!(refusal(&[&elf, "n=1", "m"]).starts_with("value 2 is not of the form name=value; the guest is `fn add("));
    assert_eq!(refusal(&[&elf, "n=256", "m=0"]), "argument `n: u8`: an integer from 0 to 255 expected");
    assert_eq!(refusal(&[&elf, "n=abc", "m=0"]), "argument `n: u8`: an integer from 0 to 255 expected");
    assert_eq!(refusal(&[&elf, "--input", "[1]"]), "the guest takes 2 arguments, not 1");
    assert!(refusal(&[&elf, "--input", "{"]).starts_with("--input: "));
    assert!(refusal(&[&elf, "--public-hex", "0"]).contains("hexadecimal"));
    assert!(refusal(&[&bare, "n=1"]).starts_with("the guest states no signature"));
    assert!(refusal(&[&elf, "--stack", "12T"]).contains("`T` is none of K, M and G"));
    assert!(refusal(&[&elf, "--stack", "0"]).contains("a stack has at least 4K"));
    assert!(refusal(&[&elf, "--no-such-option"]).contains("--no-such-option"));
}

#[test]
fn files_that_are_no_guests_are_each_refused() {
    let directory = Directory::new();
    let elf = add();
    let error = |bytes: &[u8]| {
        let path = directory.write("a.elf", bytes);
        directory.run(&["--json", "execute", &path]).ends_with(2).json()["error"].as_str().unwrap().to_owned()
    };
    assert!(error(b"#!/bin/sh").starts_with("not an ELF file"));
    assert!(error(&elf[..40]).contains("truncated"));
    let mut wide = elf.clone();
    wide[4] = 2;
    assert!(error(&wide).starts_with("not a 32-bit ELF file"));
    let missing = directory.run(&["--json", "execute", "missing.elf"]).ends_with(4).json();
    assert_eq!(missing["class"], "environment");
    let run = directory.run(&["--json", "execute", "."]).ends_with(2);
    assert_eq!(run.json()["error"], "the current directory is no guest: it has no Cargo.toml");
    assert_eq!(error(b"zkvmkey\n").rsplit_once('/').unwrap().1, "a.elf is a key, not a guest");
}

#[test]
fn private_values_are_in_no_message() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let secret = "7771777";
    for arguments in [
        &["n=1", &format!("m={secret}")][..],
        &["n=1", secret],
        &["n=1", &format!("m={secret}x")],
        &["--input", &format!("[1, {secret}]")],
        &["--input", &format!("[1, \"{secret}\"]")],
        &["--input", &format!("[1, {{\"{secret}\": {secret}}}]")],
        &["--public-hex", "01", "--private-hex", &format!("{secret}g")],
    ] {
        for command in ["execute", "prove"] {
            let run = directory.run(&[&[command, &elf], arguments].concat()).ends_with(2);
            assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{}", run.stderr);
        }
    }
}

#[test]
fn a_directory_of_something_else_is_refused_before_it_is_compiled() {
    let directory = Directory::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let refusal = |path: &str| {
        let run = directory.run(&["build", "--json", &format!("{root}/{path}")]).ends_with(2);
        run.json()["error"].as_str().unwrap().to_owned()
    };
    let host = refusal("examples/merkle/host");
    assert!(host.contains("depends on zkvm-host: it is a program that runs guests; guests nearby: "), "{host}");
    let nearest = host.split("nearby: ").nth(1).unwrap().split(", ").next().unwrap();
    assert!(nearest.ends_with("examples/merkle/guest/"), "{nearest}");
    assert!(refusal("examples/merkle").contains("it has no Cargo.toml; guests nearby: "));
    assert!(refusal(".").contains("it is a workspace, not a package"));
    assert!(refusal("crates/cli").contains("is a program that runs guests"));
}

#[test]
fn the_program_id_depends_on_the_memory_sizes() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let id = |arguments: &[&str]| directory.run(&[&["id", &elf], arguments].concat()).ends_with(0).stdout;
    assert_eq!(id(&[]).trim().len(), 64);
    assert_eq!(id(&[]), id(&["--stack", "1M"]));
    assert_ne!(id(&[]), id(&["--stack", "4M"]));
}

#[test]
fn inspect_describes_and_lists_a_program() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let run = directory.run(&["inspect", &elf, "--listing"]).ends_with(0);
    assert!(run.stdout.contains("fn add(#[public] n: u8, #[private] m: u8) -> u8"), "{}", run.stdout);
    assert!(run.stdout.contains("\nadd:\n01000000  "), "{}", run.stdout);
    let report = directory.run(&["inspect", &elf, "--json"]).json();
    assert_eq!((&report["kind"], &report["entry"]), (&"guest".into(), &0x0100_0000.into()));
}

#[test]
fn doctor_names_the_compiler_of_guests() {
    let directory = Directory::new();
    let report = directory.run(&["doctor", "--json"]).ends_with(0).json();
    assert!(report["toolchain"]["rustc"].is_string());
    assert!(report["threads"].as_u64() >= Some(1));
    assert!(report.get("cache_error").is_none());
}

#[test]
fn doctor_says_where_nothing_can_be_kept() {
    let directory = Directory::new();
    directory.write(CACHE, b"no directory");
    let run = Run::of(&mut directory.command(&["doctor"])).ends_with(0);
    assert!(run.stdout.contains("nothing can be kept there"), "{}", run.stdout);
    std::fs::remove_file(directory.path(CACHE)).unwrap();
    let run = Run::of(&mut directory.command(&["doctor"])).ends_with(0);
    assert!(!run.stdout.contains("nothing can be kept"), "{}", run.stdout);
    assert!(directory.files().is_empty(), "looking makes nothing");
}

#[test]
fn a_guest_directory_is_compiled_and_run() {
    let directory = Directory::new();
    let guest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/fibonacci/guest");
    let report = directory.run(&["execute", guest, "--json", "n=90"]).ends_with(0).json();
    assert_eq!(report["output"], 2_880_067_194_370_816_120u64);
}
