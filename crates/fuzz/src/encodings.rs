//! One encoding per proof: a proof that is changed, cut or prolonged anywhere is refused.

use rayon::prelude::*;
use zkvm_verifier::Proof;

use crate::example::verify_example;

/// Whether the bytes are a proof that verifies. Checks that what is decoded encodes as it was.
pub fn accepts(bytes: &[u8]) -> bool {
    Proof::from_bytes(bytes).is_ok_and(|proof| {
        assert!(proof.to_bytes() == bytes, "a second encoding");
        verify_example(&proof).is_ok()
    })
}

/// Changes of a proof that verify; there should be none. Of the bytes at `offsets`, `bits` bits are
/// changed, one at a time and not always the same ones.
pub fn accepted_changes(proof: &[u8], offsets: &[usize], bits: usize) -> Vec<String> {
    let changes = offsets.par_iter().flat_map_iter(|&at| (0..bits).map(move |bit| (at, (at + bit) % 8)));
    let accepted = changes.filter(|&(at, bit)| {
        let mut changed = proof.to_vec();
        changed[at] ^= 1 << bit;
        accepts(&changed)
    });
    accepted.map(|(at, bit)| format!("bit {bit} of byte {at} changed")).collect()
}

/// Cuts of a proof that verify; there should be none.
pub fn accepted_cuts(proof: &[u8], ends: &[usize]) -> Vec<String> {
    ends.par_iter().filter(|&&end| accepts(&proof[..end])).map(|end| format!("cut at {end}")).collect()
}

/// Insertions into a proof that verify; there should be none. `value` is inserted at the
/// ends of its fields, up to twice the length of a field element.
pub fn accepted_insertions(proof: &[u8], value: u8) -> Vec<String> {
    let fields = [0, 8, 12, 44, 48, 49, 53, 57, proof.len() - 32, proof.len()];
    let insertions = fields.par_iter().flat_map_iter(|&at| [1, 2, 4, 31, 32, 33, 64].map(|count| (at, count)));
    let accepted = insertions.filter(|&(at, count)| {
        let mut longer = proof.to_vec();
        longer.splice(at..at, vec![value; count]);
        accepts(&longer)
    });
    accepted.map(|(at, count)| format!("{count} bytes {value} inserted at {at}")).collect()
}
