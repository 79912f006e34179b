//! Layouts, number by number, and images at the very bounds of the address space.

use super::{data, nop, text};
use zkvm_abi::{INPUT_BYTES, OUTPUT_BYTES};
use zkvm_isa::program::{Draft, Image, Layout, MemoryConfig, Program, ProgramError, Segment};

/// The bytes between stack and image.
const BLOCKS: u32 = OUTPUT_BYTES + INPUT_BYTES;
/// First address above every region.
const HIGHEST: u32 = u32::MAX - (1 << 11) + 1;

fn layout(segments: Vec<Segment>, stack_bytes: u32, heap_bytes: u32) -> Result<Layout, ProgramError> {
    let image = Image { entry: 0, segments };
    Draft::new(image, MemoryConfig { stack_bytes, heap_bytes }).and_then(Draft::build).map(|p| *p.layout())
}

/// The layout of an image of `bytes` bytes without text at `addr`.
fn of_data(addr: u32, bytes: u32, stack_bytes: u32, heap_bytes: u32) -> Result<Layout, ProgramError> {
    layout(vec![data(addr, &[], bytes)], stack_bytes, heap_bytes)
}

#[test]
fn stack_and_blocks_stand_below_the_image() {
    let addr = 0x100_0002;
    let (stack, base) = (2 * OUTPUT_BYTES, 0x100_0000 - BLOCKS - 2 * OUTPUT_BYTES);
    let expected = Layout {
        base,
        stack_pointer: base + stack,
        output: base + stack,
        input: base + stack + OUTPUT_BYTES,
        heap: 0x100_0068,
        min_log_words: 20,
        max_log_words: 22,
    };
    // The stack is rounded up to whole output blocks, the image to whole words.
    for (bytes, stack_bytes) in [(99, OUTPUT_BYTES + 1), (99, 2 * OUTPUT_BYTES), (102, OUTPUT_BYTES + 1)] {
        assert_eq!(of_data(addr, bytes, stack_bytes, 8 << 20), Ok(expected));
    }
    let more = of_data(addr, 103, stack, 8 << 20).expect("it fits");
    assert_eq!(more, Layout { heap: 0x100_006c, ..expected });
    let none = of_data(addr, 99, 0, 0).expect("it fits");
    assert_eq!((none.base, none.output, none.max_log_words), (0x100_0000 - BLOCKS, 0x100_0000 - BLOCKS, 20));
}

#[test]
fn the_region_grows_at_powers_of_two() {
    // What stands below the image, in bytes.
    let below = BLOCKS + OUTPUT_BYTES;
    let logs = |bytes, heap| {
        let layout = of_data(0x1000_0000, bytes, OUTPUT_BYTES, heap).expect("it fits");
        (layout.min_log_words, layout.max_log_words)
    };
    let rest = (4 << 20) - below;
    assert_eq!((logs(rest, 0), logs(rest + 1, 0)), ((20, 20), (21, 21)));
    assert_eq!((logs(4, rest - 4), logs(4, rest - 3)), ((20, 20), (20, 21)));
    assert_eq!((logs(4, rest - 4 + (4 << 20)), logs(4, rest - 3 + (4 << 20))), ((20, 21), (20, 22)));
}

#[test]
fn an_image_without_room_below_has_stack_and_blocks_above() {
    let addr = 0x800;
    // Image and heap end at 0x100 + 0x1000, the stack takes 1, blocks must begin at a whole one.
    let expected = Layout {
        base: addr,
        stack_pointer: addr + OUTPUT_BYTES,
        output: addr + OUTPUT_BYTES,
        input: addr + 2 * OUTPUT_BYTES,
        heap: addr + 0x100,
        min_log_words: 20,
        max_log_words: 20,
    };
    assert_eq!(of_data(addr, 0x100, 0, 0x1000), Ok(expected));
    assert_eq!(of_data(addr, 0x100, 0, OUTPUT_BYTES - 0x100), Ok(expected));
    let above = Layout {
        stack_pointer: addr + 2 * OUTPUT_BYTES,
        output: addr + 2 * OUTPUT_BYTES,
        input: addr + 3 * OUTPUT_BYTES,
        ..expected
    };
    assert_eq!(of_data(addr, 0x100, 1, 0x1000), Ok(above));
    assert_eq!(of_data(addr, 0x100, 0, OUTPUT_BYTES - 0xff), Ok(above));
    // The stack pointer has sixteen bytes alignment, whatever the image has.
    let odd = of_data(addr + 0x1b, 0x100, 0, 0x1000).expect("it fits");
    assert_eq!((odd.base, odd.output), (addr + 0x18, addr + 0x18 + OUTPUT_BYTES));
    assert_eq!((odd.stack_pointer, odd.heap), (addr + 0x10 + OUTPUT_BYTES, addr + 0x11c));
    // A region of exactly 2^21 words, and one block more.
    let blocks = (8 << 20) / OUTPUT_BYTES - BLOCKS / OUTPUT_BYTES;
    let log = |heap| of_data(addr, 0x100, 0, heap).expect("it fits").max_log_words;
    assert_eq!((log(blocks * OUTPUT_BYTES - 0x100), log(blocks * OUTPUT_BYTES - 0xff)), (21, 22));
}

