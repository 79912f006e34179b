//! The part of a [`Liar`] that zero-knowledge proofs add: what it hides, and how it pays there.
//!
//! It commits to the messages of the script, true or not, and shows along a line that their comparisons
//! hold. They do not; what is missing in the last equation between scalars is its *gap*.

use super::liar::{Liar, Message};
use ark_ff::UniformRand;
use rand::SeedableRng;
use rand::rngs::StdRng;
use zkvm_algebra::multilinear::{eq_table, evaluate};
use zkvm_algebra::univariate::lagrange_basis;
use zkvm_algebra::{AdditiveGroup, Field, Fr, G1Affine, G1Projective, Univariate, encoding};
use zkvm_pcs::Basis;
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, row_weights};
use zkvm_pcs::hiding::{FOLDED, MASK_CHALLENGE};
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::msm::msm;
use zkvm_protocol::Statement;
use zkvm_protocol::relation::{batch, powers};
use zkvm_transcript::Channel;
use zkvm_verifier::hiding::{
    BLINDINGS, COEFFICIENTS, COMMITMENTS, COMPARISON, LINE, LINES, MASK_VALUE, MASKS, Record, VALUES,
};

/// What a liar pays with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Payment {
    /// The first entry of the mask is larger by this than its value says.
    Mask(Fr),
    /// The mask's value, as though it knew ζ, and ρ if the lies are in several columns.
    MaskValue,
    /// The value of the folded row, shown as it is.
    Value,
    /// The values at the end of a stage, whose comparison cancels that of the opening, as though it knew χ.
    Comparison,
    /// The commitment to the masks μ, chosen last.
    Masks,
    /// The commitment to the line through μ, chosen last.
    Lines,
    /// A coefficient, as though it knew x.
    Coefficients,
    /// Two values whose commitments cancel, as though it knew ω.
    Values,
}

/// A hidden message.
struct Secret {
    values: Vec<Fr>,
    blinding: Fr,
    commitment: G1Affine,
}

impl Secret {
    fn new(basis: &Basis, values: Vec<Fr>, blinding: Fr) -> Secret {
        let commitment = commit(basis, &values, blinding).into();
        Secret { values, blinding, commitment }
    }
}

/// ⟨values, G⟩ + blinding·H.
fn commit(basis: &Basis, values: &[Fr], blinding: Fr) -> G1Projective {
    msm(Scalar, &basis.points()[..values.len()], values) + G1Projective::from(basis.blinding()) * blinding
}

/// What a liar hides. Its randomness is the same in every proof, so that a proof can be made again with
/// one message changed.
pub struct Hiding {
    rng: StdRng,
    mask: Vec<Fr>,
    /// Of the rows, the mask's last.
    blindings: Vec<Fr>,
    messages: Vec<Secret>,
    /// What the comparisons depend on.
    pub record: Record,
}

impl Default for Hiding {
    fn default() -> Self {
        let rng = StdRng::seed_from_u64(1);
        Hiding { rng, mask: Vec::new(), blindings: Vec::new(), messages: Vec::new(), record: Record::default() }
    }
}

impl Hiding {
    fn random(&mut self, count: usize) -> Vec<Fr> {
        (0..count).map(|_| Fr::rand(&mut self.rng)).collect()
    }

    /// Keeps a message; gives its commitment.
    pub fn hide(&mut self, basis: &Basis, values: &[Fr]) -> G1Affine {
        let blinding = Fr::rand(&mut self.rng);
        let secret = Secret::new(basis, values.to_vec(), blinding);
        let commitment = secret.commitment;
        self.messages.push(secret);
        commitment
    }

    /// Adds blindings to the rows, and the mask to their end.
    pub fn blind(&mut self, basis: &Basis, rows: &mut Vec<G1Affine>, length: usize, payment: Option<Payment>) {
        self.mask = self.random(length);
        let mut mask = self.mask.clone();
        if let Some(Payment::Mask(more)) = payment {
            mask[0] += more;
        }
        rows.push(commit(basis, &mask, Fr::ZERO).into());
        self.blindings = self.random(rows.len());
        for (row, blinding) in rows.iter_mut().zip(&self.blindings) {
            *row = (*row + G1Projective::from(basis.blinding()) * blinding).into();
        }
    }

