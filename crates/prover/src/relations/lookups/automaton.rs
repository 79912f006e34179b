//! The automata that a lookup evaluates, with their steps as sparse matrices.

use zkvm_algebra::{AdditiveGroup, Field, Fr};
use zkvm_isa::row::Mode;
use zkvm_isa::table::automaton::PAIRS;
use zkvm_isa::table::{MAX_STATES, Operand, TableId};
use zkvm_protocol::relation::powers;

/// Most suffixes that are computed together.
pub const SUFFIXES: usize = 1 << 10;

/// A term of V: an automaton over the index bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Term {
    /// The constant one.
    One,
    /// A lookup table.
    Table(TableId),
    /// An operand of the index.
    Operand(Operand, Mode),
}

/// A state as a row vector; unused entries are zero.
pub type State = [Fr; MAX_STATES];

impl Term {
    /// The terms of V on a row with this table and mode.
    pub fn of_row(table: Option<TableId>, mode: Mode) -> Vec<Term> {
        let operands: &[Operand] = match mode {
            Mode::None => &[],
            Mode::Interleaved => &[Operand::X, Operand::Y],
            Mode::Linear | Mode::Product => &[Operand::Identity],
        };
        let operands = operands.iter().map(|operand| Term::Operand(*operand, mode));
        std::iter::once(Term::One).chain(table.map(Term::Table)).chain(operands).collect()
    }

    /// Its coefficient in V.
    pub fn weight(self, gamma: Fr) -> Fr {
        let power = match self {
            Term::Table(_) => 0,
            Term::Operand(Operand::X, _) => 1,
            Term::Operand(Operand::Y, _) => 2,
            Term::Operand(Operand::Identity, Mode::Product) => 4,
            Term::Operand(Operand::Identity, _) => 3,
            Term::One => 5,
        };
        powers(gamma).nth(power).unwrap_or(Fr::ZERO)
    }

    /// Number of states in use.
    pub fn states(self) -> usize {
        match self {
            Term::One => 1,
            Term::Table(table) => table.states(),
            Term::Operand(operand, _) => operand.states(),
        }
    }

    fn initial(self) -> State {
        match self {
            Term::One => basis(0),
            Term::Table(table) => table.initial(),
            Term::Operand(operand, _) => operand.initial(),
        }
    }

    fn step(self, state: &State, bit: usize, x: Fr, y: Fr) -> State {
        match self {
            Term::One => *state,
            Term::Table(table) => table.step(state, bit, x, y),
            Term::Operand(operand, _) => operand.step(state, bit, x, y),
        }
    }

    fn finish(self, state: &State) -> Fr {
        match self {
            Term::One => state[0],
            Term::Table(table) => table.finish(state),
            Term::Operand(operand, _) => operand.finish(state),
        }
    }

    /// The absolute value of what a state gives on low index bits, for each pair of words that these
    /// split into. Returns which values are below zero, if any is.
    pub fn suffixes(self, state: usize, bits: usize, words: &[(u32, u32)], out: &mut [u64]) -> Option<Vec<bool>> {
        match self {
            Term::One => out.fill(1),
            Term::Operand(operand, _) => operand.suffix_column(state, bits, words, out),
            Term::Table(table) => {
                let mut values = [0; SUFFIXES];
                let values = &mut values[..words.len()];
                table.suffix_column(state, bits, words, values);
                out.iter_mut().zip(&*values).for_each(|(out, value)| *out = value.unsigned_abs());
                if values.iter().any(|value| *value < 0) {
                    return Some(values.iter().map(|value| *value < 0).collect());
                }
            }
        }
        None
    }

    /// The value of basis state `state` when no bits are left.
    fn last(self, state: usize) -> (u64, bool) {
        let mut value = [0];
        let negative = self.suffixes(state, 0, &[(0, 0)], &mut value);
        (value[0], negative.is_some())
    }
}

fn basis(state: usize) -> State {
    core::array::from_fn(|s| if s == state { Fr::ONE } else { Fr::ZERO })
}

/// An entry of a step's matrix.
struct Entry {
    from: usize,
    to: usize,
    /// None for one.
    weight: Option<Fr>,
}

/// What a bit pair does to a state, for (x, y) = (0,0), (0,1), (1,0), (1,1).
type Matrices = [Vec<Entry>; 4];

/// A term with the state that it has after the index bits bound so far.
pub struct Automaton {
    /// The term.
    pub term: Term,
    /// Number of its states.
    pub states: usize,
    state: State,
    /// The matrices of each pair.
    steps: Vec<Matrices>,
}

impl Automaton {
    /// The term before the first pair, times `scale`.
    pub fn new(term: Term, scale: Fr) -> Self {
        let steps = (0..PAIRS).map(|bit| core::array::from_fn(|xy| matrix(term, bit, xy))).collect();
        Automaton { term, states: term.states(), state: term.initial().map(|s| scale * s), steps }
    }

