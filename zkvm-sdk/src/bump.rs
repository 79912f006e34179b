//! Arithmetic of the bump allocator, on addresses alone.

use core::alloc::Layout;

/// Bytes of a machine word.
const WORD: usize = 4;

/// Heap addresses: everything below `next` has been given out, everything from `high` up has never
/// been written. No block is larger than `isize::MAX`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bump {
    next: usize,
    high: usize,
}

impl Bump {
    /// A heap that begins at address `start`.
    pub(crate) const fn new(start: usize) -> Self {
        Self { next: start, high: start }
    }

    /// Address of a new block, or `None` beyond the address space.
    ///
    /// The machine's memory limit lies below that; touching a block beyond it traps. Every block is
    /// aligned to words, so that bytes and text are copied and compared by words.
    pub(crate) fn allocate(&mut self, layout: Layout) -> Option<usize> {
        let mask = layout.align().max(WORD) - 1;
        let start = self.next.checked_add(mask)? & !mask;
        self.next = start.checked_add(layout.size())?;
        Some(start)
    }

    /// Takes the block back if it was the last one given out.
    pub(crate) fn release(&mut self, address: usize, size: usize) {
        if address + size == self.next {
            self.lower(address);
        }
    }

    /// Resizes the block in place: any block to a smaller size, the last one also to a larger.
    pub(crate) fn resize(&mut self, address: usize, old: usize, new: usize) -> bool {
        if address + old != self.next {
            return new <= old;
        }
        if new <= old {
            self.lower(address + new);
            return true;
        }
        match address.checked_add(new) {
            Some(end) => self.next = end,
            None => return false,
        }
        true
    }

    /// How many of the first bytes of the newest block, at `address`, may have been written before.
    pub(crate) fn stale(&self, address: usize) -> usize {
        self.high.min(self.next).saturating_sub(address)
    }

    fn lower(&mut self, next: usize) {
        self.high = self.high.max(self.next);
        self.next = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn blocks_are_aligned_and_do_not_overlap() {
        let mut heap = Bump::new(1001);
        assert_eq!(heap.allocate(layout(3, 1)), Some(1004));
        assert_eq!(heap.allocate(layout(8, 8)), Some(1008));
        assert_eq!(heap.allocate(layout(1, 4)), Some(1016));
        assert_eq!(heap.allocate(layout(1, 4096)), Some(4096));
    }

    #[test]
    fn only_the_last_block_is_taken_back() {
        let mut heap = Bump::new(0);
        let first = heap.allocate(layout(16, 4)).unwrap();
        let second = heap.allocate(layout(16, 4)).unwrap();
        heap.release(first, 16);
        assert_eq!(heap.allocate(layout(4, 4)), Some(32));
        heap.release(32, 4);
        heap.release(second, 16);
        assert_eq!(heap.allocate(layout(4, 4)), Some(second));
    }

    #[test]
    fn the_last_block_grows_in_place_and_any_block_shrinks() {
        let mut heap = Bump::new(0);
        let first = heap.allocate(layout(16, 4)).unwrap();
        assert!(heap.resize(first, 16, 32));
        let second = heap.allocate(layout(16, 4)).unwrap();
        assert_eq!(second, 32);
        assert!(!heap.resize(first, 32, 33));
        assert!(heap.resize(first, 32, 8));
        assert!(heap.resize(second, 16, 4));
        assert_eq!(heap.allocate(layout(4, 4)), Some(36));
    }

    #[test]
    fn only_memory_given_out_before_is_stale() {
        let mut heap = Bump::new(0);
        let first = heap.allocate(layout(16, 4)).unwrap();
        assert_eq!(heap.stale(first), 0);
        heap.release(first, 16);
        let again = heap.allocate(layout(64, 4)).unwrap();
        assert_eq!(heap.stale(again), 16);
        let after = heap.allocate(layout(64, 4)).unwrap();
        assert_eq!(heap.stale(after), 0);
    }

    #[test]
    fn the_end_of_the_address_space_is_no_memory() {
        let mut heap = Bump::new(usize::MAX - 11);
        assert_eq!(heap.allocate(layout(16, 4)), None);
        let last = heap.allocate(layout(4, 1)).unwrap();
        assert!(!heap.resize(last, 4, 64));
    }
}
