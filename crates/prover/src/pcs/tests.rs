//! Commitments against sums of multiples of the bases, openings against the verifier.

use super::*;
use crate::kernels::g1::Batched;
use crate::kernels::{self, Path};
use ark_ff::{AdditiveGroup, UniformRand};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_algebra::multilinear::evaluate;
use zkvm_pcs::{Claims, OpeningError, verify_opening};
use zkvm_transcript::{TapeReader, TapeWriter, Transcript};

/// Owned contents of a column.
enum Contents {
    Narrow(Vec<u8>),
    Wide(Vec<u16>),
    Dense(Vec<i64>, Vec<u32>, Vec<bool>),
}

impl Contents {
    fn random(rng: &mut StdRng, shape: &Shape, kind: usize) -> Contents {
        let (cycles, addresses) = (1 << shape.log_t(), 1u32 << shape.log_k());
        let mut address = |none: f64| (!rng.gen_bool(none)).then(|| rng.gen_range(0..addresses));
        match kind {
            // Always one address, sometimes none, all none, constant.
            0 | 1 if shape.log_k() == 8 => {
                let none = if kind == 0 { 0.0 } else { 0.7 };
                Contents::Wide((0..cycles).map(|_| address(none).map_or(u16::MAX, |a| a as u16)).collect())
            }
            0 => Contents::Narrow((0..cycles).map(|_| address(0.0).unwrap() as u8).collect()),
            1 => Contents::Narrow((0..cycles).map(|_| address(0.7).map_or(u8::MAX, |a| a as u8)).collect()),
            2 => Contents::Narrow(vec![u8::MAX; cycles]),
            3 => Contents::Narrow(vec![1; cycles]),
            4 => Contents::Dense(
                (0..cycles).map(|_| rng.gen_range(-(1i64 << 32) + 1..1 << 32)).collect(),
                (0..cycles).map(|_| rng.r#gen()).collect(),
                (0..cycles).map(|_| rng.r#gen()).collect(),
            ),
            5 => Contents::Dense(
                (0..cycles).map(|_| if rng.gen_bool(0.1) { rng.gen_range(-5..5) } else { 0 }).collect(),
                vec![u32::MAX; cycles],
                vec![true; cycles],
            ),
            _ => Contents::Dense(vec![0; cycles], vec![0; cycles], vec![false; cycles]),
        }
    }

    fn column(&self, log_k: u32) -> Column<'_> {
        match self {
            Contents::Narrow(addresses) => Column::OneHot(Addresses::U8(addresses)),
            Contents::Wide(addresses) => Column::OneHot(Addresses::U16(addresses)),
            Contents::Dense(signed, unsigned, bits) => {
                let packed = [Values::Signed(signed), Values::Unsigned(unsigned), Values::Bits(bits)];
                Column::Dense(packed.into_iter().take(1 << log_k).collect())
            }
        }
    }

    /// All values of the column, by position.
    fn values(&self, log_k: u32) -> Vec<Fr> {
        let cell = |t: usize, k: usize| match self {
            Contents::Narrow(addresses) => i64::from(addresses[t] != u8::MAX && usize::from(addresses[t]) == k),
            Contents::Wide(addresses) => i64::from(usize::from(addresses[t]) == k),
            Contents::Dense(signed, unsigned, bits) => match k {
                0 => signed[t],
                1 => i64::from(unsigned[t]),
                2 => i64::from(bits[t]),
                _ => 0,
            },
        };
        let cycles = match self {
            Contents::Narrow(addresses) => addresses.len(),
            Contents::Wide(addresses) => addresses.len(),
            Contents::Dense(signed, ..) => signed.len(),
        };
        (0..cycles).flat_map(|t| (0..1 << log_k).map(move |k| Fr::from(cell(t, k)))).collect()
    }
}

fn contents(shape: &Shape, seed: u64) -> Vec<Contents> {
    let rng = &mut StdRng::seed_from_u64(seed);
    (0..shape.columns()).map(|i| Contents::random(rng, shape, i % 7)).collect()
}

fn naive(basis: &Basis, shape: &Shape, contents: &[Contents]) -> Vec<G1Affine> {
    let bases: Vec<G1Projective> = basis.points().iter().map(|point| (*point).into()).collect();
    let row = |row: &[Fr]| -> G1Projective {
        row.iter().zip(&bases).filter(|(v, _)| **v != Fr::ZERO).map(|(v, base)| *base * v).sum()
    };
    let values = contents.iter().map(|column| column.values(shape.log_k()));
    let rows: Vec<_> = values.flat_map(|v| v.chunks(shape.row_length()).map(row).collect::<Vec<_>>()).collect();
    G1Projective::normalize_batch(&rows)
}

fn shapes() -> Vec<Shape> {
    // (t, κ, c): a single row, many rows, rows of one cycle or position, every chunk length.
    [
        (6, 4, 10),
        (6, 4, 7),
        (4, 4, 4),
        (6, 1, 5),
        (5, 1, 2),
        (5, 2, 6),
        (4, 2, 2),
        (3, 8, 10),
        (3, 8, 8),
        (4, 0, 2),
        (2, 0, 0),
    ]
    .map(|(t, k, c)| Shape::new(7, t, k, c).unwrap())
    .to_vec()
}

fn columns<'a>(contents: &'a [Contents], shape: &Shape) -> Vec<Column<'a>> {
    contents.iter().map(|column| column.column(shape.log_k())).collect()
}

