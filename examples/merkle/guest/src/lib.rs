//! Merkle trees of SHA-256, with the domain separation of RFC 6962: the hash of a leaf and the hash
//! of a pair begin with different bytes, so that no pair passes for a leaf.
#![cfg_attr(target_arch = "riscv32", no_std)]

extern crate alloc;

use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf's data.
pub fn hash_leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// The hash of two subtrees.
pub fn hash_pair(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root that follows from a leaf, its position, and the sibling at each level from the leaf
/// upwards; none if the tree has no such position.
pub fn root_from_path(leaf: &[u8], position: u32, path: &[Hash]) -> Option<Hash> {
    let mut hash = hash_leaf(leaf);
    let mut position = position;
    for sibling in path {
        hash = match position % 2 {
            0 => hash_pair(&hash, sibling),
            _ => hash_pair(sibling, &hash),
        };
        position /= 2;
    }
    (position == 0).then_some(hash)
}

/// A complete tree: its leaves are padded with the hash of empty data to a power of two.
#[derive(Debug, Clone)]
pub struct Tree {
    /// Hashes from the leaves up to the root.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree over the given data, at least one leaf.
    pub fn new<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut level: Vec<Hash> = leaves.into_iter().map(hash_leaf).collect();
        level.resize(level.len().next_power_of_two(), hash_leaf(&[]));
        let mut levels = Vec::new();
        while level.len() > 1 {
            let next = level.chunks(2).map(|pair| hash_pair(&pair[0], &pair[1])).collect();
            levels.push(core::mem::replace(&mut level, next));
        }
        levels.push(level);
        Self { levels }
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.levels[self.levels.len() - 1][0]
    }

    /// The siblings on the way from a leaf to the root; none if there is no such leaf.
    pub fn path(&self, position: u32) -> Option<Vec<Hash>> {
        let position = position as usize;
        if position >= self.levels[0].len() {
            return None;
        }
        let below_root = &self.levels[..self.levels.len() - 1];
        let sibling = |(height, level): (usize, &Vec<Hash>)| level[position >> height ^ 1];
        Some(below_root.iter().enumerate().map(sibling).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        Tree::new([b"a", b"b", b"c", b"d", b"e"].map(|leaf| &leaf[..]))
    }

    #[test]
    fn every_leaf_leads_to_the_root() {
        let tree = tree();
        for (position, leaf) in [b"a", b"b", b"c", b"d", b"e"].into_iter().enumerate() {
            let path = tree.path(position as u32).unwrap();
            assert_eq!(path.len(), 3);
            assert_eq!(root_from_path(leaf, position as u32, &path), Some(tree.root()));
        }
    }

    #[test]
    fn another_leaf_position_or_path_leads_elsewhere() {
        let tree = tree();
        let path = tree.path(2).unwrap();
        assert_ne!(root_from_path(b"x", 2, &path), Some(tree.root()));
        assert_ne!(root_from_path(b"c", 3, &path), Some(tree.root()));
        assert_eq!(root_from_path(b"c", 2 + 8, &path), None);
        assert_ne!(root_from_path(b"c", 2, &path[..2]), Some(tree.root()));
        assert_eq!(tree.path(8), None);
    }

    #[test]
    fn a_single_leaf_is_its_own_tree() {
        let tree = Tree::new([&b"alone"[..]]);
        assert_eq!(tree.root(), hash_leaf(b"alone"));
        assert_eq!(root_from_path(b"alone", 0, &[]), Some(tree.root()));
    }
}
