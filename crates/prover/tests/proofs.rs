//! Whole proofs by the optimised prover: accepted when honest, refused when anything is altered.

use ark_ff::{BigInt, BigInteger, PrimeField};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::sync::LazyLock;
use zkvm_abi::OUTPUT_ADDRESS;
use zkvm_algebra::{Fq, Fr};
use zkvm_emulator::testing::{A0, A1, A2, A3, A7, Asm, S0, S1, T0, ZERO};
use zkvm_emulator::{Console, Elf, Input, Limits, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_pcs::OpeningError;
use zkvm_pcs::kernel::Scalar;
use zkvm_prover::kernels::{Path, set_path};
use zkvm_prover::{Options, ProveError, PublicIo, Setup, prove};
use zkvm_transcript::TapeError;
use zkvm_verifier::party::commitment_shape;
use zkvm_verifier::{Key, Policy, Proof, ProofError, VerifyError, precheck, verify, verify_with};

static SETUP: LazyLock<Setup> = LazyLock::new(Setup::default);

/// Sums the public input's words `rounds` times, divides, writes eight bytes of output and exits
/// with `code`.
fn program(rounds: u32, code: u32) -> Key {
    let mut asm = Asm::new();
    asm.li(S0, rounds);
    asm.li(A0, 0);
    asm.li(S1, zkvm_abi::INPUT_ADDRESS);
    let start = asm.here();
    asm.lw(A1, S1, 4);
    asm.lbu(A2, S1, 9);
    asm.add(A0, A0, A1);
    asm.mul(A0, A0, A2);
    asm.rem(A3, A0, S0);
    asm.xor(A0, A0, A3);
    asm.addi(S0, S0, -1);
    asm.bne(S0, ZERO, start);
    asm.li(T0, OUTPUT_ADDRESS);
    asm.sw(A0, T0, 12);
    asm.sb(A3, T0, 17);
    asm.li(A1, 8);
    asm.sw(A1, T0, 8);
    asm.li(A0, code);
    asm.li(A7, 93);
    asm.ecall();
    let image = Elf::parse(&asm.elf().write()).expect("a valid file").image;
    Key::new(Program::new(image, MemoryConfig::default()).expect("the program fits"))
}

const INPUT: &[u8] = b"eight by";

fn prove_with(key: &Key, options: &Options) -> Proof {
    let input = Input::new(INPUT.to_vec(), Vec::new()).expect("it fits");
    let (execution, trace) =
        trace(key.program(), &input, &Limits::default(), &mut Console::default()).expect("no trap");
    let io = PublicIo { input: INPUT.to_vec(), exit_code: execution.exit_code, output: execution.output };
    prove(&SETUP, key, &io, trace, options, &mut ()).expect("a proof")
}

fn check(key: &Key, input: &[u8], proof: &Proof) -> Result<(), VerifyError> {
    let policy = Policy { exit_codes: vec![0, 7], ..Policy::default() };
    let basis = SETUP.basis(usize::from(proof.sizes.log_row).min(17)).expect("a basis");
    verify(key, &basis, input, proof, &policy)
}

#[test]
fn honest_proofs_are_accepted_for_every_chunk_size() {
    let key = program(20, 0);
    for log_k in [1, 2, 4, 8] {
        let proof = prove_with(&key, &Options { log_k, ..Options::default() });
        assert_eq!(check(&key, INPUT, &proof), Ok(()), "κ = {log_k}");
        assert_eq!(proof.output.len(), 8);
    }
}

#[test]
fn a_longer_run_is_accepted() {
    let key = program(1500, 0);
    assert_eq!(check(&key, INPUT, &prove_with(&key, &Options::default())), Ok(()));
}

#[test]
fn padded_proofs_have_the_sizes_asked_for() {
    let key = program(1, 0);
    let sizes = |options: &Options| {
        let proof = prove_with(&key, options);
        assert_eq!(check(&key, INPUT, &proof), Ok(()));
        (proof.sizes.log_t, proof.sizes.log_ram)
    };
    let (log_t, log_ram) = sizes(&Options::default());
    let most = key.program().layout().max_log_words as u8;
    assert!(log_t < 11 && log_ram < most);
    for zero_knowledge in [false, true] {
        let padded =
            Options { min_log_t: 11, min_log_ram: usize::from(log_ram) + 1, zero_knowledge, ..Options::default() };
        assert_eq!(sizes(&padded), (11, log_ram + 1));
        assert_eq!(sizes(&Options { min_log_ram: usize::MAX, ..padded }), (11, most));
    }
    let input = Input::new(INPUT.to_vec(), Vec::new()).expect("it fits");
    let (_, trace) = trace(key.program(), &input, &Limits::default(), &mut Console::default()).expect("no trap");
    let options = Options { min_log_t: 25, ..Options::default() };
    let refused = prove(&SETUP, &key, &PublicIo::default(), trace, &options, &mut ());
    assert!(matches!(refused, Err(ProveError::Padding { min_log_t: 25, max_log_t: 24 })));
}

#[test]
fn proofs_depend_neither_on_threads_nor_on_the_processor() {
    let key = program(40, 0);
    let options = Options::default();
    let proof = prove_with(&key, &options);
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        assert!(pool.install(|| prove_with(&key, &options)) == proof, "{threads} threads");
    }
    set_path(Path::Scalar);
    let scalar = prove_with(&key, &options);
    set_path(Path::Ifma);
    assert!(scalar == proof, "scalar path");
}

