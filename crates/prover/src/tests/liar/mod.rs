//! A prover that lies with algebra.
//!
//! It runs the script on a false statement with honest kernels. What the verifier's claim of a
//! stage exceeds the true sum by is its *debt*. A debt is multiplied by the challenge of every
//! round and must be zero when the values are compared; a [`Plan`] says where the liar tries to get
//! rid of it. Where the protocol is sound, none of these attempts succeeds.

mod batch;
mod payment;

use super::hiding_liar::{Hiding, Payment};
use super::weak::forgive;
use super::wire::{EXTRA, Value, Weakness, Wire, WireWriter};
use crate::kernel::Kernel;
use crate::reference::{Oracle, Reference, skip};
use crate::testing::rows;
use crate::witness::Witness;
use batch::{Batch, Lazy};
use payment::{forgiven, pay};
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use zkvm_algebra::multilinear::eq_table;
use zkvm_algebra::{AdditiveGroup, Field, Fr, G1Affine, G1Projective};
use zkvm_pcs::folded_rows::{COLUMN_CHALLENGE, powers, row_weights};
use zkvm_pcs::kernel::Scalar;
use zkvm_pcs::msm::msm;
use zkvm_pcs::{Basis, InnerScheme, clear, ipa};
use zkvm_protocol::relations::spartan::{Skip, Zerocheck};
use zkvm_protocol::{Check, Party, Point, Shape, Stage, Takes, script};
use zkvm_transcript::{Channel, Writer};
use zkvm_verifier::hiding::COMPARISON;
use zkvm_verifier::party::{ROWS, SKIP};
use zkvm_verifier::sumcheck::{BATCH, CHALLENGE, ROUND, VALUES};

