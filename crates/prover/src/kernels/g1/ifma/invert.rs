//! The one inversion of a batch.

use super::batch::{Eight, Group};
use crate::kernels::ifma::words;
use ark_bn254::Fq;
use ark_ff::{BigInt, Fp};
use core::marker::PhantomData;

/// 32 inverses with one inversion in the field.
///
/// Takes values in the form a·2^e and gives a^-1·2^(518−e): with the products of a batch of G groups
/// (e = 256 − 4(G−1), each multiplication losing a factor of 16), the multiplications backwards come
/// out as inverses of denominators times 2^262.
#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn invert(out: &mut Group, values: &Group) {
    let mut flat = [[0; 4]; 32];
    for (c, v) in values.iter().enumerate() {
        for (k, word) in v.canonical().pack().into_iter().enumerate() {
            let mut lanes = [0; 8];
            words::store(&mut lanes, word);
            for (l, word) in lanes.into_iter().enumerate() {
                flat[8 * c + l][k] = word;
            }
        }
    }
    let mut elements: [Fq; 32] = flat.map(|words| Fp(BigInt(words), PhantomData));
    // A factor of 2^6 in addition to the inverse of representatives with R = 2^256.
    ark_ff::batch_inversion_and_mul(&mut elements, &Fq::from(64u64));
    for (c, out) in out.iter_mut().enumerate() {
        let word = |k: usize| {
            let mut lanes = [0; 8];
            for (l, lane) in lanes.iter_mut().enumerate() {
                *lane = elements[8 * c + l].0.0[k];
            }
            words::load(&lanes)
        };
        *out = Eight::unpack([word(0), word(1), word(2), word(3)]);
    }
}
