//! [`Key`] and [`ProgramId`]: the encoding, field by field, and what is no key.

use crate::{ID, KEY, KEY_FILE, with_word};
use sha3::{Digest, Keccak256};
use zkvm_isa::program::{Image, MemoryConfig, ProgramError, Segment};
use zkvm_verifier::{InvalidProgramId, Key, KeyError, ProgramId};

/// The version of the encoding.
const VERSION: u32 = 1;

/// Where the fields of the kept key are.
const VERSION_AT: usize = 8;
const STACK_AT: usize = 12;
const HEAP_AT: usize = 16;
const ENTRY_AT: usize = 20;
const SEGMENTS_AT: usize = 24;
const TEXT_AT: usize = 28;
const DATA_AT: usize = 92;
/// And within a segment.
const ADDRESS: usize = 0;
const MEMORY: usize = 4;
const FLAGS: usize = 8;
const LENGTH: usize = 12;
const BYTES: usize = 16;

const TEXT: u32 = zkvm_abi::IMAGE_BASE;

fn id() -> ProgramId {
    ID.parse().expect("an id")
}

/// Requires an error of every decoder.
#[track_caller]
fn assert_refused(bytes: &[u8], error: KeyError) {
    assert_eq!(Key::from_bytes(bytes), Err(error.clone()));
    assert_eq!(Key::draft_from_bytes(bytes), Err(error.clone()));
    assert_eq!(Key::from_bytes_of(id(), bytes), Err(error));
}

/// The encoding of a header and segments (address, size in memory, flags, bytes).
fn encoded(header: [u32; 3], segments: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
    let mut bytes = b"zkvmkey\n".to_vec();
    let [stack, heap, entry] = header;
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    bytes.extend(words(&[VERSION, stack, heap, entry, segments.len() as u32]));
    for (addr, mem_size, flags, content) in segments {
        bytes.extend(words(&[*addr, *mem_size, *flags, content.len() as u32]));
        bytes.extend(*content);
    }
    bytes
}

/// The encoding of segments, with a usual header.
fn of_segments(segments: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
    encoded([1 << 16, 1 << 16, TEXT], segments)
}

#[test]
fn the_kept_file_is_the_encoding_of_what_it_decodes_to() {
    assert_eq!(KEY.to_bytes(), KEY_FILE);
    assert_eq!(Key::from_bytes_of(id(), KEY_FILE).as_ref(), Ok(&*KEY));
    assert_eq!(Key::new(KEY.program().clone()), *KEY);
    assert_eq!(KEY_FILE[VERSION_AT..VERSION_AT + 4], VERSION.to_le_bytes());
}

#[test]
fn the_id_is_the_digest_of_the_encoding_of_the_program() {
    assert_eq!((KEY.id(), KEY.id().to_string()), (id(), ID.to_owned()));
    let mut hash = Keccak256::new_with_prefix("zkvm program");
    KEY.program().encode(&mut |bytes: &[u8]| hash.update(bytes));
    assert_eq!(KEY.id().0[..], hash.finalize()[..]);
}

#[test]
fn every_field_is_in_its_place() {
    let nop = 0x13u32.to_le_bytes();
    let text = [nop, nop].concat();
    let bytes = encoded([0x1_0203, 0x405_0607, TEXT + 4], &[(TEXT, 8, 1, &text), (TEXT + 0x100, 77, 0, b"data")]);
    let key = Key::from_bytes(&bytes).unwrap();
    assert_eq!(key.program().config(), MemoryConfig { stack_bytes: 0x1_0203, heap_bytes: 0x405_0607 });
    let text = Segment { addr: TEXT, bytes: text, mem_size: 8, executable: true };
    let data = Segment { addr: TEXT + 0x100, bytes: b"data".to_vec(), mem_size: 77, executable: false };
    assert_eq!(*key.program().image(), Image { entry: TEXT + 4, segments: vec![text, data] });
    assert_eq!(key.to_bytes(), bytes);
    assert_eq!(Key::from_bytes_of(key.id(), &bytes).as_ref(), Ok(&key));
}

#[test]
fn a_draft_has_the_id_and_the_parts_of_its_program() {
    let (found, draft) = Key::draft_from_bytes(KEY_FILE).unwrap();
    let program = KEY.program();
    assert_eq!((found, draft.image(), draft.config()), (id(), program.image(), program.config()));
    assert_eq!((draft.layout(), draft.halt()), (program.layout(), program.halt()));
    assert_eq!(draft.build().as_ref(), Ok(program));
}

#[test]
fn another_value_of_a_field_is_another_program() {
    let fields = [
        (STACK_AT, 1 << 17),
        (HEAP_AT, 1 << 23),
        (ENTRY_AT, TEXT + 4),
        (TEXT_AT + FLAGS, 0),
        (TEXT_AT + BYTES, 0x13),
        (DATA_AT + ADDRESS, TEXT + 0x1004),
        (DATA_AT + MEMORY, 8),
        (DATA_AT + BYTES, 0),
    ];
    for (offset, value) in fields {
        let bytes = with_word(KEY_FILE, offset, value);
        let found = Key::from_bytes(&bytes).unwrap().id();
        assert_ne!(found, id(), "word at {offset}");
        let refused = KeyError::OtherProgram { found, expected: id() };
        assert_eq!(Key::from_bytes_of(id(), &bytes), Err(refused), "word at {offset}");
    }
}

