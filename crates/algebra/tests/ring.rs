//! The three readings of a ring: the field, integers modulo 2^64, bounds of degrees.

use zkvm_algebra::ring::{Degree, Int, Ring};
use zkvm_algebra::{AdditiveGroup, Field, Fr};

/// a·b + a·a - b, in any ring.
fn expression<R: Ring>(a: R, b: R) -> R {
    a * b + a * a - b
}

#[test]
fn one_expression_is_read_in_every_ring() {
    assert_eq!(expression(Int(7), Int(-3)), Int(7 * -3 + 49 + 3));
    assert_eq!(expression(Fr::int(7), Fr::int(-3)), Fr::from(31u64));
    assert_eq!(expression(Degree(2), Degree(3)), Degree(5));
    assert_eq!(expression(Degree(3), Degree(2)), Degree(6));
}

#[test]
fn integers_wrap() {
    assert_eq!(Int(i64::MAX) + Int(1), Int(i64::MIN));
    assert_eq!(Int(i64::MIN) - Int(1), Int(i64::MAX));
    assert_eq!(Int(1 << 62) * Int(6), Int(1i64 << 63));
    assert_eq!((Int(5) + Int(3), Int(5) - Int(3), Int(5) * Int(3)), (Int(8), Int(2), Int(15)));
}

#[test]
fn a_sum_has_the_larger_degree_and_a_product_both() {
    for (a, b) in [(0, 0), (0, 1), (1, 0), (2, 5), (5, 2)] {
        let most = Degree(a.max(b));
        assert_eq!((Degree(a) + Degree(b), Degree(a) - Degree(b)), (most, most));
        assert_eq!(Degree(a) * Degree(b), Degree(a + b));
    }
    assert_eq!(Degree(usize::MAX) * Degree(1), Degree(usize::MAX));
}

#[test]
fn integers_have_images() {
    assert_eq!((Fr::int(0), Fr::int(1), Fr::int(-1)), (Fr::ZERO, Fr::ONE, -Fr::ONE));
    assert_eq!(Fr::int(i64::MIN), -Fr::from(1u64 << 63));
    assert_eq!((Int::int(-9), Degree::int(-9), Degree::int(9)), (Int(-9), Degree(0), Degree(0)));
    assert_eq!((Fr::zero(), Int::zero(), Degree::zero()), (Fr::ZERO, Int(0), Degree(0)));
    assert_eq!((Fr::one(), Int::one(), Degree::one()), (Fr::ONE, Int(1), Degree(0)));
}
