//! What happens to files: when a process is stopped, when a disk is full, when others write too, and
//! when they are not what they should be.
//!
//! The tests hold for every user, so no file is made unwritable by its permissions.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use crate::support::{CACHE, Directory, Run, add, counts, exits_with};

/// What a killed writer leaves behind, if anything.
fn partials(directory: &Directory) -> usize {
    directory.files().iter().filter(|name| name.ends_with(".partial")).count()
}

/// A shell that runs the command after a preparation, such as a limit on the size of files.
fn prepared(directory: &Directory, preparation: &str, arguments: &[&str]) -> Command {
    let command = directory.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{preparation}; exec \"$0\" \"$@\"")]).arg(command.get_program());
    shell.args(command.get_args()).current_dir(directory.path("")).env("ZKVM_CACHE_DIR", directory.path(CACHE));
    shell
}

#[test]
fn a_proof_that_is_interrupted_leaves_no_file() {
    let directory = Directory::new();
    let elf = directory.write("counts.elf", &counts(20_000));
    for signal in ["INT", "TERM", "KILL"] {
        let mut command = directory.command(&["prove", &elf, "-o", "a.proof"]);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let started = lines.map(Result::unwrap).find(|line| line.starts_with("  ")).expect("a finished step");
        assert!(started.contains("setup"), "{started}");
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), None, "ended by SIG{signal}");
        assert_eq!(directory.files(), [CACHE, "counts.elf"]);
    }
}

#[test]
fn a_process_killed_while_it_writes_leaves_nothing_that_passes_for_a_proof() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    let prove = ["prove", &elf, "-o", "a.proof"];
    Run::of(&mut directory.command(&prove)).ends_with(0);
    let proof = fs::read(directory.path("a.proof")).unwrap();
    // Whoever writes beyond the limit is killed by a signal.
    let run = Run::of(&mut prepared(&directory, "ulimit -f 4", &prove));
    assert_eq!(run.code, -1, "{}", run.stderr);
    assert_eq!(fs::read(directory.path("a.proof")).unwrap(), proof, "the older proof is untouched");
    assert_eq!(partials(&directory), 1);

    fs::remove_file(directory.path("a.proof")).unwrap();
    Run::of(&mut prepared(&directory, "ulimit -f 4", &prove)).ends_with(-1);
    assert_eq!(partials(&directory), 1, "the leftover of the one before is removed");
    directory.run(&["verify", &elf, "-p", "a.proof"]).ends_with(4);
    Run::of(&mut directory.command(&prove)).ends_with(0);
    assert_eq!(directory.files(), ["a.proof", CACHE, "exit.elf"]);
    assert!(fs::read(directory.path("a.proof")).unwrap() == proof);
}

#[test]
fn a_full_disk_is_named_and_nothing_is_lost() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    let prove = ["prove", &elf, "-o", "a.proof"];
    Run::of(&mut directory.command(&prove)).ends_with(0);
    let proof = fs::read(directory.path("a.proof")).unwrap();
    let run = Run::of(&mut prepared(&directory, "trap '' XFSZ; ulimit -f 4", &prove)).ends_with(4);
    assert!(run.stderr.contains("make room there"), "{}", run.stderr);
    assert_eq!(directory.files(), ["a.proof", CACHE, "exit.elf"]);
    assert!(fs::read(directory.path("a.proof")).unwrap() == proof);

    let run = directory.run(&["prove", &elf, "-o", "/dev/full"]).ends_with(4);
    assert!(run.stderr.contains("/dev/full: No space left on device"), "{}", run.stderr);
    let (_, kept) = run.stderr.split_once("the proof is kept in ").expect("the proof is kept");
    directory.run(&["verify", &elf, "-p", kept.trim()]).ends_with(0);
    fs::remove_file(kept.trim()).unwrap();
}

#[test]
fn a_proof_whose_directory_goes_away_is_kept() {
    let directory = Directory::new();
    let elf = directory.write("counts.elf", &counts(2000));
    fs::create_dir(directory.path("out")).unwrap();
    let mut command = directory.command(&["prove", &elf, "-o", "out/a.proof"]);
    let mut child = command.env("TMPDIR", directory.path("")).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.next().unwrap().starts_with("proving"));
    fs::remove_dir(directory.path("out")).unwrap();
    let told = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(child.wait().unwrap().code(), Some(4), "{told}");
    let (error, kept) = told.split_once("\nthe proof is kept in ").expect("the proof is kept");
    assert!(error.contains("out/a.proof: ") && error.contains("check the path"), "{error}");
    directory.run(&["verify", &elf, "-p", kept]).ends_with(0);
}

