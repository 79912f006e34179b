//! The place of everything in memory (section 1.1).

use super::{Image, KeyError};
use crate::program::{INPUT_BYTES, Layout, OUTPUT_BYTES};

/// No address of the region is below this, or above 2^32 less this.
const MARGIN: u64 = 1 << 11;
/// Stack and output block begin and end at multiples of this from the base.
const GRAIN: u64 = 1 << 16;

/// The least e with 4·2^e ≥ n.
fn words(n: u64) -> u32 {
    (0..).find(|e| 4 << e >= n).expect("some power is large enough")
}

/// The table of section 1.1, its first column where it applies.
pub fn layout(image: &Image) -> Result<Layout, KeyError> {
    let (output_block, input_block) = (OUTPUT_BYTES as u64, INPUT_BYTES as u64);
    let mut segments = image.segments.iter().filter(|segment| segment.size > 0);
    let first = segments.next().ok_or(KeyError::Image)?;
    let lowest = u64::from(first.address) / 4 * 4;
    let heap = segments.next_back().unwrap_or(first).end().next_multiple_of(4);
    let stack = u64::from(image.stack_bytes).next_multiple_of(GRAIN);
    let heap_end = heap + u64::from(image.heap_bytes);
    let below = stack + output_block + input_block;
    if lowest >= MARGIN + below {
        let base = lowest - below;
        let output = base + stack;
        return place(base, output, heap, words(heap - base), words(heap_end - base));
    }
    let base = lowest;
    let output = base + (heap_end + stack - base).next_multiple_of(GRAIN);
    let m = words(output + output_block + input_block - base);
    if base >= MARGIN { place(base, output, heap, m, m) } else { Err(KeyError::Layout) }
}

/// The layout with the largest m, from `largest_m` down to `least_m`, that leaves the margin.
fn place(base: u64, output: u64, heap: u64, least_m: u32, largest_m: u32) -> Result<Layout, KeyError> {
    let fits = |m: &u32| base + (4 << m) <= (1 << 32) - MARGIN;
    let largest_m = (least_m..=largest_m).rev().find(fits).ok_or(KeyError::Layout)?;
    let address = |address: u64| u32::try_from(address).expect("the region is below 2^32");
    Ok(Layout {
        base: address(base),
        stack_pointer: address(output / 16 * 16),
        output: address(output),
        input: address(output) + OUTPUT_BYTES as u32,
        heap: address(heap),
        least_m,
        largest_m,
    })
}
