//! One encoding per proof: a proof that is changed, cut or prolonged anywhere is refused.

use rayon::prelude::*;
use zkvm_verifier::Proof;

use crate::example::{PROOF, verify_example};

/// Whether the bytes are a proof that verifies. Checks that what is decoded encodes as it was.
pub fn accepts(bytes: &[u8]) -> bool {
    Proof::from_bytes(bytes).is_ok_and(|proof| {
        assert!(proof.to_bytes() == bytes, "a second encoding");
        verify_example(&proof).is_ok()
    })
}

/// Changes of the smallest proof that verify; there should be none. Of the bytes at `offsets`, `bits`
/// bits are changed, one at a time and not always the same ones.
pub fn accepted_changes(offsets: &[usize], bits: usize) -> Vec<String> {
    let proof = PROOF.to_bytes();
    let changes = offsets.par_iter().flat_map_iter(|&at| (0..bits).map(move |bit| (at, (at + bit) % 8)));
    let accepted = changes.filter(|&(at, bit)| {
        let mut changed = proof.clone();
        changed[at] ^= 1 << bit;
        accepts(&changed)
    });
    accepted.map(|(at, bit)| format!("bit {bit} of byte {at} changed")).collect()
}

/// Cuts of the smallest proof that verify; there should be none.
pub fn accepted_cuts(ends: &[usize]) -> Vec<String> {
    let proof = PROOF.to_bytes();
    ends.par_iter().filter(|&&end| accepts(&proof[..end])).map(|end| format!("cut at {end}")).collect()
}

/// Insertions into the smallest proof that verify; there should be none. `value` is inserted at the
/// ends of its fields, up to twice the length of a field element.
pub fn accepted_insertions(value: u8) -> Vec<String> {
    let proof = PROOF.to_bytes();
    let fields = [0, 8, 12, 44, 48, 52, 56, proof.len() - 32, proof.len()];
    let insertions = fields.par_iter().flat_map_iter(|&at| [1, 2, 4, 31, 32, 33, 64].map(|count| (at, count)));
    let accepted = insertions.filter(|&(at, count)| {
        let mut longer = proof.clone();
        longer.splice(at..at, vec![value; count]);
        accepts(&longer)
    });
    accepted.map(|(at, count)| format!("{count} bytes {value} inserted at {at}")).collect()
}