    /// All scalars at the point `x` of the line.
    fn at(&self, lines: &[Secret], x: Fr) -> Vec<Fr> {
        let pairs = self.messages.iter().zip(lines).flat_map(|(m, line)| m.values.iter().zip(&line.values));
        pairs.map(|(value, line)| *line + x * value).collect()
    }

    /// What the coefficients must give at `x`, where the line has `values`.
    fn expected(&self, statement: &Statement, values: &[Fr], chi: Fr, x: Fr) -> Fr {
        let (scalars, masks) = values.split_at(values.len() - (self.record.degree - 1));
        let inverse = x.inverse().expect("not zero");
        let scaled: Vec<Fr> = scalars.iter().map(|value| *value * inverse).collect();
        let compared = self.record.compare(statement, &scaled, chi).expect("the messages are those of the script");
        compared * x.pow([self.record.degree as u64]) + batch(x, masks)
    }
}

fn bytes(scalars: &[Fr]) -> Vec<u8> {
    scalars.iter().flat_map(encoding::scalar_to_bytes).collect()
}

/// x with p(x) = 0, for p of degree 1.
fn root(p: impl Fn(Fr) -> Fr) -> Fr {
    let (constant, sum) = (p(Fr::ZERO), p(Fr::ONE));
    -constant * (sum - constant).inverse().expect("p is not constant")
}

