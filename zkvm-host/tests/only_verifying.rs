//! What a program takes that only verifies, and that it verifies.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use zkvm_host::{Guest, Host, Program, save_key};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn cargo(directory: &Path, arguments: &[&str]) -> Output {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    Command::new(cargo).arg("--offline").args(arguments).current_dir(directory).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The package of `tests/programs/verifier.rs`, outside the workspace, so that nobody else chooses features.
fn package() -> PathBuf {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verifier");
    fs::create_dir_all(&package).unwrap();
    let own = env!("CARGO_MANIFEST_DIR");
    let manifest = format!(
        "[package]\nname = \"verifier\"\nedition = \"2024\"\n[workspace]\n[[bin]]\nname = \"verifier\"\n\
         path = {:?}\n[dependencies]\nzkvm-host = {{ path = {own:?}, default-features = false, \
         features = [\"verify\"] }}\n[profile.dev]\nopt-level = 2\ndebug = \"line-tables-only\"\n",
        format!("{own}/tests/programs/verifier.rs")
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(format!("{ROOT}/Cargo.lock"), package.join("Cargo.lock")).unwrap();
    package
}

#[test]
fn no_prover_is_in_a_program_that_only_verifies() {
    let tree = cargo(&package(), &["tree", "--edges", "normal,build", "--prefix", "none"]);
    let tree = text(&tree.stdout);
    let packages: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(packages.contains(&"zkvm-host") && packages.contains(&"zkvm-verifier"), "{packages:?}");
    for absent in ["zkvm-prover", "zkvm-emulator", "rayon", "object", "serde_json"] {
        assert!(!packages.contains(&absent), "{absent}");
    }
}

#[test]
fn a_program_that_only_verifies_learns_the_output() {
    let guest = Guest::build(format!("{ROOT}/examples/fibonacci/guest")).unwrap();
    let host = Host::new(Program::<(u32,), u64>::typed(guest));
    let files = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let [proof, key] = ["fibonacci.proof", "fibonacci.key"].map(|name| files.join(name).display().to_string());
    host.prove((90,)).run().unwrap().save(&proof).unwrap();
    save_key(host.program().guest().key(), &key).unwrap();
    let id = host.program().guest().id().to_string();

    // With the profile and the target directory of the workspace most of it is compiled already.
    let target = files.parent().unwrap().display().to_string();
    let verify = |arguments: &[&str]| {
        cargo(&package(), &[&["run", "--quiet", "--target-dir", &target, "--"], arguments].concat())
    };
    let run = verify(&[&id, &key, &proof, "90"]);
    assert_eq!(text(&run.stdout), "2880067194370816120\n", "{}", text(&run.stderr));
    // What `main` returns is printed by `Debug`, and is a message all the same.
    let refusal = |arguments: &[&str]| {
        let run = verify(arguments);
        assert!(run.stdout.is_empty() && !run.status.success());
        text(&run.stderr)
    };
    let other = refusal(&[&id, &key, &proof, "91"]);
    assert!(other.starts_with("Error: the proof does not hold for this program and these public values"), "{other}");
    let missing = refusal(&[&id, &key, "missing.proof", "90"]);
    assert!(missing.starts_with("Error: cannot read missing.proof: No such file"), "{missing}");
}
