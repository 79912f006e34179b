//! Bases: which numbers of points there are, their digests, their stored form and what is no basis.

use ark_ff::{BigInteger, PrimeField};
use sha3::{Digest, Keccak256};
use zkvm_pcs::basis::{MAX_LOG_SIZE, digest, row_base};
use zkvm_pcs::{Basis, BasisError, Point};

const HEADER: usize = 16;
const POINT: usize = 64;

fn basis() -> Basis {
    Basis::new(3).expect("a basis")
}

/// The stored form of a basis with this count, made by hand.
fn stored(count: u64, points: &[Point]) -> Vec<u8> {
    let coordinates = points.iter().flat_map(|point| [point.x, point.y]);
    let coordinates = coordinates.flat_map(|coordinate| coordinate.into_bigint().to_bytes_le());
    b"zkvmG1v1".iter().copied().chain(count.to_le_bytes()).chain(coordinates).collect()
}

#[test]
fn sizes_are_powers_of_two_up_to_a_largest() {
    for log_size in [0, 1, 5] {
        let basis = Basis::new(log_size).expect("a basis");
        assert_eq!((basis.log_size(), basis.points().len()), (log_size, 1 << log_size));
    }
    for (log_size, count) in [(21, 1 << 21), (22, 1 << 22), (63, 1 << 63), (64, usize::MAX), (u32::MAX, usize::MAX)] {
        assert_eq!(Basis::new(log_size), Err(BasisError::Size { count }));
    }
    for count in [0, 3, 5, 6, 7] {
        let points = vec![row_base(0); count];
        assert_eq!(Basis::from_bytes(&stored(count as u64, &points)), Err(BasisError::Size { count }));
        assert_eq!(Basis::from_points(points), Err(BasisError::Size { count }));
    }
}

#[test]
fn the_largest_size_is_known_and_the_next_is_not() {
    let refused = |count: usize| Basis::from_points(vec![row_base(0); count]);
    assert_eq!(refused(1 << MAX_LOG_SIZE), Err(BasisError::Digest));
    assert_eq!(refused(1 << (MAX_LOG_SIZE + 1)), Err(BasisError::Size { count: 1 << 21 }));
}

#[test]
fn digests_chain_the_points_and_are_known_up_to_the_largest_size() {
    let encoded = stored(8, basis().points())[HEADER..].to_vec();
    let hash = |before: &[u8], points: &[u8]| Keccak256::new().chain_update(before).chain_update(points).finalize();
    let mut chained = hash(b"zkvm folded rows, bn254 g1, version 1", &encoded[..POINT]);
    for log_size in 0..3 {
        assert_eq!(digest(log_size).expect("known")[..], chained[..]);
        chained = hash(&chained, &encoded[POINT << log_size..][..POINT << log_size]);
    }
    assert_eq!(digest(3).expect("known")[..], chained[..]);
    let known: Vec<_> = (0..=MAX_LOG_SIZE).map(|log_size| digest(log_size).expect("known")).collect();
    assert!((1..known.len()).all(|i| !known[..i].contains(&known[i])));
    assert_eq!((digest(MAX_LOG_SIZE + 1), digest(u32::MAX)), (None, None));
}

/// The first hash of a domain, role and index that is a point; `attempts` of them are none before.
fn hashed(role: u8, index: u64, attempts: u32) -> [u8; 32] {
    let hash = Keccak256::new().chain_update(b"zkvm folded rows, bn254 g1, version 1").chain_update([role]);
    hash.chain_update(index.to_le_bytes()).chain_update(attempts.to_le_bytes()).finalize().into()
}

#[test]
fn every_point_is_the_hash_of_its_role_and_index() {
    let basis = basis();
    let rows = (0..).zip(basis.points()).map(|(index, point)| (0, index, *point));
    for (role, index, point) in rows.chain([(1, 0, basis.product()), (2, 0, basis.blinding())]) {
        assert!(point.is_on_curve());
        let (x, y) = (point.x.into_bigint().to_bytes_le(), point.y.into_bigint());
        let is_hash = |attempt| {
            let mut hash = hashed(role, index, attempt);
            let odd = hash[31] & 0x80 != 0;
            hash[31] &= 0x3f;
            x == hash && y.is_odd() == odd
        };
        assert!((0..40).any(is_hash), "role {role}, index {index}");
    }
    assert_eq!((0..8).map(row_base).collect::<Vec<_>>(), basis.points());
}

#[test]
fn the_stored_form_is_magic_number_and_points() {
    let basis = basis();
    let bytes = stored(8, basis.points());
    assert_eq!(basis.to_bytes(), bytes);
    assert_eq!(Basis::from_bytes(&bytes).as_ref(), Ok(&basis));
    assert_eq!(Basis::from_points(basis.points().to_vec()), Ok(basis));
}

#[test]
fn bytes_of_another_form_are_refused() {
    let bytes = basis().to_bytes();
    for byte in 0..HEADER {
        let mut altered = bytes.clone();
        altered[byte] ^= 1;
        assert_eq!(Basis::from_bytes(&altered), Err(BasisError::Format), "byte {byte}");
    }
    for length in 0..bytes.len() {
        assert_eq!(Basis::from_bytes(&bytes[..length]), Err(BasisError::Format), "{length} bytes");
    }
    for count in [1, 63, 64, 65] {
        let longer = [&bytes[..], &vec![0; count]].concat();
        assert_eq!(Basis::from_bytes(&longer), Err(BasisError::Format), "{count} bytes more");
    }
}

#[test]
fn other_points_are_refused() {
    let basis = basis();
    let bytes = basis.to_bytes();
    for byte in HEADER..bytes.len() {
        let mut altered = bytes.clone();
        altered[byte] ^= 0x80;
        assert_eq!(Basis::from_bytes(&altered), Err(BasisError::Digest), "byte {byte}");
    }
    for number in 0..8 {
        let mut points = basis.points().to_vec();
        points[number].y = -points[number].y;
        assert_eq!(Basis::from_points(points.clone()), Err(BasisError::Digest));
        points[number] = row_base(8);
        assert_eq!(Basis::from_points(points), Err(BasisError::Digest));
    }
    let mut swapped = basis.points().to_vec();
    swapped.swap(6, 7);
    assert_eq!(Basis::from_points(swapped), Err(BasisError::Digest));
    // A stored half is no basis of the number that its header names, nor is the other half one of its own.
    assert_eq!(Basis::from_bytes(&stored(8, &basis.points()[..4])), Err(BasisError::Format));
    assert_eq!(Basis::from_bytes(&stored(4, &basis.points()[4..])), Err(BasisError::Digest));
}
