//! Memory of the verifier, as the allocator counts it: in proportion to what it is given, whatever that says.

use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use zkvm_emulator::testing::{A0, A1, A7, Asm, S0, ZERO};
use zkvm_emulator::{Console, Elf, Input, Limits, trace};
use zkvm_isa::program::{Image, MemoryConfig, Program, Segment};
use zkvm_isa::{Opcode, Operands};
use zkvm_pcs::Basis;
use zkvm_prover::{Options, PublicIo, Setup, prove};
use zkvm_verifier::{Key, KeyError, Policy, ProgramId, Proof, Sizes, VerifyError, precheck, verify};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, counting.
struct Counting;

// SAFETY: every call is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(LIVE.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the pointer is from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Tests count one after the other.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `work` gives, and the most bytes it had allocated at a time.
fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = work();
    (result, PEAK.load(Relaxed) - before)
}

/// What does not depend on the input: tables of small fixed size, messages.
const FIXED: usize = 1 << 20;

/// The most that verification may take for `bytes` of proof, a row of 2^c positions and a table of 2^b
/// rows; the bases themselves are not counted.
fn bound(bytes: usize, log_row: usize, log_rows: usize) -> usize {
    8 * bytes + (512 << log_row) + (64 << log_rows) + FIXED
}

struct Run {
    key: Key,
    proof: Proof,
    basis: Basis,
}

impl Run {
    /// Counts down from `rounds`.
    fn new(rounds: u32, log_k: usize) -> Run {
        let mut asm = Asm::new();
        asm.li(S0, rounds);
        let start = asm.here();
        asm.mul(A1, A1, S0);
        asm.addi(S0, S0, -1);
        asm.bne(S0, ZERO, start);
        asm.li(A0, 0);
        asm.li(A7, 93);
        asm.ecall();
        let image = Elf::parse(&asm.elf().write()).expect("a valid file").image;
        let key = Key::new(Program::new(image, MemoryConfig::default()).expect("the program fits"));
        let input = Input::new(Vec::new(), Vec::new()).expect("it fits");
        let (execution, trace) =
            trace(key.program(), &input, &Limits::default(), &mut Console::default()).expect("no trap");
        let io = PublicIo { input: Vec::new(), exit_code: execution.exit_code, output: execution.output };
        let setup = Setup::default();
        let options = Options { log_k, ..Options::default() };
        let proof = prove(&setup, &key, &io, trace, &options, &mut ()).expect("a proof");
        let basis = (*setup.basis(proof.sizes.log_row.into()).expect("a basis")).clone();
        Run { key, proof, basis }
    }

    /// Whether the bytes are a valid proof.
    fn accepts(&self, bytes: &[u8]) -> bool {
        let proof = Proof::from_bytes(bytes);
        proof.is_ok_and(|proof| verify(&self.key, &self.basis, &[], &proof, &Policy::default()).is_ok())
    }

    /// Checks that refusing `bytes` takes no more memory than verifying a proof of that length.
    #[track_caller]
    fn refuses(&self, bytes: &[u8]) {
        let (accepted, peak) = peak(|| self.accepts(bytes));
        assert!(!accepted);
        let bound = bound(bytes.len(), self.basis.log_size() as usize, self.key.program().log_rows());
        assert!(peak <= bound, "{peak} bytes for a proof of {}, more than {bound}", bytes.len());
    }
}

static RUN: LazyLock<Run> = LazyLock::new(|| Run::new(300, 4));

#[test]
fn verification_takes_memory_in_proportion_to_proof_row_and_table() {
    let _turn = alone();
    for (rounds, log_k) in [(20, 1), (20, 8), (300, 2), (20_000, 4)] {
        let run = Run::new(rounds, log_k);
        let bytes = run.proof.to_bytes();
        let (accepted, peak) = peak(|| run.accepts(&bytes));
        assert!(accepted);
        let (log_row, log_rows) = (usize::from(run.proof.sizes.log_row), run.key.program().log_rows());
        println!(
            "{rounds} rounds, κ = {log_k}: {peak} bytes, proof {}, row 2^{log_row}, table 2^{log_rows}",
            bytes.len()
        );
        assert!(peak <= bound(bytes.len(), log_row, log_rows));
    }
}