/// A message of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Message {
    /// Part of the statement.
    Statement(&'static str),
    /// The row commitments.
    Rows,
    /// The quotient of the univariate skip.
    Skip,
    /// Round of a stage.
    Round(&'static str, usize),
    /// Values of a relation of a stage.
    Values(&'static str, usize),
    /// The opening's folded vector.
    Vector,
    /// The cross terms of a round of the inner-product argument.
    CrossTerms(usize),
    /// The last entry of the inner-product argument.
    LastEntry,
    /// The mask's value at the point of the opening.
    MaskValue,
    /// The value and the blinding of the folded row and mask.
    Folded,
    /// The scalars that mask the coefficients.
    Masks,
    /// The commitments to the line through the hidden scalars.
    Lines,
    /// The coefficients of the comparisons along the line.
    Coefficients,
    /// A point of the line.
    LineValues,
    /// The blindings there.
    Blindings,
    /// A message that only a weakened protocol has.
    Extra,
}

/// Values of one relation to which the liar adds, and in which proportion.
#[derive(Clone, Debug)]
pub struct Fix {
    /// The stage.
    pub stage: &'static str,
    /// Number of the relation.
    pub relation: usize,
    /// Numbers of values with their weights.
    pub direction: Vec<(usize, Fr)>,
}

impl Fix {
    /// One value.
    pub fn one(value: Value) -> Fix {
        Fix { stage: value.stage, relation: value.relation, direction: vec![(value.index, Fr::ONE)] }
    }
}

/// Where the liar lies.
#[derive(Clone, Default, Debug)]
pub struct Plan {
    /// Proves as though this message had other bytes.
    pub replay: Option<usize>,
    /// Pays with the univariate skip, as though it knew y.
    pub skip: bool,
    /// Pays with a round of a stage, as though it knew the round's challenge.
    pub round: Option<(&'static str, usize)>,
    /// Pays with values at the end of stages.
    pub fixes: Vec<Fix>,
    /// Adds one to a value.
    pub probe: Option<Value>,
    /// Pays with the cross terms of a round of the inner-product argument.
    pub cross_terms: Option<usize>,
    /// Adds to a column at step 0, address 0, after everything else is known.
    pub patch: Option<(usize, Fr)>,
    /// Pays with what only a zero-knowledge proof has.
    pub hidden: Option<Payment>,
}

/// Name and batching coefficients of a stage.
type StageKey = (&'static str, Vec<Fr>);

/// A committed witness.
pub struct Committed<'a> {
    /// The witness.
    pub witness: Witness<'a>,
    rows: Vec<Vec<Fr>>,
    commitments: Vec<G1Affine>,
    zero_knowledge: bool,
    /// Stages that were run before, by name and batching coefficients: those depend on everything that
    /// the honest messages depend on.
    stages: Mutex<HashMap<StageKey, Arc<Honest>>>,
}

/// An honest run of a stage.
#[derive(Default)]
struct Honest {
    /// The true sum of every relation.
    sums: Vec<Fr>,
    /// The round messages.
    rounds: Vec<Vec<Fr>>,
    /// The values at the end.
    values: Vec<Vec<Fr>>,
}

impl<'a> Committed<'a> {
    /// Commits row by row.
    pub fn new(witness: Witness<'a>, basis: &Basis, zero_knowledge: bool) -> Self {
        let rows = rows(&witness);
        let commitments = rows.iter().map(|row| msm(Scalar, &basis.points()[..row.len()], row).into()).collect();
        Committed { witness, rows, commitments, zero_knowledge, stages: Mutex::default() }
    }
}

/// What a run of the liar came to.
#[derive(Default)]
pub struct Outcome {
    /// The proof.
    pub tape: Vec<u8>,
    /// The messages in order.
    pub messages: Vec<Message>,
    /// Where each of them ends on the tape.
    pub ends: Vec<usize>,
    /// Debts at the start of each stage; of the opening, under `opening`.
    pub debts: BTreeMap<&'static str, Fr>,
    /// Whether every fix had a solution.
    pub solved: bool,
    /// How many values each relation of a stage has.
    pub values: Vec<(&'static str, Vec<usize>)>,
    /// The opening point.
    pub point: Vec<Fr>,
    /// What the claims of the opening exceed the columns' values by.
    pub lies: Vec<Fr>,
    /// What the mask lacks in its first entry.
    pub mask: Fr,
}

/// The lying party.
pub struct Liar<'a> {
    committed: &'a Committed<'a>,
    pub(super) basis: &'a Basis,
    scheme: InnerScheme,
    weakness: &'a Weakness,
    pub(super) plan: &'a Plan,
    pub(super) writer: WireWriter,
    pub(super) outcome: Outcome,
    /// What is hidden, in a zero-knowledge proof.
    pub(super) hiding: Option<Hiding>,
    /// True values of the last stage.
    columns: Vec<Fr>,
}

/// Runs the script with a liar.
pub fn lie<'a>(
    committed: &'a Committed<'a>,
    basis: &'a Basis,
    scheme: InnerScheme,
    weakness: &'a Weakness,
    plan: &'a Plan,
) -> Outcome {
    let writer = WireWriter { wire: Wire::new(weakness, plan.replay), tape: Vec::new() };
    let outcome = Outcome { solved: true, ..Outcome::default() };
    let hiding = committed.zero_knowledge.then(Hiding::default);
    let mut liar = Liar { committed, basis, scheme, weakness, plan, writer, outcome, hiding, columns: Vec::new() };
    match script::run(&mut liar, &committed.witness.statement) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    if liar.hiding.is_some() {
        liar.finish(&committed.witness.statement);
    }
    Outcome { tape: liar.writer.tape, ..liar.outcome }
}

impl Channel for Liar<'_> {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.writer.absorb(label, bytes);
        self.sent(Message::Statement(label));
    }
    fn challenge(&mut self, label: &'static str) -> Fr {
        let challenge = self.writer.challenge(label);
        if let Some(hiding) = &mut self.hiding {
            hiding.record.challenges.push(challenge);
        }
        challenge
    }
}

