//! Guests of the SDK, compiled and run: what reaches them, what they return, and how they end.

use std::path::Path;
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use test_guests::{Case, Refused, Shape, Summary};
use zkvm_emulator::{Console, Elf, Execution, Fault, Input, Limits, Trap, execute};
use zkvm_host::build::{BuildError, BuiltGuest, GuestBuilder};
use zkvm_isa::program::{MemoryConfig, Program};

const GUESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../zkvm-sdk/tests/guests");

struct Run {
    end: Result<Execution, Fault>,
    console: Console,
}

impl Run {
    fn of(guest: &BuiltGuest, public: &[u8], private: &[u8]) -> Self {
        let program = Program::new(Elf::parse(&guest.elf).unwrap().image, MemoryConfig::default()).unwrap();
        let input = Input::new(public.to_vec(), private.to_vec()).unwrap();
        let mut console = Console::default();
        let end = execute(&program, &input, &Limits { max_cycles: 1 << 24 }, &mut console);
        Self { end, console }
    }

    #[track_caller]
    fn execution(&self) -> &Execution {
        self.end.as_ref().unwrap()
    }

    #[track_caller]
    fn output<T: DeserializeOwned>(&self) -> T {
        let execution = self.execution();
        assert_eq!(execution.exit_code, 0, "{:?}", execution.statistics.panic);
        let (value, rest) = postcard::take_from_bytes(&execution.output).unwrap();
        assert!(rest.is_empty());
        value
    }

    #[track_caller]
    fn panic(&self) -> &str {
        let execution = self.execution();
        assert_eq!(execution.exit_code, 101);
        assert!(execution.output.is_empty());
        execution.statistics.panic.as_deref().unwrap()
    }

    #[track_caller]
    fn trap(&self) -> Trap {
        match &self.end {
            Ok(execution) => panic!("exit code {}", execution.exit_code),
            Err(fault) => fault.trap,
        }
    }
}

fn build(binary: &str) -> BuiltGuest {
    GuestBuilder::new(GUESTS).bin(binary).build().unwrap_or_else(|error| panic!("{error}"))
}

fn postcard<T: Serialize>(value: T) -> Vec<u8> {
    postcard::to_allocvec(&value).unwrap()
}

/// Runs the guest `cases`.
fn run(case: Case) -> Run {
    static GUEST: OnceLock<BuiltGuest> = OnceLock::new();
    Run::of(GUEST.get_or_init(|| build("cases")), &postcard(case), &[])
}

type Returned = Result<Vec<u8>, Refused>;

#[test]
fn a_guest_without_arguments_runs_to_its_end() {
    let run = Run::of(&build("idle"), &[], &[]);
    run.output::<()>();
}

/// The guest `arguments`, with one byte string for each input.
fn summarize(public: &[u8], private: &[u8]) -> Run {
    static GUEST: OnceLock<BuiltGuest> = OnceLock::new();
    Run::of(GUEST.get_or_init(|| build("arguments")), public, private)
}

fn public_arguments() -> Vec<u8> {
    [postcard((200u8, -300i16, 70_000u32, -5_000_000_000i64)), postcard("größer")].concat()
}

fn private_arguments() -> Vec<u8> {
    let list = vec![None, Some([1u16, 2, 3]), Some([4, 5, 60_000])];
    let shape = Shape::Rectangle { width: 7, height: 8 };
    [postcard(&[250u8; 1000][..]), postcard(list), postcard(shape)].concat()
}

#[test]
fn arguments_of_every_kind_arrive() {
    let expected = Summary {
        sum: 200 - 300 + 70_000 - 5_000_000_000,
        text: "reßörg".into(),
        bytes: 250_000,
        list: vec![[1, 2, 3], [4, 5, 60_000]],
        shape: Shape::Rectangle { width: 8, height: 7 },
    };
    assert_eq!(summarize(&public_arguments(), &private_arguments()).output::<Summary>(), expected);
}

#[test]
fn an_input_that_is_too_long_or_too_short_is_a_panic() {
    let (public, private) = (public_arguments(), private_arguments());
    let longer = [&public[..], &[0]].concat();
    let run = summarize(&longer, &private);
    assert!(run.panic().ends_with("public input: 1 bytes left after the last argument"), "{}", run.panic());
    let run = summarize(&public[..public.len() - 1], &private);
    assert!(run.panic().contains("public input: argument `text`: "), "{}", run.panic());
    let run = summarize(&public, &private[..private.len() - 1]);
    assert!(run.panic().contains("private input: argument `shape`: "), "{}", run.panic());
    let run = summarize(&public, &[&private[..], &[0, 0]].concat());
    assert!(run.panic().ends_with("private input: 2 bytes left after the last argument"), "{}", run.panic());
}

#[test]
fn text_that_is_no_utf8_is_a_panic() {
    let public = [postcard((0u8, 0i16, 0u32, 0i64)), vec![1, 0xff]].concat();
    let run = summarize(&public, &private_arguments());
    assert!(run.panic().contains("argument `text`"), "{}", run.panic());
}