    /// Reads pairs from number `first` down, at arbitrary coordinates.
    pub fn bind(&mut self, first: usize, coordinates: &[Fr]) {
        for (bit, pair) in (0..=first).rev().zip(coordinates.chunks_exact(2)) {
            self.state = self.term.step(&self.state, bit, pair[0], pair[1]);
        }
    }

    /// The states after `count` further pairs from number `first` down, for all their bits.
    pub fn prefixes(&self, first: usize, count: usize) -> Vec<State> {
        let mut level = vec![self.state];
        for bit in (0..=first).rev().take(count) {
            let next = level.iter().flat_map(|state| self.steps[bit].iter().map(|matrix| apply(matrix, state)));
            level = next.collect();
        }
        level
    }

    /// The value from basis state `state`, if the low `pairs` pairs do not change it.
    pub fn constant(&self, state: usize, pairs: usize) -> Option<(u64, bool)> {
        let stays = |matrix: &Vec<Entry>| {
            let mut entries = matrix.iter().filter(|entry| entry.from == state);
            entries.next().is_some_and(|e| e.to == state && e.weight.is_none()) && entries.next().is_none()
        };
        let steps = &self.steps[..pairs];
        steps.iter().flatten().all(stays).then(|| self.term.last(state))
    }

    /// The value in the current state.
    pub fn value(&self) -> Fr {
        self.term.finish(&self.state)
    }
}

fn matrix(term: Term, bit: usize, xy: usize) -> Vec<Entry> {
    let [x, y] = [xy >> 1, xy & 1].map(|bit| Fr::from(bit as u64));
    let mut entries = Vec::new();
    for from in 0..term.states() {
        for (to, weight) in term.step(&basis(from), bit, x, y).into_iter().enumerate() {
            if weight != Fr::ZERO {
                entries.push(Entry { from, to, weight: (weight != Fr::ONE).then_some(weight) });
            }
        }
    }
    entries
}

fn apply(matrix: &[Entry], state: &State) -> State {
    let mut next = [Fr::ZERO; MAX_STATES];
    for entry in matrix {
        let value = state[entry.from];
        next[entry.to] += entry.weight.map_or(value, |weight| weight * value);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use zkvm_isa::table::Index;

    fn terms() -> impl Iterator<Item = Term> {
        let operands = [Operand::X, Operand::Y, Operand::Identity];
        TableId::ALL
            .iter()
            .map(|table| Term::Table(*table))
            .chain(operands.map(|operand| Term::Operand(operand, Mode::Linear)))
            .chain([Term::One])
    }

    fn suffix(term: Term, state: usize, low: u64, bits: usize) -> (u64, bool) {
        let mut value = [0];
        let kind = match term {
            Term::Table(table) => table.kind(),
            Term::Operand(operand, _) => operand.kind(),
            Term::One => Index::Linear,
        };
        let negative = term.suffixes(state, bits, &[kind.split(low)], &mut value);
        (value[0], negative.is_some())
    }

    fn signed((magnitude, negative): (u64, bool)) -> Fr {
        if negative { -Fr::from(magnitude) } else { Fr::from(magnitude) }
    }

    #[test]
    fn prefix_times_suffix_is_the_value_at_any_cut() {
        let index = 0x9e37_79b9_7f4a_7c15u64;
        for term in terms() {
            let bits: Vec<Fr> = (0..64).rev().map(|bit| Fr::from(index >> bit & 1)).collect();
            let mut whole = Automaton::new(term, Fr::ONE);
            whole.bind(PAIRS - 1, &bits);
            for cut in [0, 8, 16, 24, 48, 60] {
                let mut bound = Automaton::new(term, Fr::ONE);
                bound.bind(PAIRS - 1, &bits[..cut]);
                let low = 64 - cut - 4;
                let prefixes = bound.prefixes((64 - cut) / 2 - 1, 2);
                let prefix = prefixes[(index >> low & 15) as usize];
                let suffix = |state| signed(suffix(term, state, index & ((1 << low) - 1), low));
                let value: Fr = (0..term.states()).map(|state| prefix[state] * suffix(state)).sum();
                assert_eq!(value, whole.value(), "{term:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_constant_suffix_is_the_same_for_all_low_bits() {
        for term in terms() {
            let automaton = Automaton::new(term, Fr::ONE);
            for (state, pairs) in (0..term.states()).flat_map(|state| [0, 4, 28].map(|pairs| (state, pairs))) {
                let Some(value) = automaton.constant(state, pairs) else { continue };
                for low in [0, 1, 2, 0x5555_5555_5555_5555, u64::MAX] {
                    let low = low & ((1 << (2 * pairs)) - 1);
                    assert_eq!(suffix(term, state, low, 2 * pairs), value, "{term:?} state {state}");
                }
            }
        }
    }
}
