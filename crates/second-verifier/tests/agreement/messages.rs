//! Every message of a zero-knowledge proof counts, at its place.

use std::ops::Range;

use ark_ff::{BigInteger, One, PrimeField};
use rand::{Rng, SeedableRng, rngs::StdRng};
use zkvm_second_verifier::{Error, F};

use crate::example::{Example, HIDDEN, INPUT};
use crate::layout::Message;

fn scalar(bytes: &[u8]) -> F {
    F::from_le_bytes_mod_order(bytes)
}

/// Another element, of the curve or the field.
fn other(element: &[u8], point: bool) -> Vec<u8> {
    if point {
        // The negative; the identity, which is its own, stands nowhere by chance.
        let mut negative = element.to_vec();
        negative[31] ^= 1 << 7;
        negative
    } else {
        (scalar(element) + F::one()).into_bigint().to_bytes_le()
    }
}

#[test]
fn altered_elements_of_every_message_are_refused() {
    let rng = &mut StdRng::seed_from_u64(20);
    let example = &*HIDDEN;
    for (i, message) in example.most_messages() {
        let Range { start, end } = message.elements;
        let chosen = if end - start <= 2 { 1 } else { 4 };
        for _ in 0..chosen {
            let element = rng.gen_range(start..end);
            let place = example.element(element);
            let with = other(&example.proof[place.clone()], message.points);
            let what = format!("message {i}, `{}`, element {}", message.label, element - start);
            example.refuses(&what, |proof| proof[place].copy_from_slice(&with));
        }
    }
}

#[test]
fn exchanged_messages_are_refused() {
    let rng = &mut StdRng::seed_from_u64(21);
    let example = &*HIDDEN;
    let last = example.messages.len() - 1;
    let unlike = |i: usize| example.messages[i].label != example.messages[i + 1].label;
    let neighbours = (0..last).filter(|i| unlike(*i) || i % 4 == 0).map(|i| (i, i + 1));
    let others = (0..20).map(|_| {
        let i = rng.gen_range(0..last);
        (i, rng.gen_range(i + 1..=last))
    });
    for (i, j) in neighbours.chain(others) {
        let [first, second] = [i, j].map(|i| example.bytes(&example.messages[i].elements));
        let what = format!("messages {i} and {j} exchanged");
        example.refuses(&what, |proof| {
            let between = &example.proof[first.end..second.start];
            let exchanged = [&example.proof[second.clone()], between, &example.proof[first.clone()]].concat();
            proof[first.start..second.end].copy_from_slice(&exchanged);
        });
    }
}

#[test]
fn messages_left_out_or_repeated_are_refused() {
    let example = &*HIDDEN;
    for (i, Message { label, elements, .. }) in example.most_messages() {
        let place = example.bytes(elements);
        example.refuses(&format!("without message {i}, `{label}`"), |proof| drop(proof.drain(place.clone())));
        example.refuses(&format!("message {i}, `{label}`, twice"), |proof| {
            proof.splice(place.start..place.start, example.proof[place.clone()].iter().copied());
        });
    }
}

#[test]
fn messages_of_another_proof_of_the_same_run_are_refused() {
    let (example, another) = (&*HIDDEN, Example::new(true));
    assert_eq!(example.proof.len(), another.proof.len());
    for (i, Message { label, elements, .. }) in example.most_messages() {
        let place = example.bytes(elements);
        let what = format!("message {i}, `{label}`, of another proof");
        example.refuses(&what, |proof| proof[place.clone()].copy_from_slice(&another.proof[place]));
    }
}

/// By how much the coefficients exceed the values, of a proof altered in its last two messages.
fn excess(example: &Example, proof: &[u8]) -> F {
    match example.subject.verdict("the comparisons fail", INPUT, proof) {
        Err(Error::Comparisons { coefficients, values }) => coefficients - values,
        other => panic!("{other:?}"),
    }
}

/// No challenge of the comparisons comes after the values, so that one of them, here μ''_0, can be chosen to make up for a
/// change of another. The commitments tell.
#[test]
fn values_that_keep_the_comparisons_are_refused_by_the_commitments() {
    let rng = &mut StdRng::seed_from_u64(22);
    let example = &*HIDDEN;
    let elements_of = |label| &example.messages.iter().find(|message| message.label == label).expect("one").elements;
    let values = elements_of("hidden: values");
    let mask = values.end - (elements_of("hidden: coefficients").len() - 1);
    for _ in 0..10 {
        let element = example.element(rng.gen_range(values.start..mask));
        let mask = example.element(mask);
        let mut proof = example.proof.clone();
        let with = other(&proof[element.clone()], false);
        proof[element].copy_from_slice(&with);
        let made_up = scalar(&proof[mask.clone()]) + excess(example, &proof);
        proof[mask].copy_from_slice(&made_up.into_bigint().to_bytes_le());
        let verdict = example.subject.verdict("the comparisons hold", INPUT, &proof);
        assert!(matches!(verdict, Err(Error::Line(_))), "{verdict:?}");
    }
}
