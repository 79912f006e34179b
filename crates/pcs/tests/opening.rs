//! Openings by a direct prover, which folds every vector in every round as the definition says.

use ark_ff::{AdditiveGroup, Field, UniformRand};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_algebra::multilinear::{eq_table, evaluate};
use zkvm_algebra::{Fr, G1Affine, G1Projective};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::{Basis, Claims, InnerScheme, OpeningError, Shape, clear, ipa, verify_opening};
use zkvm_transcript::{Channel, Reader, TapeError, TapeReader, TapeWriter, Transcript, Writer};

/// A commitment with everything that its opening needs.
struct Case {
    basis: Basis,
    scheme: InnerScheme,
    shape: Shape,
    columns: Vec<Vec<Fr>>,
    rows: Vec<G1Affine>,
    point: Vec<Fr>,
    values: Vec<Fr>,
    proof: Vec<u8>,
}

impl Case {
    fn new(scheme: InnerScheme, shape: Shape, seed: u64) -> Case {
        let rng = &mut StdRng::seed_from_u64(seed);
        let basis = Basis::new(shape.log_row()).unwrap();
        let columns: Vec<Vec<Fr>> = (0..shape.columns())
            .map(|_| (0..1 << shape.variables()).map(|_| Fr::from(rng.gen_range(0..3u64))).collect())
            .collect();
        let rows = commit(&basis, &shape, &columns);
        let point: Vec<Fr> = (0..shape.variables()).map(|_| Fr::rand(rng)).collect();
        let values = columns.iter().map(|column| evaluate(column, &point)).collect();
        let mut tape = TapeWriter::new(Transcript::new("test"));
        open(&basis, scheme, &shape, &columns, &point, &mut tape);
        Case { basis, scheme, shape, columns, rows, point, values, proof: tape.into_bytes() }
    }

    fn open<R: Reader>(&self, reader: &mut R) -> Result<(), OpeningError<R::Error>> {
        let Case { shape, rows, point, values, .. } = self;
        verify_opening(Scalar, &self.basis, self.scheme, &Claims { shape, rows, point, values }, reader)
    }

    /// Opens `columns` at `point` instead, honestly.
    fn reopen(&mut self, columns: &[Vec<Fr>], point: &[Fr]) {
        let mut tape = TapeWriter::new(Transcript::new("test"));
        open(&self.basis, self.scheme, &self.shape, columns, point, &mut tape);
        self.proof = tape.into_bytes();
    }

    fn verify(&self) -> Result<(), OpeningError<TapeError>> {
        let mut reader = TapeReader::new(Transcript::new("test"), &self.proof);
        self.open(&mut reader)?;
        reader.finish().map_err(OpeningError::Tape)
    }
}

fn commit(basis: &Basis, shape: &Shape, columns: &[Vec<Fr>]) -> Vec<G1Affine> {
    let rows = columns.iter().flat_map(|column| column.chunks(shape.row_length()));
    rows.map(|row| product(row, &bases(basis)).into()).collect()
}

fn bases(basis: &Basis) -> Vec<G1Projective> {
    basis.points().iter().map(|point| (*point).into()).collect()
}

fn product(scalars: &[Fr], points: &[G1Projective]) -> G1Projective {
    scalars.iter().zip(points).map(|(scalar, point)| *point * scalar).sum()
}

fn inner(a: &[Fr], b: &[Fr]) -> Fr {
    a.iter().zip(b).map(|(a, b)| *a * b).sum()
}

fn open(basis: &Basis, scheme: InnerScheme, shape: &Shape, columns: &[Vec<Fr>], point: &[Fr], tape: &mut TapeWriter) {
    let (high, low) = point.split_at(shape.row_variables());
    let weights = row_weights(&powers(tape.challenge(COLUMN_CHALLENGE), columns.len()), high);
    let mut u = vec![Fr::ZERO; shape.row_length()];
    for (row, weight) in columns.iter().flat_map(|column| column.chunks(shape.row_length())).zip(weights) {
        u.iter_mut().zip(row).for_each(|(u, value)| *u += weight * value);
    }
    match scheme {
        InnerScheme::Clear => tape.write_scalars(clear::VECTOR, &u),
        InnerScheme::InnerProduct => prove_inner_product(basis, u, low, tape),
    }
}

