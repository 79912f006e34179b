//! Which messages a tape has, by the tables of section 7 of the document.

use std::ops::Range;

use zkvm_second_verifier::shape::Shape;

/// A message of a tape.
pub struct Message {
    pub label: &'static str,
    /// Its elements, counted from the tape's beginning.
    pub elements: Range<usize>,
    /// Whether they are points.
    pub points: bool,
}

/// Numbers of scalars of the messages of a stage.
pub struct Stage {
    /// Of each round.
    pub rounds: Vec<usize>,
    /// Of each instance's values.
    pub values: Vec<usize>,
}

/// Scalars of the message `skip`.
pub const SKIP: usize = 10;

/// The five stages.
pub fn stages(shape: &Shape) -> [Stage; 5] {
    let (t, kappa, b) = (shape.t, shape.kappa, shape.b);
    let (bytecode, ram) = (shape.bytecode_chunks(), shape.ram_chunks());
    let widest = [16 / kappa, bytecode, ram, 2].into_iter().max().expect("four");
    let columns = [bytecode, shape.lookup_chunks(), ram + shape.ram_tail(), shape.one_hot_columns(), 4];
    let stage = |rounds: &[(usize, usize)], values: &[usize]| Stage {
        rounds: rounds.iter().flat_map(|(degree, number)| vec![*degree; *number]).collect(),
        values: values.to_vec(),
    };
    [
        stage(&[(3, 1 + t)], &[19]),
        stage(&[(2, 64), (6, t)], &[5, 3, 4, 1, 1]),
        stage(&[(3, t)], &[2, 2]),
        stage(&[(2, b.max(kappa) - kappa), (3, kappa), (1 + widest, t)], &columns),
        stage(&[(2, kappa)], &[shape.columns()]),
    ]
}

/// Number of the coefficients of a zero-knowledge proof, D.
pub fn degree(shape: &Shape) -> usize {
    [5, 16 / shape.kappa, shape.bytecode_chunks(), shape.ram_chunks()].into_iter().max().expect("four")
}

/// Labels and lengths of the messages from `skip` to the last values.
fn scalar_messages(shape: &Shape) -> Vec<(&'static str, usize)> {
    let mut messages = vec![("skip", SKIP)];
    for stage in stages(shape) {
        messages.extend(stage.rounds.into_iter().map(|scalars| ("round", scalars)));
        messages.extend(stage.values.into_iter().map(|scalars| ("values", scalars)));
    }
    messages
}

/// All messages.
pub fn messages(shape: &Shape, zero_knowledge: bool) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    let mut add = |label, number, points| {
        let start = messages.last().map_or(0, |message| message.elements.end);
        messages.push(Message { label, elements: start..start + number, points });
    };
    let scalars = scalar_messages(shape);
    let hidden = scalars.len() + 2;
    let hidden_scalars = scalars.iter().map(|(_, number)| number).sum::<usize>() + 1 + degree(shape) - 1;
    add("rows", shape.commitment_rows() + usize::from(zero_knowledge), true);
    for (label, number) in scalars {
        add(label, if zero_knowledge { 1 } else { number }, zero_knowledge);
    }
    if zero_knowledge {
        add("opening: mask value", 1, true);
        add("opening: folded", 2, false);
    }
    for _ in 0..shape.c {
        add("inner product: cross terms", 2, true);
    }
    add("inner product: last entry", 1, false);
    if zero_knowledge {
        add("hidden: masks", 1, true);
        add("hidden: lines", hidden, true);
        add("hidden: coefficients", degree(shape), false);
        add("hidden: values", hidden_scalars, false);
        add("hidden: blindings", hidden, false);
    }
    messages
}