#[test]
fn a_proof_is_its_owners_alone_unless_its_file_was_not() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    let prove = |path: &str| {
        directory.run(&["prove", &elf, "-o", path]).ends_with(0);
        fs::metadata(directory.path("a.proof")).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(prove("a.proof"), 0o600);
    fs::set_permissions(directory.path("a.proof"), Permissions::from_mode(0o644)).unwrap();
    assert_eq!(prove("a.proof"), 0o644);
    fs::remove_file(directory.path("a.proof")).unwrap();
    symlink("a.proof", directory.path("link.proof")).unwrap();
    assert_eq!(prove("link.proof"), 0o600);
    assert!(fs::symlink_metadata(directory.path("link.proof")).unwrap().is_symlink());
}

#[test]
fn a_zero_knowledge_proof_is_for_whom_other_files_are() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    for (answer, mode) in [("yes", 0o640), ("no", 0o600)] {
        let answer = format!("--zero-knowledge={answer}");
        let prove = ["prove", &elf, "n=1", "m=2", "-o", "a.proof", &answer];
        Run::of(&mut prepared(&directory, "umask 027", &prove)).ends_with(0);
        let mode_of_file = fs::metadata(directory.path("a.proof")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode_of_file, mode, "{answer}");
        fs::remove_file(directory.path("a.proof")).unwrap();
    }
}

#[test]
fn devices_are_written_to_and_not_replaced() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    directory.run(&["prove", &elf, "-o", "/dev/null"]).ends_with(0);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn a_report_that_nobody_can_read_is_no_panic() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let mut prove = directory.command(&["prove", &elf, "-o", "a.proof"]);
    assert_eq!(prove.stderr(full()).output().unwrap().status.code(), Some(0));
    let mut unreported = directory.command(&["prove", &elf, "-o", "b.proof", "--json"]);
    assert_eq!(unreported.stdout(full()).output().unwrap().status.code(), Some(4));
    let mut neither = directory.command(&["execute", "missing.elf", "--json"]);
    assert_eq!(neither.stdout(full()).stderr(full()).output().unwrap().status.code(), Some(4));
    directory.run(&["verify", &elf, "-p", "b.proof"]).ends_with(0);
}

