//! Arguments of every kind, public and private in turn.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use test_guests::{Shape, Summary};

#[zkvm::main]
fn summarize(
    #[public] integers: (u8, i16, u32, i64),
    #[private] bytes: &[u8],
    #[public] text: &str,
    #[private] list: Vec<Option<[u16; 3]>>,
    #[public] _unit: (),
    #[private] mut shape: Shape,
) -> Summary {
    if let Shape::Rectangle { width, height } = &mut shape {
        core::mem::swap(width, height);
    }
    let (a, b, c, d) = integers;
    Summary {
        sum: i64::from(a) + i64::from(b) + i64::from(c) + d,
        text: text.chars().rev().collect::<String>(),
        bytes: bytes.iter().map(|&byte| u32::from(byte)).sum(),
        list: list.into_iter().flatten().collect(),
        shape,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guest_is_an_ordinary_function() {
        let shape = Shape::Rectangle { width: 1, height: 2 };
        let summary = summarize((1, -2, 3, 4), &[5, 6], "abc", vec![None, Some([1, 2, 3])], (), shape);
        let expected = Summary {
            sum: 6,
            text: "cba".into(),
            bytes: 11,
            list: vec![[1, 2, 3]],
            shape: Shape::Rectangle { width: 2, height: 1 },
        };
        assert_eq!(summary, expected);
    }
}