fn prove_inner_product(basis: &Basis, mut u: Vec<Fr>, point: &[Fr], tape: &mut TapeWriter) {
    let q = G1Projective::from(basis.product()) * tape.challenge(ipa::VALUE_CHALLENGE);
    let (mut g, mut b) = (bases(basis), eq_table(point));
    while u.len() > 1 {
        let half = u.len() / 2;
        let [(u_l, u_h), (b_l, b_h)] = [&u, &b].map(|v| v.split_at(half));
        let (g_l, g_h) = g.split_at(half);
        let left = product(u_h, g_l) + q * inner(u_h, b_l);
        let right = product(u_l, g_h) + q * inner(u_l, b_h);
        tape.write_points(ipa::CROSS_TERMS, &[left.into(), right.into()]);
        let x = tape.challenge(ipa::ROUND_CHALLENGE);
        let inverse = x.inverse().unwrap();
        let next_u = u_l.iter().zip(u_h).map(|(l, h)| *l + inverse * h).collect();
        let next_b = b_l.iter().zip(b_h).map(|(l, h)| *l + x * h).collect();
        g = g_l.iter().zip(g_h).map(|(l, h)| *l + *h * x).collect();
        (u, b) = (next_u, next_b);
    }
    tape.write_scalars(ipa::LAST_ENTRY, &u);
}

fn cases() -> impl Iterator<Item = Case> {
    // (columns, t, κ, c): one row per column, many rows, rows of one cycle, a single position.
    [(3, 3, 2, 5), (2, 4, 1, 2), (3, 2, 2, 2), (1, 0, 0, 0), (4, 3, 0, 1)].into_iter().flat_map(|(n, t, k, c)| {
        let shape = Shape::new(n, t, k, c).unwrap();
        [InnerScheme::InnerProduct, InnerScheme::Clear].map(|scheme| Case::new(scheme, shape, 7))
    })
}

#[test]
fn honest_openings_are_accepted() {
    for case in cases() {
        assert_eq!(case.verify(), Ok(()), "{:?} {:?}", case.shape, case.scheme);
    }
}

#[test]
fn wrong_claims_points_and_commitments_are_refused() {
    for mut case in cases() {
        for i in 0..case.values.len() {
            case.values[i] += Fr::ONE;
            assert_eq!(case.verify(), Err(OpeningError::Mismatch));
            case.values[i] -= Fr::ONE;
        }
        for i in 0..case.point.len() {
            case.point[i] += Fr::ONE;
            assert_eq!(case.verify(), Err(OpeningError::Mismatch));
            case.point[i] -= Fr::ONE;
        }
        for i in 0..case.rows.len() {
            let row = case.rows[i];
            case.rows[i] = (row + case.basis.points().first().map(|p| G1Affine::from(*p)).unwrap()).into();
            assert_eq!(case.verify(), Err(OpeningError::Mismatch));
            case.rows[i] = row;
        }
        if case.rows.len() > 1 {
            case.rows.swap(0, 1);
            assert_eq!(case.verify(), Err(OpeningError::Mismatch));
            case.rows.swap(0, 1);
        }
        assert_eq!(case.verify(), Ok(()));
    }
}

