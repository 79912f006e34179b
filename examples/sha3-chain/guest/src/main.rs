//! A chain of SHA3-256 hashes: a permutation of 64-bit words on a machine of 32-bit words.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

use sha3::{Digest, Sha3_256};

/// Hashes `seed`, and then each hash, `length` times in all.
#[zkvm::main]
fn sha3_chain(seed: [u8; 32], length: u32) -> [u8; 32] {
    (0..length).fold(seed, |state, _| Sha3_256::digest(state).into())
}

#[cfg(test)]
mod tests {
    use super::sha3_chain;
    use sha3::{Digest, Sha3_256};

    #[test]
    fn a_chain_of_one_is_the_hash_of_the_seed() {
        let seed = *b"an input of thirty-two bytes ...";
        let hash: [u8; 32] = Sha3_256::digest(seed).into();
        assert_eq!(sha3_chain(seed, 1), hash);
        assert_ne!(hash, seed);
    }

    #[test]
    fn chains_compose() {
        let seed = [7; 32];
        assert_eq!(sha3_chain(sha3_chain(seed, 3), 4), sha3_chain(seed, 7));
        assert_eq!(sha3_chain(seed, 0), seed);
    }
}