#[test]
fn processes_at_once_share_cache_and_output() {
    let directory = Directory::new();
    let elf = directory.write("add.elf", &add());
    let prove = || {
        let mut command = directory.command(&["prove", &elf, "n=1", "m=2", "-o", "a.proof"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for child in [prove(), prove(), prove()] {
        Run::from(child.wait_with_output().unwrap()).ends_with(0);
    }
    assert_eq!(directory.files(), ["a.proof", "add.elf", CACHE]);
    let cached: Vec<_> = fs::read_dir(directory.path(CACHE)).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(cached.len(), 1, "{cached:?}");
    Run::of(&mut directory.command(&["verify", &elf, "-p", "a.proof", "n=1"])).ends_with(0);
}

#[test]
fn damaged_caches_are_replaced_and_unusable_ones_are_named() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    let verify = || Run::of(&mut directory.command(&["verify", &elf, "-p", "a.proof"])).ends_with(0).stderr;
    Run::of(&mut directory.command(&["prove", &elf, "-o", "a.proof"])).ends_with(0);
    let cached = fs::read_dir(directory.path(CACHE)).unwrap().next().unwrap().unwrap().path();
    let good = fs::read(&cached).unwrap();
    let mut altered = good.clone();
    altered[good.len() / 2] ^= 1;
    for damaged in [&[][..], b"another version", &good[..good.len() - 1], &altered] {
        fs::write(&cached, damaged).unwrap();
        verify();
        assert!(fs::read(&cached).unwrap() == good);
    }
    assert!(!verify().contains("making"), "nothing is made that is there");

    fs::remove_dir_all(directory.path(CACHE)).unwrap();
    directory.write(CACHE, b"no directory");
    let told = verify();
    assert!(told.contains("making the 2^") && told.contains("the bases cannot be kept in "), "{told}");
    assert!(told.contains("ZKVM_CACHE_DIR"), "{told}");
}

#[test]
fn files_that_are_no_proofs_are_told_apart() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    directory.run(&["prove", &elf, "-o", "a.proof", "--key-out", "a.key"]).ends_with(0);
    let proof = fs::read(directory.path("a.proof")).unwrap();
    let mut older = proof.clone();
    older[8] = 0;
    for (bytes, expected) in [
        (&b""[..], "no proof: "),
        (&fs::read(directory.path("a.key")).unwrap(), "not a proof"),
        (&older, "prove again"),
        (&proof[..20], "truncated"),
        (&proof[..proof.len() - 32], "the proof ends inside"),
        (&[&proof[..], b"\n"].concat(), "1 bytes follow"),
    ] {
        let path = directory.write("b.proof", bytes);
        let run = directory.run(&["verify", &elf, "-p", &path]).ends_with(3);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
    directory.run(&["verify", &elf, "-p", "."]).ends_with(4);
    directory.run(&["verify", &elf, "-p", "exit.elf/a.proof"]).ends_with(4);
}

/// Where the row size is in a proof: after magic, version, program id and three other sizes.
const LOG_ROW: usize = 8 + 4 + 32 + 3;

#[test]
fn a_proof_cannot_ask_for_large_bases() {
    let directory = Directory::new();
    let elf = directory.write("exit.elf", &exits_with(0));
    Run::of(&mut directory.command(&["prove", &elf, "-o", "a.proof"])).ends_with(0);
    fs::remove_dir_all(directory.path(CACHE)).unwrap();
    let mut proof = fs::read(directory.path("a.proof")).unwrap();
    for log_row in [20, 21, 63, 64, 255] {
        proof[LOG_ROW] = log_row;
        let path = directory.write("b.proof", &proof);
        let run = Run::of(&mut directory.command(&["verify", &elf, "-p", &path])).ends_with(3);
        assert!(run.stderr.contains("outside the bounds"), "{}", run.stderr);
        assert!(!directory.files().contains(&CACHE.to_owned()), "bases were made");
    }
}

#[test]
fn a_key_from_anybody_is_described_in_little_memory() {
    let directory = Directory::new();
    // Divisions, whose rows are most of a table, at the usual address.
    let text = 0x02c5_c533u32.to_le_bytes().repeat(1 << 17);
    let [stack, heap, entry, segments] = [1 << 20, 1 << 26, 0x0100_0000, 1];
    let length = text.len() as u32;
    let words = [1, stack, heap, entry, segments, entry, length, 1, length].map(u32::to_le_bytes);
    let key = [&b"zkvmkey\n"[..], words.as_flattened(), &text].concat();
    let key = directory.write("a.key", &key);
    let limited = |command: &[&str]| Run::of(&mut prepared(&directory, "ulimit -v 65536", command));
    let described = limited(&["inspect", &key, "--json"]).ends_with(0).json();
    assert_eq!((&described["kind"], &described["instructions"]), (&"key".into(), &(1 << 17).into()));
    let id = described["program"].as_str().unwrap();
    // To build its table takes more, and only that.
    let verify = ["verify", "--id", id, "--key", &key, "-p", "none.proof"];
    assert_eq!(limited(&verify).code, -1);
    directory.run(&verify).ends_with(4);
}

#[test]
fn the_name_that_an_elf_file_gives_itself_does_not_choose_the_directory() {
    let directory = Directory::new();
    let mut elf = add();
    // The signature's JSON: another name of the same length.
    let name = b"\"name\":\"add\"";
    let at = elf.windows(name.len()).position(|window| window == name).unwrap();
    elf[at..at + name.len()].copy_from_slice(b"\"name\":\"../\"");
    let elf = directory.write("guest.elf", &elf);
    let report = directory.run(&["prove", &elf, "--json", "n=1", "m=1"]).ends_with(0).json();
    assert_eq!(report["proof"], "guest.proof");
    assert_eq!(directory.files(), ["guest.elf", "guest.proof"]);
}
