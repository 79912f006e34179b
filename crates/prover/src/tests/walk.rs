//! Every element of every message of a proof, replaced by another valid one, is refused.

use super::liar::{Message, Outcome, Plan};
use super::setting::{Setting, sample, score};
use super::simulator::Script;
use super::wire::Weakness;
use rayon::prelude::*;
use zkvm_algebra::{AdditiveGroup, Fr, G1Affine, G1Projective, encoding};
use zkvm_pcs::{InnerScheme, basis};

/// Bytes of an element.
const BYTES: usize = encoding::BYTES;

type Element = [u8; BYTES];

/// A proof and what it consists of.
struct Walk {
    setting: Setting,
    tape: Vec<u8>,
    /// The messages on the tape with their elements.
    messages: Vec<(Message, Vec<Element>)>,
}

impl Walk {
    fn new() -> Walk {
        let setting = Setting::new(InnerScheme::InnerProduct);
        let honest = setting.committed(&Script::default(), 0);
        let Outcome { tape, messages, ends, .. } = setting.lie(&honest, &Weakness::default(), &Plan::default());
        let starts = [0].into_iter().chain(ends.iter().copied());
        let of =
            |((message, start), end): ((Message, usize), usize)| (message, tape[start..end].as_chunks().0.to_vec());
        let messages: Vec<(Message, Vec<Element>)> =
            messages.into_iter().zip(starts).zip(ends.clone()).map(of).collect();
        let messages = messages.into_iter().filter(|(_, elements)| !elements.is_empty()).collect();
        drop(honest);
        Walk { setting, tape, messages }
    }

    /// Requires that the proof with other elements in message `number` is refused.
    fn refuses(&self, number: usize, elements: &[Element], what: &str) {
        let parts = self.messages.iter().enumerate().map(|(i, (_, own))| if i == number { elements } else { own });
        let tape: Vec<u8> = parts.flatten().flatten().copied().collect();
        let name = self.messages[number].0;
        assert!(tape != self.tape && !self.setting.accepts(&tape), "{name:?}: {what} is accepted");
    }
}

fn is_of_points(message: Message) -> bool {
    matches!(message, Message::Rows | Message::CrossTerms(_))
}

/// Other values of the type of `element`.
fn others(message: Message, element: &Element) -> Vec<(&'static str, Element)> {
    if is_of_points(message) {
        let point = encoding::point_from_bytes(element).expect("a point");
        let base = G1Affine::from(basis::row_base(0));
        let others: [(&str, G1Affine); 5] = [
            ("a larger point", (point + base).into()),
            ("the negative", -point),
            ("the identity", G1Affine::identity()),
            ("the double", (G1Projective::from(point) + point).into()),
            ("a base", base),
        ];
        return others.into_iter().map(|(name, point)| (name, encoding::point_to_bytes(&point))).collect();
    }
    let scalar = encoding::scalar_from_bytes(element).expect("a scalar");
    let one = Fr::from(1u64);
    let others = [
        ("one more", scalar + one),
        ("one less", scalar - one),
        ("zero", Fr::ZERO),
        ("the negative", -scalar),
        ("the double", scalar.double()),
    ];
    others.into_iter().map(|(name, scalar)| (name, encoding::scalar_to_bytes(&scalar))).collect()
}

#[test]
fn every_altered_element_is_refused() {
    let walk = Walk::new();
    assert!(walk.setting.accepts(&walk.tape));
    let mut changes = Vec::new();
    for (number, (message, elements)) in walk.messages.iter().enumerate() {
        for (at, element) in elements.iter().enumerate() {
            for (name, other) in others(*message, element) {
                let mut altered = elements.clone();
                altered[at] = other;
                changes.push((number, name, altered));
            }
            let mut altered = elements.clone();
            altered.swap(at, (at + 1) % elements.len());
            changes.push((number, "an exchange with the neighbour", altered));
            let mut altered = elements.clone();
            altered.remove(at);
            changes.push((number, "an element less", altered));
            let mut altered = elements.clone();
            altered.insert(at, *element);
            changes.push((number, "an element twice", altered));
        }
    }
    // Some are none: the negative of zero, an exchange of equals.
    changes.retain(|(number, _, altered)| *altered != walk.messages[*number].1);
    let all = changes.len();
    // Prime to the number of changes of an element: every element and every change has its turn.
    let changes = sample(changes, 3);
    changes.par_iter().for_each(|(number, what, elements)| walk.refuses(*number, elements, what));
    score("altered elements", changes.len(), all);
}

#[test]
fn exchanged_messages_are_refused() {
    let walk = Walk::new();
    for number in 1..walk.messages.len() {
        let [(first, a), (second, b)] = [&walk.messages[number - 1], &walk.messages[number]];
        if a.len() == b.len() && a != b && is_of_points(*first) == is_of_points(*second) {
            let mut messages = walk.messages.clone();
            messages.swap(number - 1, number);
            let tape: Vec<u8> = messages.iter().flat_map(|(_, elements)| elements).flatten().copied().collect();
            assert!(!walk.setting.accepts(&tape), "{first:?} and {second:?} exchanged: accepted");
        }
    }
}