#[test]
fn a_key_is_refused_if_any_other_id_is_expected() {
    for byte in 0..32 {
        let mut expected = id();
        expected.0[byte] ^= 0x10;
        let refused = KeyError::OtherProgram { found: id(), expected };
        assert_eq!(Key::from_bytes_of(expected, KEY_FILE), Err(refused));
    }
}

#[test]
fn bytes_with_another_beginning_are_no_key() {
    for length in 0..VERSION_AT {
        assert_refused(&KEY_FILE[..length], KeyError::NotAKey);
        let mut other = KEY_FILE.to_vec();
        other[length] ^= 1;
        assert_refused(&other, KeyError::NotAKey);
    }
    assert_refused(crate::PROOF_FILE, KeyError::NotAKey);
}

#[test]
fn a_key_of_another_version_names_both() {
    for found in [0, VERSION + 1, VERSION | 1 << 31, u32::MAX] {
        let refused = KeyError::Version { found, expected: VERSION };
        let other = with_word(KEY_FILE, VERSION_AT, found);
        assert_refused(&other, refused.clone());
        assert_refused(&other[..VERSION_AT + 4], refused);
    }
}

#[test]
fn a_key_cut_anywhere_is_truncated() {
    for length in VERSION_AT..KEY_FILE.len() {
        assert_refused(&KEY_FILE[..length], KeyError::Truncated);
    }
}

#[test]
fn bytes_after_the_last_segment_are_counted() {
    for count in [1, 4, 16, 100] {
        let longer = [KEY_FILE, &vec![0; count]].concat();
        assert_refused(&longer, KeyError::TrailingBytes(count));
    }
}

#[test]
fn the_number_of_segments_must_be_right() {
    let with = |segments| with_word(KEY_FILE, SEGMENTS_AT, segments);
    assert_refused(&with(0), KeyError::TrailingBytes(KEY_FILE.len() - TEXT_AT));
    assert_refused(&with(1), KeyError::TrailingBytes(KEY_FILE.len() - DATA_AT));
    assert_refused(&with(3), KeyError::Truncated);
    assert_refused(&with(u32::MAX), KeyError::Truncated);
}

#[test]
fn the_length_of_a_segment_must_be_right() {
    let with = |length| with_word(KEY_FILE, DATA_AT + LENGTH, length);
    assert_refused(&with(0), KeyError::TrailingBytes(4));
    assert_refused(&with(3), KeyError::TrailingBytes(1));
    assert_refused(&with(5), KeyError::Truncated);
    assert_refused(&with(u32::MAX), KeyError::Truncated);
    assert_refused(&with_word(KEY_FILE, TEXT_AT + LENGTH, u32::MAX), KeyError::Truncated);
}

#[test]
fn a_segment_is_executable_or_not() {
    for flags in [2, 3, 5, 1 << 31, u32::MAX] {
        for segment in [TEXT_AT, DATA_AT] {
            assert_refused(&with_word(KEY_FILE, segment + FLAGS, flags), KeyError::SegmentFlags(flags));
        }
    }
}

#[test]
fn a_key_of_no_program_says_why() {
    let refused = |bytes: &[u8], error| assert_refused(bytes, KeyError::Program(error));
    refused(&of_segments(&[]), ProgramError::Empty);
    refused(&of_segments(&[(TEXT, 0, 1, &[])]), ProgramError::Empty);
    refused(&of_segments(&[(TEXT, 1, 0, &[1, 2])]), ProgramError::SegmentSize { addr: TEXT });
    refused(&of_segments(&[(TEXT, 8, 0, &[]), (TEXT + 7, 1, 0, &[])]), ProgramError::Overlap { addr: TEXT + 7 });
    refused(&of_segments(&[(0x7fc, 8, 0, &[])]), ProgramError::TooLow { addr: 0x7fc });
    refused(&encoded([0, u32::MAX, 0x800], &[(0x800, 8, 0, &[])]), ProgramError::TooLarge { base: 0x800 });
}

#[test]
fn an_id_is_64_hexadecimal_digits() {
    let upper = ID.to_uppercase();
    for text in [ID, &upper, &format!("0x{ID}"), &format!("0x{upper}")] {
        assert_eq!(text.parse(), Ok(KEY.id()), "{text}");
    }
    let counting = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    let mut expected: [u8; 32] = std::array::from_fn(|byte| byte as u8);
    expected[31] = 0xff;
    assert_eq!(counting.parse(), Ok(ProgramId(expected)));
    assert_eq!(ProgramId(expected).to_string(), counting);
    assert_eq!(format!("{:?}", ProgramId(expected)), format!("ProgramId({counting})"));
}

#[test]
fn other_texts_are_no_ids() {
    let digits = |count| "a".repeat(count);
    let mut texts = [0, 1, 32, 62, 63, 65, 66, 128].map(digits).to_vec();
    texts.extend(["0x".to_owned(), format!("0X{ID}"), format!("0x0x{ID}"), format!(" {ID}"), format!("{ID}\n")]);
    for at in [0, 1, 62, 63] {
        for other in ["g", " ", "-", "+", "x", "ä"] {
            let mut text = ID.to_owned();
            text.replace_range(at..at + 1, other);
            texts.push(text);
        }
    }
    // 64 bytes that are not 64 digits.
    texts.push(format!("ä{}", digits(62)));
    for text in texts {
        assert_eq!(text.parse::<ProgramId>(), Err(InvalidProgramId), "{text}");
    }
}
