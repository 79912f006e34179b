//! Both verifiers refuse altered proofs, for the same reason.

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, BigInteger, PrimeField};
use zkvm_second_verifier::{Error, shape::Shape};

use crate::support::{SECOND_POLICY, Subject, echo};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::sync::LazyLock;

/// Bytes before the output.
const HEAD: usize = 8 + 4 + 32 + 4 + 4 + 4;
/// Place of the program digest.
const DIGEST: std::ops::Range<usize> = 12..44;
const INPUT: &[u8] = b"eight byte";

struct Honest {
    subject: Subject,
    proof: Vec<u8>,
    /// Where the tape begins.
    tape: usize,
}

static HONEST: LazyLock<Honest> = LazyLock::new(|| {
    let subject = Subject::new(&echo(4, 0));
    let (io, trace) = subject.run(INPUT, &[3; 80]);
    let proof = subject.prove(&io, trace, 4, Some(8));
    let tape = HEAD + io.output.len();
    assert!(subject.verdict("the honest proof", INPUT, &proof).is_ok());
    Honest { subject, proof, tape }
});

impl Honest {
    fn refuses(&self, what: &str, alter: impl FnOnce(&mut Vec<u8>)) {
        let mut altered = self.proof.clone();
        alter(&mut altered);
        assert!(altered != self.proof, "{what}: nothing is altered");
        self.subject.refused(what, INPUT, &altered);
    }

    fn elements(&self) -> usize {
        (self.proof.len() - self.tape) / 32
    }
}

#[test]
fn every_bit_of_the_head_is_checked() {
    for bit in 0..8 * HONEST.tape {
        HONEST.refuses(&format!("bit {bit}"), |proof| proof[bit / 8] ^= 1 << (bit % 8));
    }
}

#[test]
fn bits_of_the_tape_are_checked() {
    let rng = &mut StdRng::seed_from_u64(2);
    for _ in 0..300 {
        let bit = rng.gen_range(8 * HONEST.tape..8 * HONEST.proof.len());
        HONEST.refuses(&format!("bit {bit}"), |proof| proof[bit / 8] ^= 1 << (bit % 8));
    }
}

#[test]
fn top_bits_of_elements_are_checked() {
    let rng = &mut StdRng::seed_from_u64(3);
    for _ in 0..100 {
        let element = rng.gen_range(0..HONEST.elements());
        let top = HONEST.tape + 32 * element + 31;
        HONEST.refuses(&format!("element {element}"), |proof| proof[top] ^= 1 << rng.gen_range(5..8));
    }
}

/// Another encoding of an element: its number plus the modulus, if that has room. Bits 254 and 255 of a point are no part
/// of its number.
fn plus_modulus(element: &[u8], is_point: bool) -> Option<Vec<u8>> {
    let (modulus, bits) = if is_point { (Fq::MODULUS, 254) } else { (Fr::MODULUS, 256) };
    let number: Vec<bool> = element.iter().flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1 == 1)).collect();
    let mut sum = BigInt::<4>::from_bits_le(&number[..bits as usize]);
    let carry = sum.add_with_carry(&modulus);
    let mut encoding = sum.to_bytes_le();
    if is_point {
        encoding[31] |= element[31] & 0x80;
    }
    (!carry && sum.num_bits() <= bits).then_some(encoding)
}

#[test]
fn other_encodings_of_the_same_element_are_refused() {
    let Honest { subject, proof, tape } = &*HONEST;
    let sizes = proof[44..48].try_into().expect("four sizes");
    let shape = Shape::new(sizes, &subject.program, &SECOND_POLICY).expect("sizes within bounds");
    let (first_scalar, cross_terms) = (shape.commitment_rows(), HONEST.elements() - 1 - 2 * shape.c);
    let mut altered = [0; 2];
    for element in (0..HONEST.elements()).step_by(5) {
        let place = tape + 32 * element..tape + 32 * (element + 1);
        let is_point = element < first_scalar || (cross_terms..HONEST.elements() - 1).contains(&element);
        let Some(other) = plus_modulus(&proof[place.clone()], is_point) else { continue };
        let mut with_other = proof.clone();
        with_other[place].copy_from_slice(&other);
        let verdict = subject.verdict("another encoding", INPUT, &with_other);
        assert!(matches!(verdict, Err(Error::Scalar(_) | Error::Point(_))), "element {element}: {verdict:?}");
        altered[usize::from(is_point)] += 1;
    }
    assert!(altered[0] > 30 && altered[1] > 5, "{altered:?}");
}

