//! The bytes that a program's id is the digest of, and what is in its memory at the start.

use super::{TEXT, build, data, encoding, nop, text};
use zkvm_isa::program::{Draft, Program};

/// A program with text, data within a word, zeros and memory beyond the file's bytes.
fn sample() -> Program {
    let segments = vec![
        text(TEXT, &[nop(), 0, nop()]),
        data(TEXT + 15, &[7, 1, 2], 3),
        data(TEXT + 18, &[3, 0, 0, 0, 0], 5),
        data(TEXT + 0x40, &[0, 0, 0, 9, 5], 100),
    ];
    build(TEXT, segments).expect("a program")
}

#[test]
fn memory_begins_with_the_nonzero_words_of_the_image() {
    let program = sample();
    let first = (TEXT - program.layout().base) / 4;
    let words: Vec<_> = program.initial_words().collect();
    let expected = [(0, nop()), (2, nop()), (3, 7 << 24), (4, 0x0003_0201), (16, 9 << 24), (17, 5)];
    assert_eq!(words, expected.map(|(index, word)| (first + index, word)));
}

#[test]
fn the_encoding_is_layout_rows_and_words_each_after_its_number() {
    let program = sample();
    let l = *program.layout();
    let mut expected = Vec::new();
    for field in [l.base, l.stack_pointer, l.output, l.input, l.heap, l.min_log_words, l.max_log_words] {
        expected.extend(field.to_le_bytes());
    }
    // Prologue, three rows of text, trap, exit rows, halt.
    expected.extend(10u64.to_le_bytes());
    expected.extend(program.rows()[..10].iter().flat_map(|row| row.to_bytes()));
    expected.extend(6u64.to_le_bytes());
    for (index, word) in program.initial_words() {
        expected.extend(index.to_le_bytes());
        expected.extend(word.to_le_bytes());
    }
    assert_eq!(program.halt(), 9);
    assert_eq!(encoding(&program), expected);
}

#[test]
fn a_draft_has_the_encoding_of_its_program() {
    let program = sample();
    let draft = Draft::new(program.image().clone(), program.config()).expect("a draft");
    let mut bytes = Vec::new();
    assert_eq!(draft.encode(&mut |part| bytes.extend_from_slice(part)), Ok(()));
    assert_eq!(bytes, encoding(&program));
}
