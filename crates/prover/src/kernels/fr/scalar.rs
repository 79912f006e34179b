//! The portable path: each function works through its slices once, on one thread.

use super::MAX_DEGREE;
use super::integers::{Digits, Integers};
use super::small::Small;
use super::wide::{Narrow, Wide};
use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Zero};

pub(super) fn bind_low(values: &[Fr], r: Fr, out: &mut [Fr]) {
    for (out, v) in out.iter_mut().zip(values.chunks_exact(2)) {
        *out = v[0] + r * (v[1] - v[0]);
    }
}

pub(super) fn bind_high(low: &mut [Fr], high: &[Fr], r: Fr) {
    for (low, high) in low.iter_mut().zip(high) {
        *low += r * (*high - *low);
    }
}

pub(super) fn mul_assign(a: &mut [Fr], b: &[Fr]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a *= b;
    }
}

pub(super) fn scale(a: &mut [Fr], c: Fr) {
    for a in a {
        *a *= c;
    }
}

pub(super) fn add_scaled(a: &mut [Fr], c: Fr, b: &[Fr]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += c * b;
    }
}

pub(super) fn split_by(low: &mut [Fr], high: &mut [Fr], r: Fr) {
    for (low, high) in low.iter_mut().zip(high) {
        *high = r * *low;
        *low -= *high;
    }
}

pub(super) fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    let mut sum = Wide::default();
    for (a, b) in a.iter().zip(b) {
        sum.add_product(a, b);
    }
    sum.reduce()
}

pub(super) fn inner_product3(w: &[Fr], a: &[Fr], b: &[Fr]) -> Fr {
    let mut sum = Wide::default();
    for ((w, a), b) in w.iter().zip(a).zip(b) {
        sum.add_product(&(*w * a), b);
    }
    sum.reduce()
}

pub(super) fn weighted_sum<S: Small>(w: &[Fr], s: &[S]) -> Fr {
    let [mut sum, mut plain] = [Narrow::default(); 2];
    for (w, s) in w.iter().zip(s) {
        sum.add_product(w, s.biased());
        if S::BIAS != 0 {
            plain.add_product(w, 1);
        }
    }
    sum.reduce() - plain.reduce() * Fr::from(S::BIAS)
}

/// Values of one factor, or of the product of two, at the points of a round.
type Values = [Fr; MAX_DEGREE];

pub(super) fn product_round(w: &[Fr], factors: &[&[Fr]], out: &mut [Fr]) {
    let d = factors.len();
    let mut sums = [Wide::default(); MAX_DEGREE];
    if let [factor] = factors {
        for (w, v) in w.iter().zip(factor.chunks_exact(2)) {
            sums[0].add_product(w, &v[0]);
        }
        out[0] = sums[0].reduce();
        return;
    }
    let mut lines = [(Fr::ZERO, Fr::ZERO); MAX_DEGREE];
    for (i, w) in w.iter().enumerate() {
        for (line, factor) in lines.iter_mut().zip(factors) {
            *line = (factor[2 * i], factor[2 * i + 1]);
        }
        lines[d - 1].0 *= w;
        lines[d - 1].1 *= w;
        add_round(&lines[..d], &mut sums);
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out = sum.reduce();
    }
}

/// Adds the product of the lines, given by their values at 0 and 1, at the points of the round.
fn add_round(lines: &[(Fr, Fr)], sums: &mut [Wide; MAX_DEGREE]) {
    let d = lines.len();
    let (last, mut rest) = if d == 2 || d % 2 == 1 {
        (line_values(lines[d - 1], d), &lines[..d - 1])
    } else {
        (pair_values(lines[d - 2], lines[d - 1], d), &lines[..d - 2])
    };
    let mut product: Option<Values> = None;
    while let [first, ..] = rest {
        let values = match rest {
            [a, b, ..] => pair_values(*a, *b, d),
            _ => line_values(*first, d),
        };
        rest = &rest[rest.len().min(2)..];
        product = Some(match product {
            None => values,
            Some(p) => core::array::from_fn(|k| if k < d { p[k] * values[k] } else { p[k] }),
        });
    }
    for (sum, (a, b)) in sums.iter_mut().zip(product.iter().flatten().zip(&last)).take(d) {
        sum.add_product(a, b);
    }
}