impl<'a> Liar<'a> {
    /// A message of scalars; hidden in a zero-knowledge proof.
    pub(super) fn scalars(&mut self, message: Message, label: &'static str, values: &[Fr]) {
        match &mut self.hiding {
            Some(hiding) => self.writer.write_points(label, &[hiding.hide(self.basis, values)]),
            None => self.writer.write_scalars(label, values),
        }
        self.sent(message);
    }

    /// A message of scalars that every proof shows.
    pub(super) fn shown(&mut self, message: Message, label: &'static str, values: &[Fr]) {
        self.writer.write_scalars(label, values);
        self.sent(message);
    }

    pub(super) fn points(&mut self, message: Message, label: &'static str, values: &[G1Affine]) {
        self.writer.write_points(label, values);
        self.sent(message);
    }

    fn sent(&mut self, message: Message) {
        self.outcome.messages.push(message);
        self.outcome.ends.push(self.writer.tape.len());
    }

    /// The honest run of a stage, if the transcript was here before.
    fn known(&self, batch: &Batch) -> Option<Arc<Honest>> {
        self.committed.stages.lock().expect("no panic").get(&(batch.stage.name, batch.alphas.clone())).cloned()
    }

    /// Sends all rounds; gives the point, the debt after them, and the true values.
    fn rounds(&mut self, batch: &Batch, parts: Vec<Lazy<'a>>) -> (Point, Fr, Vec<Vec<Fr>>) {
        let lies = self.plan.round.filter(|(stage, _)| *stage == batch.stage.name).map(|(_, round)| round);
        let known = if lies.is_some() { None } else { self.known(batch) };
        let mut instances = if known.is_some() { Vec::new() } else { batch.instances(parts) };
        let mut honest = Honest { sums: instances.iter().map(|i| i.claim).collect(), ..Honest::default() };
        let mut debt = batch.debt(known.as_ref().map_or(&honest.sums, |known| &known.sums));
        self.outcome.debts.insert(batch.stage.name, debt);
        let mut point = Point::default();
        for round in 0..batch.rounds() {
            let message = match &known {
                Some(known) => known.rounds[round].clone(),
                None => batch.message(&mut instances, round),
            };
            let (r, left) = self.round(batch, round, message.clone(), debt, lies == Some(round));
            debt = left;
            batch.bind(&mut instances, round, r);
            honest.rounds.push(message);
            if round < batch.stage.index { &mut point.index } else { &mut point.cycle }.push(r);
        }
        point.cycle.reverse();
        let values = match known {
            Some(known) => known.values.clone(),
            None => instances.iter().map(|instance| instance.kernel.claims()).collect(),
        };
        honest.values.clone_from(&values);
        if lies.is_none() && !instances.is_empty() {
            let key = (batch.stage.name, batch.alphas.clone());
            self.committed.stages.lock().expect("no panic").insert(key, Arc::new(honest));
        }
        (point, debt, values)
    }

    /// Sends a round message; gives the challenge and the debt after it.
    ///
    /// With a constant term larger by x, the verifier's polynomial is the true one plus
    /// debt·X + x·(1 - 2X); the lie makes that vanish at the challenge.
    fn round(&mut self, batch: &Batch, round: usize, mut message: Vec<Fr>, debt: Fr, lies: bool) -> (Fr, Fr) {
        let mut x = Fr::ZERO;
        if lies {
            let r = self.writer.wire.challenge_after(ROUND, &message, CHALLENGE);
            x = -debt * r * (Fr::ONE - r.double()).inverse().expect("r is not a half");
            message[0] += x;
        }
        self.scalars(Message::Round(batch.stage.name, round), ROUND, &message);
        let r = self.challenge(CHALLENGE);
        (r, debt * r + x * (Fr::ONE - r.double()))
    }

    /// What the skip must claim: the true sum at y.
    fn true_sum(&self, skip: &Skip, y: Fr) -> Fr {
        let relation = Zerocheck::new(skip, &[], y);
        let first = Reference::new(relation, &self.committed.witness).round(Fr::ZERO);
        first.evaluate(Fr::ZERO) + first.evaluate(Fr::ONE)
    }

