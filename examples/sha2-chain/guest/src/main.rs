//! A chain of SHA-256 hashes, as in a hash-based one-time password or a proof of elapsed time.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

use sha2::{Digest, Sha256};

/// Hashes `seed`, and then each hash, `length` times in all.
#[zkvm::main]
fn sha2_chain(seed: [u8; 32], length: u32) -> [u8; 32] {
    (0..length).fold(seed, |state, _| Sha256::digest(state).into())
}

#[cfg(test)]
mod tests {
    use super::sha2_chain;

    #[test]
    fn a_chain_of_one_is_the_hash_of_the_seed() {
        // SHA-256 of 32 zero bytes.
        let expected = "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925";
        let hash: String = sha2_chain([0; 32], 1).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash, expected);
    }

    #[test]
    fn chains_compose() {
        let seed = [7; 32];
        assert_eq!(sha2_chain(sha2_chain(seed, 3), 4), sha2_chain(seed, 7));
        assert_eq!(sha2_chain(seed, 0), seed);
    }
}
