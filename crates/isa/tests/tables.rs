//! Every table, read in every way: entry, automaton, extension, prefixes and suffixes.

use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_algebra::{Fr, Ring, ring::Int};
use zkvm_isa::table::{Index, MAX_STATES, Operand, TableId, deinterleave, interleave};

/// Words at which something happens.
fn word(rng: &mut StdRng) -> u32 {
    const SPECIAL: [u32; 18] = [
        0,
        1,
        2,
        3,
        4,
        7,
        8,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x1_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fffe,
        0xffff_ffff,
    ];
    match rng.gen_range(0..6) {
        0 | 1 => SPECIAL[rng.gen_range(0..SPECIAL.len())],
        2 => 1 << rng.gen_range(0..32),
        3 => u32::MAX << rng.gen_range(0..32),
        4 => u32::MAX >> rng.gen_range(0..32),
        _ => rng.r#gen(),
    }
}

/// Indices at which something happens.
fn index(rng: &mut StdRng, kind: Index) -> u64 {
    let (a, b) = (word(rng), word(rng));
    match (kind, rng.gen_range(0..5)) {
        (_, 0) => rng.r#gen(),
        (Index::Interleaved, 1) => interleave(a, a),
        (Index::Interleaved, _) => interleave(a, b),
        (Index::Linear, 1) => u64::from(a) * u64::from(b),
        (Index::Linear, 2) => u64::from(a) + u64::from(b),
        (Index::Linear, 3) => (1 << 32) + u64::from(a) - u64::from(b),
        (Index::Linear, _) => u64::from(a),
    }
}

fn low(index: u64, bits: usize) -> u64 {
    if bits == 64 { index } else { index & ((1 << bits) - 1) }
}

fn bits<R: Ring>(index: u64) -> Vec<R> {
    (0..64).rev().map(|bit| R::int((index >> bit & 1) as i64)).collect()
}

