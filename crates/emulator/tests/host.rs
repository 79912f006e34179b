//! Input, output, host calls and what is counted.

mod support;

use rand::{Rng, SeedableRng, rngs::StdRng};
use support::{assemble, load, run, run_with};
use zkvm_abi::{INPUT_ADDRESS, MAX_INPUT_BYTES, OUTPUT_ADDRESS, PANIC_EXIT_CODE, ecall, output};
use zkvm_emulator::testing::{A0, A1, A2, A3, A7, Asm, DATA, SP, T0, TEXT, ZERO};
use zkvm_emulator::{Console, Elf, Host, Input, InputError, Limits, Span, Stream, Symbols, execute, trace};
use zkvm_isa::program::{MemoryConfig, Program};

fn call(asm: &mut Asm, number: u32, arguments: &[u32]) {
    asm.li(A7, number);
    for (register, &argument) in (A0..).zip(arguments) {
        asm.li(register, argument);
    }
    asm.ecall();
}

fn exit(asm: &mut Asm, code: u32) {
    asm.li(A0, code);
    asm.exit();
}

#[test]
fn public_input_lies_in_memory_and_private_input_is_read_word_by_word() {
    let mut asm = Asm::new();
    asm.li(A1, INPUT_ADDRESS);
    asm.li(A2, OUTPUT_ADDRESS);
    asm.lw(T0, A1, 0);
    asm.sw(T0, A2, 4 * output::DATA as i32);
    asm.lw(T0, A1, 4);
    asm.sw(T0, A2, 4 * output::DATA as i32 + 4);
    for word in 2..5 {
        asm.advice(T0);
        asm.sw(T0, A2, 4 * (output::DATA as i32 + word));
    }
    asm.li(T0, 20);
    asm.sw(T0, A2, 4 * output::LENGTH as i32);
    exit(&mut asm, 0);
    let input = Input::new(vec![1, 2, 3], vec![4, 5, 6, 7, 8]).unwrap();
    let (execution, ..) = run_with(&assemble(&asm), &input, &Limits::default()).unwrap();
    let expected = [3, 0, 0, 0, 1, 2, 3, 0, 5, 0, 0, 0, 4, 5, 6, 7, 8, 0, 0, 0];
    assert_eq!(execution.output, expected);
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    assert!(Input::new(vec![0; MAX_INPUT_BYTES], vec![]).is_ok());
    let len = MAX_INPUT_BYTES + 1;
    assert_eq!(Input::new(vec![0; len], vec![]), Err(InputError::PublicTooLong { len }));
}

#[test]
fn the_largest_public_input_ends_where_the_image_begins() {
    let mut asm = Asm::new();
    asm.li(A1, TEXT);
    asm.lw(A0, A1, -4);
    asm.exit();
    let input = Input::new(vec![7; MAX_INPUT_BYTES], vec![]).unwrap();
    let (execution, ..) = run_with(&assemble(&asm), &input, &Limits::default()).unwrap();
    assert_eq!(execution.exit_code, 0x0707_0707);
}

#[test]
fn registers_start_at_zero_but_the_stack_pointer() {
    for register in 1..32 {
        let mut asm = Asm::new();
        asm.mv(A0, register);
        asm.exit();
        let expected = if register == SP { OUTPUT_ADDRESS } else { 0 };
        assert_eq!(run(&asm).unwrap().0.exit_code, expected);
    }
}