/// The point is not absorbed here: the challenges stay what they were.
#[test]
fn an_opening_at_another_point_is_refused() {
    // In the clear no message depends on the coordinates within a row.
    let cases = cases().filter(|case| case.scheme == InnerScheme::InnerProduct && case.point.len() > 1);
    for mut case in cases {
        let (point, columns) = (case.point.clone(), case.columns.clone());
        let mut reversed = point.clone();
        reversed.reverse();
        let mut rotated = point.clone();
        rotated.rotate_left(1);
        let mut swapped = point.clone();
        swapped.swap(0, point.len() - 1);
        let negated: Vec<Fr> = point.iter().map(|r| Fr::ONE - r).collect();
        for other in [reversed, rotated, swapped, negated] {
            case.reopen(&columns, &other);
            assert_eq!(case.verify(), Err(OpeningError::Mismatch), "{:?}, its own values", case.shape);
            let values = columns.iter().map(|column| evaluate(column, &other)).collect();
            let own = std::mem::replace(&mut case.values, values);
            assert_eq!(case.verify(), Err(OpeningError::Mismatch), "{:?}, values at the other", case.shape);
            case.point.clone_from(&other);
            assert_eq!(case.verify(), Ok(()), "{:?}, both at the other", case.shape);
            case.values = own;
            case.point.clone_from(&point);
        }
    }
}

#[test]
fn a_commitment_of_identities_is_one_of_zeros() {
    for mut case in cases().filter(|case| case.rows.iter().any(|row| *row != G1Affine::identity())) {
        let zeros: Vec<Vec<Fr>> = case.columns.iter().map(|column| vec![Fr::ZERO; column.len()]).collect();
        let point = case.point.clone();
        case.reopen(&zeros, &point);
        let (rows, values) = (case.rows.clone(), case.values.clone());
        case.rows.fill(G1Affine::identity());
        assert_eq!(case.verify(), Err(OpeningError::Mismatch), "{:?} {:?}", case.shape, case.scheme);
        case.values.fill(Fr::ZERO);
        assert_eq!(case.verify(), Ok(()), "{:?} {:?}", case.shape, case.scheme);
        case.rows = rows;
        assert_eq!(case.verify(), Err(OpeningError::Mismatch), "{:?} {:?}", case.shape, case.scheme);
        case.values = values;
        // Messages of identities and zeros, for the true commitment and claims.
        case.proof.fill(0);
        if case.scheme == InnerScheme::InnerProduct {
            let points = case.proof.len() / 32 - 1;
            case.proof.chunks_exact_mut(32).take(points).for_each(|point| point[31] = 0x40);
        }
        assert_eq!(case.verify(), Err(OpeningError::Mismatch), "{:?} {:?}", case.shape, case.scheme);
    }
}

#[test]
fn a_row_of_more_positions_than_the_shape_has_is_refused() {
    for mut case in cases() {
        let longer = Basis::new(case.shape.log_row() + 1).unwrap();
        let beyond = G1Affine::from(longer.points()[case.shape.row_length()]);
        for i in 0..case.rows.len() {
            let row = case.rows[i];
            for other in [(row + beyond).into(), (row - beyond).into(), beyond] {
                case.rows[i] = other;
                assert_eq!(case.verify(), Err(OpeningError::Mismatch), "row {i}");
            }
            case.rows[i] = row;
        }
        // Of a longer basis a shape uses its own part.
        case.basis = longer;
        assert_eq!(case.verify(), Ok(()));
    }
}

/// Whoever knows the coefficients exchanges parts of two rows for one another: the caller absorbs the
/// commitment before it opens.
#[test]
fn rows_are_exchangeable_for_who_knows_the_coefficients_and_not_else() {
    for mut case in cases().filter(|case| case.rows.len() > 1) {
        let (high, _) = case.point.split_at(case.shape.row_variables());
        let rho = Transcript::new("test").challenge(COLUMN_CHALLENGE);
        let weights = row_weights(&powers(rho, case.columns.len()), high);
        let (last, honest) = (case.rows.len() - 1, case.rows.clone());
        let difference = bases(&case.basis)[0] * Fr::from(5u64);
        case.rows[0] = (honest[0] + difference).into();
        case.rows[last] = (honest[last] - difference * (weights[0] / weights[last])).into();
        assert_eq!(case.verify(), Ok(()), "known coefficients");

        let absorbing = |rows: &[G1Affine]| {
            let mut tape = TapeWriter::new(Transcript::new("test"));
            tape.write_points("rows", rows);
            open(&case.basis, case.scheme, &case.shape, &case.columns, &case.point, &mut tape);
            let proof = tape.into_bytes();
            let mut reader = TapeReader::new(Transcript::new("test"), &proof);
            assert_eq!(reader.read_points("rows", rows.len()).unwrap(), rows);
            let claims = Claims { shape: &case.shape, rows, point: &case.point, values: &case.values };
            verify_opening(Scalar, &case.basis, case.scheme, &claims, &mut reader)
        };
        assert_eq!(absorbing(&honest), Ok(()));
        assert_eq!(absorbing(&case.rows), Err(OpeningError::Mismatch), "absorbed rows");
    }
}