fn random_point(rng: &mut StdRng) -> Vec<Fr> {
    (0..64).map(|_| Fr::from(rng.r#gen::<u128>()) * Fr::from(rng.r#gen::<u128>())).collect()
}

/// The state after the high bits down to a cut, over the integers.
fn prefix(table: TableId, index: u64, cut: usize) -> [Int; MAX_STATES] {
    (cut / 2..32).rev().fold(table.initial(), |state, bit| {
        let x = Int((index >> (2 * bit + 1) & 1) as i64);
        let y = Int((index >> (2 * bit) & 1) as i64);
        table.step(&state, bit, x, y)
    })
}

/// What the table's name promises, for the indices that programs look up; None elsewhere.
fn meaning(table: TableId, index: u64) -> Option<u64> {
    use TableId::*;
    let (x, y) = deinterleave(index);
    let (sx, sy) = (x as i32, y as i32);
    let right = y.trailing_zeros();
    let left = y.leading_zeros();
    let is_right = y != 0 && y == u32::MAX << right;
    let is_left = y != 0 && y == u32::MAX >> left;
    Some(u64::from(match table {
        Low => index as u32,
        LowEven => index as u32 & !1,
        High => (index >> 32) as u32,
        SatLow => return Some(index.min(1 << 32)),
        MaskHigh => u32::MAX << (index & 31),
        MaskLow => u32::MAX >> (index & 31),
        And => x & y,
        Or => x | y,
        Xor => x ^ y,
        Eq => (x == y).into(),
        Ne => (x != y).into(),
        Lt => (sx < sy).into(),
        Ge => (sx >= sy).into(),
        Ltu => (x < y).into(),
        Geu => (x >= y).into(),
        Sll if is_left => x << left,
        Srl if is_right => x >> right,
        Sra if is_right => (sx >> right) as u32,
        Sll | Srl | Sra => return None,
        Abs => sx.unsigned_abs(),
        ApplySign => {
            if sy < 0 {
                x.wrapping_neg()
            } else {
                x
            }
        }
        SignAnd => {
            if sx < 0 {
                y
            } else {
                0
            }
        }
        SignSum => (if sx < 0 { y } else { 0 }).wrapping_add(if sy < 0 { x } else { 0 }),
        ValidRemainder => (x < y || y == 0).into(),
        ValidDivZero => (x != 0 || y == u32::MAX).into(),
        Lb => x.to_le_bytes()[y as usize % 4] as i8 as u32,
        Lbu => x.to_le_bytes()[y as usize % 4].into(),
        Lh => (x >> (16 * (y % 2))) as i16 as u32,
        Lhu => (x >> (16 * (y % 2))) as u16 as u32,
        PrepareByte => (x % 256) * 4 + y % 4,
        PrepareHalf => (x % 65536) * 2 + y % 2,
        MergeByte => {
            let mut bytes = x.to_le_bytes();
            bytes[y as usize % 4] = (y >> 2) as u8;
            u32::from_le_bytes(bytes)
        }
        MergeHalf => {
            let value = y >> 1 & 0xffff;
            if y % 2 == 0 { x & 0xffff_0000 | value } else { x & 0xffff | value << 16 }
        }
    }))
}

#[test]
fn interleaving_is_bit_by_bit_and_invertible() {
    let mut rng = StdRng::seed_from_u64(1);
    for _ in 0..1000 {
        let (x, y) = (rng.r#gen::<u32>(), rng.r#gen::<u32>());
        let index = interleave(x, y);
        for i in 0..32 {
            assert_eq!(index >> (2 * i + 1) & 1, u64::from(x >> i & 1));
            assert_eq!(index >> (2 * i) & 1, u64::from(y >> i & 1));
        }
        assert_eq!(deinterleave(index), (x, y));
    }
}

#[test]
fn tables_are_numbered_in_order_with_distinct_names() {
    for (i, table) in TableId::ALL.iter().enumerate() {
        assert_eq!(table.index(), i);
        assert!((1..=MAX_STATES).contains(&table.states()));
        assert!(TableId::ALL[..i].iter().all(|other| other.name() != table.name()));
    }
    assert_eq!(TableId::COUNT, 32);
}

#[test]
fn entries_are_what_the_names_say() {
    let mut rng = StdRng::seed_from_u64(2);
    for &table in TableId::ALL {
        let mut meant = 0;
        for _ in 0..4000 {
            let index = index(&mut rng, table.kind());
            if let Some(value) = meaning(table, index) {
                assert_eq!(table.entry(index), value, "{table:?} at {index:#x}");
                meant += 1;
            }
        }
        assert!(meant > 500, "{table:?}");
    }
}

#[test]
fn entries_are_below_2_32_at_every_index() {
    let mut rng = StdRng::seed_from_u64(3);
    for &table in TableId::ALL {
        let bound = match table {
            TableId::SatLow => (1 << 32) + 1,
            _ if table.is_boolean() => 2,
            _ => 1 << 32,
        };
        for _ in 0..20_000 {
            let index = index(&mut rng, table.kind());
            assert!(table.entry(index) < bound, "{table:?} at {index:#x}");
        }
    }
}

#[test]
fn automaton_over_integers_gives_the_entry() {
    let mut rng = StdRng::seed_from_u64(4);
    for &table in TableId::ALL {
        for _ in 0..500 {
            let index = index(&mut rng, table.kind());
            let entry = table.entry(index) as i64;
            assert_eq!(table.evaluate(&bits::<Int>(index)), Int(entry), "{table:?} at {index:#x}");
        }
    }
}

#[test]
fn extension_agrees_with_the_entry_on_boolean_points() {
    let mut rng = StdRng::seed_from_u64(5);
    for &table in TableId::ALL {
        for _ in 0..20 {
            let index = index(&mut rng, table.kind());
            assert_eq!(table.evaluate(&bits::<Fr>(index)), Fr::from(table.entry(index)));
        }
    }
}

/// Affine in each coordinate: the extension is the multilinear one.
fn assert_multilinear(name: &str, rng: &mut StdRng, evaluate: impl Fn(&[Fr]) -> Fr) {
    for coordinate in 0..64 {
        let mut point = random_point(rng);
        let at = |point: &mut Vec<Fr>, value| {
            point[coordinate] = value;
            evaluate(point)
        };
        let r = point[coordinate];
        let (zero, one) = (at(&mut point, Fr::zero()), at(&mut point, Fr::one()));
        assert_eq!(at(&mut point, r), zero + r * (one - zero), "{name}, coordinate {coordinate}");
    }
}

#[test]
fn extension_is_multilinear_in_each_coordinate() {
    let mut rng = StdRng::seed_from_u64(6);
    for &table in TableId::ALL {
        assert_multilinear(table.name(), &mut rng, |point| table.evaluate(point));
    }
    for &operand in Operand::ALL {
        assert_multilinear(operand.name(), &mut rng, |point| operand.evaluate(point));
    }
}

#[test]
fn steps_over_the_field_are_linear_in_the_state() {
    let mut rng = StdRng::seed_from_u64(7);
    for &table in TableId::ALL {
        for bit in 0..32 {
            let random = random_point(&mut rng);
            let (x, y, scale) = (random[0], random[1], random[2]);
            let mut u = [Fr::zero(); MAX_STATES];
            let mut v = [Fr::zero(); MAX_STATES];
            for s in 0..table.states() {
                (u[s], v[s]) = (random[3 + s], random[10 + s]);
            }
            let sum = core::array::from_fn(|s| u[s] + scale * v[s]);
            let (step_u, step_v) = (table.step(&u, bit, x, y), table.step(&v, bit, x, y));
            let stepped = table.step(&sum, bit, x, y);
            for s in 0..MAX_STATES {
                assert_eq!(stepped[s], step_u[s] + scale * step_v[s], "{table:?}, pair {bit}");
            }
            assert_eq!(stepped[table.states()..], [Fr::zero(); MAX_STATES][table.states()..]);
        }
    }
}

#[test]
fn entry_splits_into_prefixes_and_suffixes_at_every_even_cut() {
    let mut rng = StdRng::seed_from_u64(8);
    for &table in TableId::ALL {
        for cut in (0..=64).step_by(2) {
            for _ in 0..50 {
                let index = index(&mut rng, table.kind());
                let suffixes = table.suffixes(low(index, cut), cut);
                let prefixes = prefix(table, index, cut);
                let terms = prefixes.iter().zip(suffixes);
                let sum = terms.fold(Int(0), |sum, (p, q)| sum + *p * Int(q));
                assert_eq!(sum, Int(table.entry(index) as i64), "{table:?}, cut {cut}, {index:#x}");
            }
        }
    }
}

/// Suffixes from each state against the automaton started there.
#[test]
fn suffixes_are_the_automaton_from_each_basis_state() {
    let mut rng = StdRng::seed_from_u64(9);
    for &table in TableId::ALL {
        for cut in (0..=64).step_by(2) {
            for _ in 0..50 {
                let low = low(index(&mut rng, table.kind()), cut);
                for state in 0..table.states() {
                    let mut v = [Int(0); MAX_STATES];
                    v[state] = Int(1);
                    for bit in (0..cut / 2).rev() {
                        let x = Int((low >> (2 * bit + 1) & 1) as i64);
                        let y = Int((low >> (2 * bit) & 1) as i64);
                        v = table.step(&v, bit, x, y);
                    }
                    let suffix = table.suffix(state, low, cut);
                    assert_eq!(table.finish(&v), Int(suffix), "{table:?} {state} {cut} {low:#x}");
                    assert_eq!(table.suffixes(low, cut)[state], suffix);
                }
            }
        }
    }
}

#[test]
fn operands_are_the_words_of_the_index() {
    let mut rng = StdRng::seed_from_u64(10);
    for _ in 0..200 {
        let index = rng.r#gen::<u64>();
        let (x, y) = deinterleave(index);
        for (operand, value) in [(Operand::X, x.into()), (Operand::Y, y.into()), (Operand::Identity, index)] {
            assert_eq!(operand.entry(index), value);
            assert_eq!(operand.evaluate(&bits::<Fr>(index)), Fr::from(value));
            for cut in (0..=64).step_by(2) {
                let state = (cut / 2..32).rev().fold(operand.initial(), |state, bit| {
                    let x = Int((index >> (2 * bit + 1) & 1) as i64);
                    let y = Int((index >> (2 * bit) & 1) as i64);
                    operand.step(&state, bit, x, y)
                });
                let suffixes = operand.suffixes(low(index, cut), cut);
                let terms = state.iter().zip(suffixes);
                let sum = terms.fold(Int(0), |sum, (p, q)| sum + *p * Int(q as i64));
                assert_eq!(sum, Int(value as i64), "{operand:?}, cut {cut}");
            }
        }
    }
}