#[test]
fn the_lowest_region_begins_at_2_to_the_11() {
    let lowest = 0x800 + BLOCKS + OUTPUT_BYTES;
    let at = |addr| of_data(addr, 8, OUTPUT_BYTES, 0).expect("it fits");
    assert_eq!((at(lowest).base, at(lowest).output), (0x800, 0x800 + OUTPUT_BYTES));
    let below = at(lowest - 4);
    assert_eq!(below.base, lowest - 4);
    assert!(below.output > lowest);
    assert_eq!(at(0x800).base, 0x800);
    for (addr, word) in [(0x7ff, 0x7fc), (0x7fc, 0x7fc), (1, 0)] {
        assert_eq!(of_data(addr, 8, OUTPUT_BYTES, 0), Err(ProgramError::TooLow { addr: word }));
    }
}

#[test]
fn the_highest_region_ends_2_to_the_11_before_the_address_space() {
    // A region of 2^20 words that ends at HIGHEST.
    let base = HIGHEST - (4 << 20);
    let addr = base + BLOCKS;
    let layout = of_data(addr, 8, 0, 0).expect("it fits");
    assert_eq!((layout.base, layout.max_log_words), (base, 20));
    assert_eq!(of_data(addr + 4, 8, 0, 0), Err(ProgramError::TooLarge { base: base + 4 }));
    // The heap gets what fits.
    assert_eq!(of_data(addr, 8, 0, u32::MAX), Ok(layout));
    let lower = of_data(addr - (12 << 20), 8, 0, u32::MAX).expect("it fits");
    assert_eq!((lower.min_log_words, lower.max_log_words), (20, 22));
    let image = of_data(addr, (4 << 20) - BLOCKS, 0, 0).expect("it fits");
    assert_eq!(image.heap, HIGHEST);
    assert_eq!(of_data(addr, (4 << 20) - BLOCKS + 1, 0, 0), Err(ProgramError::TooLarge { base }));
}

#[test]
fn segments_without_memory_have_no_place_in_the_layout() {
    let with = |segments| layout(segments, OUTPUT_BYTES, 0).expect("it fits");
    let alone = with(vec![data(0x200_0000, &[], 8)]);
    let empty = |addr| data(addr, &[], 0);
    assert_eq!(with(vec![empty(0x10), data(0x200_0000, &[], 8), empty(0x300_0000)]), alone);
    let both = with(vec![data(0x200_0000, &[], 8), empty(0x200_0100), data(0x200_0200, &[], 5), empty(0x300_0000)]);
    assert_eq!(both, Layout { heap: 0x200_0208, ..alone });
}

#[test]
fn segments_may_touch_one_another_and_the_end_of_the_address_space_but_not_more() {
    let error = |segments| layout(segments, 0, 0).expect_err("refused");
    let addr = 0x200_0000;
    assert!(layout(vec![data(addr, &[], 8), data(addr + 8, &[], 8)], 0, 0).is_ok());
    assert_eq!(error(vec![data(addr, &[], 8), data(addr + 7, &[], 8)]), ProgramError::Overlap { addr: addr + 7 });
    assert_eq!(error(vec![data(addr, &[], 8), data(addr, &[], 8)]), ProgramError::Overlap { addr });
    assert!(layout(vec![data(addr, &[1, 2, 3], 3)], 0, 0).is_ok());
    assert_eq!(error(vec![data(addr, &[1, 2, 3], 2)]), ProgramError::SegmentSize { addr });
    // Ends at 2^32 exactly: a segment, though no region holds it.
    let last = u32::MAX - 7;
    assert_eq!(error(vec![data(last, &[], 8)]), ProgramError::TooLarge { base: last - BLOCKS });
    assert_eq!(error(vec![data(last, &[], 9)]), ProgramError::SegmentSize { addr: last });
    assert_eq!(error(vec![data(last, &[], u32::MAX)]), ProgramError::SegmentSize { addr: last });
}

#[test]
fn the_default_configuration_is_that_of_the_abi() {
    let image = Image { entry: 0, segments: vec![text(zkvm_abi::IMAGE_BASE, &[nop()])] };
    let program = Program::new(image.clone(), MemoryConfig::default()).expect("a program");
    let abi = MemoryConfig { stack_bytes: zkvm_abi::STACK_BYTES, heap_bytes: zkvm_abi::HEAP_BYTES };
    assert_eq!((program.config(), program.image()), (abi, &image));
}