#[test]
fn another_statement_is_refused() {
    let (key, other) = (program(20, 0), program(21, 0));
    let proof = prove_with(&key, &Options::default());
    let altered = |alter: &dyn Fn(&mut Proof)| {
        let mut altered = proof.clone();
        alter(&mut altered);
        check(&key, INPUT, &altered)
    };
    assert!(matches!(check(&other, INPUT, &proof), Err(VerifyError::OtherProgram { .. })));
    let relabelled = Proof { program: other.id(), ..proof.clone() };
    assert!(check(&other, INPUT, &relabelled).is_err());
    assert!(check(&key, b"eight bz", &proof).is_err());
    assert!(check(&key, b"eight by\0", &proof).is_err());
    assert!(check(&key, b"eight b", &proof).is_err());
    assert!(altered(&|p| p.output[0] ^= 1).is_err());
    assert!(altered(&|p| p.output.push(0)).is_err());
    assert!(altered(&|p| p.output.truncate(7)).is_err());
    assert!(altered(&|p| p.exit_code = 7).is_err());
    assert_eq!(altered(&|p| p.exit_code = 101), Err(VerifyError::ExitCode(101)));
    for delta in [1u8, 255] {
        assert!(altered(&|p| p.sizes.log_t = p.sizes.log_t.wrapping_add(delta)).is_err());
        assert!(altered(&|p| p.sizes.log_k = p.sizes.log_k.wrapping_add(delta)).is_err());
        assert!(altered(&|p| p.sizes.log_ram = p.sizes.log_ram.wrapping_add(delta)).is_err());
        assert!(altered(&|p| p.sizes.log_row = p.sizes.log_row.wrapping_add(delta)).is_err());
    }
}

#[test]
fn a_failing_run_is_provable_and_refused_by_default() {
    let key = program(3, 7);
    let proof = prove_with(&key, &Options::default());
    assert_eq!(check(&key, INPUT, &proof), Ok(()));
    let basis = SETUP.basis(proof.sizes.log_row.into()).expect("a basis");
    assert_eq!(verify(&key, &basis, INPUT, &proof, &Policy::default()), Err(VerifyError::ExitCode(7)));
}

