//! Openings of hidden columns and of hidden scalars, by definition: what is not committed to is refused.

use ark_ff::{AdditiveGroup, Field, UniformRand};
use rand::{SeedableRng, rngs::StdRng};
use std::convert::Infallible;
use zkvm_algebra::multilinear::evaluate;
use zkvm_algebra::{Fr, G1Affine, G1Projective};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::hiding::{self, FOLDED, MASK_CHALLENGE, Opened, Opening};
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::{Basis, Equation, InnerScheme, OpeningError, Shape, clear};
use zkvm_transcript::{Channel, Reader, TapeError, TapeReader, TapeWriter, Transcript, Writer};

fn basis() -> Basis {
    Basis::new(4).expect("a supported size")
}

fn random(rng: &mut StdRng, count: usize) -> Vec<Fr> {
    (0..count).map(|_| Fr::rand(rng)).collect()
}

/// ⟨values, G⟩ + blinding·H.
fn commit(basis: &Basis, values: &[Fr], blinding: Fr) -> G1Projective {
    let terms = values.iter().zip(basis.points()).map(|(value, base)| G1Projective::from(*base) * value);
    terms.sum::<G1Projective>() + G1Projective::from(basis.blinding()) * blinding
}

fn holds(equation: Equation, basis: &Basis) -> Result<(), OpeningError<Infallible>> {
    equation.check(Scalar, basis)
}

/// Two hidden columns with their opening in the clear.
struct Columns {
    shape: Shape,
    /// Of all rows, the mask last.
    rows: Vec<Vec<Fr>>,
    blindings: Vec<Fr>,
    point: Vec<Fr>,
    commitment: Vec<G1Affine>,
}

impl Columns {
    fn new() -> Columns {
        let rng = &mut StdRng::seed_from_u64(1);
        let shape = Shape::new(2, 3, 2, 4).expect("a shape");
        let rows: Vec<Vec<Fr>> = (0..shape.rows() + 1).map(|_| random(rng, shape.row_length())).collect();
        let (blindings, point) = (random(rng, rows.len()), random(rng, shape.variables()));
        let commitment = rows.iter().zip(&blindings).map(|(row, s)| commit(&basis(), row, *s).into()).collect();
        Columns { shape, rows, blindings, point, commitment }
    }

    /// The values of the columns and of the mask.
    fn values(&self) -> Vec<Fr> {
        let (high, low) = self.point.split_at(self.shape.row_variables());
        let (rows, mask) = self.rows.split_at(self.shape.rows());
        let columns = rows.chunks(self.shape.rows_per_column());
        let value = |rows: &[Vec<Fr>]| {
            row_weights(&[Fr::ONE], high).iter().zip(rows).map(|(weight, row)| *weight * evaluate(row, low)).sum()
        };
        columns.map(value).chain([evaluate(&mask[0], low)]).collect()
    }

    /// The opening, with the value and the blinding shown, and an entry of the vector, larger by the given amounts.
    fn open(&self, [value_error, blinding_error, entry_error]: [Fr; 3]) -> Vec<u8> {
        let mut tape = TapeWriter::new(Transcript::new("test"));
        let (high, low) = self.point.split_at(self.shape.row_variables());
        let mut weights = row_weights(&powers(tape.challenge(COLUMN_CHALLENGE), self.shape.columns()), high);
        weights.push(tape.challenge(MASK_CHALLENGE));
        let mut u = vec![Fr::ZERO; self.shape.row_length()];
        for (row, weight) in self.rows.iter().zip(&weights) {
            u.iter_mut().zip(row).for_each(|(u, value)| *u += *weight * value);
        }
        let blinding: Fr = self.blindings.iter().zip(&weights).map(|(s, weight)| *s * weight).sum();
        u[0] += entry_error;
        tape.write_scalars(FOLDED, &[evaluate(&u, low) + value_error, blinding + blinding_error]);
        tape.write_scalars(clear::VECTOR, &u);
        tape.into_bytes()
    }

