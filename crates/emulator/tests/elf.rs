//! Which ELF files are accepted, what is read from them, and that hostile ones are refused.

use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_emulator::testing::{A0, Asm, DATA, ElfWriter, SegmentWriter, TEXT};
use zkvm_emulator::{Elf, ElfError};

fn program() -> ElfWriter {
    let mut asm = Asm::new();
    asm.symbol("_start");
    asm.li(A0, 0x12345);
    asm.symbol("_ZN5guest4main17h0123456789abcdefE");
    asm.exit();
    asm.data(DATA, &[1, 2, 3, 4, 5]);
    let mut elf = asm.elf();
    elf.segments[1].mem_size = 4096;
    elf.sections.push((".zkvm.abi".into(), b"signature".to_vec()));
    elf
}

/// The error of the program after a change.
fn refusal(change: impl FnOnce(&mut ElfWriter)) -> ElfError {
    let mut elf = program();
    change(&mut elf);
    Elf::parse(&elf.write()).expect_err("the file should be refused")
}

#[test]
fn segments_symbols_and_sections_are_read() {
    let file = program().write();
    let elf = Elf::parse(&file).unwrap();
    assert_eq!(elf.image.entry, TEXT);
    let [text, data] = elf.image.segments.as_slice() else { panic!("two segments") };
    assert!(text.executable && !data.executable);
    assert_eq!((text.addr, text.mem_size), (TEXT, 16));
    assert_eq!((data.addr, data.mem_size, data.bytes.as_slice()), (DATA, 4096, &[1, 2, 3, 4, 5][..]));

    assert_eq!(elf.section(".zkvm.abi"), Some(&b"signature"[..]));
    assert_eq!(elf.section(".absent"), None);

    assert_eq!(elf.symbols.address("_start"), Some(TEXT));
    let name = |addr| elf.symbols.locate(addr).map(|location| location.to_string());
    assert_eq!(name(TEXT - 4), None);
    assert_eq!(name(TEXT), Some("_start".into()));
    assert_eq!(name(TEXT + 4), Some("_start+0x4".into()));
    assert_eq!(name(TEXT + 8), Some("guest::main".into()));
}

#[test]
fn a_file_at_any_address_in_memory_is_read() {
    let file = program().write();
    for skew in 0..4 {
        let mut shifted = vec![0; skew];
        shifted.extend_from_slice(&file);
        assert!(Elf::parse(&shifted[skew..]).is_ok());
    }
}

#[test]
fn segments_are_sorted_and_empty_ones_skipped() {
    let mut elf = program();
    elf.segments.swap(0, 1);
    elf.segments.push(SegmentWriter::load(7, Vec::new(), 6));
    elf.segments.push(SegmentWriter { kind: 0x6474_e551, ..SegmentWriter::load(0, Vec::new(), 6) });
    let elf = elf.write();
    let image = Elf::parse(&elf).unwrap().image;
    let addresses: Vec<_> = image.segments.iter().map(|segment| segment.addr).collect();
    assert_eq!(addresses, [TEXT, DATA]);
}

#[test]
fn a_stripped_file_is_accepted() {
    let mut elf = program();
    elf.symbols.clear();
    let file = elf.write();
    let elf = Elf::parse(&file).unwrap();
    assert!(elf.symbols.is_empty());
    assert_eq!(elf.symbols.locate(TEXT), None);
}

#[test]
fn compressed_flag_alone_is_accepted() {
    let elf = ElfWriter { flags: 1, ..program() };
    assert!(Elf::parse(&elf.write()).is_ok());
}

