//! Transparent bases: points of G1 hashed from a fixed domain, without any known relation.
//!
//! Base i comes from Keccak-256(domain ‖ role ‖ i ‖ attempt) by try-and-increment: 254 bits are the
//! candidate x, one bit chooses y, and the first attempt on the curve is taken. The group has prime
//! order, so there is no cofactor to clear. Bases of size 2^c are a prefix of larger ones.
//!
//! Finding square roots takes seconds for the largest sizes, so bases are usually loaded. Loaded or
//! generated, a basis is accepted only if its digest is the constant in this file: a stored basis
//! needs no trust.

use crate::point::{Point, curve_rhs};
use alloc::vec::Vec;
use ark_ff::{BigInt, BigInteger, Field, PrimeField};
use sha3::{Digest, Keccak256};
use zkvm_algebra::Fq;

mod digests;

/// Largest supported basis: 2^20 points.
pub const MAX_LOG_SIZE: u32 = 20;

const DOMAIN: &[u8] = b"zkvm folded rows, bn254 g1, version 1";
/// Bytes of a stored point: x, then y, little-endian.
const POINT_BYTES: usize = 64;
const MAGIC: &[u8; 8] = b"zkvmG1v1";
const HEADER_BYTES: usize = 16;

/// What a hashed point is for; each role is its own sequence.
#[derive(Clone, Copy)]
enum Role {
    Row,
    Product,
    Blinding,
}

impl Role {
    fn number(self) -> u8 {
        match self {
            Role::Row => 0,
            Role::Product => 1,
            Role::Blinding => 2,
        }
    }
}

/// Why bytes or points are not a basis.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BasisError {
    /// No basis of this size is defined.
    #[error("a basis has 2^0 to 2^{MAX_LOG_SIZE} points, not {count}")]
    Size {
        /// Number of points asked for or given.
        count: usize,
    },
    /// The bytes do not have the format of a stored basis.
    #[error("not a stored basis of this version")]
    Format,
    /// The points are not the ones that the domain hashes to.
    #[error("the points are not those of the transparent basis")]
    Digest,
}

/// The bases of a row commitment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Basis {
    points: Vec<Point>,
    product: Point,
    blinding: Point,
}

impl Basis {
    /// Generates 2^`log_size` bases on the calling thread, about 10 µs each.
    pub fn new(log_size: u32) -> Result<Basis, BasisError> {
        let count = size(log_size)?;
        Basis::from_points((0u64..).take(count).map(row_base).collect())
    }

    /// A basis of points found elsewhere, by [`row_base`]; checked against the known digest.
    pub fn from_points(points: Vec<Point>) -> Result<Basis, BasisError> {
        let encoded: Vec<[u8; POINT_BYTES]> = points.iter().map(encode).collect();
        check(&encoded)?;
        Ok(Basis::of(points))
    }

    /// Decodes what [`Basis::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Basis, BasisError> {
        let (header, body) = bytes.split_at_checked(HEADER_BYTES).ok_or(BasisError::Format)?;
        let (encoded, rest) = body.as_chunks::<POINT_BYTES>();
        if header != self::header(encoded.len()) || !rest.is_empty() {
            return Err(BasisError::Format);
        }
        // The digest vouches for points on the curve in canonical form.
        check(encoded)?;
        let points = encoded.iter().map(decode).collect::<Option<Vec<_>>>().ok_or(BasisError::Format)?;
        Ok(Basis::of(points))
    }

    fn of(points: Vec<Point>) -> Basis {
        let [product, blinding] = [Role::Product, Role::Blinding].map(|role| hash_to_curve(role, 0));
        Basis { points, product, blinding }
    }

    /// The stored form: magic, number of points, then 64 bytes per point.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES.saturating_add(self.points.len().saturating_mul(POINT_BYTES)));
        bytes.extend(header(self.points.len()));
        for point in &self.points {
            bytes.extend(encode(point));
        }
        bytes
    }

    /// log2 of the number of row bases.
    pub fn log_size(&self) -> u32 {
        self.points.len().ilog2()
    }

    /// The row bases G_0, G_1, ….
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The base Q of inner-product values.
    pub fn product(&self) -> Point {
        self.product
    }

    /// The base H of blindings.
    pub fn blinding(&self) -> Point {
        self.blinding
    }
}

/// The digest of the basis with 2^`log_size` points, for the transcript; `None` beyond
/// [`MAX_LOG_SIZE`]. It commits to all points, so nothing need be loaded to know it.
pub fn digest(log_size: u32) -> Option<&'static [u8; 32]> {
    digests::KNOWN.get(usize::try_from(log_size).ok()?)
}

/// Row base G_`index`.
pub fn row_base(index: u64) -> Point {
    hash_to_curve(Role::Row, index)
}

fn size(log_size: u32) -> Result<usize, BasisError> {
    match 1usize.checked_shl(log_size) {
        Some(count) if log_size <= MAX_LOG_SIZE => Ok(count),
        count => Err(BasisError::Size { count: count.unwrap_or(usize::MAX) }),
    }
}