    /// Corrects the constant term of `quotient` at the challenge to come.
    fn pay_with_skip(&self, skip: &Skip, quotient: &mut [Fr]) {
        let y = self.writer.wire.challenge_after(SKIP, quotient, "y");
        let domain: Vec<Fr> = Skip::domain().into_iter().map(Fr::from).collect();
        let vanishing: Fr = domain.iter().map(|d| y - d).product();
        let error = self.true_sum(skip, y) - Skip::claim(quotient, y);
        quotient[0] += error * vanishing.inverse().expect("y is outside the domain");
    }
}

impl<'a> Party for Liar<'a> {
    type Error = Infallible;
    type Part = Lazy<'a>;

    fn commit(&mut self, _: &Shape) -> Result<(), Infallible> {
        let mut commitments = self.committed.commitments.clone();
        if let Some((column, value)) = self.plan.patch {
            let row = &mut commitments[column * self.rows_per_column()];
            *row = (*row + G1Projective::from(self.basis.points()[0]) * value).into();
        }
        if let Some(hiding) = &mut self.hiding {
            let length = self.committed.rows[0].len();
            hiding.blind(self.basis, &mut commitments, length, self.plan.hidden);
        }
        self.points(Message::Rows, ROWS, &commitments);
        Ok(())
    }

    fn skip(&mut self, relation: &Skip) -> Result<Vec<Fr>, Infallible> {
        let mut quotient = skip(relation, &self.committed.witness);
        if self.plan.skip {
            self.pay_with_skip(relation, &mut quotient);
        }
        let Some(place) = self.weakness.forgiven else {
            self.scalars(Message::Skip, SKIP, &quotient);
            return Ok(quotient);
        };
        let sum = forgiven(relation, &mut quotient, &self.committed.witness, place);
        self.scalars(Message::Skip, SKIP, &quotient);
        self.scalars(Message::Extra, EXTRA, &[sum]);
        let y = self.writer.wire.next_challenge("y");
        Ok(forgive(quotient, place, sum, y))
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        parts: Vec<Self::Part>,
    ) -> Result<(Point, Vec<Vec<Fr>>), Infallible> {
        let alphas = self.challenges(BATCH, relations.len());
        let batch = Batch { stage, relations, alphas };
        if let Some(hiding) = &mut self.hiding {
            hiding.record.note(relations);
        }
        let (point, debt, truth) = self.rounds(&batch, parts);
        let mut values = truth.clone();
        if let Some(value) = self.plan.probe.filter(|value| value.stage == stage.name) {
            values[value.relation][value.index] += Fr::ONE;
        }
        for fix in self.plan.fixes.iter().filter(|fix| fix.stage == stage.name) {
            // With χ known, what the first column's value lacks in the opening is paid at once.
            let compared =
                (self.plan.hidden == Some(Payment::Comparison)).then(|| self.writer.wire.next_challenge(COMPARISON));
            let sum =
                |values: &[Vec<Fr>]| batch.sum(&point, values) + compared.map_or(Fr::ZERO, |chi| chi * values[0][0]);
            self.outcome.solved &= pay(fix, sum, &mut values, debt);
        }
        for (relation, values) in values.iter().enumerate() {
            self.scalars(Message::Values(stage.name, relation), VALUES, values);
        }
        self.outcome.values.push((stage.name, values.iter().map(Vec::len).collect()));
        if let Some(cut) = self.weakness.cut.filter(|cut| cut.stage == stage.name) {
            let value = truth[cut.relation][cut.index];
            self.scalars(Message::Extra, EXTRA, &[value]);
            values[cut.relation][cut.index] = value;
        }
        self.columns = truth[0].clone();
        Ok((point, values))
    }

