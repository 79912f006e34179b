//! Runs proven by the real prover, and the two verifiers side by side.

use std::sync::LazyLock;

use zkvm_emulator::testing::Asm;
use zkvm_emulator::{Console, Elf, Input, Limits, Trace, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_prover::{Options, PublicIo, Setup, prove};
use zkvm_second_verifier as second;
use zkvm_verifier::{Key, Proof, VerifyError};

/// Exit codes that both verifiers accept.
pub const EXIT_CODES: [u32; 2] = [0, 7];
/// Largest t that both accept.
const MAX_LOG_T: usize = 16;
/// Largest c that both accept.
const MAX_LOG_ROW: usize = 13;

static SETUP: LazyLock<Setup> = LazyLock::new(Setup::default);

/// The policy of the second verifier.
pub static SECOND_POLICY: LazyLock<second::Policy> = LazyLock::new(|| second::Policy {
    exit_codes: EXIT_CODES.to_vec(),
    max_log_t: MAX_LOG_T,
    bases: second::Bases::find(MAX_LOG_ROW),
});

/// A program as both verifiers know it.
pub struct Subject {
    pub key: Key,
    pub program: second::Program,
}

impl Subject {
    /// The program of an assembly text, with little memory.
    pub fn new(asm: &Asm) -> Subject {
        Subject::with_memory(asm, MemoryConfig { stack_bytes: 1 << 16, heap_bytes: 0 })
    }

    /// The program of an assembly text.
    pub fn with_memory(asm: &Asm, config: MemoryConfig) -> Subject {
        let image = Elf::parse(&asm.elf().write()).expect("a valid file").image;
        let key = Key::new(Program::new(image, config).expect("the program fits"));
        let program = second::Program::from_key(&key.to_bytes()).expect("the key is of a program");
        Subject { key, program }
    }

    /// Runs the program.
    pub fn run(&self, public: &[u8], private: &[u8]) -> (PublicIo, Trace) {
        let input = Input::new(public.to_vec(), private.to_vec()).expect("it fits");
        let (execution, trace) =
            trace(self.key.program(), &input, &Limits::default(), &mut Console::default()).expect("no trap");
        let io = PublicIo { input: public.to_vec(), exit_code: execution.exit_code, output: execution.output };
        (io, trace)
    }

    /// A proof with chunks of `log_k` bits and rows of 2^`log_row` positions.
    pub fn prove(&self, io: &PublicIo, trace: Trace, sizes: (usize, Option<usize>), zero_knowledge: bool) -> Vec<u8> {
        let (log_k, log_row) = sizes;
        let options = Options { log_k, log_row, zero_knowledge, ..Options::default() };
        prove(&SETUP, &self.key, io, trace, &options, &mut ()).expect("a proof").to_bytes()
    }

    /// What the verifier of this project says.
    pub fn first(&self, input: &[u8], proof: &[u8]) -> Result<second::Outcome, Reason> {
        let proof = Proof::from_bytes(proof).map_err(|_| Reason::File)?;
        let policy = zkvm_verifier::Policy {
            exit_codes: EXIT_CODES.to_vec(),
            max_log_t: MAX_LOG_T,
            max_log_row: MAX_LOG_ROW,
            ..Default::default()
        };
        let basis = SETUP.basis(MAX_LOG_ROW).expect("a basis");
        match zkvm_verifier::verify(&self.key, &basis, input, &proof, &policy) {
            Ok(()) => Ok(second::Outcome { exit_code: proof.exit_code, output: proof.output }),
            Err(VerifyError::Tape(_)) => Err(Reason::Tape),
            Err(VerifyError::Sumcheck(stage)) => Err(Reason::SumCheck(stage)),
            Err(VerifyError::Hidden) => Err(Reason::Hidden),
            Err(VerifyError::Opening(_)) => Err(Reason::Opening),
            Err(_) => Err(Reason::Statement),
        }
    }

    /// What the second verifier says.
    pub fn second(&self, input: &[u8], proof: &[u8]) -> Result<second::Outcome, second::Error> {
        second::verify(&self.program, input, &SECOND_POLICY, proof)
    }

    /// The verdict of both, which must be the same.
    pub fn verdict(&self, what: &str, input: &[u8], proof: &[u8]) -> Result<second::Outcome, second::Error> {
        let (first, second) = (self.first(input, proof), self.second(input, proof));
        match (&first, &second) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "{what}"),
            (Err(one), Err(other)) => assert!(one.is(other), "{what}: {one:?}, but {other:?}"),
            _ => panic!("{what}: {first:?}, but {second:?}"),
        }
        second
    }

    /// Asserts that both refuse.
    pub fn refused(&self, what: &str, input: &[u8], proof: &[u8]) {
        assert!(self.verdict(what, input, proof).is_err(), "{what} is accepted");
    }
}