#[test]
fn commitments_are_sums_of_multiples_of_the_bases() {
    for (i, shape) in shapes().into_iter().enumerate() {
        let basis = Arc::new(basis_cache::generate(shape.log_row()).unwrap());
        let contents = narrowed(contents(&shape, i as u64), &shape);
        let rows = Committer::new(basis.clone()).commit(&shape, &columns(&contents, &shape)).unwrap();
        assert_eq!(rows, naive(&basis, &shape, &contents), "{shape:?}");
    }
}

/// With a single address per cycle, the constant column's address is 0.
fn narrowed(contents: Vec<Contents>, shape: &Shape) -> Vec<Contents> {
    let narrow = |column| match column {
        Contents::Narrow(addresses) if shape.log_k() == 0 => {
            Contents::Narrow(addresses.into_iter().map(|a| if a == 1 { 0 } else { a }).collect())
        }
        column => column,
    };
    contents.into_iter().map(narrow).collect()
}

#[test]
fn group_sums_give_the_commitments_of_single_bases() {
    let rng = &mut StdRng::seed_from_u64(5);
    let basis = basis_cache::generate(7).unwrap();
    for log_k in [1, 2, 4] {
        let cycles = 128 >> log_k;
        let rows: Vec<Vec<u8>> = (0..40)
            .map(|_| {
                (0..cycles).map(|_| if rng.gen_bool(0.3) { u8::MAX } else { rng.gen_range(0..1 << log_k) }).collect()
            })
            .collect();
        let rows: Vec<Addresses<'_>> = rows.iter().map(|row| Addresses::U8(row)).collect();
        let grouped = one_hot::commit(&GroupSums::new(basis.points(), log_k), &rows);
        assert_eq!(grouped, one_hot::commit(&GroupSums::single(basis.points(), log_k), &rows));
    }
}

#[test]
fn both_kernels_and_any_number_of_threads_give_the_same_rows_and_openings() {
    let shape = Shape::new(7, 9, 4, 11).unwrap();
    let contents = contents(&shape, 3);
    let columns = columns(&contents, &shape);
    let basis = Arc::new(basis_cache::generate(11).unwrap());
    let point: Vec<Fr> = (0..shape.variables()).map(|_| Fr::rand(&mut StdRng::seed_from_u64(4))).collect();
    let run = |path: Path, threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        kernels::set_path(path);
        pool.install(|| {
            let committer = Committer::new(basis.clone());
            let mut tape = TapeWriter::new(Transcript::new("test"));
            tape.write_points("rows", &committer.commit(&shape, &columns).unwrap());
            committer.open(InnerScheme::InnerProduct, &shape, &columns, &point, &mut tape).unwrap();
            tape.into_bytes()
        })
    };
    let one = run(Path::Scalar, 1);
    assert_eq!(one, run(Path::Scalar, 3));
    assert_eq!(one, run(Path::Ifma, 2));
}