    fn read(&self, tape: &[u8]) -> Result<Opening, OpeningError<TapeError>> {
        let reader = &mut TapeReader::new(Transcript::new("test"), tape);
        hiding::read_opening(InnerScheme::Clear, &self.shape, &self.commitment, &self.point, reader)
    }
}

#[test]
fn the_folded_row_has_the_weighted_value_of_columns_and_mask() {
    let columns = Columns::new();
    let Opening { equation, weights, value } = columns.read(&columns.open([Fr::ZERO; 3])).expect("an opening");
    assert_eq!(weights.len(), columns.shape.columns() + 1);
    assert_eq!(weights.iter().zip(columns.values()).map(|(weight, value)| *weight * value).sum::<Fr>(), value);
    assert_eq!(holds(equation, &basis()), Ok(()));
}

#[test]
fn another_value_blinding_or_vector_is_refused() {
    let columns = Columns::new();
    let [one, zero] = [Fr::ONE, Fr::ZERO];
    assert!(matches!(columns.read(&columns.open([one, zero, zero])), Err(OpeningError::Mismatch)));
    for errors in [[zero, one, zero], [zero, zero, one]] {
        let opening = columns.read(&columns.open(errors)).expect("scalars that agree");
        assert_eq!(holds(opening.equation, &basis()), Err(OpeningError::Mismatch));
    }
}

#[test]
fn every_row_counts_and_the_mask_is_one_of_them() {
    let mut columns = Columns::new();
    let tape = columns.open([Fr::ZERO; 3]);
    for row in 0..columns.commitment.len() {
        let honest = columns.commitment[row];
        columns.commitment[row] = (honest + G1Projective::from(basis().product())).into();
        assert_eq!(holds(columns.read(&tape).expect("an opening").equation, &basis()), Err(OpeningError::Mismatch));
        columns.commitment[row] = honest;
    }
    columns.commitment.pop();
    let missing = OpeningError::Length { what: "row commitments", found: 3, expected: 4 };
    assert_eq!(columns.read(&tape).err(), Some(missing));
}

/// Challenges of zero under one label.
struct Zero<'a>(TapeReader<'a>, &'static str);

impl Channel for Zero<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.0.absorb(label, bytes);
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        if label == self.1 { Fr::ZERO } else { self.0.challenge(label) }
    }
}

impl Reader for Zero<'_> {
    type Error = TapeError;
    fn read_scalars(&mut self, label: &'static str, count: usize) -> Result<Vec<Fr>, TapeError> {
        self.0.read_scalars(label, count)
    }
    fn read_points(&mut self, label: &'static str, count: usize) -> Result<Vec<G1Affine>, TapeError> {
        self.0.read_points(label, count)
    }
}

#[test]
fn a_weight_of_zero_for_the_mask_is_an_error() {
    let columns = Columns::new();
    let tape = columns.open([Fr::ZERO; 3]);
    let reader = &mut Zero(TapeReader::new(Transcript::new("test"), &tape), MASK_CHALLENGE);
    let opening = hiding::read_opening(InnerScheme::Clear, &columns.shape, &columns.commitment, &columns.point, reader);
    assert_eq!(opening.err(), Some(OpeningError::ZeroChallenge));
}

/// Hidden messages with their lines, opened at x.
struct Messages {
    x: Fr,
    commitments: Vec<G1Affine>,
    lines: Vec<G1Affine>,
    values: Vec<Vec<Fr>>,
    blindings: Vec<Fr>,
}

impl Messages {
    fn new() -> Messages {
        let (rng, basis) = (&mut StdRng::seed_from_u64(2), basis());
        let x = Fr::rand(rng);
        let (mut commitments, mut lines, mut values, mut blindings) = (vec![], vec![], vec![], vec![]);
        for length in [3, 0, 1, 5] {
            let [(m, s), (line, t)] = [(); 2].map(|()| (random(rng, length), Fr::rand(rng)));
            commitments.push(commit(&basis, &m, s).into());
            lines.push(commit(&basis, &line, t).into());
            values.push(m.iter().zip(&line).map(|(m, line)| *line + x * m).collect());
            blindings.push(t + x * s);
        }
        Messages { x, commitments, lines, values, blindings }
    }

