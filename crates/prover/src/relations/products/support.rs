//! The cycles at which a sum of products may be nonzero, as pairs of neighbours.

use crate::kernels::fr;
use std::ops::Range;
use zkvm_algebra::Fr;

/// The pairs of neighbouring cycles that a round visits. A *cell* is a cycle of the current round:
/// cells 2p and 2p + 1 make pair p.
#[derive(Clone, Debug)]
pub enum Support {
    /// All of this number of unbound cycle variables.
    All {
        /// Unbound variables.
        log_cells: usize,
    },
    /// The pairs that hold at least one cell of a list.
    Some {
        /// Unbound variables.
        log_cells: usize,
        /// The pairs, ascending; with no unbound variable left, the cells.
        pairs: Vec<u32>,
    },
}

/// Where the cells of a bound column stand among the cells of the next round's pairs.
pub enum Pairing {
    /// Where they are.
    Same,
    /// At these places, of so many.
    Scattered {
        /// Place of each cell, ascending.
        places: Vec<u32>,
        /// Number of places.
        count: usize,
    },
}

/// From one round to the next.
pub struct Step {
    /// The support of the round that was bound.
    pub from: Support,
    /// The support of the next one.
    pub to: Support,
    /// Where the bound pairs stand in it.
    pub pairing: Pairing,
}

impl Pairing {
    /// Moves the cells to their places; others are zero.
    pub fn place(&self, cells: &mut Vec<Fr>) {
        if let Pairing::Scattered { places, count } = self {
            let mut placed = fr::zeros(*count);
            places.iter().zip(&*cells).for_each(|(place, cell)| placed[*place as usize] = *cell);
            *cells = placed;
        }
    }
}

impl Support {
    /// The pairs of the cells that are listed, ascending.
    pub fn of_cells(log_cells: usize, cells: impl Iterator<Item = u32>) -> Self {
        if log_cells == 0 {
            return Support::Some { log_cells, pairs: cells.collect() };
        }
        let mut pairs: Vec<u32> = cells.map(|cell| cell >> 1).collect();
        pairs.dedup();
        Support::Some { log_cells, pairs }
    }

    /// Unbound variables.
    pub fn log_cells(&self) -> usize {
        match self {
            Support::All { log_cells } | Support::Some { log_cells, .. } => *log_cells,
        }
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        match self {
            Support::All { log_cells } => (1 << log_cells) / 2,
            Support::Some { pairs, .. } => pairs.len(),
        }
    }

    /// Goes on to the next round, in which the pairs are cells.
    pub fn step(self) -> Step {
        let (to, pairing) = match &self {
            Support::All { log_cells } => (Support::All { log_cells: log_cells.saturating_sub(1) }, Pairing::Same),
            Support::Some { log_cells, pairs } => {
                let to = Support::of_cells(log_cells.saturating_sub(1), pairs.iter().copied());
                let pairing = to.pairing(pairs);
                (to, pairing)
            }
        };
        Step { from: self, to, pairing }
    }

    fn pairing(&self, cells: &[u32]) -> Pairing {
        let count = 2 * self.pairs();
        if self.log_cells() == 0 || count == cells.len() {
            return Pairing::Same;
        }
        let mut places = Vec::with_capacity(cells.len());
        let mut pair = 0;
        let mut last = None;
        for cell in cells {
            pair += u32::from(last.is_some_and(|last| last != cell >> 1));
            last = Some(cell >> 1);
            places.push(2 * pair + (cell & 1));
        }
        Pairing::Scattered { places, count }
    }

    /// Cuts the pairs into runs of at most `size`, a power of two, each within one block of
    /// 2^`log_block` positions.
    pub fn pieces(&self, size: usize, log_block: usize) -> Vec<Range<usize>> {
        let Support::Some { pairs, .. } = self else {
            let size = size.min(1 << log_block);
            return (0..self.pairs()).step_by(size).map(|start| start..self.pairs().min(start + size)).collect();
        };
        let mut pieces = Vec::with_capacity(pairs.len() / size + 1);
        let mut start = 0;
        for block in pairs.chunk_by(|a, b| a >> log_block == b >> log_block) {
            let end = start + block.len();
            pieces.extend((start..end).step_by(size).map(|at| at..end.min(at + size)));
            start = end;
        }
        pieces
    }

    /// The position of pair number `pair`.
    pub fn position(&self, pair: usize) -> usize {
        match self {
            Support::All { .. } => pair,
            Support::Some { pairs, .. } => pairs[pair] as usize,
        }
    }

    /// Writes the cells of a run of pairs.
    #[inline(always)]
    pub fn fill(&self, pairs: Range<usize>, out: &mut [Fr], cell: impl Fn(usize) -> Fr) {
        match self {
            Support::All { .. } => out.iter_mut().zip(2 * pairs.start..).for_each(|(out, at)| *out = cell(at)),
            Support::Some { pairs: listed, .. } => {
                for (out, pair) in out.chunks_exact_mut(2).zip(&listed[pairs]) {
                    let at = 2 * *pair as usize;
                    (out[0], out[1]) = (cell(at), cell(at + 1));
                }
            }
        }
    }
}
