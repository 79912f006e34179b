//! The program that is proved. `cargo test -p {{project-name}}-guest` tests it as an ordinary function.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

/// Whether `a` and `b`, which the proof does not show, are proper factors of `product`.
#[zkvm::main]
fn factors(#[public] product: u64, #[private] a: u64, #[private] b: u64) -> bool {
    a > 1 && b > 1 && a.checked_mul(b) == Some(product)
}

#[cfg(test)]
mod tests {
    use super::factors;

    #[test]
    fn only_proper_factors_count() {
        assert!(factors(391, 17, 23));
        assert!(!factors(391, 1, 391));
        assert!(!factors(391, 17, 24));
        assert!(!factors(0, 1 << 32, 1 << 32));
    }
}