#[test]
fn every_altered_byte_and_every_truncation_is_refused() {
    let key = program(20, 0);
    let proof = prove_with(&key, &Options::default());
    let bytes = proof.to_bytes();
    let rng = &mut StdRng::seed_from_u64(11);
    let refuses = |bytes: &[u8]| match Proof::from_bytes(bytes) {
        Err(_) => true,
        Ok(decoded) => check(&key, INPUT, &decoded).is_err(),
    };
    assert!(!refuses(&bytes));
    for _ in 0..1000 {
        let mut altered = bytes.clone();
        let at = rng.gen_range(0..bytes.len());
        altered[at] ^= 1 << rng.gen_range(0..8);
        assert!(refuses(&altered), "byte {at} altered");
    }
    let ends = (0..100).chain((0..200).map(|_| rng.gen_range(0..bytes.len())));
    for end in ends {
        assert!(refuses(&bytes[..end]), "cut at {end}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(refuses(&longer));
    longer.resize(bytes.len() + 32, 0);
    assert!(refuses(&longer));
}

#[test]
fn bases_are_asked_for_after_every_other_check() {
    let key = program(20, 0);
    let proof = prove_with(&key, &Options::default());
    // The verdict, and the sizes of the bases asked for.
    let check = |tape: Vec<u8>| {
        let (proof, mut asked) = (Proof { tape, ..proof.clone() }, Vec::new());
        let bases = |log_row| {
            asked.push(log_row);
            Ok(SETUP.basis(log_row).expect("a basis"))
        };
        let verdict = verify_with(Scalar, &key, bases, INPUT, &proof, &Policy::default());
        (verdict, asked)
    };
    let honest = &proof.tape;
    let log_row = usize::from(proof.sizes.log_row);
    assert_eq!(check(honest.clone()), (Ok(()), vec![log_row]));

    // From its end the tape is one scalar, 2c points, claims and sum-checks, rows.
    let opening = honest.len() - 32 * (1 + 2 * log_row);
    let rows = precheck(&key, INPUT, &proof, &Policy::default()).map(|shape| commitment_shape(&shape));
    let rows = 32 * rows.expect("the proof is valid").expect("the proof is valid").rows();
    let replaced = |at: usize, by: &[u8]| [&honest[..at], by, &honest[at + by.len()..]].concat();
    for at in (rows..opening).step_by(32) {
        let (verdict, asked) = check(replaced(at, &[0; 32]));
        if honest[at..at + 32] != [0; 32] {
            assert!(matches!(verdict, Err(VerifyError::Sumcheck(_))), "scalar at {at}: {verdict:?}");
            assert_eq!(asked, []);
        }
    }
    // No encoding of a point or scalar; too little; too much.
    let mut refused: Vec<Vec<u8>> =
        [0, opening, honest.len() - 32].map(|at| replaced(at, &[0xff; 32])).into_iter().collect();
    refused.extend([honest[..honest.len() - 32].to_vec(), [honest, &[0; 32][..]].concat()]);
    for tape in refused {
        let (verdict, asked) = check(tape);
        let unreadable = matches!(verdict, Err(VerifyError::Tape(_) | VerifyError::Opening(OpeningError::Tape(_))));
        assert!(unreadable && asked.is_empty(), "{verdict:?}");
    }
    // What the bases are for: another last scalar.
    let (verdict, asked) = check(replaced(honest.len() - 32, &[0; 32]));
    assert_eq!(verdict, Err(VerifyError::Opening(OpeningError::Mismatch)));
    assert_eq!(asked, [log_row]);
}

type Element = [u8; 32];

/// Another number of at most so many bits that stands for the same residue.
fn plus(element: &Element, modulus: &BigInt<4>, bits: u32) -> Option<Element> {
    let limb = |limb: &[u8; 8]| u64::from_le_bytes(*limb);
    let mut sum = BigInt(std::array::from_fn(|i| limb(&element.as_chunks().0[i])));
    let carry = sum.add_with_carry(modulus);
    let bytes = sum.0.map(u64::to_le_bytes).concat().try_into().expect("32 bytes");
    (!carry && sum.num_bits() <= bits).then_some(bytes)
}

/// Other encodings of a scalar, if numbers were reduced.
fn of_scalar(element: &Element) -> Vec<Element> {
    std::iter::successors(plus(element, &Fr::MODULUS, 256), |other| plus(other, &Fr::MODULUS, 256)).collect()
}

/// Other encodings of a point, if x were reduced or flags overlooked.
fn of_point(element: &Element) -> Vec<Element> {
    let top = |x: Element, flags: u8| std::array::from_fn(|i| if i == 31 { x[i] & 0x3f | flags } else { x[i] });
    let flags = element[31] & 0xc0;
    if flags == 0x40 {
        let nonzero = std::array::from_fn(|i| u8::from(i == 0));
        return vec![top(*element, 0xc0), top(nonzero, 0x40)];
    }
    let above = plus(&top(*element, 0), &Fq::MODULUS, 254).map(|x| top(x, flags));
    [top(*element, flags | 0x40)].into_iter().chain(above).collect()
}

#[test]
fn every_element_of_a_proof_has_one_encoding() {
    let key = program(3, 0);
    let proof = prove_with(&key, &Options::default());
    assert_eq!(check(&key, INPUT, &proof), Ok(()));
    let rows = precheck(&key, INPUT, &proof, &Policy::default()).map(|shape| commitment_shape(&shape));
    let rows = rows.expect("the proof is valid").expect("the proof is valid").rows();
    let (elements, rest) = proof.tape.as_chunks::<32>();
    assert_eq!(rest, []);
    // From the end: a scalar, the cross terms, all other scalars, rows.
    let cross_terms = elements.len() - 1 - 2 * usize::from(proof.sizes.log_row);
    let mut counts = [0; 2];
    for (i, element) in elements.iter().enumerate() {
        let is_point = i < rows || (cross_terms..elements.len() - 1).contains(&i);
        let others = if is_point { of_point(element) } else { of_scalar(element) };
        for other in &others {
            let mut tape = proof.tape.clone();
            tape[32 * i..32 * (i + 1)].copy_from_slice(other);
            let verdict = check(&key, INPUT, &Proof { tape, ..proof.clone() });
            let expected = |error: &TapeError| match error {
                TapeError::InvalidPoint { .. } => is_point,
                TapeError::NonCanonicalScalar { .. } => !is_point,
                _ => false,
            };
            match &verdict {
                Err(VerifyError::Tape(error) | VerifyError::Opening(OpeningError::Tape(error))) => {
                    assert!(expected(error), "element {i}: {error:?}");
                }
                _ => panic!("element {i}: {verdict:?}"),
            }
        }
        counts[usize::from(is_point)] += others.len();
    }
    assert!(counts[0] >= 4 * (elements.len() - rows - 40) && counts[1] > rows, "{counts:?}");
}

#[test]
fn files_that_are_no_proofs_say_so() {
    let proof = prove_with(&program(3, 0), &Options::default()).to_bytes();
    assert_eq!(Proof::from_bytes(b"\x7fELF"), Err(ProofError::NotAProof));
    let mut other = proof.clone();
    other[8] = 9;
    assert!(matches!(Proof::from_bytes(&other), Err(ProofError::Version { found: 9, .. })));
    assert_eq!(Proof::from_bytes(&proof[..40]), Err(ProofError::Truncated));
}