    fn equation(&self, omega: Fr) -> Equation {
        let opened = |j: usize| Opened {
            commitment: self.commitments[j],
            line: self.lines[j],
            values: &self.values[j],
            blinding: self.blindings[j],
        };
        let messages: Vec<Opened> = (0..self.values.len()).map(opened).collect();
        hiding::equation(&messages, self.x, omega)
    }

    fn holds(&self, omega: u64) -> bool {
        holds(self.equation(Fr::from(omega)), &basis()).is_ok()
    }
}

#[test]
fn messages_are_what_their_commitments_say() {
    assert!(Messages::new().holds(7));
    let change = |change: &dyn Fn(&mut Messages)| {
        let mut messages = Messages::new();
        change(&mut messages);
        messages.holds(7)
    };
    for (message, length) in [3, 0, 1, 5].into_iter().enumerate() {
        for i in 0..length {
            assert!(!change(&|messages| messages.values[message][i] += Fr::ONE), "value {i} of {message}");
        }
        assert!(!change(&|messages| messages.blindings[message] += Fr::ONE), "blinding of {message}");
        // A scalar more than the message has, whether or not another one has as many, and the base of values.
        for base in [basis().points()[length], basis().points()[5], basis().product()] {
            let more = |point: &mut G1Affine| *point = (*point + G1Projective::from(base)).into();
            assert!(!change(&|messages| more(&mut messages.commitments[message])), "commitment of {message}");
            assert!(!change(&|messages| more(&mut messages.lines[message])), "line of {message}");
        }
    }
    assert!(!change(&|messages| messages.commitments.swap(0, 2)));
    assert!(!change(&|messages| messages.x += Fr::ONE));
}

#[test]
fn errors_of_two_messages_cancel_for_who_knows_the_challenge_and_not_else() {
    let mut messages = Messages::new();
    messages.values[0][0] += Fr::from(7u64).square();
    messages.values[2][0] -= Fr::ONE;
    assert!(messages.holds(7) && !messages.holds(8));
    // The weights of an opening and of the first message differ by a power of the challenge, too.
    let mut columns = Columns::new();
    let tape = columns.open([Fr::ZERO; 3]);
    columns.commitment[0] = (columns.commitment[0] + G1Projective::from(basis().points()[0])).into();
    let (high, _) = columns.point.split_at(columns.shape.row_variables());
    let mut messages = Messages::new();
    messages.values[0][0] -= row_weights(&[Fr::ONE], high)[0];
    let both = |omega: u64| {
        let opening = columns.read(&tape).expect("an opening").equation;
        holds(opening.and(messages.equation(Fr::from(omega))), &basis())
    };
    assert_eq!((both(1), both(7)), (Ok(()), Err(OpeningError::Mismatch)));
}

#[test]
fn both_equations_hold_together_and_each_is_needed() {
    let columns = Columns::new();
    let [honest, other] = [Fr::ZERO, Fr::ONE].map(|error| columns.open([Fr::ZERO, Fr::ZERO, error]));
    let mut wrong = Messages::new();
    wrong.values[3][4] += Fr::ONE;
    let both = |tape: &[u8], messages: &Messages| {
        let opening = columns.read(tape).expect("an opening").equation;
        holds(opening.and(messages.equation(Fr::from(7u64))), &basis())
    };
    assert_eq!(both(&honest, &Messages::new()), Ok(()));
    assert_eq!(both(&other, &Messages::new()), Err(OpeningError::Mismatch));
    assert_eq!(both(&honest, &wrong), Err(OpeningError::Mismatch));
}
