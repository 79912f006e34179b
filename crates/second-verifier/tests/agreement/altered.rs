//! Both verifiers refuse altered proofs, for the same reason.

use ark_bn254::{Fq, Fr};
use ark_ff::{BigInt, BigInteger, PrimeField};
use zkvm_second_verifier::Error;

use crate::example::{DIGEST, HEAD, INPUT, SIZES, examples};
use crate::support::{Subject, echo};
use rand::{Rng, SeedableRng, rngs::StdRng};

#[test]
fn every_bit_of_the_head_is_checked() {
    for example in examples() {
        for bit in 0..8 * example.tape {
            example.refuses(&format!("bit {bit}"), |proof| proof[bit / 8] ^= 1 << (bit % 8));
        }
    }
}

#[test]
fn bits_of_the_tape_are_checked() {
    for example in examples() {
        let rng = &mut StdRng::seed_from_u64(2);
        for _ in 0..80 {
            let bit = rng.gen_range(8 * example.tape..8 * example.proof.len());
            example.refuses(&format!("bit {bit}"), |proof| proof[bit / 8] ^= 1 << (bit % 8));
        }
    }
}

#[test]
fn top_bits_of_elements_are_checked() {
    for example in examples() {
        let rng = &mut StdRng::seed_from_u64(3);
        for _ in 0..30 {
            let element = rng.gen_range(0..example.elements());
            let top = example.element(element).end - 1;
            example.refuses(&format!("element {element}"), |proof| proof[top] ^= 1 << rng.gen_range(5..8));
        }
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
    for example in examples() {
        let mut altered = [0; 2];
        for message in &example.messages {
            for element in message.elements.clone().step_by(9) {
                let place = example.element(element);
                let Some(other) = plus_modulus(&example.proof[place.clone()], message.points) else { continue };
                let mut with_other = example.proof.clone();
                with_other[place].copy_from_slice(&other);
                let verdict = example.subject.verdict("another encoding", INPUT, &with_other);
                assert!(matches!(verdict, Err(Error::Scalar(_) | Error::Point(_))), "element {element}: {verdict:?}");
                altered[usize::from(message.points)] += 1;
            }
        }
        assert!(altered[0] > 30 && altered[1] > 5, "{altered:?}");
    }
}

#[test]
fn other_elements_are_refused() {
    for example in examples() {
        let rng = &mut StdRng::seed_from_u64(4);
        let mut identity = [0; 32];
        identity[31] = 1 << 6;
        for _ in 0..12 {
            let (one, other) = (rng.gen_range(0..example.elements()), rng.gen_range(0..example.elements()));
            let place = |element| example.element(element);
            let replacements =
                [[0; 32], [255; 32], identity, example.proof[place(other)].try_into().expect("32 bytes")];
            for with in replacements.iter().filter(|with| example.proof[place(one)] != with[..]) {
                example.refuses(&format!("element {one}"), |proof| proof[place(one)].copy_from_slice(with));
            }
        }
    }
}

#[test]
fn swapped_elements_are_refused() {
    for example in examples() {
        let rng = &mut StdRng::seed_from_u64(5);
        for _ in 0..20 {
            let at = example.element(rng.gen_range(0..example.elements() - 1)).start;
            let (one, other) = example.proof[at..at + 64].split_at(32);
            if one != other {
                example.refuses(&format!("elements at {at}"), |proof| proof[at..at + 64].rotate_left(32));
            }
        }
    }
}

#[test]
fn other_lengths_are_refused() {
    for example in examples() {
        let rng = &mut StdRng::seed_from_u64(6);
        let length = example.proof.len();
        let ends = (0..=example.tape).chain((0..20).map(|_| rng.gen_range(example.tape..length)));
        for end in ends.chain((1..=33).map(|missing| length - missing)) {
            example.refuses(&format!("cut at {end}"), |proof| proof.truncate(end));
        }
        for more in [1, 31, 32, 64] {
            example.refuses(&format!("{more} bytes more"), |proof| proof.resize(length + more, 0));
        }
        for _ in 0..10 {
            let at = example.element(rng.gen_range(0..example.elements())).start;
            example.refuses(&format!("no element at {at}"), |proof| drop(proof.drain(at..at + 32)));
            example.refuses(&format!("an element more at {at}"), |proof| drop(proof.splice(at..at, [0; 32])));
        }
    }
}

#[test]
fn other_public_input_is_refused() {
    for example in examples() {
        let (subject, proof) = (&example.subject, &example.proof);
        for input in [&b"eight bytf"[..], b"eight byte\0", b"eight byt", b"", b"eight byte and more"] {
            subject.refused("another input", input, proof);
        }
        subject.refused("a long input", &vec![0; 3 << 20], proof);
    }
}

#[test]
fn other_output_is_refused() {
    for example in examples() {
        let altered = |what: &str, output: &[u8]| {
            example.refuses(what, |proof| {
                proof.splice(HEAD..example.tape, output.iter().copied());
                proof[HEAD - 4..HEAD].copy_from_slice(&(output.len() as u32).to_le_bytes());
            });
        };
        let output = &example.proof[HEAD..example.tape];
        altered("a byte less", &output[..output.len() - 1]);
        altered("a byte more", &[output, &[0]].concat());
        altered("none", &[]);
        altered("as long as the block takes", &vec![0; (1 << 16) - 12]);
        altered("longer than the block", &vec![0; (1 << 16) - 11]);
    }
}

#[test]
fn other_sizes_are_refused() {
    for example in examples() {
        for place in SIZES {
            for size in (0..=24).chain([31, 32, 63, 64, 127, 128, 255]) {
                if example.proof[place] != size {
                    example.refuses(&format!("size {place} = {size}"), |proof| proof[place] = size);
                }
            }
        }
    }
}

#[test]
fn other_programs_are_refused() {
    for example in examples() {
        for asm in [echo(5, 0), echo(4, 7)] {
            let other = Subject::new(&asm);
            other.refused("another program", INPUT, &example.proof);
            let mut relabelled = example.proof.clone();
            relabelled[DIGEST].copy_from_slice(&other.program.digest());
            other.refused("another program under its name", INPUT, &relabelled);
        }
    }
}
