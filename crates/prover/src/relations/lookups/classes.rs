//! Steps by what they look up.

use super::automaton::{Automaton, Term};
use crate::witness::Witness;
use rayon::prelude::*;
use std::ops::Range;
use zkvm_algebra::Fr;
use zkvm_isa::row::{Mode, Row};
use zkvm_isa::table::{Index, TableId};

/// Steps that are sorted together.
const CHUNK: usize = 1 << 15;

/// The rows with one table and one mode: V is the same on all of them.
pub struct Class {
    key: (Option<TableId>, Mode),
    /// The kind of index: that of its mode, which is that of its table.
    pub kind: Index,
    /// Its terms, as numbers of automata.
    pub terms: Vec<usize>,
    /// Its steps in the sorted order.
    pub steps: Range<usize>,
}

/// The classes that occur in a program, and the automata of their terms.
pub struct Classes {
    /// The classes, fewer than 256.
    pub classes: Vec<Class>,
    /// The automata.
    pub automata: Vec<Automaton>,
    /// The class of every bytecode row.
    pub of_row: Vec<u8>,
}

impl Classes {
    /// The classes of `rows`, without steps.
    pub fn new(rows: &[Row], gamma: Fr) -> Self {
        let mut all = Classes { classes: Vec::new(), automata: Vec::new(), of_row: Vec::with_capacity(rows.len()) };
        for row in rows {
            let class = all.class((row.table, row.mode()), gamma);
            all.of_row.push(class as u8);
        }
        all
    }

    fn class(&mut self, key: (Option<TableId>, Mode), gamma: Fr) -> usize {
        if let Some(class) = self.classes.iter().position(|class| class.key == key) {
            return class;
        }
        let terms = Term::of_row(key.0, key.1).into_iter().map(|term| self.term(term, gamma)).collect();
        let kind = if key.1 == Mode::Interleaved { Index::Interleaved } else { Index::Linear };
        self.classes.push(Class { key, kind, terms, steps: 0..0 });
        self.classes.len() - 1
    }

    fn term(&mut self, term: Term, gamma: Fr) -> usize {
        if let Some(known) = self.automata.iter().position(|automaton| automaton.term == term) {
            return known;
        }
        self.automata.push(Automaton::new(term, term.weight(gamma)));
        self.automata.len() - 1
    }

    /// Sorts the steps by class and keeps their order in each.
    pub fn sort(&mut self, witness: &Witness) -> Vec<u32> {
        let lists: Vec<Vec<Vec<u32>>> = witness
            .rows
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, rows)| {
                let mut lists = vec![Vec::new(); self.classes.len()];
                for (t, row) in (CHUNK * chunk..).zip(rows) {
                    lists[usize::from(self.of_row[*row as usize])].push(t as u32);
                }
                lists
            })
            .collect();
        let mut order = Vec::with_capacity(witness.steps());
        for (number, class) in self.classes.iter_mut().enumerate() {
            let start = order.len();
            lists.iter().for_each(|lists| order.extend_from_slice(&lists[number]));
            class.steps = start..order.len();
        }
        order
    }
}