#[test]
fn other_elements_are_refused() {
    let rng = &mut StdRng::seed_from_u64(4);
    let mut identity = [0; 32];
    identity[31] = 1 << 6;
    for _ in 0..40 {
        let (one, other) = (rng.gen_range(0..HONEST.elements()), rng.gen_range(0..HONEST.elements()));
        let place = |element| HONEST.tape + 32 * element..HONEST.tape + 32 * (element + 1);
        let replacements = [[0; 32], [255; 32], identity, HONEST.proof[place(other)].try_into().expect("32 bytes")];
        for with in replacements.iter().filter(|with| HONEST.proof[place(one)] != with[..]) {
            HONEST.refuses(&format!("element {one}"), |proof| proof[place(one)].copy_from_slice(with));
        }
    }
}

#[test]
fn swapped_elements_are_refused() {
    let rng = &mut StdRng::seed_from_u64(5);
    for _ in 0..60 {
        let at = HONEST.tape + 32 * rng.gen_range(0..HONEST.elements() - 1);
        let (one, other) = HONEST.proof[at..at + 64].split_at(32);
        if one != other {
            HONEST.refuses(&format!("elements at {at}"), |proof| proof[at..at + 64].rotate_left(32));
        }
    }
}

#[test]
fn other_lengths_are_refused() {
    let rng = &mut StdRng::seed_from_u64(6);
    let length = HONEST.proof.len();
    let ends = (0..=HONEST.tape).chain((0..40).map(|_| rng.gen_range(HONEST.tape..length)));
    for end in ends.chain((1..=33).map(|missing| length - missing)) {
        HONEST.refuses(&format!("cut at {end}"), |proof| proof.truncate(end));
    }
    for more in [1, 31, 32, 64] {
        HONEST.refuses(&format!("{more} bytes more"), |proof| proof.resize(length + more, 0));
    }
    for _ in 0..20 {
        let at = HONEST.tape + 32 * rng.gen_range(0..HONEST.elements());
        HONEST.refuses(&format!("no element at {at}"), |proof| drop(proof.drain(at..at + 32)));
        HONEST.refuses(&format!("an element more at {at}"), |proof| drop(proof.splice(at..at, [0; 32])));
    }
}

#[test]
fn other_public_input_is_refused() {
    let (subject, proof) = (&HONEST.subject, &HONEST.proof);
    for input in [&b"eight bytf"[..], b"eight byte\0", b"eight byt", b"", b"eight byte and more"] {
        subject.refused("another input", input, proof);
    }
    subject.refused("a long input", &vec![0; 3 << 20], proof);
}

#[test]
fn other_output_is_refused() {
    let altered = |what: &str, output: &[u8]| {
        HONEST.refuses(what, |proof| {
            proof.splice(HEAD..HONEST.tape, output.iter().copied());
            proof[HEAD - 4..HEAD].copy_from_slice(&(output.len() as u32).to_le_bytes());
        });
    };
    let output = &HONEST.proof[HEAD..HONEST.tape];
    altered("a byte less", &output[..output.len() - 1]);
    altered("a byte more", &[output, &[0]].concat());
    altered("none", &[]);
    altered("as long as the block takes", &vec![0; (1 << 16) - 12]);
    altered("longer than the block", &vec![0; (1 << 16) - 11]);
}

#[test]
fn other_sizes_are_refused() {
    for place in 44..48 {
        for size in (0..=24).chain([31, 32, 63, 64, 127, 128, 255]) {
            if HONEST.proof[place] != size {
                HONEST.refuses(&format!("size {place} = {size}"), |proof| proof[place] = size);
            }
        }
    }
}

#[test]
fn other_programs_are_refused() {
    for asm in [echo(5, 0), echo(4, 7)] {
        let other = Subject::new(&asm);
        other.refused("another program", INPUT, &HONEST.proof);
        let mut relabelled = HONEST.proof.clone();
        relabelled[DIGEST].copy_from_slice(&other.program.digest());
        other.refused("another program under its name", INPUT, &relabelled);
    }
}