#[test]
fn what_is_no_riscv_executable_is_refused_by_name() {
    assert_eq!(Elf::parse(b"").unwrap_err(), ElfError::NotElf);
    assert_eq!(Elf::parse(b"#!/bin/sh\n").unwrap_err(), ElfError::NotElf);
    assert_eq!(Elf::parse(b"\x7fELF").unwrap_err(), ElfError::TruncatedHeader);
    assert_eq!(refusal(|elf| elf.class = 2), ElfError::Not32Bit);
    assert_eq!(refusal(|elf| elf.data = 2), ElfError::NotLittleEndian);
    assert_eq!(refusal(|elf| elf.version = 2), ElfError::UnknownVersion { version: 2 });
    assert_eq!(refusal(|elf| elf.machine = 62), ElfError::NotRiscV { machine: 62 });
    assert_eq!(refusal(|elf| elf.kind = 3), ElfError::NotExecutable { kind: 3 });
    assert_eq!(refusal(|elf| elf.flags = 2), ElfError::FloatAbi);
    assert_eq!(refusal(|elf| elf.flags = 4), ElfError::FloatAbi);
    assert_eq!(refusal(|elf| elf.flags = 8), ElfError::EmbeddedAbi);
    assert_eq!(refusal(|elf| elf.segments[1].kind = 2), ElfError::Dynamic);
    assert_eq!(refusal(|elf| elf.segments[1].kind = 3), ElfError::Interpreter);
}

#[test]
fn malformed_segments_are_refused_by_name() {
    assert_eq!(refusal(|elf| elf.segments.clear()), ElfError::ProgramHeaders);
    let no_load = |elf: &mut ElfWriter| elf.segments.iter_mut().for_each(|segment| segment.kind = 4);
    assert_eq!(refusal(no_load), ElfError::NoSegments);
    let addr = DATA;
    assert_eq!(refusal(|elf| elf.segments[1].mem_size = 4), ElfError::SegmentFileSize { addr });
    let size = (1 << 30) + 1;
    assert_eq!(refusal(|elf| elf.segments[1].mem_size = size), ElfError::SegmentOutsideMemory { addr, size });
    assert_eq!(
        refusal(|elf| elf.segments[1].addr = 0xffff_f004),
        ElfError::SegmentOutsideMemory { addr: 0xffff_f004, size: 4096 }
    );
    for align in [3, 4096] {
        assert_eq!(refusal(|elf| elf.segments[1].align = align), ElfError::SegmentAlignment { addr, align });
    }
    assert_eq!(refusal(|elf| elf.segments[0].addr += 2), ElfError::TextAlignment { addr: TEXT + 2 });
    assert_eq!(
        refusal(|elf| elf.segments[1].addr = TEXT + 12),
        ElfError::SegmentsOverlap { first: TEXT, second: TEXT + 12 }
    );
}

#[test]
fn the_entry_point_must_be_an_instruction() {
    for entry in [0, TEXT - 4, TEXT + 1, TEXT + 2, TEXT + 16, DATA, 0xffff_fffc] {
        assert_eq!(refusal(|elf| elf.entry = entry), ElfError::EntryOutsideText { entry });
    }
}

#[test]
fn every_truncation_before_the_section_headers_is_refused() {
    let file = program().write();
    let loaded = 52 + 2 * 32 + 16 + 5;
    for len in 0..loaded {
        assert!(Elf::parse(&file[..len]).is_err(), "truncated to {len} bytes");
    }
    for len in loaded..file.len() {
        let elf = Elf::parse(&file[..len]).unwrap();
        assert!(elf.symbols.is_empty(), "names are lost with the section headers");
    }
}

#[test]
fn mutated_files_never_panic() {
    let file = program().write();
    let mut rng = StdRng::seed_from_u64(1);
    let interesting = [0, 1, 2, 3, 0x7f, 0x80, 0xff];
    let mut accepted = 0;
    for _ in 0..20_000 {
        let mut mutated = file.clone();
        for _ in 0..rng.gen_range(1..6) {
            let at = match rng.gen_bool(0.7) {
                true => rng.gen_range(0..120.min(mutated.len())),
                false => rng.gen_range(0..mutated.len()),
            };
            mutated[at] = match rng.gen_bool(0.5) {
                true => rng.gen_range(0..=255),
                false => interesting[rng.gen_range(0..interesting.len())],
            };
        }
        if rng.gen_bool(0.1) {
            mutated.truncate(rng.gen_range(0..mutated.len()));
        }
        if let Ok(elf) = Elf::parse(&mutated) {
            accepted += 1;
            elf.symbols.locate(TEXT + 4);
            elf.section(".zkvm.abi");
        }
    }
    assert!(accepted > 1000, "the mutations reach behind the header checks");
}
