//! Digests of the transparent bases, so that a stored basis can be checked without hashing to the curve.

use super::MAX_LOG_SIZE;
use crate::size;

/// The digest of the basis of 2^c points at index c.
pub(super) const KNOWN: [[u8; 32]; size(MAX_LOG_SIZE) + 1] = [
    hex(b"f92d51cc4bc01edf0638f96dc86b1d2dea7ffc1f900c18bfad4f7c4ae01f2754"),
    hex(b"9f943414c46e47229c0551f67bed4de3cedda26a7e27ec29011235c97805f699"),
    hex(b"d0e27fb120fe8b4f02362a8d899635bfd0dafc5d022716920386132a31dd4a87"),
    hex(b"22d8aa16339caae05a31495eca151cba69fc0a9f9feea37dc947b158af194151"),
    hex(b"7e33be0635fe86d1597ec008560dd811400a9da5622bd320985c7b4fe6190c8b"),
    hex(b"db5c5a81ca31d2023b3ed6d945fadc7b847979cdaaf436f02d40a098203e370d"),
    hex(b"73b03876965790f365d2548ea4ef1ee5e31ceae57c1db46b5b6b6768538b9c4a"),
    hex(b"52311c79e1fdf77d06be3f959eb954f584f4c9aaf91d21491669ec1384932215"),
    hex(b"f04d7821b4c623d84a38513ebc3948a5ecf3b411f343ae71f6b719ea0ab94a86"),
    hex(b"59e5ceaf7fd98f1c6cdee931b5764455f092820e04f150416e78edd0447e0f7d"),
    hex(b"56d7d9057355b4d9d01938c9d1dd47e88ee3aadcea91280fefe8121199ee6428"),
    hex(b"7173d32e2b3bd11142ed02bac24181aea6a03d06a6c4b6f66eb6d2bd85632501"),
    hex(b"a6b53651429af9d351f13fa0818a0852e918dbd5c020f857d97ee2079b97f69c"),
    hex(b"57e4128f0927474b965cf3cc1241925d7d96e3fc52e1e8ad4337e9bd905332c1"),
    hex(b"b1f29e75803f508d8bb8710951b381648b0dcbd2a78ff59e911219db74526006"),
    hex(b"2e07e36df0d45d00dbf3434f1919140b7001088e4e5ac9d397e52314248f8262"),
    hex(b"ab75430137ae242973dc33978ae93329fa60d3dbb20389734f211dfdaff2f306"),
    hex(b"ad30052d24a0adfec98b8e27934a12b52233b0db81c5747a7486d27e1d86ccf3"),
    hex(b"295cd061d0b7fddbaceaf36c1475d79bdb919488a2459795792cda3aed606a57"),
    hex(b"70233726bf6ef70dd5803a6e48d62ff648857a2c99842bf919677c0af1c33100"),
    hex(b"97ffced476b174b1545618d2a0d3fea7183c39df33c66f5d490ce59446869c1e"),
];

#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated at compile time only, where an overflow or a bad index is a compile error"
)]
const fn hex(digits: &[u8; 64]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let mut i = 0;
    while i < 32 {
        bytes[i] = nibble(digits[2 * i]) << 4 | nibble(digits[2 * i + 1]);
        i += 1;
    }
    bytes
}

#[allow(clippy::arithmetic_side_effects, reason = "evaluated at compile time only")]
const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'a' + 10,
    }
}