fn line_values((low, high): (Fr, Fr), d: usize) -> Values {
    let slope = high - low;
    let mut values = [Fr::zero(); MAX_DEGREE];
    (values[0], values[1]) = (low, slope);
    let mut at = high;
    for value in &mut values[2..d.max(2)] {
        at += slope;
        *value = at;
    }
    values
}

/// Three products give the quadratic; its values at 2, 3, … follow by differences.
fn pair_values(a: (Fr, Fr), b: (Fr, Fr), d: usize) -> Values {
    let mut values = [Fr::zero(); MAX_DEGREE];
    let top = (a.1 - a.0) * (b.1 - b.0);
    (values[0], values[1]) = (a.0 * b.0, top);
    if d > 2 {
        let mut at = a.1 * b.1;
        let mut step = at - values[0];
        for value in &mut values[2..d] {
            step += top.double();
            at += step;
            *value = at;
        }
    }
    values
}

pub(super) fn combine(constant: Fr, terms: &[(Fr, Integers)], out: &mut [Fr]) {
    // By type, so that the inner loops do not branch.
    let (mut words, mut doubles, mut signed) = (Vec::new(), Vec::new(), Vec::new());
    for (weight, values) in terms {
        match *values {
            Integers::Words(values) => words.push((*weight, values)),
            Integers::Doubles(values) => doubles.push((*weight, values)),
            Integers::Signed(values) => signed.push(([*weight, -*weight], values)),
        }
    }
    for (i, out) in out.iter_mut().enumerate() {
        let mut sum = Narrow::default();
        words.iter().for_each(|(weight, values)| sum.add_product(weight, values[i].into()));
        doubles.iter().for_each(|(weight, values)| sum.add_product(weight, values[i]));
        for (weights, values) in &signed {
            sum.add_product(&weights[usize::from(values[i] < 0)], values[i].unsigned_abs());
        }
        *out = constant + sum.reduce();
    }
}

pub(super) fn weighted_sums(w: &[Fr], columns: &[Integers], sums: &mut [Fr]) {
    for (sum, values) in sums.iter_mut().zip(columns) {
        *sum += match values {
            Integers::Words(values) => weighted_sum(w, values),
            Integers::Doubles(values) => weighted_sum(w, values),
            Integers::Signed(values) => weighted_sum(w, values),
        };
    }
}

pub(super) fn add_by_key(sums: &mut [Digits], keys: &[u32], w: &[Fr]) {
    for (key, w) in keys.iter().zip(w) {
        sums[*key as usize].add(w);
    }
}

/// Σ w·(even + odd·sum over the odd columns) for the rows that `products` gives.
fn weigh_rows<const N: usize>(
    weights: &[Fr],
    columns: usize,
    odd: Fr,
    products: impl Fn(usize, usize) -> [(Fr, Fr); N],
) -> [Fr; N] {
    let mut totals = [Wide::default(); N];
    for (i, w) in weights.iter().enumerate() {
        let mut sums = [[Wide::default(); 2]; N];
        for j in 0..columns {
            for (sums, (a, b)) in sums.iter_mut().zip(products(i, j)) {
                sums[j & 1].add_product(&a, &b);
            }
        }
        for (total, [even, sum]) in totals.iter_mut().zip(sums) {
            total.add_product(w, &(even.reduce() + odd * sum.reduce()));
        }
    }
    totals.map(Wide::reduce)
}

pub(super) fn product_rows(weights: &[Fr], columns: &[&[Fr]], odd: Fr) -> Fr {
    let [sum] = weigh_rows(weights, columns.len(), odd, |i, j| [(columns[j][2 * i], columns[j][2 * i + 1])]);
    sum
}

pub(super) fn square_rows(weights: &[Fr], columns: &[&[Fr]], offsets: &[Fr], odd: Fr) -> [Fr; 2] {
    weigh_rows(weights, columns.len(), odd, |i, j| {
        let low = columns[j][2 * i];
        let step = columns[j][2 * i + 1] - low;
        [(low, low - offsets[j]), (step, step)]
    })
}
