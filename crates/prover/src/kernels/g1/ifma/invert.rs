//! The one inversion of a batch.

use super::batch::{Eight, Group};
use super::inverse::divide;
use crate::kernels::ifma::words;
use ark_bn254::Fq;
use ark_ff::{BigInt, Field, Fp};
use core::marker::PhantomData;

/// 32 inverses with one inversion in the field.
///
/// Takes values in the form a·2^e and gives a^-1·2^(518−e): with the products of a batch of G groups
/// (e = 256 − 4(G−1), each multiplication losing a factor of 16), the multiplications backwards come
/// out as inverses of denominators times 2^262.
#[target_feature(enable = "avx512ifma,avx512vl")]
pub(super) fn invert(out: &mut Group, values: &Group) {
    // Products as of representatives with R = 2^256: one factor is taken times 16.
    let times = |a: Eight, b: Eight| Eight::shifted_from::<4>(a.0).mul(b);
    let [a, b, c, d] = *values;
    let (ab, cd) = (times(a, b), times(c, d));
    let inverse = invert_lanes(times(ab, cd));
    let (ab_inverse, cd_inverse) = (times(inverse, cd), times(inverse, ab));
    *out = [times(ab_inverse, b), times(ab_inverse, a), times(cd_inverse, d), times(cd_inverse, c)];
}

/// The inverses, times 2^6, of eight values with R = 2^256.
#[target_feature(enable = "avx512ifma,avx512vl")]
fn invert_lanes(values: Eight) -> Eight {
    let mut words = [[0; 8]; 4];
    for (words, vector) in words.iter_mut().zip(values.canonical().pack()) {
        words::store(words, vector);
    }
    let element = |l: usize| -> Fq { Fp(BigInt(core::array::from_fn(|k| words[k][l])), PhantomData) };
    let elements: [Fq; 8] = core::array::from_fn(element);
    let mut before = [Fq::ONE; 8];
    let mut product = Fq::ONE;
    for (before, element) in before.iter_mut().zip(&elements) {
        *before = product;
        product *= element;
    }
    let numerator = Fp::<_, 4>(Fq::R2, PhantomData) * Fq::from(64u64);
    let mut inverse: Fq = Fp(BigInt(divide(numerator.0.0, product.0.0)), PhantomData);
    for l in (0..8).rev() {
        let own = (inverse * before[l]).0.0;
        for (words, word) in words.iter_mut().zip(own) {
            words[l] = word;
        }
        inverse *= elements[l];
    }
    Eight::unpack([words::load(&words[0]), words::load(&words[1]), words::load(&words[2]), words::load(&words[3])])
}
