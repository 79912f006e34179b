//! Traces: a small program, entry by entry.

mod support;

use support::{assemble, run_with};
use zkvm_abi::OUTPUT_ADDRESS;
use zkvm_emulator::testing::{A0, A1, A2, Asm, DATA, ZERO};
use zkvm_emulator::{Input, Limits, TouchedWord, Trace};

fn entry(trace: &Trace, at: usize) -> [u32; 7] {
    let t = trace;
    [t.rows[at], t.rs1[at], t.rs2[at], t.rd_old[at], t.rd_new[at], t.ram_old[at], t.ram_new[at]]
}

#[test]
fn every_row_is_recorded_with_what_it_reads_and_writes() {
    let mut asm = Asm::new();
    asm.lui(A1, DATA);
    asm.advice(A0);
    asm.lw(A2, A1, 0);
    asm.sb(A2, A1, 5);
    asm.add(ZERO, A2, A2);
    asm.exit();
    asm.data(DATA, &[1, 2, 3, 4, 5]);
    let program = assemble(&asm);
    let input = Input::new(vec![], vec![9; 7]).unwrap();
    let (execution, trace, _) = run_with(&program, &input, &Limits::default()).unwrap();

    let sp = OUTPUT_ADDRESS;
    let word = 0x0403_0201;
    let expected = [
        [0, 0, 0, 0, sp, 0, 0],
        [1, 0, 0, 0, 0, 0, 0],
        [2, 0, 0, 0, DATA, 0, 0],
        [3, 0, 0, 0, 7, 0, 0],
        [4, DATA, 0, 0, word, word, word],
        // The byte 1 in the upper bits, place 1.
        [5, DATA, word, 0, 1 << 2 | 1, 5, 5],
        [6, DATA, 1 << 2 | 1, 0, 0, 5, 0x105],
        [7, 0, 0, 0, 0, 0, 0],
        [8, 0, 0, 0, 93, 0, 0],
        [9, 93, 0, 0, 0, 0, 0],
        // The shared trap row is passed over.
        [11, 0, 7, 0, 0, 0, 7],
        [12, 0, 0, 1 << 2 | 1, 1, 0, 0],
        [13, 0, 1, 0, 0, 0, 1],
        [14, 0, 0, 0, 0, 0, 0],
    ];
    assert_eq!(trace.len(), expected.len());
    for (at, expected) in expected.into_iter().enumerate() {
        assert_eq!(entry(&trace, at), expected, "entry {at}");
    }
    let index = |addr: u32| (addr - program.layout().base) / 4;
    let touched = |addr, initial, last| TouchedWord { index: index(addr), initial, last };
    assert_eq!(
        trace.touched,
        [
            touched(OUTPUT_ADDRESS, 0, 1),
            touched(OUTPUT_ADDRESS + 4, 0, 7),
            touched(DATA, word, word),
            touched(DATA + 4, 5, 0x105),
        ]
    );
    assert_eq!((execution.exit_code, execution.output), (7, vec![]));
    assert_eq!(execution.statistics.cycles, expected.len() as u64);
    assert_eq!(execution.statistics.instructions, 7);
    assert_eq!(execution.statistics.mix["sb"], 1);
}
