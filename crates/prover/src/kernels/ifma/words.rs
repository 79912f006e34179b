//! Vectors and memory: loads, stores and the transpositions between eight elements of four words
//! and four vectors of eight words.

use ark_bn254::Fr;
use core::arch::x86_64::*;

/// A scalar is its four words and nothing else.
const _: () = assert!(size_of::<Fr>() == 32 && align_of::<Fr>() == 8);

/// Reads eight words.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn load(words: &[u64; 8]) -> __m512i {
    // SAFETY: the reference covers the 64 bytes read; the load needs no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

/// Word k of eight integers of four words, for k = 0..4.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn gather(v: [&[u64; 4]; 8]) -> [__m512i; 4] {
    // Two integers to a vector, so paired that the words come out in order.
    let z = [load_two(v[0], v[2]), load_two(v[1], v[3]), load_two(v[4], v[6]), load_two(v[5], v[7])];
    let (a, b) = (_mm512_unpacklo_epi64(z[0], z[1]), _mm512_unpackhi_epi64(z[0], z[1]));
    let (c, d) = (_mm512_unpacklo_epi64(z[2], z[3]), _mm512_unpackhi_epi64(z[2], z[3]));
    [
        _mm512_shuffle_i64x2::<0x88>(a, c),
        _mm512_shuffle_i64x2::<0x88>(b, d),
        _mm512_shuffle_i64x2::<0xdd>(a, c),
        _mm512_shuffle_i64x2::<0xdd>(b, d),
    ]
}

/// Four words in the lower half, and four in the upper half.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn load_two(low: &[u64; 4], high: &[u64; 4]) -> __m512i {
    // SAFETY: the references cover the 32 bytes read each; the loads need no alignment.
    let (low, high) = unsafe { (_mm256_loadu_si256(low.as_ptr().cast()), _mm256_loadu_si256(high.as_ptr().cast())) };
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

/// Writes eight words.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn store(words: &mut [u64; 8], v: __m512i) {
    // SAFETY: the reference covers the 64 bytes written; the store needs no alignment.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), v) }
}

/// Asks for the cache line of `value`.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn prefetch<T>(value: &T) {
    _mm_prefetch::<_MM_HINT_T0>(core::ptr::from_ref(value).cast());
}

/// The words of eight scalars, two scalars to a vector.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn load_pairs(values: &[Fr; 8]) -> [__m512i; 4] {
    let base = values.as_ptr().cast::<u8>();
    // SAFETY: eight scalars are 256 initialised bytes without padding (asserted above), so each of
    // the four loads of 64 bytes stays within the reference; they need no alignment.
    core::array::from_fn(|i| unsafe { _mm512_loadu_si512(base.add(64 * i).cast()) })
}

/// Word k of eight consecutive scalars, for k = 0..4.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn load_scalars(values: &[Fr; 8]) -> [__m512i; 4] {
    let z = load_pairs(values);
    // Words 0 and 1, then 2 and 3, of the four scalars in two vectors.
    let low = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
    let high = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
    let (a, b) = (_mm512_permutex2var_epi64(z[0], low, z[1]), _mm512_permutex2var_epi64(z[2], low, z[3]));
    let (c, d) = (_mm512_permutex2var_epi64(z[0], high, z[1]), _mm512_permutex2var_epi64(z[2], high, z[3]));
    [
        _mm512_shuffle_i64x2::<0x44>(a, b),
        _mm512_shuffle_i64x2::<0xee>(a, b),
        _mm512_shuffle_i64x2::<0x44>(c, d),
        _mm512_shuffle_i64x2::<0xee>(c, d),
    ]
}

/// Word k of eight scalars to memory; the words must be those of canonical representatives.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn store_scalars(values: &mut [Fr; 8], w: [__m512i; 4]) {
    let z = {
        let (a, b) = (_mm512_shuffle_i64x2::<0x44>(w[0], w[1]), _mm512_shuffle_i64x2::<0xee>(w[0], w[1]));
        let (c, d) = (_mm512_shuffle_i64x2::<0x44>(w[2], w[3]), _mm512_shuffle_i64x2::<0xee>(w[2], w[3]));
        let first = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
        let second = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
        [
            _mm512_permutex2var_epi64(a, first, c),
            _mm512_permutex2var_epi64(a, second, c),
            _mm512_permutex2var_epi64(b, first, d),
            _mm512_permutex2var_epi64(b, second, d),
        ]
    };
    let base = values.as_mut_ptr().cast::<u8>();
    for (i, z) in z.into_iter().enumerate() {
        // SAFETY: eight scalars are 256 bytes without padding (asserted above), so the four stores of
        // 64 bytes stay within the reference; any words are a valid `Fr` for the type system.
        unsafe { _mm512_storeu_si512(base.add(64 * i).cast(), z) }
    }
}

/// Word k of the even scalars, and of the odd scalars, of sixteen.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn load_scalar_pairs(values: &[Fr; 16]) -> [[__m512i; 4]; 2] {
    let (z, _) = values.as_chunks::<8>();
    let (x, y) = (load_pairs(&z[0]), load_pairs(&z[1]));
    // Each vector is an even scalar and an odd one. Blocks of two words: even 01, 23, odd 01, 23.
    let words = [
        transpose_blocks([
            _mm512_unpacklo_epi64(x[0], x[1]),
            _mm512_unpacklo_epi64(x[2], x[3]),
            _mm512_unpacklo_epi64(y[0], y[1]),
            _mm512_unpacklo_epi64(y[2], y[3]),
        ]),
        transpose_blocks([
            _mm512_unpackhi_epi64(x[0], x[1]),
            _mm512_unpackhi_epi64(x[2], x[3]),
            _mm512_unpackhi_epi64(y[0], y[1]),
            _mm512_unpackhi_epi64(y[2], y[3]),
        ]),
    ];
    let [even, odd] = words;
    [[even[0], odd[0], even[1], odd[1]], [even[2], odd[2], even[3], odd[3]]]
}

/// Transposes a 4×4 matrix of blocks of two words.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
fn transpose_blocks(m: [__m512i; 4]) -> [__m512i; 4] {
    let (a, b) = (_mm512_shuffle_i64x2::<0x44>(m[0], m[1]), _mm512_shuffle_i64x2::<0xee>(m[0], m[1]));
    let (c, d) = (_mm512_shuffle_i64x2::<0x44>(m[2], m[3]), _mm512_shuffle_i64x2::<0xee>(m[2], m[3]));
    [
        _mm512_shuffle_i64x2::<0x88>(a, c),
        _mm512_shuffle_i64x2::<0xdd>(a, c),
        _mm512_shuffle_i64x2::<0x88>(b, d),
        _mm512_shuffle_i64x2::<0xdd>(b, d),
    ]
}

/// Transposes an 8×8 matrix of words.
#[inline]
#[target_feature(enable = "avx512ifma,avx512vl")]
pub fn transpose(m: [__m512i; 8]) -> [__m512i; 8] {
    let even = |i: usize| _mm512_unpacklo_epi64(m[2 * i], m[2 * i + 1]);
    let odd = |i: usize| _mm512_unpackhi_epi64(m[2 * i], m[2 * i + 1]);
    let e = transpose_blocks([even(0), even(1), even(2), even(3)]);
    let o = transpose_blocks([odd(0), odd(1), odd(2), odd(3)]);
    [e[0], o[0], e[1], o[1], e[2], o[2], e[3], o[3]]
}
