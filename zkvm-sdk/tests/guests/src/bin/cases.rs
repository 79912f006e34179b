//! One of many behaviours, as the input says.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use alloc::{format, vec};
use core::hint::black_box;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::{Buf, BufMut, BytesMut};
use test_guests::{Case, Refused};

#[zkvm::main]
fn run(case: Case) -> Result<Vec<u8>, Refused> {
    match case {
        Case::Panic(number) => panic!("as asked: {number}"),
        Case::LongPanic => panic!("{}", "ü\n".repeat(2000)),
        Case::IndexOutOfBounds(index) => Ok(vec![[1, 2, 3][black_box(index as usize)]]),
        Case::Console => {
            zkvm::println!("{} and {:?}", 1, "two");
            zkvm::eprintln!("three");
            Ok(Vec::new())
        }
        Case::Cycles => Ok(zkvm::cycles("outer", || {
            let sum = (0..100u32).map(black_box).sum::<u32>();
            zkvm::cycles("inner", || (0..100).fold(sum, |sum, n| black_box(sum ^ n)))
        })
        .to_le_bytes()
        .to_vec()),
        Case::Atomics => Ok(atomics()),
        Case::Heap(rounds) => Ok(heap(rounds).to_le_bytes().to_vec()),
        Case::Error => Err(Refused { reason: "as asked".to_string() }),
        Case::Recursion(depth) => Ok(recurse(depth).to_le_bytes().to_vec()),
        Case::Endless => loop {
            black_box(());
        },
        Case::Output(length) => Ok(vec![0xa5; length as usize]),
        Case::Memory(length) => {
            let mut block = vec![0u8; length as usize];
            *block.last_mut().unwrap_or(&mut 0) = 7;
            Ok(black_box(block).last().copied().into_iter().collect())
        }
    }
}

/// Values that need atomics of one, four and eight bytes.
fn atomics() -> Vec<u8> {
    static COUNTER: AtomicU64 = AtomicU64::new(1 << 40);
    let shared = Arc::new(AtomicUsize::new(5));
    let other = Arc::clone(&shared);
    other.fetch_add(COUNTER.fetch_add(3, Ordering::SeqCst) as usize, Ordering::AcqRel);
    let swapped = shared.compare_exchange(5, 9, Ordering::SeqCst, Ordering::Relaxed);

    let mut buffer = BytesMut::with_capacity(16);
    buffer.put_u64((COUNTER.load(Ordering::Acquire)) + swapped.unwrap_or(0) as u64);
    let mut frozen = buffer.freeze();
    let tail = frozen.slice(6..);
    frozen.advance(4);
    let mut result = vec![Arc::strong_count(&shared) as u8, other.load(Ordering::SeqCst) as u8];
    result.extend_from_slice(&frozen);
    result.extend_from_slice(&tail);
    result
}

/// A checksum over structures that grow and die in each round.
fn heap(rounds: u32) -> u64 {
    let mut kept: BTreeMap<u32, String> = BTreeMap::new();
    let mut sum = 0u64;
    for round in 0..rounds {
        let mut words: Vec<u32> = Vec::new();
        for n in 0..round % 50 {
            words.push(n.wrapping_mul(round));
        }
        let zeros = vec![0u64; (round % 17) as usize];
        sum += zeros.iter().sum::<u64>() + words.iter().map(|&n| u64::from(n)).sum::<u64>();
        let mut text = format!("round {round}");
        text.push_str(&"-".repeat(words.len()));
        kept.insert(round * 7919 % 64, text);
    }
    sum + kept.values().map(|text| text.len() as u64).sum::<u64>()
}

fn recurse(depth: u32) -> u32 {
    let frame = black_box([depth; 16]);
    if depth == 0 { 0 } else { recurse(depth - 1) + frame[depth as usize % 16] % 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_values() {
        assert_eq!(run(Case::Error), Err(Refused { reason: "as asked".into() }));
        assert_eq!(run(Case::Output(3)), Ok(vec![0xa5; 3]));
    }
}