    fn open(&mut self, shape: &Shape, point: &[Fr], claims: &[Fr]) -> Result<(), Infallible> {
        let (high, low) = point.split_at(shape.log_t + shape.log_k - shape.log_row);
        self.outcome.lies = claims.iter().zip(&self.columns).map(|(claim, truth)| *claim - truth).collect();
        self.outcome.point = point.to_vec();
        let mask_value = self.send_mask_value(low);
        let columns = powers(self.writer.challenge(COLUMN_CHALLENGE), claims.len());
        let folded = self.fold(&row_weights(&columns, high), 1 << shape.log_row);
        let mut debt = self.outcome.lies.iter().zip(&columns).map(|(lie, weight)| *lie * weight).sum();
        self.outcome.debts.insert("opening", debt);
        let folded = match mask_value {
            None => folded,
            Some(value) => {
                let claim: Fr = claims.iter().zip(&columns).map(|(claim, weight)| *claim * weight).sum();
                let (masked, left) = self.mask(folded, (&columns, high), low, (claim, value));
                debt = left;
                masked
            }
        };
        match self.scheme {
            InnerScheme::Clear => self.shown(Message::Vector, clear::VECTOR, &folded),
            InnerScheme::InnerProduct => self.inner_product(folded, low, debt),
        }
        Ok(())
    }
}

impl Liar<'_> {
    fn rows_per_column(&self) -> usize {
        let shape = &self.committed.witness.statement.shape;
        1 << (shape.log_t + shape.log_k - shape.log_row)
    }

    /// Σ weights·rows.
    fn fold(&self, weights: &[Fr], length: usize) -> Vec<Fr> {
        let mut rows = self.committed.rows.clone();
        if let Some((column, value)) = self.plan.patch {
            rows[column * self.rows_per_column()][0] += value;
        }
        let mut folded = vec![Fr::ZERO; length];
        for (row, weight) in rows.iter().zip(weights) {
            folded.iter_mut().zip(row).for_each(|(u, value)| *u += *weight * value);
        }
        folded
    }

    /// The inner-product argument by its definition; `debt` is what the claim exceeds ⟨u, b⟩ by.
    fn inner_product(&mut self, mut u: Vec<Fr>, point: &[Fr], debt: Fr) {
        let q = G1Projective::from(self.basis.product()) * self.writer.challenge(ipa::VALUE_CHALLENGE);
        let product = |u: &[Fr], g: &[G1Projective]| u.iter().zip(g).map(|(u, g)| *g * u).sum::<G1Projective>();
        let inner = |u: &[Fr], b: &[Fr]| u.iter().zip(b).map(|(u, b)| *u * b).sum::<Fr>();
        let mut g: Vec<G1Projective> = self.basis.points()[..u.len()].iter().map(|point| (*point).into()).collect();
        let mut b = eq_table(point);
        for round in 0..point.len() {
            let half = u.len() / 2;
            let ((u_l, u_h), (g_l, g_h), (b_l, b_h)) = (u.split_at(half), g.split_at(half), b.split_at(half));
            let mut left = product(u_h, g_l) + q * inner(u_h, b_l);
            let right = product(u_l, g_h) + q * inner(u_l, b_h);
            if self.plan.cross_terms == Some(round) {
                left -= q * (debt * self.writer.wire.next_challenge(ipa::ROUND_CHALLENGE));
            }
            self.points(Message::CrossTerms(round), ipa::CROSS_TERMS, &[left.into(), right.into()]);
            let x = self.writer.challenge(ipa::ROUND_CHALLENGE);
            let inverse = x.inverse().expect("x is not zero");
            let next_u = u_l.iter().zip(u_h).map(|(l, h)| *l + inverse * h).collect();
            let next_b = b_l.iter().zip(b_h).map(|(l, h)| *l + x * h).collect();
            g = g_l.iter().zip(g_h).map(|(l, h)| *l + *h * x).collect();
            (u, b) = (next_u, next_b);
        }
        self.shown(Message::LastEntry, ipa::LAST_ENTRY, &u);
    }
}

impl<'a, R: Oracle + Clone + Send + 'a> Takes<R> for Liar<'a> {
    fn part(&mut self, relation: &R) -> Lazy<'a> {
        let (relation, witness) = (relation.clone(), &self.committed.witness);
        Box::new(move || Box::new(Reference::new(relation, witness)))
    }
}
