//! Steps by what they look up.

use super::automaton::{Automaton, Term};
use crate::witness::Witness;
use std::ops::Range;
use zkvm_algebra::Fr;
use zkvm_isa::row::{Mode, Row};
use zkvm_isa::table::{Index, TableId};

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
        let class = |row: &u32| usize::from(self.of_row[*row as usize]);
        let mut next = vec![0; self.classes.len() + 1];
        witness.rows.iter().for_each(|row| next[class(row) + 1] += 1);
        for class in 0..self.classes.len() {
            next[class + 1] += next[class];
        }
        let mut order = vec![0; witness.steps()];
        let starts = next.clone();
        for (t, row) in (0..).zip(&witness.rows) {
            let place = &mut next[class(row)];
            order[*place] = t;
            *place += 1;
        }
        for (class, bounds) in self.classes.iter_mut().zip(starts.windows(2)) {
            class.steps = bounds[0]..bounds[1];
        }
        order
    }
}
