//! Membership in a Merkle tree whose root is public; leaf and path stay hidden from the verifier.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

extern crate alloc;

use alloc::vec::Vec;

/// Whether the tree has `leaf` at `position`.
#[zkvm::main]
fn contains(
    #[public] root: [u8; 32],
    #[private] leaf: &[u8],
    #[private] position: u32,
    #[private] path: Vec<[u8; 32]>,
) -> bool {
    merkle_guest::root_from_path(leaf, position, &path) == Some(root)
}

#[cfg(test)]
mod tests {
    use super::contains;
    use merkle_guest::Tree;

    #[test]
    fn only_members_are_contained() {
        let tree = Tree::new([b"red", b"tan", b"sky"].map(|leaf| &leaf[..]));
        let path = tree.path(1).unwrap();
        assert!(contains(tree.root(), b"tan", 1, path.clone()));
        assert!(!contains(tree.root(), b"sky", 1, path.clone()));
        assert!(!contains([0; 32], b"tan", 1, path));
    }
}