#[test]
fn every_altered_message_is_refused() {
    for mut case in cases() {
        for i in 0..case.proof.len() {
            case.proof[i] ^= 1;
            assert!(case.verify().is_err(), "byte {i} of {:?}", case.scheme);
            case.proof[i] ^= 1;
        }
        // A message replaced by another valid one.
        let chunks = case.proof.len() / 32;
        for i in 1..chunks {
            if case.proof[..32] != case.proof[32 * i..32 * (i + 1)] {
                let honest = case.proof.clone();
                case.proof.copy_within(0..32, 32 * i);
                assert!(case.verify().is_err(), "message {i} of {:?}", case.scheme);
                case.proof = honest;
            }
        }
        case.proof.push(0);
        assert_eq!(case.verify(), Err(OpeningError::Tape(TapeError::TrailingBytes { count: 1 })));
        case.proof.truncate(case.proof.len() - 2);
        assert!(matches!(case.verify(), Err(OpeningError::Tape(TapeError::Truncated { .. }))));
    }
}

#[test]
fn an_opening_under_another_transcript_is_refused() {
    let case = cases().next().unwrap();
    let mut transcript = Transcript::new("test");
    transcript.absorb("more", b"");
    let mut reader = TapeReader::new(transcript, &case.proof);
    assert_eq!(case.open(&mut reader), Err(OpeningError::Mismatch));
}

#[test]
fn lists_of_the_wrong_length_are_refused() {
    for mut case in cases() {
        case.values.push(Fr::ZERO);
        assert!(matches!(case.verify(), Err(OpeningError::Length { what: "claims", .. })));
        case.values.pop();
        case.point.push(Fr::ZERO);
        assert!(matches!(case.verify(), Err(OpeningError::Length { what: "coordinates", .. })));
        case.point.pop();
        case.rows.push(G1Affine::identity());
        assert!(matches!(case.verify(), Err(OpeningError::Length { what: "row commitments", .. })));
        case.rows.pop();
        if case.shape.log_row() > 0 {
            case.basis = Basis::new(case.shape.log_row() - 1).unwrap();
            assert!(matches!(case.verify(), Err(OpeningError::BasisTooSmall { .. })));
        }
    }
}

/// A transcript whose challenges of one label are zero.
struct ZeroChallenge<'a>(TapeReader<'a>, &'static str);

impl Channel for ZeroChallenge<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.0.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        let challenge = self.0.challenge(label);
        if label == self.1 { Fr::ZERO } else { challenge }
    }
}

impl Reader for ZeroChallenge<'_> {
    type Error = TapeError;
    fn read_scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, TapeError> {
        self.0.read_scalars(label, count)
    }
    fn read_points(&mut self, label: &'static str, count: usize) -> Result<Vec<G1Affine>, TapeError> {
        self.0.read_points(label, count)
    }
}

#[test]
fn a_zero_challenge_is_an_error() {
    let case = cases().next().unwrap();
    for label in [ipa::VALUE_CHALLENGE, ipa::ROUND_CHALLENGE] {
        let mut reader = ZeroChallenge(TapeReader::new(Transcript::new("test"), &case.proof), label);
        assert_eq!(case.open(&mut reader), Err(OpeningError::ZeroChallenge), "{label}");
    }
}
