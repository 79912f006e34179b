//! Every target on its seeds, its corpus, and some thousands of mutations.

use zkvm_fuzz::campaign::{self, Until};
use zkvm_fuzz::{TARGETS, corpus, target};

fn holds(name: &str) {
    let target = target(name).expect(name);
    let inputs = corpus::inputs(target).unwrap();
    if let Err(finding) = campaign::run(target, &inputs, Until::Inputs(target.everyday), 1) {
        panic!("{finding}: {:02x?}", finding.input);
    }
}

macro_rules! tests {
    ($($test:ident: $name:literal,)*) => {
        $(#[test]
        fn $test() {
            holds($name);
        })*

        #[test]
        fn every_target_has_a_test() {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$($name),*]);
        }
    };
}

tests! {
    proof_files_have_one_encoding: "proof-file",
    nothing_verifies_but_the_proof: "verify",
    elf_files_are_refused_or_make_programs: "elf",
    keys_have_one_encoding_and_run_alike_in_both_modes: "key",
    instructions_have_one_encoding: "decode",
    programs_run_alike_in_both_modes_and_within_limits: "program",
    runs_that_end_have_proofs: "prove",
    values_are_read_as_they_are_written: "inputs",
}

#[test]
fn every_target_has_a_small_corpus() {
    for target in &TARGETS {
        let inputs = corpus::inputs(target).unwrap();
        let found = &inputs[(target.seeds)().len()..];
        let bytes: usize = found.iter().map(Vec::len).sum();
        assert!(!found.is_empty() && bytes <= corpus::MAX_BYTES, "{}: {bytes} bytes", target.name);
    }
}
