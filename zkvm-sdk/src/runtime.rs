//! The part of the SDK that speaks to the machine, and its only unsafe code: entry point, input
//! and output blocks, private input, environment calls, heap and panic handler.
//!
//! Two facts hold throughout. There is one hart and no interrupt, so nothing else runs between two
//! instructions. And the blocks at the ABI's addresses are memory that the machine sets aside: the
//! linker places nothing there, and the stack and the heap do not reach it.

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::arch::{asm, global_asm};
use core::cell::UnsafeCell;
use core::fmt::{self, Write as _};
use core::panic::PanicInfo;
use core::ptr;

use postcard::ser_flavors::Flavor;
use serde::Serialize;
use zkvm_abi::{self as abi, ecall, output};

use crate::bump::Bump;
use crate::console::Stream;
use crate::io::Reader;

// The machine enters at `_start` with the stack pointer set and every other register zero.
global_asm!(
    ".section .text._start, \"ax\"",
    ".globl _start",
    "_start:",
    "    j {start}",
    start = sym start,
);

global_asm!(include_str!("runtime/compare.s"));

unsafe extern "C" {
    /// First address after the image (from the linker script).
    static __heap_start: u8;
}

unsafe extern "Rust" {
    /// The entry that `#[zkvm::main]` expands to.
    safe fn __zkvm_main();
}

extern "C" fn start() -> ! {
    let heap_start = (&raw const __heap_start).addr();
    // SAFETY: nothing has been allocated, and nobody else holds a reference to the heap.
    unsafe { *HEAP.0.get() = Bump::new(heap_start) };
    __zkvm_main();
    exit(0)
}

fn exit(code: u32) -> ! {
    // SAFETY: the call ends the program.
    unsafe { asm!("ecall", in("a7") ecall::EXIT, in("a0") code, options(noreturn, nostack)) }
}

/// A call to the host with three arguments, which changes neither registers nor memory.
fn host_call(number: u32, a0: usize, a1: usize, a2: usize) {
    // SAFETY: the host may read memory, which the absence of `nomem` allows, and does nothing else.
    unsafe {
        asm!("ecall", in("a7") number, in("a0") a0, in("a1") a1, in("a2") a2,
            options(readonly, nostack, preserves_flags));
    }
}

pub(crate) fn cycles_begin(name: &str) {
    host_call(ecall::CYCLES_BEGIN, name.as_ptr().addr(), name.len(), 0);
}

pub(crate) fn cycles_end(name: &str) {
    host_call(ecall::CYCLES_END, name.as_ptr().addr(), name.len(), 0);
}

pub(crate) fn write(stream: Stream, text: fmt::Arguments<'_>) {
    struct Console(usize);
    impl fmt::Write for Console {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            host_call(ecall::WRITE, self.0, text.as_ptr().addr(), text.len());
            Ok(())
        }
    }
    let descriptor = match stream {
        Stream::Out => 1,
        Stream::Err => 2,
    };
    // Only a `Display` of the caller can fail here, and a console line is no place to stop.
    let _ = Console(descriptor).write_fmt(text);
}

/// The public input.
pub fn public() -> Reader<'static> {
    let block = ptr::with_exposed_provenance::<u32>(abi::INPUT_ADDRESS as usize);
    // SAFETY: the machine lays the input out at this address: its length in bytes, at most
    // `MAX_INPUT_BYTES`, then the bytes. Nothing writes to the block.
    let bytes = unsafe {
        let length = (block.read() as usize).min(abi::MAX_INPUT_BYTES);
        core::slice::from_raw_parts(block.add(1).cast::<u8>(), length)
    };
    Reader::new("public", bytes)
}

/// The private input; it can be read once.
pub fn private() -> Reader<'static> {
    let length = advice() as usize;
    let words: Vec<u32> = (0..length.div_ceil(4)).map(|_| advice()).collect();
    let words = words.leak();
    // SAFETY: the words are initialised, live for ever, and hold at least `length` bytes.
    let bytes = unsafe { core::slice::from_raw_parts(words.as_ptr().cast::<u8>(), length) };
    Reader::new("private", bytes)
}

