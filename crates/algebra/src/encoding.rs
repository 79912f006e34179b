//! Canonical encodings: every field element and every point has exactly one.

use crate::{Fq, Fr, G1Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, BigInteger, PrimeField};

/// Bytes of an encoded scalar and of an encoded point.
pub const BYTES: usize = 32;

const Y_ODD: u8 = 0x80;
const IDENTITY: u8 = 0x40;

/// The canonical little-endian encoding of a scalar.
pub fn scalar_to_bytes(value: &Fr) -> [u8; BYTES] {
    limbs_to_bytes(&value.into_bigint().0)
}

/// Decodes a scalar; `None` unless the integer is below the modulus.
pub fn scalar_from_bytes(bytes: &[u8; BYTES]) -> Option<Fr> {
    Fr::from_bigint(BigInt(bytes_to_limbs(bytes)))
}

/// The canonical encoding of a point: x little-endian, bit 255 the parity of y; bit 254 alone for
/// the identity.
pub fn point_to_bytes(point: &G1Affine) -> [u8; BYTES] {
    if point.is_zero() {
        let mut bytes = [0; BYTES];
        if let Some(top) = bytes.last_mut() {
            *top = IDENTITY;
        }
        return bytes;
    }
    let mut bytes = limbs_to_bytes(&point.x.into_bigint().0);
    if point.y.into_bigint().is_odd()
        && let Some(top) = bytes.last_mut()
    {
        *top |= Y_ODD;
    }
    bytes
}

/// Decodes a point; `None` unless the bytes are the canonical encoding of a point of the curve.
/// BN254's G1 has cofactor 1, so every such point is in the group.
pub fn point_from_bytes(bytes: &[u8; BYTES]) -> Option<G1Affine> {
    let mut bytes = *bytes;
    let top = bytes.last_mut()?;
    let flags = *top & (Y_ODD | IDENTITY);
    *top &= !(Y_ODD | IDENTITY);
    if flags & IDENTITY != 0 {
        return (flags == IDENTITY && bytes == [0; BYTES]).then(G1Affine::identity);
    }
    let x = Fq::from_bigint(BigInt(bytes_to_limbs(&bytes)))?;
    let (y, minus_y) = G1Affine::get_ys_from_x_unchecked(x)?;
    let odd = flags & Y_ODD != 0;
    let y = if y.into_bigint().is_odd() == odd { y } else { minus_y };
    (y.into_bigint().is_odd() == odd).then(|| G1Affine::new_unchecked(x, y))
}

fn limbs_to_bytes(limbs: &[u64; 4]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

fn bytes_to_limbs(bytes: &[u8; BYTES]) -> [u64; 4] {
    let mut limbs = [0; 4];
    for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
        *limb = chunk.iter().rev().fold(0, |acc, byte| acc << 8 | u64::from(*byte));
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::G1Projective;
    use ark_ff::{AdditiveGroup, Field, UniformRand};
    use rand::{SeedableRng, rngs::StdRng};

    #[test]
    fn encodings_round_trip() {
        let rng = &mut StdRng::seed_from_u64(1);
        for _ in 0..50 {
            let scalar = Fr::rand(rng);
            assert_eq!(scalar_from_bytes(&scalar_to_bytes(&scalar)), Some(scalar));
            let point = G1Affine::from(G1Projective::rand(rng));
            for point in [point, -point] {
                assert_eq!(point_from_bytes(&point_to_bytes(&point)), Some(point));
            }
        }
        assert_eq!(point_from_bytes(&point_to_bytes(&G1Affine::identity())), Some(G1Affine::identity()));
    }

    #[test]
    fn scalars_at_or_above_the_modulus_are_refused() {
        let mut modulus = limbs_to_bytes(&Fr::MODULUS.0);
        assert_eq!(scalar_from_bytes(&modulus), None);
        modulus[0] -= 1;
        assert_eq!(scalar_from_bytes(&modulus), Some(-Fr::ONE));
        assert_eq!(scalar_from_bytes(&[0xff; BYTES]), None);
        assert_eq!(scalar_from_bytes(&[0; BYTES]), Some(Fr::ZERO));
    }

    #[test]
    fn points_have_one_encoding() {
        let generator = point_to_bytes(&G1Affine::from(G1Projective::rand(&mut StdRng::seed_from_u64(2))));
        let mut identity = point_to_bytes(&G1Affine::identity());
        for byte in [0x80u8, 0xc0] {
            identity[31] = byte;
            assert_eq!(point_from_bytes(&identity), None, "identity with top byte {byte:x}");
        }
        identity[31] = 0x40;
        identity[3] = 1;
        assert_eq!(point_from_bytes(&identity), None);
        let mut flagged = generator;
        flagged[31] |= 0x40;
        assert_eq!(point_from_bytes(&flagged), None);
        // x + q: the same residue, another integer.
        let mut above = limbs_to_bytes(&Fq::MODULUS.0);
        above[0] += 1;
        assert_eq!(point_from_bytes(&above), None);
    }

    #[test]
    fn an_x_without_a_point_is_refused() {
        let refused = (0u8..50).filter(|x| {
            let mut bytes = [0; BYTES];
            bytes[0] = *x;
            point_from_bytes(&bytes).is_none()
        });
        assert!(refused.count() > 10);
    }
}