#[test]
fn random_and_truncated_bytes_take_no_more_memory_than_a_proof() {
    let _turn = alone();
    let bytes = RUN.proof.to_bytes();
    let rng = &mut StdRng::seed_from_u64(3);
    for length in [0, 8, 60, 1000, 100_000] {
        let mut random = vec![0; length];
        rng.fill_bytes(&mut random);
        RUN.refuses(&random);
        // The first 56 bytes are the header of a proof without output.
        let kept = length.min(56);
        random[..kept].copy_from_slice(&bytes[..kept]);
        RUN.refuses(&random);
    }
    for _ in 0..100 {
        RUN.refuses(&bytes[..rng.gen_range(0..bytes.len())]);
        let mut altered = bytes.clone();
        let from = rng.gen_range(0..bytes.len());
        rng.fill_bytes(&mut altered[from..]);
        RUN.refuses(&altered);
    }
}

#[test]
fn sizes_and_lengths_that_are_too_large_cost_nothing() {
    let _turn = alone();
    let bytes = RUN.proof.to_bytes();
    let mut output = bytes.clone();
    output[53..57].fill(0xff);
    RUN.refuses(&output);
    for size in 44..48 {
        for value in 0..=u8::MAX {
            let mut altered = bytes.clone();
            altered[size] = value;
            if altered != bytes {
                RUN.refuses(&altered);
            }
        }
    }
}

#[test]
fn a_tape_of_identities_and_zeros_takes_memory_in_proportion_to_its_length() {
    let _turn = alone();
    let sizes = Sizes { log_t: 22, log_row: RUN.proof.sizes.log_row, ..RUN.proof.sizes };
    let mut proof = Proof { sizes, tape: vec![0; 32 << 20], ..RUN.proof.clone() };
    let shape = precheck(&RUN.key, &[], &proof, &Policy::default()).expect("a shape within the bounds");
    let rows = shape.columns().len() << (shape.log_t + shape.log_k - shape.log_row);
    proof.tape.truncate(rows * 32 + 100_000);
    proof.tape.chunks_exact_mut(32).take(rows).for_each(|point| point[31] = 0x40);
    let refused = verify(&RUN.key, &RUN.basis, &[], &proof, &Policy::default());
    assert!(matches!(refused, Err(VerifyError::Sumcheck(_))), "{refused:?}");
    RUN.refuses(&proof.to_bytes());
}

#[test]
fn keys_of_another_program_take_memory_in_proportion_to_their_bytes() {
    let _turn = alone();
    let divide = Opcode::DIV.instruction().encode(Operands { rd: 5, rs1: 6, rs2: 7, imm: 0 });
    let text = |word: [u32; 2]| {
        let bytes: Vec<u8> = word.iter().flat_map(|word| word.to_le_bytes()).cycle().take(1 << 19).collect();
        let addr = zkvm_abi::IMAGE_BASE;
        let segment = Segment { addr, mem_size: bytes.len() as u32, bytes, executable: true };
        let image = Image { entry: addr, segments: vec![segment] };
        Key::new(Program::new(image, MemoryConfig::default()).expect("the program fits"))
    };
    // As many rows as possible, and as many runs of instructions as possible.
    for words in [[divide, divide], [divide, 0]] {
        let key = text(words);
        let bytes = key.to_bytes();
        let (refused, peak) = peak(|| Key::from_bytes_of(ProgramId([7; 32]), &bytes));
        let expected = ProgramId([7; 32]);
        assert_eq!(refused, Err(KeyError::OtherProgram { found: key.id(), expected }));
        println!("{peak} bytes for a key of {}", bytes.len());
        assert!(peak <= 8 * bytes.len() + FIXED, "{peak} bytes for a key of {}", bytes.len());
        assert_eq!(Key::from_bytes_of(key.id(), &bytes), Ok(key));
    }
}