/// The next word of the private input: the instruction `advice rd`.
fn advice() -> u32 {
    let word: u32;
    // SAFETY: the instruction only writes its destination, which the compiler never chooses as x0.
    unsafe {
        asm!(".insn r 0x0b, 0, 0, {}, x0, x0", out(reg) word,
            options(nomem, nostack, preserves_flags));
    }
    word
}

/// Appends the encoding of `value` to the output.
///
/// # Panics
/// If the output exceeds `MAX_OUTPUT_BYTES`, or if `value` refuses to be encoded.
pub fn commit<T: Serialize + ?Sized>(value: &T) {
    match postcard::serialize_with_flavor(value, Output) {
        Ok(()) => {}
        Err(postcard::Error::SerializeBufferFull) => {
            panic!("the output exceeds {} bytes", abi::MAX_OUTPUT_BYTES)
        }
        Err(error) => panic!("the output cannot be encoded: {error}"),
    }
}

/// The output block. Its length word is always the number of bytes written, so that a panic in the
/// middle of a value can take them back.
struct Output;

impl Output {
    fn word(index: usize) -> *mut u32 {
        ptr::with_exposed_provenance_mut::<u32>(abi::OUTPUT_ADDRESS as usize).wrapping_add(index)
    }

    fn length() -> usize {
        // SAFETY: the word lies in the output block.
        unsafe { Self::word(output::LENGTH).read() as usize }
    }

    /// Zeroes the block, as if nothing had been written.
    fn clear() {
        for index in output::LENGTH..output::DATA + Self::length().div_ceil(4) {
            // SAFETY: the length is at most `MAX_OUTPUT_BYTES`, so the word lies in the block.
            unsafe { Self::word(index).write(0) };
        }
    }
}

impl Flavor for Output {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    #[inline]
    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        let length = Self::length();
        if bytes.len() > abi::MAX_OUTPUT_BYTES - length {
            return Err(postcard::Error::SerializeBufferFull);
        }
        let end = Self::word(output::DATA).cast::<u8>().wrapping_add(length);
        // SAFETY: the bytes fit between `end` and the end of the block, where nobody can hold a
        // reference; so does the length word.
        unsafe {
            Self::word(output::LENGTH).write((length + bytes.len()) as u32);
            ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len());
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

struct Heap(UnsafeCell<Bump>);

// SAFETY: there is one hart.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(Bump::new(0)));

impl Heap {
    fn with<T>(&self, change: impl FnOnce(&mut Bump) -> T) -> T {
        // SAFETY: no closure below calls back into the allocator, so this is the only reference.
        change(unsafe { &mut *self.0.get() })
    }
}

// SAFETY: `Bump` gives out aligned blocks that do not overlap, all above the image; memory up to
// the machine's limit is readable and writable, and an access beyond it ends the run.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let address = self.with(|heap| heap.allocate(layout));
        address.map_or(ptr::null_mut(), ptr::with_exposed_provenance_mut)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.with(|heap| heap.release(block.addr(), layout.size()));
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are those of `alloc`.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            let stale = self.with(|heap| heap.stale(block.addr()));
            // SAFETY: the stale part is a part of the block; the rest is still zero from the start.
            unsafe { block.write_bytes(0, stale) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if self.with(|heap| heap.resize(block.addr(), layout.size(), size)) {
            return block;
        }
        // SAFETY: the caller promises that `size`, rounded up to the alignment, is a valid size. The
        // new block does not overlap the old one, and both hold the bytes copied.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size().min(size));
            }
            new
        }
    }
}

/// Bytes of a panic message that reach the host.
const PANIC_MESSAGE_BYTES: usize = 1024;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    Output::clear();
    let mut message = Message { bytes: [0; PANIC_MESSAGE_BYTES], length: 0 };
    // A message that is too long is cut.
    let _ = write!(message, "{info}");
    host_call(ecall::PANIC, message.bytes.as_ptr().addr(), message.length, 0);
    exit(abi::PANIC_EXIT_CODE)
}

/// Text in a fixed buffer: a panic may be about the heap.
struct Message {
    bytes: [u8; PANIC_MESSAGE_BYTES],
    length: usize,
}

impl fmt::Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = text.len().min(self.bytes.len() - self.length);
        let kept = (0..=room).rfind(|&end| text.is_char_boundary(end)).unwrap_or(0);
        self.bytes[self.length..][..kept].copy_from_slice(&text.as_bytes()[..kept]);
        self.length += kept;
        if kept == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}
