//! Traces: what the prover needs to know of a run, one entry per executed row.

/// A run as columns, one entry per executed row, up to and including the first halt row.
///
/// With the program this determines every committed column: the memory address of a row is
/// `rs1 + disp`, the word of an advice row is its `rd_new`, the next row is the next entry. All
/// cells start at zero.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Trace {
    /// Row index.
    pub rows: Vec<u32>,
    /// Value of cell rs1.
    pub rs1: Vec<u32>,
    /// Value of cell rs2.
    pub rs2: Vec<u32>,
    /// Value of cell rd before; 0 for the sink.
    pub rd_old: Vec<u32>,
    /// Value of cell rd after; 0 for the sink.
    pub rd_new: Vec<u32>,
    /// Memory word before; 0 if the row accesses none.
    pub ram_old: Vec<u32>,
    /// Memory word after; 0 if the row accesses none.
    pub ram_new: Vec<u32>,
    /// The words that were accessed, ascending.
    pub touched: Vec<TouchedWord>,
}

/// A memory word that the run accessed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TouchedWord {
    /// Index of the word in the region.
    pub index: u32,
    /// Value when the program starts.
    pub initial: u32,
    /// Value when it has halted.
    pub last: u32,
}

impl Trace {
    /// Number of executed rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no row was executed.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Rows buffered before they go to the trace: seven columns stay in the first-level cache.
pub(crate) const CHUNK: usize = 512;

/// One entry of a trace.
pub(crate) struct Entry {
    pub(crate) row: u32,
    pub(crate) rs1: u32,
    pub(crate) rs2: u32,
    pub(crate) rd: (u32, u32),
    pub(crate) ram: (u32, u32),
}

/// A piece of a trace.
pub(crate) struct Buffer {
    len: usize,
    columns: [[u32; CHUNK]; 7],
}

impl Buffer {
    pub(crate) fn new() -> Box<Self> {
        Box::new(Buffer { len: 0, columns: [[0; CHUNK]; 7] })
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The rows of its entries.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.columns[0][..self.len]
    }

    /// Appends an entry; there must be room.
    #[inline(always)]
    pub(crate) fn push(&mut self, entry: Entry) {
        let at = self.len % CHUNK;
        let [rows, rs1, rs2, rd_old, rd_new, ram_old, ram_new] = &mut self.columns;
        rows[at] = entry.row;
        rs1[at] = entry.rs1;
        rs2[at] = entry.rs2;
        (rd_old[at], rd_new[at]) = entry.rd;
        (ram_old[at], ram_new[at]) = entry.ram;
        self.len += 1;
    }

    /// Moves all entries to the trace.
    pub(crate) fn flush(&mut self, trace: &mut Trace) {
        let columns = [
            &mut trace.rows,
            &mut trace.rs1,
            &mut trace.rs2,
            &mut trace.rd_old,
            &mut trace.rd_new,
            &mut trace.ram_old,
            &mut trace.ram_new,
        ];
        for (column, buffer) in columns.into_iter().zip(&self.columns) {
            column.extend_from_slice(&buffer[..self.len]);
        }
        self.len = 0;
    }
}
