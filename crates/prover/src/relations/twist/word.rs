//! Field elements times integers of a word.

use crate::kernels::fr::wide::Narrow;
use ark_ff::{BigInt, MontConfig, PrimeField};
use core::marker::PhantomData;
use zkvm_algebra::{AdditiveGroup, Fr};

/// A field element to be multiplied by many integers.
///
/// It is kept times 2^64, so that one step of Montgomery reduction, which divides by 2^64, brings
/// the product with a word back to four limbs: about half the work of a full multiplication. Its
/// negative stands beside it, so that signs are looked up, not branched on.
#[derive(Clone, Copy, Debug)]
pub struct Prepared([Fr; 2]);

impl Prepared {
    /// Prepares `value`.
    pub fn new(value: Fr) -> Self {
        Self::from_shifted(value * Self::shift())
    }

    /// What a value is multiplied by while it is kept: 2^64.
    pub fn shift() -> Fr {
        Fr::from(1u128 << 64)
    }

    /// Prepares value = shifted/[`Prepared::shift`].
    #[inline]
    pub fn from_shifted(shifted: Fr) -> Self {
        Prepared([shifted, -shifted])
    }

    /// value·integer.
    #[inline]
    pub fn times(&self, integer: i64) -> Fr {
        let mut product = [0; 5];
        self.add_product(integer, &mut product);
        shift_down(product)
    }

    /// Σ value·integer over two values, for integers of at most 62 bits.
    #[inline]
    pub fn dot(values: [&Prepared; 2], integers: [i64; 2]) -> Fr {
        let mut sum = [0; 5];
        for (value, integer) in values.into_iter().zip(integers) {
            value.add_product(integer, &mut sum);
        }
        shift_down(sum)
    }

    #[inline(always)]
    fn add_product(&self, integer: i64, sum: &mut [u64; 5]) {
        let signed = &self.0[usize::from(integer < 0)];
        let mut carry = 0;
        for (slot, limb) in sum.iter_mut().zip((signed.0).0) {
            (*slot, carry) = mul_add(limb, integer.unsigned_abs(), *slot, carry);
        }
        sum[4] += carry;
    }
}

/// The element with representative `value`·2^-64, for values below 2^64·p.
#[inline(always)]
fn shift_down(value: [u64; 5]) -> Fr {
    let modulus = Fr::MODULUS.0;
    let quotient = value[0].wrapping_mul(<ark_bn254::FrConfig as MontConfig<4>>::INV);
    let (_, mut carry) = mul_add(quotient, modulus[0], value[0], 0);
    let mut result = [0; 4];
    for i in 1..4 {
        (result[i - 1], carry) = mul_add(quotient, modulus[i], value[i], carry);
    }
    // The result is below 2p < 2^255.
    result[3] = value[4] + carry;
    ark_ff::Fp(BigInt(reduce_once(result, &modulus)), PhantomData)
}

/// a·b + c + carry as low and high word.
#[inline(always)]
fn mul_add(a: u64, b: u64, c: u64, carry: u64) -> (u64, u64) {
    let t = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(carry);
    (t as u64, (t >> 64) as u64)
}

/// `value` modulo `modulus`, for values below twice that.
#[inline(always)]
fn reduce_once(value: [u64; 4], modulus: &[u64; 4]) -> [u64; 4] {
    let mut difference = [0; 4];
    let mut borrow = false;
    for (slot, (v, m)) in difference.iter_mut().zip(value.into_iter().zip(modulus)) {
        let (first, under) = v.overflowing_sub(*m);
        let (second, under_again) = first.overflowing_sub(u64::from(borrow));
        (*slot, borrow) = (second, under | under_again);
    }
    let keep = u64::from(borrow).wrapping_neg();
    core::array::from_fn(|i| value[i] & keep | difference[i] & !keep)
}

/// An unreduced sum of field elements times signed integers.
#[derive(Clone, Copy, Default)]
pub struct SignedSum([Narrow; 2]);

impl SignedSum {
    /// Adds value·integer.
    #[inline(always)]
    pub fn add(&mut self, value: &Fr, integer: i64) {
        self.0[usize::from(integer < 0)].add_product(value, integer.unsigned_abs());
    }

    /// The sum.
    pub fn reduce(self) -> Fr {
        let [positive, negative] = self.0.map(Narrow::reduce);
        positive - negative
    }
}

/// A table of field elements twice: as they are and prepared for products with integers.
pub struct PreparedTable {
    /// The values.
    pub plain: Vec<Fr>,
    /// The same values.
    pub prepared: Vec<Prepared>,
}

impl PreparedTable {
    /// Prepares `values`.
    pub fn new(values: Vec<Fr>) -> Self {
        let prepared = values.iter().copied().map(Prepared::new).collect();
        PreparedTable { plain: values, prepared }
    }

    /// scale times the table.
    pub fn scaled(&self, scale: Fr) -> Self {
        PreparedTable::new(self.plain.iter().map(|value| *value * scale).collect())
    }

    /// Σ value\[i\]·words\[i\].
    pub fn dot(&self, words: &[u32]) -> Fr {
        let terms = self.prepared.iter().zip(words);
        terms.fold(Fr::ZERO, |sum, (value, word)| sum + value.times(i64::from(*word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    #[test]
    fn prepared_values_multiply_integers_exactly() {
        let rng = &mut StdRng::seed_from_u64(1);
        let mut values = vec![Fr::ZERO, Fr::from(1u64), -Fr::from(1u64)];
        values.extend((0..200).map(|_| Fr::rand(rng)));
        for value in values {
            let prepared = Prepared::new(value);
            for integer in [0, 1, -1, i64::MAX, i64::MIN, rng.r#gen()] {
                assert_eq!(prepared.times(integer), value * Fr::from(integer));
            }
            let (other, integers) = (Fr::rand(rng), [rng.r#gen::<i64>() >> 2, rng.r#gen::<i64>() >> 2]);
            let sum = value * Fr::from(integers[0]) + other * Fr::from(integers[1]);
            assert_eq!(Prepared::dot([&prepared, &Prepared::new(other)], integers), sum);
        }
    }

    #[test]
    fn signed_sums_reduce_to_the_sum() {
        let rng = &mut StdRng::seed_from_u64(2);
        let mut sum = SignedSum::default();
        let mut expected = Fr::ZERO;
        for _ in 0..100 {
            let (value, integer) = (Fr::rand(rng), rng.r#gen::<i64>());
            sum.add(&value, integer);
            expected += value * Fr::from(integer);
        }
        assert_eq!(sum.reduce(), expected);
    }
}