#[test]
fn writes_reach_the_console() {
    let mut asm = Asm::new();
    asm.data(DATA, b"hello, world\n");
    call(&mut asm, ecall::WRITE, &[1, DATA, 7]);
    call(&mut asm, ecall::WRITE, &[2, DATA + 5, 2]);
    call(&mut asm, ecall::WRITE, &[1, DATA + 7, 6]);
    call(&mut asm, ecall::WRITE, &[3, DATA, 6]);
    exit(&mut asm, 0);
    let console = run(&asm).unwrap().2;
    assert_eq!((console.stdout.as_slice(), console.stderr.as_slice()), (&b"hello, world\n"[..], &b", "[..]));
    assert!(!console.truncated);

    let program = assemble(&asm);
    let mut order = Vec::new();
    let mut host = |stream, bytes: &[u8]| order.push((stream, bytes.len()));
    execute(&program, &Input::default(), &Limits::default(), &mut host).unwrap();
    assert_eq!(order, [(Stream::Stdout, 7), (Stream::Stderr, 2), (Stream::Stdout, 6)]);

    let mut console = Console::with_limit(9);
    trace(&program, &Input::default(), &Limits::default(), &mut console).unwrap();
    assert_eq!(console.stdout, b"hello, wo");
    assert!(console.truncated);
    console.write(Stream::Stderr, b"1234567");
    assert_eq!(console.stderr, b", 1234567");
}

#[test]
fn calls_that_point_outside_memory_do_nothing() {
    let mut asm = Asm::new();
    for addr in [0, 1, OUTPUT_ADDRESS - (1 << 20) - 1, 0x7fff_ffff, u32::MAX] {
        for len in [0, 1, 0x7fff_ffff, u32::MAX] {
            call(&mut asm, ecall::WRITE, &[1, addr, len]);
            call(&mut asm, ecall::PANIC, &[addr, len]);
            call(&mut asm, ecall::CYCLES_BEGIN, &[addr, len]);
            call(&mut asm, ecall::CYCLES_END, &[addr, len]);
        }
    }
    call(&mut asm, ecall::WRITE, &[1, DATA, u32::MAX]);
    exit(&mut asm, 0);
    let (execution, _, console) = run(&asm).unwrap();
    assert_eq!(console, Console::default());
    assert_eq!((execution.statistics.panic, execution.statistics.spans), (None, vec![]));
}

#[test]
fn panics_carry_their_message() {
    let mut asm = Asm::new();
    asm.data(DATA, "zu groß\u{fffd}".as_bytes());
    call(&mut asm, ecall::PANIC, &[DATA, 11]);
    exit(&mut asm, PANIC_EXIT_CODE);
    let (execution, ..) = run(&asm).unwrap();
    assert_eq!(execution.exit_code, 101);
    assert_eq!(execution.statistics.panic.as_deref(), Some("zu groß\u{fffd}"));
}

#[test]
fn spans_count_the_cycles_between_their_markers() {
    let mut asm = Asm::new();
    asm.data(DATA, b"outerinner");
    let marker = |asm: &mut Asm, number, at, len| call(asm, number, &[DATA + at, len]);
    marker(&mut asm, ecall::CYCLES_BEGIN, 0, 5);
    asm.li(A3, 3);
    let top = asm.here();
    marker(&mut asm, ecall::CYCLES_BEGIN, 5, 5);
    asm.fence();
    marker(&mut asm, ecall::CYCLES_END, 5, 5);
    asm.addi(A3, A3, -1);
    asm.bne(A3, ZERO, top);
    marker(&mut asm, ecall::CYCLES_END, 0, 5);
    marker(&mut asm, ecall::CYCLES_END, 0, 5);
    marker(&mut asm, ecall::CYCLES_BEGIN, 0, 5);
    exit(&mut asm, 0);
    let spans = run(&asm).unwrap().0.statistics.spans;
    // From call to call: the call itself, the fence, and 5 or 6 rows that prepare the next call.
    let inner = spans.iter().find(|span| span.name == "inner").unwrap();
    assert_eq!(inner.times, 3);
    assert_eq!(inner.cycles % 3, 0);
    let outer = Span { name: "outer".into(), times: 1, cycles: spans[0].cycles };
    assert_eq!(spans[0], outer);
    assert!(outer.cycles > inner.cycles);
}