fn hash_to_curve(role: Role, index: u64) -> Point {
    let mut attempt = 0u32;
    loop {
        let mut hash = Keccak256::new();
        hash.update(DOMAIN);
        hash.update([role.number()]);
        hash.update(index.to_le_bytes());
        hash.update(attempt.to_le_bytes());
        if let Some(point) = candidate(&hash.finalize().into()) {
            return point;
        }
        // Each attempt succeeds with probability 3/8.
        attempt = attempt.wrapping_add(1);
    }
}

/// The point with x = the low 254 bits and y of the parity of bit 255, if there is one.
fn candidate(hash: &[u8; 32]) -> Option<Point> {
    let mut bytes = *hash;
    let top = bytes.last_mut()?;
    let odd = *top & 0x80 != 0;
    *top &= 0x3f;
    let x = Fq::from_bigint(BigInt(limbs(&bytes)))?;
    let y = curve_rhs(x).sqrt()?;
    Some(Point { x, y: if y.into_bigint().is_odd() == odd { y } else { -y } })
}

/// Checks number and digest of points.
fn check(encoded: &[[u8; POINT_BYTES]]) -> Result<(), BasisError> {
    let error = BasisError::Size { count: encoded.len() };
    let log_size = encoded.len().checked_ilog2().ok_or(error)?;
    if size(log_size)? != encoded.len() {
        return Err(error);
    }
    let known = digest(log_size).ok_or(error)?;
    if digest_of(encoded) == *known { Ok(()) } else { Err(BasisError::Digest) }
}

/// d_0 = H(domain ‖ G_0), d_{c+1} = H(d_c ‖ G_{2^c} ‖ … ‖ G_{2^(c+1)-1}).
fn digest_of(encoded: &[[u8; POINT_BYTES]]) -> [u8; 32] {
    let (first, mut rest) = encoded.split_at_checked(1).unwrap_or((encoded, &[]));
    let hash = |previous: &[u8], points: &[[u8; POINT_BYTES]]| -> [u8; 32] {
        Keccak256::new().chain_update(previous).chain_update(points.as_flattened()).finalize().into()
    };
    let mut digest = hash(DOMAIN, first);
    let mut length = 1;
    while let Some((points, after)) = rest.split_at_checked(length).filter(|_| !rest.is_empty()) {
        digest = hash(&digest, points);
        rest = after;
        length = length.saturating_mul(2);
    }
    digest
}

fn header(count: usize) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let count = u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes();
    for (byte, value) in header.iter_mut().zip(MAGIC.iter().chain(&count)) {
        *byte = *value;
    }
    header
}

fn encode(point: &Point) -> [u8; POINT_BYTES] {
    let limbs = [point.x, point.y].map(|coordinate| coordinate.into_bigint().0);
    let mut bytes = [0; POINT_BYTES];
    for (chunk, limb) in bytes.chunks_exact_mut(8).zip(limbs.iter().flatten()) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    bytes
}

fn decode(bytes: &[u8; POINT_BYTES]) -> Option<Point> {
    let (coordinates, _) = bytes.as_chunks::<32>();
    let [x, y] = coordinates else { return None };
    let [x, y] = [x, y].map(|bytes| Fq::from_bigint(BigInt(limbs(bytes))));
    Some(Point { x: x?, y: y? })
}

fn limbs(bytes: &[u8; 32]) -> [u64; 4] {
    let mut limbs = [0; 4];
    let (words, _) = bytes.as_chunks::<8>();
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_bases_have_the_known_digests_and_are_prefixes() {
        let large = Basis::new(7).unwrap();
        assert_eq!(large.log_size(), 7);
        for log_size in 0..7 {
            let small = Basis::new(log_size).unwrap();
            assert_eq!(small.points(), &large.points()[..1 << log_size]);
            let encoded: Vec<_> = small.points().iter().map(encode).collect();
            assert_eq!(digest_of(&encoded), *digest(log_size).unwrap());
        }
        let special = [large.product(), large.blinding()];
        assert!(large.points().iter().chain(&special).all(|p| p.is_on_curve() && !p.is_identity()));
        assert!(special.iter().all(|p| !large.points().contains(p)));
        assert_ne!(special[0], special[1]);
    }

    #[test]
    fn stored_bases_round_trip_and_altered_ones_are_refused() {
        let basis = Basis::new(3).unwrap();
        let bytes = basis.to_bytes();
        assert_eq!(Basis::from_bytes(&bytes).as_ref(), Ok(&basis));
        for i in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[i] ^= 1;
            assert!(Basis::from_bytes(&altered).is_err(), "byte {i}");
            assert!(Basis::from_bytes(&bytes[..i]).is_err(), "cut at {i}");
        }
        let mut swapped = basis.points().to_vec();
        swapped.swap(1, 2);
        assert_eq!(Basis::from_points(swapped), Err(BasisError::Digest));
        assert_eq!(Basis::from_points(alloc::vec![row_base(0); 3]), Err(BasisError::Size { count: 3 }));
        assert_eq!(Basis::from_points(Vec::new()), Err(BasisError::Size { count: 0 }));
        assert!(Basis::new(21).is_err() && Basis::new(u32::MAX).is_err());
        assert!(digest(20).is_some() && digest(21).is_none() && digest(u32::MAX).is_none());
    }
}