#[test]
fn a_panic_carries_its_message_and_place() {
    let run = run(Case::Panic(42));
    assert!(run.panic().starts_with("panicked at "), "{}", run.panic());
    assert!(run.panic().contains("src/bin/cases.rs:"), "{}", run.panic());
    assert!(run.panic().ends_with("as asked: 42"), "{}", run.panic());
}

#[test]
fn a_long_panic_message_is_cut_between_characters() {
    let run = run(Case::LongPanic);
    let message = run.panic();
    assert!((1000..=1024).contains(&message.len()), "{}", message.len());
    assert!(message.ends_with(['ü', '\n']));
}

#[test]
fn an_index_out_of_bounds_is_a_panic() {
    assert_eq!(run(Case::IndexOutOfBounds(2)).output::<Returned>(), Ok(vec![3]));
    let message = "index out of bounds: the len is 3 but the index is 9";
    assert!(run(Case::IndexOutOfBounds(9)).panic().ends_with(message));
}

#[test]
fn printed_lines_reach_the_console() {
    let run = run(Case::Console);
    assert_eq!(run.output::<Returned>(), Ok(vec![]));
    assert_eq!(run.console.stdout, b"1 and \"two\"\n");
    assert_eq!(run.console.stderr, b"three\n");
}

#[test]
fn cycle_spans_nest() {
    let run = run(Case::Cycles);
    let spans = &run.execution().statistics.spans;
    let names: Vec<_> = spans.iter().map(|span| (&*span.name, span.times)).collect();
    assert_eq!(names, [("outer", 1), ("inner", 1)]);
    assert!(spans[0].cycles > spans[1].cycles && spans[1].cycles > 100, "{spans:?}");
}

#[test]
fn shared_values_and_atomics_work_on_one_hart() {
    let mut expected = vec![2, 9];
    let word: u64 = (1 << 40) + 3 + 5;
    expected.extend_from_slice(&word.to_be_bytes()[4..]);
    expected.extend_from_slice(&word.to_be_bytes()[6..]);
    assert_eq!(run(Case::Atomics).output::<Returned>(), Ok(expected));
}

#[test]
fn the_heap_grows_and_reuses_its_last_block() {
    let run = run(Case::Heap(2000));
    assert!(run.output::<Returned>().is_ok());
    let peak = run.execution().statistics.peak_memory;
    assert!(peak < 16 << 20, "{peak}");
}

#[test]
fn the_heap_ends_where_the_machine_says() {
    assert_eq!(run(Case::Memory(60 << 20)).output::<Returned>(), Ok(vec![7]));
    // Memory is a power of two, so there is up to twice the default of 64 MiB.
    assert!(matches!(run(Case::Memory(130 << 20)).trap(), Trap::StoreAccessFault { .. }));
}

#[test]
fn an_error_is_a_value() {
    let refused = Refused { reason: "as asked".into() };
    assert_eq!(run(Case::Error).output::<Returned>(), Err(refused));
}

#[test]
fn deep_recursion_overflows_the_stack() {
    assert!(run(Case::Recursion(1000)).output::<Returned>().is_ok());
    assert!(matches!(run(Case::Recursion(1 << 20)).trap(), Trap::StackOverflow { .. }));
}

#[test]
fn an_endless_guest_meets_the_cycle_limit() {
    assert!(matches!(run(Case::Endless).trap(), Trap::CycleLimit { .. }));
}

#[test]
fn the_output_may_fill_its_block_but_no_more() {
    // The variant `Ok` takes one byte, and the length three.
    let largest = zkvm_abi::MAX_OUTPUT_BYTES as u32 - 4;
    assert_eq!(run(Case::Output(largest)).output::<Returned>(), Ok(vec![0xa5; largest as usize]));
    assert!(run(Case::Output(largest + 1)).panic().ends_with("the output exceeds 65524 bytes"));
}

#[test]
fn a_package_of_several_binaries_asks_which_one() {
    let error = GuestBuilder::new(GUESTS).build().unwrap_err();
    let BuildError::SeveralBinaries { mut found, .. } = error else { panic!("{error}") };
    found.sort();
    assert_eq!(found, ["arguments", "cases", "idle"]);
}

#[test]
fn a_signature_serves_to_run_a_guest_on_json() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/ledger/guest");
    let guest = GuestBuilder::new(directory).build().unwrap_or_else(|error| panic!("{error}"));
    let signature = guest.signature.as_ref().unwrap();
    let settle = |amount: u64| {
        let transfer = json!({"from": "ada", "to": "bob", "amount": amount});
        let inputs = signature.encode(&json!({"accounts": {"ada": 100}, "transfers": [transfer]})).unwrap();
        let run = Run::of(&guest, &inputs.public, &inputs.private);
        signature.decode_output(&run.execution().output).unwrap()
    };
    assert_eq!(settle(60), json!({"Ok": {"ada": 40, "bob": 60}}));
    let error = json!({"InsufficientFunds": {"transfer": 0, "balance": 100, "amount": 101}});
    assert_eq!(settle(101), json!({ "Err": error }));
}
