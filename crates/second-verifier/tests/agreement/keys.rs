//! Both verifiers make the same program of a key, or none.

use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use zkvm_emulator::testing::Asm;
use zkvm_emulator::testing::random::{self, Mix};
use zkvm_second_verifier::Program;
use zkvm_verifier::Key;

use crate::support::{Subject, plain};

/// A segment: address, size in memory, whether it is executable, bytes.
type Segment = (u32, u32, u32, Vec<u8>);

/// Where programs usually begin.
const USUAL: u32 = 0x0100_0000;

fn key(stack: u32, heap: u32, entry: u32, segments: &[Segment]) -> Vec<u8> {
    let mut bytes = b"zkvmkey\n".to_vec();
    let mut put = |number: u32| bytes.extend(number.to_le_bytes());
    [1, stack, heap, entry, segments.len() as u32].into_iter().for_each(&mut put);
    for (address, size, executable, data) in segments {
        bytes.extend([*address, *size, *executable, data.len() as u32].map(u32::to_le_bytes).concat());
        bytes.extend(data);
    }
    bytes
}

/// Asserts that both make the same of a key; gives whether it is of a program.
fn agree(bytes: &[u8]) -> bool {
    match (Key::from_bytes(bytes), Program::from_key(bytes)) {
        (Ok(first), Ok(second)) => {
            assert_eq!(plain(first.program()), second);
            assert_eq!(first.id().0, second.digest());
            assert_eq!(first.program().log_rows(), second.log_rows());
            true
        }
        (Err(_), Err(_)) => false,
        (first, second) => panic!("{:?}, but {:?}", first.map(|_| ()), second.map(|_| ())),
    }
}

#[test]
fn every_kind_of_word_becomes_the_same_rows() {
    const OPCODES: [u32; 13] = [0x03, 0x0b, 0x0f, 0x13, 0x17, 0x23, 0x33, 0x33, 0x37, 0x63, 0x67, 0x6f, 0x73];
    let rng = &mut StdRng::seed_from_u64(8);
    for _ in 0..40 {
        let word = |rng: &mut StdRng| {
            let fields = rng.r#gen::<u32>() & !0x7f | OPCODES.choose(rng).expect("not empty");
            match rng.gen_range(0..8) {
                // funct7 of RV32IM; few registers, so that operands coincide; few other fields.
                0..=3 => fields & 0x01f7_7fff | [0, 0x20, 1, 1].choose(rng).expect("not empty") << 25,
                4 | 5 => fields & 0xfe33_71ff,
                6 => fields & 0x0000_0fff,
                _ => fields,
            }
        };
        let text: Vec<u8> = (0..500).flat_map(|_| word(rng).to_le_bytes()).collect();
        let entry = USUAL + 4 * rng.gen_range(0..500);
        assert!(agree(&key(1 << 16, 0, entry, &[(USUAL, 2000, 1, text)])));
    }
}

#[test]
fn programs_of_the_tests_are_the_same() {
    for seed in 0..5 {
        let mut asm = Asm::new();
        random::program(&mut asm, &mut StdRng::seed_from_u64(seed), 300, 0x0200_0000, Mix::Machine);
        asm.exit();
        let subject = Subject::new(&asm);
        assert!(agree(&subject.key.to_bytes()));
    }
}

#[test]
fn images_are_laid_out_the_same_or_refused() {
    let rng = &mut StdRng::seed_from_u64(9);
    let mut accepted = 0;
    for _ in 0..3000 {
        let mut segments: Vec<Segment> = Vec::new();
        let mut next =
            *[0, 2040, 2048, 0x0030_0000, 0x0031_0000, USUAL, 1 << 31, 0xffff_0000].choose(rng).expect("some");
        for _ in 0..rng.gen_range(0..4) {
            let address = next + rng.gen_range(0..40) * [1, 1, 4][rng.gen_range(0..3)];
            let size =
                if rng.gen_bool(0.2) { 0 } else { rng.gen_range(0..60) << [0, 0, 0, 20, 26][rng.gen_range(0..5)] };
            let length = rng.gen_range(0..=size.min(60));
            let bytes = (0..length).map(|_| rng.r#gen::<u8>() & rng.r#gen::<u8>()).collect();
            segments.push((address, size, rng.gen_range(0..2), bytes));
            next = address.saturating_add(size).min(0xffff_ff00);
        }
        if rng.gen_bool(0.1) {
            segments.shuffle(rng);
        }
        let sizes = [0, 1, 1 << 16, (1 << 16) + 1, 1 << 20, 3 << 20, 1 << 26, 1 << 30, u32::MAX];
        let [stack, heap] = std::array::from_fn(|_| *sizes.choose(rng).expect("not empty"));
        let entry = segments.first().map_or(0, |segment| segment.0);
        accepted += u32::from(agree(&key(stack, heap, entry, &segments)));
    }
    assert!((500..2500).contains(&accepted), "{accepted} accepted");
}

#[test]
fn altered_keys_are_the_same_program_or_none() {
    let rng = &mut StdRng::seed_from_u64(10);
    let text: Vec<u8> = (0..40).flat_map(|_| 0x0020_8033u32.to_le_bytes()).collect();
    let honest = key(1 << 16, 1 << 20, USUAL, &[(USUAL, 160, 1, text), (USUAL + 160, 64, 0, vec![7; 30])]);
    assert!(agree(&honest));
    for bit in 0..8 * honest.len() {
        let mut altered = honest.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        agree(&altered);
    }
    for end in 0..honest.len() {
        assert!(!agree(&honest[..end]));
    }
    assert!(!agree(&[honest.as_slice(), &[0]].concat()));
    for _ in 0..300 {
        let mut altered = honest.clone();
        let place = rng.gen_range(8..honest.len());
        altered[place] = rng.r#gen();
        agree(&altered);
    }
}
