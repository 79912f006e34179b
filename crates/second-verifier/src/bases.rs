//! The bases of the commitment (section 6, *Bases*).

use ark_bn254::{Fq, G1Affine};
use ark_ff::{BigInteger, PrimeField};

use crate::tape::{curve_point, integer};
use crate::transcript::keccak;

/// Domain of everything that is hashed here.
const DOMAIN: &[u8] = b"zkvm folded rows, bn254 g1, version 1";

/// The bases G_0, …, G_{2^n−1} of rows, the base Q of values and the base H of blindings.
pub struct Bases {
    rows: Vec<G1Affine>,
    value: G1Affine,
    blinding: G1Affine,
    /// d_0, …, d_n.
    digests: Vec<[u8; 32]>,
}

impl Bases {
    /// Finds 2^n bases.
    pub fn find(n: usize) -> Bases {
        let rows: Vec<G1Affine> = (0..1 << n).map(|i| hash_to_curve(0, i)).collect();
        let mut digests = vec![keccak(&[DOMAIN, &encode(&rows[..1])])];
        for c in 0..n {
            digests.push(keccak(&[&digests[c], &encode(&rows[1 << c..2 << c])]));
        }
        Bases { rows, value: hash_to_curve(1, 0), blinding: hash_to_curve(2, 0), digests }
    }

    /// n, for 2^n bases.
    pub fn log_size(&self) -> usize {
        self.digests.len() - 1
    }

    /// The first `number` bases of rows.
    pub fn first(&self, number: usize) -> &[G1Affine] {
        &self.rows[..number]
    }

    /// Q.
    pub fn value(&self) -> G1Affine {
        self.value
    }

    /// H (section 8).
    pub fn blinding(&self) -> G1Affine {
        self.blinding
    }

    /// d_c.
    pub fn digest(&self, c: usize) -> [u8; 32] {
        self.digests[c]
    }
}

/// Point (role, i), by try-and-increment.
fn hash_to_curve(role: u8, i: u64) -> G1Affine {
    let attempt = |attempt: u32| {
        let mut digest = keccak(&[DOMAIN, &[role], &i.to_le_bytes(), &attempt.to_le_bytes()]);
        let odd = digest[31] >> 7 == 1;
        digest[31] &= 0x3f;
        curve_point(Fq::from_bigint(integer(digest))?, odd)
    };
    (0..).find_map(attempt).expect("about every fifth attempt is a point")
}

/// x then y, 32 bytes each.
fn encode(points: &[G1Affine]) -> Vec<u8> {
    points.iter().flat_map(|point| [point.x, point.y]).flat_map(|x| x.into_bigint().to_bytes_le()).collect()
}