#[test]
fn openings_are_accepted_and_altered_ones_are_not() {
    let more = [Shape::new(7, 8, 4, 12).unwrap(), Shape::new(3, 9, 4, 10).unwrap()];
    for (i, shape) in shapes().into_iter().chain(more).enumerate() {
        let rng = &mut StdRng::seed_from_u64(100 + i as u64);
        let contents = narrowed(contents(&shape, i as u64), &shape);
        let columns = columns(&contents, &shape);
        let basis = Arc::new(basis_cache::generate(shape.log_row()).unwrap());
        let committer = Committer::new(basis.clone());
        let rows = committer.commit(&shape, &columns).unwrap();
        let point: Vec<Fr> = (0..shape.variables()).map(|_| Fr::rand(rng)).collect();
        let claims: Vec<Fr> = contents.iter().map(|c| evaluate(&c.values(shape.log_k()), &point)).collect();
        for scheme in [InnerScheme::InnerProduct, InnerScheme::Clear] {
            let mut tape = TapeWriter::new(Transcript::new("test"));
            committer.open(scheme, &shape, &columns, &point, &mut tape).unwrap();
            let mut proof = tape.into_bytes();
            let verify = |proof: &[u8], values: &[Fr]| {
                let mut reader = TapeReader::new(Transcript::new("test"), proof);
                let claims = Claims { shape: &shape, rows: &rows, point: &point, values };
                verify_opening(Batched, &basis, scheme, &claims, &mut reader)?;
                reader.finish().map_err(OpeningError::Tape)
            };
            assert_eq!(verify(&proof, &claims), Ok(()), "{shape:?} {scheme:?}");
            let mut wrong = claims.clone();
            wrong[rng.gen_range(0..claims.len())] += Fr::from(1u64);
            assert_eq!(verify(&proof, &wrong), Err(OpeningError::Mismatch));
            let byte = rng.gen_range(0..proof.len());
            proof[byte] ^= 1;
            assert!(verify(&proof, &claims).is_err());
        }
    }
}

#[test]
fn columns_that_do_not_fit_the_shape_are_refused() {
    let shape = Shape::new(1, 3, 2, 4).unwrap();
    let committer = Committer::new(Arc::new(Basis::new(4).unwrap()));
    let commit = |column: Column<'_>| committer.commit(&shape, &[column]).map(|rows| rows.len());
    assert_eq!(commit(Column::OneHot(Addresses::U8(&[3; 8]))), Ok(2));
    assert_eq!(
        commit(Column::OneHot(Addresses::U8(&[0, 0, 0, 0, 4, 0, 0, 255]))),
        Err(ColumnError::Address { column: 0, address: 4, log_k: 2 })
    );
    assert_eq!(
        commit(Column::OneHot(Addresses::U8(&[0; 7]))),
        Err(ColumnError::Cycles { column: 0, found: 7, log_t: 3 })
    );
    let values = [1i64 << MAX_BITS, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(commit(Column::Dense(vec![Values::Signed(&values)])), Err(ColumnError::Value { column: 0 }));
    assert_eq!(
        commit(Column::Dense(vec![Values::Bits(&[true; 8]); 5])),
        Err(ColumnError::Address { column: 0, address: 4, log_k: 2 })
    );
    assert_eq!(committer.commit(&shape, &[]), Err(ColumnError::Count { found: 0, expected: 1 }));
    let long = Shape::new(1, 3, 2, 5).unwrap();
    let column = [Column::OneHot(Addresses::U8(&[0; 8]))];
    assert_eq!(committer.commit(&long, &column), Err(ColumnError::BasisTooSmall { basis: 4, row: 5 }));
    let mut tape = TapeWriter::new(Transcript::new("test"));
    assert_eq!(
        committer.open(InnerScheme::Clear, &shape, &column, &[], &mut tape),
        Err(OpenError::Point { found: 0, expected: 5 })
    );
}
