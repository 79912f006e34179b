//! Fibonacci numbers modulo 2^64; the run's length grows linearly with `n`.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

/// The `n`-th Fibonacci number modulo 2^64.
#[zkvm::main]
fn fibonacci(n: u32) -> u64 {
    let (mut current, mut next) = (0u64, 1u64);
    for _ in 0..n {
        (current, next) = (next, current.wrapping_add(next));
    }
    current
}

#[cfg(test)]
mod tests {
    use super::fibonacci;

    #[test]
    fn the_first_numbers_are_the_known_ones() {
        let numbers: Vec<u64> = (0..10).map(fibonacci).collect();
        assert_eq!(numbers, [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]);
    }

    #[test]
    fn beyond_the_93rd_number_the_value_wraps() {
        assert_eq!(fibonacci(93), 12_200_160_415_121_876_738);
        assert_eq!(fibonacci(94), fibonacci(93).wrapping_add(fibonacci(92)));
    }
}