#[test]
fn the_profile_adds_up() {
    let mut asm = Asm::new();
    asm.symbol("_start");
    asm.li(A1, 10);
    let (top, function) = (asm.here(), asm.label());
    asm.jal(1, function);
    asm.addi(A1, A1, -1);
    asm.bne(A1, ZERO, top);
    exit(&mut asm, 0);
    asm.place(function);
    asm.symbol("_ZN5guest4work17h0123456789abcdefE");
    asm.sll(A2, A1, A1);
    asm.jalr(ZERO, 1, 0);
    let statistics = run(&asm).unwrap().0.statistics;
    assert_eq!(statistics.mix["sll"], 10);
    assert_eq!(statistics.mix.values().sum::<u64>(), statistics.instructions);
    let profiled: u64 = statistics.profile.iter().map(|count| count.cycles).sum();
    // Two rows of the prologue, three that exit, and halt.
    assert_eq!(profiled + 6, statistics.cycles);
    let file = asm.elf().write();
    let symbols = Elf::parse(&file).unwrap().symbols;
    assert_eq!(statistics.by_function(&symbols), [("_start".into(), 34), ("guest::work".into(), 30)]);
    assert_eq!(statistics.by_function(&Symbols::default()), [("?".into(), 64)]);
}

#[test]
fn memory_in_use_grows_with_stack_and_heap() {
    let peak = |touch: u32| {
        let mut asm = Asm::new();
        asm.li(A1, touch);
        asm.lb(A0, A1, 0);
        asm.exit();
        run(&asm).unwrap().0.statistics
    };
    let none = peak(TEXT);
    assert!(none.memory.0 <= OUTPUT_ADDRESS && none.memory.1 > TEXT);
    let stack = peak(OUTPUT_ADDRESS - 10_000);
    assert_eq!(stack.memory.1, none.memory.1);
    assert_eq!(stack.memory.0, (OUTPUT_ADDRESS - 10_000) & !4095);
    let heap = peak(TEXT + 50_000_000);
    assert_eq!(heap.memory.0, none.memory.0);
    assert!((0..=4096).contains(&(heap.memory.1 - (TEXT + 50_000_000))));
    assert_eq!(none.peak_memory, 4096);
    assert_eq!(stack.peak_memory, 4096 + 3 * 4096);
    assert!((50_000_000..50_010_000).contains(&heap.peak_memory));
}

#[test]
fn damaged_programs_never_panic() {
    let mut asm = Asm::new();
    asm.li(A1, 1000);
    asm.li(A2, DATA);
    let top = asm.here();
    asm.sb(A1, A2, 1);
    asm.lhu(A0, A2, 2);
    asm.divu(A0, A0, A1);
    asm.addi(A1, A1, -1);
    asm.bne(A1, ZERO, top);
    exit(&mut asm, 0);
    asm.data(DATA, &[1; 64]);
    let file = asm.elf().write();
    let mut rng = StdRng::seed_from_u64(3);
    let (mut loaded, mut exited) = (0, 0);
    for _ in 0..1500 {
        let mut mutated = file.clone();
        for _ in 0..rng.gen_range(1..4) {
            let at = rng.gen_range(16..220);
            mutated[at] = rng.gen_range(0..=255);
        }
        let Ok(elf) = Elf::parse(&mutated) else { continue };
        let Ok(program) = Program::new(elf.image, MemoryConfig::default()) else { continue };
        loaded += 1;
        exited += u32::from(run_with(&program, &Input::default(), &Limits { max_cycles: 300 }).is_ok());
    }
    assert!(loaded > 200, "{loaded} loaded, {exited} exited");
}

#[test]
fn a_program_of_the_loader_runs_from_any_entry() {
    let mut elf = Asm::new_exit().elf();
    elf.entry += 4;
    let result = run_with(&load(&elf), &Input::default(), &Limits::default());
    // Without the number of the exit call the program runs past its end.
    assert_eq!(result.unwrap_err().trap.name(), "instruction-access-fault");
}
