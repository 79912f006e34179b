//! Every message is absorbed: whoever knows a challenge before the message it should depend on lies
//! with impunity.
//!
//! For every message, the liar attacks the protocol in which it is not absorbed, so that the
//! challenges after it are known before: τ and all others before the commitment, y before the
//! quotient, r before the round polynomial, γ, α and the opening's ρ before the values that they
//! batch, x before the cross terms. The weakened verifier accepts, the real one refuses.

use super::hiding_liar::Payment;
use super::liar::{Committed, Fix, Message, Outcome, Plan};
use super::setting::{Setting, sample, score};
use super::simulator::Script;
use super::wire::{Value, Weakness};
use std::collections::{BTreeMap, BTreeSet};
use zkvm_algebra::multilinear::eq_index;
use zkvm_algebra::{Field, Fr};
use zkvm_pcs::InnerScheme;

/// The attack on the protocol that does not absorb `message`, number `number`; None if there is
/// nothing to attack.
enum Attack {
    /// One that works on the given stage's false claim.
    Plan(&'static str, Plan),
    /// Values of one relation that hide each other's lies from the next stage.
    Pair(&'static str, usize),
    /// Commitments that are chosen when everything else is known.
    Commitment,
    /// None: the message is determined by others that are absorbed, or nothing is drawn after it.
    Redundant,
}

fn attack(message: Message, number: usize, counts: &BTreeMap<(&'static str, usize), usize>) -> Attack {
    let plan = |stage, plan: Plan| Attack::Plan(stage, Plan { fixes: Setting::carried(stage), ..plan });
    let hidden = |stage, payment| plan(stage, Plan { hidden: Some(payment), ..Plan::default() });
    match message {
        Message::Statement(_) => plan("honest", Plan { replay: Some(number), ..Plan::default() }),
        Message::Rows => Attack::Commitment,
        Message::Skip => plan("constraints", Plan { skip: true, ..Plan::default() }),
        Message::Round(stage, round) => plan(stage, Plan { round: Some((stage, round)), ..Plan::default() }),
        Message::Values(stage, relation) if counts[&(stage, relation)] > 1 => Attack::Pair(stage, relation),
        Message::CrossTerms(round) => plan("opening", Plan { cross_terms: Some(round), ..Plan::default() }),
        Message::MaskValue => hidden("opening", Payment::MaskValue),
        Message::Masks => hidden("columns", Payment::Masks),
        Message::Lines => hidden("columns", Payment::Lines),
        Message::Coefficients => hidden("columns", Payment::Coefficients),
        Message::LineValues => hidden("columns", Payment::Values),
        Message::Folded | Message::Blindings => Attack::Redundant,
        Message::Values(..) | Message::Vector | Message::LastEntry | Message::Extra => Attack::Redundant,
    }
}

impl Setting {
    /// Two values of a relation, in the proportion in which lies about them cancel in the next claims.
    fn pairs<'a>(
        &'a self,
        run: &'a Committed<'a>,
        weakness: &'a Weakness,
        (stage, relation): (&'static str, usize),
        count: usize,
    ) -> impl Iterator<Item = Fix> + 'a {
        let later = move |outcome: Outcome| -> Vec<(&'static str, Fr)> {
            let is_later = |name: &&'static str| {
                outcome.values.iter().skip_while(|(of, _)| *of != stage).skip(1).any(|(of, _)| of == name)
                    || *name == "opening"
            };
            outcome
                .debts
                .iter()
                .filter(|(name, debt)| is_later(name) && **debt != Fr::from(0u64))
                .map(|(name, debt)| (*name, *debt))
                .collect()
        };
        let debts: Vec<Vec<(&'static str, Fr)>> = (0..count)
            .map(|index| {
                let probe = Some(Value { stage, relation, index });
                later(self.lie(run, weakness, &Plan { probe, fixes: Setting::carried(stage), ..Plan::default() }))
            })
            .collect();
        let pairs = (0..count).flat_map(move |i| (0..i).map(move |j| (i, j)));
        pairs.filter_map(move |(i, j)| match (&debts[i][..], &debts[j][..]) {
            ([(at, a)], [(of, b)]) if at == of => {
                let direction = vec![(i, Fr::from(1u64)), (j, -*a * b.inverse().expect("not zero"))];
                Some(Fix { stage, relation, direction })
            }
            _ => None,
        })
    }

    /// Whether some lie is accepted without the absorption of message `number`, and refused with it.
    fn unabsorbed_is_fatal(&self, number: usize, attack: &Attack, runs: &[Committed], count: usize) -> bool {
        // Where the message is absorbed, the liar's guess of the challenge is wrong.
        if let (Attack::Plan(_, plan), Some(run)) = (attack, runs.first()) {
            let outcome = self.lie(run, &Weakness::default(), plan);
            assert!(!self.accepts(&outcome.tape), "message {number}: the lie is accepted");
        }
        let weakness = Weakness { unabsorbed: BTreeSet::from([number]), ..Weakness::default() };
        let convinces = |run: &Committed, plan: &Plan| {
            let outcome = self.lie(run, &weakness, plan);
            assert!(!self.accepts(&outcome.tape), "message {number}: the lie is accepted");
            outcome.solved && self.weak_accepts(&weakness, &outcome.tape)
        };
        runs.iter().any(|run| match attack {
            Attack::Plan(_, plan) => convinces(run, plan),
            Attack::Pair(stage, relation) => self.pairs(run, &weakness, (stage, *relation), count).any(|pair| {
                let mut fixes = Setting::carried(stage);
                fixes.push(pair);
                convinces(run, &Plan { fixes, ..Plan::default() })
            }),
            Attack::Commitment => {
                let lies = Plan { fixes: Setting::carried("opening"), ..Plan::default() };
                let Outcome { point, lies: errors, .. } = self.lie(run, &weakness, &lies);
                let column = errors.iter().position(|error| *error != Fr::from(0u64)).expect("a lie");
                let patch = errors[column] * eq_index(&point, 0).inverse().expect("not zero");
                convinces(run, &Plan { patch: Some((column, patch)), ..lies })
            }
            Attack::Redundant => false,
        })
    }
}

/// Messages with an attack on each, and those without.
pub(super) fn attack_all(setting: &Setting, chosen: impl Fn(&Message) -> bool, step: usize) -> (usize, Vec<Message>) {
    let honest = setting.committed(&Script::default(), 0);
    let Outcome { messages, values, .. } = setting.lie(&honest, &Weakness::default(), &Plan::default());
    let of = |(stage, counts): &(&'static str, Vec<usize>)| {
        let stage = *stage;
        counts.iter().copied().enumerate().map(move |(i, count)| ((stage, i), count)).collect::<Vec<_>>()
    };
    let counts: BTreeMap<(&str, usize), usize> = values.iter().flat_map(of).collect();
    let (mut attacks, mut redundant) = (Vec::new(), Vec::new());
    for (number, message) in messages.into_iter().enumerate().filter(|(_, message)| chosen(message)) {
        match attack(message, number, &counts) {
            Attack::Redundant => redundant.push(message),
            attack => attacks.push((number, message, attack)),
        }
    }
    let mut runs = BTreeMap::new();
    let mut attacked = 0;
    for (number, message, attack) in sample(attacks, step) {
        let (stage, count) = match &attack {
            Attack::Plan(stage, _) => (*stage, 0),
            Attack::Pair(stage, relation) => (*stage, counts[&(*stage, *relation)]),
            _ => ("opening", 0),
        };
        let runs = runs.entry(stage).or_insert_with(|| setting.false_in(stage));
        let fatal = setting.unabsorbed_is_fatal(number, &attack, runs, count);
        assert!(fatal, "{message:?}: nothing is won without absorbing it");
        attacked += 1;
    }
    (attacked, redundant)
}

#[test]
fn every_message_is_absorbed() {
    // The messages before the opening are those of the other scheme.
    let of_argument = |message: &Message| matches!(message, Message::CrossTerms(_) | Message::LastEntry);
    let (rounds, last) = attack_all(&Setting::new(InnerScheme::InnerProduct), of_argument, 3);
    assert_eq!(last, [Message::LastEntry]);
    let is_round = |message: &Message| matches!(message, Message::Round(..));
    let clear = Setting::new(InnerScheme::Clear);
    let (index, none) = attack_all(&clear, is_round, 12);
    assert_eq!(none, []);
    let (others, redundant) = attack_all(&clear, |message| !is_round(message), 1);
    // A message of one scalar follows from the others by the comparison at the end of its stage.
    assert_eq!(redundant, [Message::Values("reads", 3), Message::Values("reads", 4), Message::Vector]);
    let attacked = rounds + index + others;
    score("absorbed messages", attacked, attacked);
}
