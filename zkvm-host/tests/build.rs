//! What the guest builder produces: the shape of the ELF file, and the same one anywhere.

use std::fs;
use std::path::{Path, PathBuf};

use object::LittleEndian as LE;
use object::elf::{FileHeader32, PF_W, PF_X, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader};
use zkvm_abi::IMAGE_BASE;
use zkvm_host::build::{BuildError, GuestBuilder};
use zkvm_host::signature::Signature;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A segment of the image: address, flags, bytes of the file, size in memory.
type Segment = (u32, u32, Vec<u8>, u32);

fn segments(elf: &[u8]) -> Vec<Segment> {
    let header = FileHeader32::<LE>::parse(elf).unwrap();
    let headers = header.program_headers(LE, elf).unwrap();
    headers
        .iter()
        .filter(|segment| segment.p_type(LE) == PT_LOAD)
        .map(|segment| {
            let bytes = segment.data(LE, elf).unwrap().to_vec();
            (segment.p_vaddr(LE), segment.p_flags(LE).0, bytes, segment.p_memsz(LE))
        })
        .collect()
}

#[test]
fn the_image_is_text_then_data_from_the_base_up() {
    let guest = GuestBuilder::new(root().join("examples/ledger/guest")).build().unwrap();
    let segments = segments(&guest.elf);
    let (text, rest) = segments.split_first().unwrap();
    assert_eq!(text.0, IMAGE_BASE);
    assert_eq!(text.1 & (PF_X.0 | PF_W.0), PF_X.0);
    assert_eq!((text.2.len() % 4, text.2.len()), (0, text.3 as usize));
    // The two lowest bits tell an instruction of four bytes from a compressed one.
    assert!(text.2.chunks(4).all(|word| word[0] & 3 == 3));
    let mut end = text.0 + text.3;
    for (address, flags, _, size) in rest {
        assert!(*address >= end && flags & PF_X.0 == 0);
        end = address + size;
    }
    let header = FileHeader32::<LE>::parse(&*guest.elf).unwrap();
    assert_eq!(header.e_entry(LE), IMAGE_BASE);
}

#[test]
fn the_signature_is_in_the_file() {
    let guest = GuestBuilder::new(root().join("examples/merkle/guest")).build().unwrap();
    let text = "fn contains(#[public] root: [u8; 32], #[private] leaf: &[u8], \
                #[private] position: u32, #[private] path: Vec<[u8; 32]>) -> bool";
    assert_eq!(guest.signature.as_ref().unwrap().to_string(), text);
    assert_eq!(Signature::of_elf(&guest.elf).unwrap(), guest.signature);
    assert!(guest.sources.iter().any(|path| path.ends_with("merkle/guest/src/lib.rs")));
}

/// Copies the files of a directory, leaving out what cargo wrote.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_name() == "target" {
            continue;
        } else if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A package outside any workspace that uses the SDK from a checkout in `directory`.
fn checkout(directory: &Path) -> PathBuf {
    for part in ["zkvm-sdk", "zkvm-macros", "crates/abi"] {
        copy(&root().join(part), &directory.join(part));
    }
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (before, after) = manifest.split_once("members = [").unwrap();
    let (_, after) = after.split_once(']').unwrap();
    let members = r#"members = ["zkvm-sdk", "zkvm-macros", "crates/abi"]"#;
    fs::write(directory.join("Cargo.toml"), format!("{before}{members}{after}")).unwrap();

    let guest = directory.join("elsewhere/guest");
    copy(&root().join("examples/ledger/guest/src"), &guest.join("src"));
    let manifest = r#"
        [package]
        name = "ledger-guest"
        version = "0.1.0"
        edition = "2024"
        [workspace]
        [dependencies]
        zkvm-sdk = { path = "../../zkvm-sdk" }
        serde = { version = "1", default-features = false, features = ["derive", "alloc"] }
    "#;
    fs::write(guest.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), guest.join("Cargo.lock")).unwrap();
    guest
}

#[test]
fn two_checkouts_at_different_paths_give_the_same_image() {
    let base = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let image = |path: &str| {
        // One target directory: the standard library is compiled once.
        let builder = GuestBuilder::new(checkout(&base.join(path))).target_directory(base.join("target"));
        segments(&builder.build().unwrap_or_else(|error| panic!("{error}")).elf)
    };
    assert!(image("one") == image("another/and deeper"), "the images differ");
}

#[test]
fn a_guest_that_does_not_compile_says_why() {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken");
    fs::create_dir_all(directory.join("src")).unwrap();
    let manifest = "[package]\nname = \"broken\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(directory.join("Cargo.toml"), manifest).unwrap();
    fs::write(directory.join("src/main.rs"), "#![no_std]\nfn wrong() -> u8 { undefined }\n").unwrap();
    let error = GuestBuilder::new(&directory).build().unwrap_err();
    assert!(matches!(error, BuildError::Cargo { .. }), "{error}");
    assert!(error.to_string().contains("cannot find value `undefined`"), "{error}");
}