/// Where the first verifier refused.
#[derive(Debug)]
pub enum Reason {
    File,
    Statement,
    Tape,
    SumCheck(&'static str),
    Hidden,
    Opening,
}

impl Reason {
    /// Whether the second verifier refused for the same reason.
    fn is(&self, error: &second::Error) -> bool {
        use second::Error;
        match error {
            Error::NotAProof | Error::Version(_) | Error::Kind(_) => matches!(self, Reason::File),
            // A file may end in its head, or in the tape where a message is awaited.
            Error::Truncated => !matches!(self, Reason::SumCheck(_) | Reason::Hidden),
            Error::OtherProgram | Error::ExitCode(_) | Error::TooLong | Error::Size { .. } | Error::LongMessage(_) => {
                matches!(self, Reason::Statement)
            }
            Error::SumCheck { stage, .. } => matches!(self, Reason::SumCheck(other) if other == stage),
            Error::Comparisons { .. } => matches!(self, Reason::Hidden),
            Error::Opening | Error::Line(_) | Error::ZeroChallenge => matches!(self, Reason::Opening),
            // A message of the opening is both.
            Error::Scalar(_) | Error::Point(_) => matches!(self, Reason::Tape | Reason::Opening),
            // The last checks may come first.
            Error::TrailingBytes(_) => matches!(self, Reason::Tape | Reason::Opening | Reason::Hidden),
        }
    }
}

/// The program as the second verifier writes it.
pub fn plain(program: &Program) -> second::Program {
    let layout = program.layout();
    let row = |row: &zkvm_isa::row::Row| second::Row {
        addr: row.addr,
        imm: row.imm,
        disp: row.disp,
        target: row.target,
        flags: row.flags.0,
        rs1: row.rs1,
        rs2: row.rs2,
        rd: row.rd,
        table: row.table.map(|table| table as u8),
    };
    second::Program {
        layout: second::Layout {
            base: layout.base,
            stack_pointer: layout.stack_pointer,
            output: layout.output,
            input: layout.input,
            heap: layout.heap,
            least_m: layout.min_log_words,
            largest_m: layout.max_log_words,
        },
        rows: program.rows()[..=program.halt() as usize].iter().map(row).collect(),
        image: program.initial_words().collect(),
    }
}

/// Reads public and private input and writes eight bytes that depend on both.
pub fn echo(rounds: u32, exit_code: u32) -> Asm {
    use zkvm_emulator::testing::{A0, A1, A2, A7, S0, S1, T0, ZERO};
    let mut asm = Asm::new();
    asm.li(S0, rounds);
    asm.li(S1, zkvm_abi::INPUT_ADDRESS);
    let start = asm.here();
    asm.lw(A1, S1, 4);
    asm.lbu(A2, S1, 9);
    asm.advice(A0);
    asm.mul(A1, A1, A2);
    asm.rem(A1, A1, S0);
    asm.xor(A0, A0, A1);
    asm.addi(S0, S0, -1);
    asm.bne(S0, ZERO, start);
    asm.li(T0, zkvm_abi::OUTPUT_ADDRESS);
    asm.sw(A0, T0, 12);
    asm.sb(A1, T0, 17);
    asm.li(A1, 8);
    asm.sw(A1, T0, 8);
    asm.li(A0, exit_code);
    asm.li(A7, 93);
    asm.ecall();
    asm
}