impl Liar<'_> {
    fn secrets(&mut self) -> &mut Hiding {
        self.hiding.as_mut().expect("a zero-knowledge proof")
    }

    /// Sends the mask's value at `low`, or another one that pays; None in a proof that has none.
    pub fn send_mask_value(&mut self, low: &[Fr]) -> Option<Fr> {
        let mut value = evaluate(&self.hiding.as_ref()?.mask, low);
        if self.plan.hidden == Some(Payment::MaskValue) {
            let mut wire = self.writer.wire.clone();
            wire.absorb(MASK_VALUE, &bytes(&[value]));
            let [rho, zeta] = [COLUMN_CHALLENGE, MASK_CHALLENGE].map(|label| wire.challenge(label));
            value -= batch(rho, &self.outcome.lies) * zeta.inverse().expect("not zero");
        }
        self.scalars(Message::MaskValue, MASK_VALUE, &[value]);
        Some(value)
    }

    /// Adds the mask to the vector `u` of the columns and shows value and blinding; gives the sum, and what
    /// the value shown exceeds its value by. `claimed` is what the columns and the mask claim.
    pub fn mask(
        &mut self,
        u: Vec<Fr>,
        (columns, high): (&[Fr], &[Fr]),
        low: &[Fr],
        claimed: (Fr, Fr),
    ) -> (Vec<Fr>, Fr) {
        let zeta = self.writer.challenge(MASK_CHALLENGE);
        let payment = self.plan.hidden;
        let hiding = self.secrets();
        let mut masked: Vec<Fr> = u.iter().zip(&hiding.mask).map(|(u, mask)| *u + zeta * mask).collect();
        if let Some(Payment::Mask(more)) = payment {
            masked[0] += zeta * more;
        }
        let truth = evaluate(&masked, low);
        let is_true = matches!(payment, Some(Payment::Comparison | Payment::Value));
        let value = if is_true { truth } else { claimed.0 + zeta * claimed.1 };
        let weights = row_weights(columns, high);
        let blinding = weights.iter().chain([&zeta]).zip(&hiding.blindings).map(|(w, s)| *w * s).sum();
        hiding.record.weights = columns.iter().copied().chain([zeta]).collect();
        hiding.record.value = value;
        self.outcome.mask = (value - truth) * (zeta * eq_table(low)[0]).inverse().expect("not zero");
        self.shown(Message::Folded, FOLDED, &[value, blinding]);
        (masked, value - truth)
    }

    /// Proves what is hidden.
    pub fn finish(&mut self, statement: &Statement) {
        let degree = self.secrets().record.degree;
        let masks = self.secrets().random(degree - 1);
        self.scalars(Message::Masks, MASKS, &masks);
        let lines = self.send_lines();
        let chi = self.writer.challenge(COMPARISON);
        let coefficients = self.send_coefficients(statement, &lines, chi);
        let x = self.writer.challenge(LINE);

        let blindings: Vec<Fr> = {
            let pairs = lines.iter().zip(&self.secrets().messages);
            pairs.map(|(line, message)| line.blinding + x * message.blinding).collect()
        };
        let mut values = self.secrets().at(&lines, x);
        let first_mask = values.len() - masks.len();
        let mut wire = self.writer.wire.clone();
        wire.absorb(VALUES, &bytes(&values));
        wire.absorb(BLINDINGS, &bytes(&blindings));
        let omega = wire.challenge(COMMITMENTS);
        // The mask's value is the message before the masks.
        let moved = |more: Fr| {
            let mut moved = values.clone();
            moved[first_mask] += more;
            if self.plan.hidden == Some(Payment::Values) {
                moved[first_mask - 1] -= more * omega;
            }
            moved
        };
        let hiding = self.hiding.as_ref().expect("a zero-knowledge proof");
        if matches!(self.plan.hidden, Some(Payment::Masks | Payment::Lines | Payment::Values)) {
            let gap = |values: &[Fr]| hiding.expected(statement, values, chi, x) - coefficients.evaluate(x);
            values = moved(root(|more| gap(&moved(more))));
        }
        self.shown(Message::LineValues, VALUES, &values);
        self.shown(Message::Blindings, BLINDINGS, &blindings);
        self.writer.challenge(COMMITMENTS);
        self.replace_commitments(&values[first_mask..], blindings[lines.len() - 1], &lines, x);
    }

    fn send_lines(&mut self) -> Vec<Secret> {
        let basis = self.basis;
        let hiding = self.secrets();
        let sizes: Vec<usize> = hiding.messages.iter().map(|message| message.values.len()).collect();
        let mut line = |size| Secret::new(basis, hiding.random(size), Fr::rand(&mut hiding.rng));
        let lines: Vec<Secret> = sizes.into_iter().map(&mut line).collect();
        let commitments: Vec<G1Affine> = lines.iter().map(|line| line.commitment).collect();
        self.points(Message::Lines, LINES, &commitments);
        lines
    }

    /// The coefficients that are right at 1, 2, …, or at x where that is known.
    fn send_coefficients(&mut self, statement: &Statement, lines: &[Secret], chi: Fr) -> Univariate {
        let hiding = self.hiding.as_ref().expect("a zero-knowledge proof");
        let expected = |x: Fr| hiding.expected(statement, &hiding.at(lines, x), chi, x);
        let points: Vec<Fr> = (1u64..).take(hiding.record.degree).map(Fr::from).collect();
        let mut coefficients = Univariate(vec![Fr::ZERO; points.len()]);
        for (basis, point) in lagrange_basis(&points).iter().zip(&points) {
            coefficients.add_scaled(basis, expected(*point));
        }
        if self.plan.hidden == Some(Payment::Coefficients) {
            let x = self.writer.wire.challenge_after(COEFFICIENTS, &coefficients.0, LINE);
            let gap = expected(x) - coefficients.evaluate(x);
            coefficients.0[0] += gap;
        }
        self.shown(Message::Coefficients, COEFFICIENTS, &coefficients.0);
        coefficients
    }

    /// Chooses the commitment to the masks, or to their line, when everything else is known.
    fn replace_commitments(&mut self, masks: &[Fr], blinding: Fr, lines: &[Secret], x: Fr) {
        let opened = commit(self.basis, masks, blinding);
        let (message, line) =
            (self.secrets().messages.last().expect("the masks").commitment, lines[lines.len() - 1].commitment);
        let (sent, point) = match self.plan.hidden {
            Some(Payment::Masks) => (Message::Masks, (opened - line) * x.inverse().expect("not zero")),
            Some(Payment::Lines) => (Message::Lines, opened - message * x),
            _ => return,
        };
        // It is the last element of its message.
        let place = self.outcome.messages.iter().position(|message| *message == sent).expect("it was sent");
        let end = self.outcome.ends[place];
        self.writer.tape[end - encoding::BYTES..end].copy_from_slice(&encoding::point_to_bytes(&point.into()));
    }
}

/// The proportion in which lies about two columns cancel in the opening.
pub fn opposite(rho: Fr, columns: [usize; 2]) -> Vec<(usize, Fr)> {
    let power = |column| powers(rho).nth(column).expect("endless");
    let [first, second] = columns;
    vec![(first, power(second)), (second, -power(first))]
}
