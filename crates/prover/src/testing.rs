//! Small traced programs for the tests of kernels.

use crate::witness::Witness;
use ark_ff::UniformRand;
use rand::{SeedableRng, rngs::StdRng};
use zkvm_algebra::Fr;
use zkvm_emulator::testing::{A0, A1, A2, A3, A4, A5, A7, Asm, DATA, SP, T0, T1, T2, ZERO};
use zkvm_emulator::{Console, Elf, Execution, Input, Limits, Trace, trace};
use zkvm_isa::program::{MemoryConfig, Program};
use zkvm_pcs::InnerScheme;
use zkvm_protocol::Shape;
use zkvm_protocol::statement::PublicIo;
use zkvm_verifier::{Key, statement};

/// A traced run of a small program.
pub struct Run {
    /// The program's key.
    pub key: Key,
    /// Its public values.
    pub io: PublicIo,
    /// Its trace.
    pub trace: Trace,
}

/// Every kind of row in a few loops: arithmetic, shifts, division, loads and stores of all widths,
/// branches, calls, advice; reads the public input and writes an output.
pub fn mixed(rounds: u32) -> Asm {
    let mut asm = Asm::new();
    asm.data(DATA, &(0..64u8).map(|i| i.wrapping_mul(37)).collect::<Vec<_>>());
    asm.li(A5, rounds);
    asm.li(A4, DATA);
    asm.li(A0, 0x8765_4321);
    let start = asm.here();
    asm.lw(A1, A4, 4);
    asm.add(A0, A0, A1);
    asm.sra(A2, A0, A5);
    asm.mulh(A3, A0, A2);
    asm.sh(A3, A4, 6);
    asm.sb(A0, A4, 3);
    asm.lbu(T0, A4, 7);
    asm.lh(T1, A4, 2);
    asm.ori(T0, T0, 1);
    asm.div(T2, A0, T0);
    asm.remu(A1, A0, T0);
    asm.sltu(A1, T2, T1);
    asm.sw(T2, A4, 4);
    asm.xor(A0, A0, T2);
    asm.sw(A0, SP, -4);
    asm.mul(A0, A0, A2);
    asm.advice(T0);
    asm.add(A0, A0, T0);
    asm.addi(A5, A5, -1);
    asm.bne(A5, ZERO, start);
    asm.li(A0, 0);
    asm.exit();
    let _ = A7;
    asm
}

/// Runs an assembled program.
pub fn run(asm: &Asm, public: &[u8], private: &[u8]) -> Run {
    let elf = asm.elf().write();
    let image = Elf::parse(&elf).expect("the assembler writes valid files").image;
    let program = Program::new(image, MemoryConfig::default()).expect("the program fits");
    let input = Input::new(public.to_vec(), private.to_vec()).expect("the input fits");
    let traced = trace(&program, &input, &Limits::default(), &mut Console::default());
    let (Execution { exit_code, output, .. }, trace) = traced.expect("the program exits");
    let io = PublicIo { input: public.to_vec(), exit_code, output };
    Run { key: Key::new(program), io, trace }
}

/// The run of [`mixed`] that the kernels' tests use.
pub fn mixed_run(rounds: u32) -> Run {
    run(&mixed(rounds), b"public", &[7; 64])
}

/// Pseudo-random coordinates.
pub fn random_point(seed: u64, coordinates: usize) -> Vec<Fr> {
    let rng = &mut StdRng::seed_from_u64(seed);
    (0..coordinates).map(|_| Fr::rand(rng)).collect()
}

impl Run {
    /// The smallest shape of the run with chunks of κ bits.
    pub fn shape(&self, log_k: usize) -> Shape {
        let program = self.key.program();
        Shape {
            log_t: self.trace.rows.len().next_power_of_two().ilog2() as usize,
            log_k,
            log_bytecode: program.log_rows(),
            log_ram: program.layout().min_log_words as usize,
            log_row: log_k.max(6),
        }
    }

    /// Its witness, for a proof in the clear.
    pub fn witness(&self, shape: Shape) -> Witness<'_> {
        let statement =
            statement(&self.key, &self.io, shape, InnerScheme::Clear, false).expect("the sizes are in bounds");
        Witness::new(statement, self.trace.clone())
    }

    /// Its witness, for a zero-knowledge proof.
    pub fn hidden_witness(&self, shape: Shape) -> Witness<'_> {
        let statement =
            statement(&self.key, &self.io, shape, InnerScheme::Clear, true).expect("the sizes are in bounds");
        Witness::new(statement, self.trace.clone())
    }
}

/// Commits by definition, and opens in the clear.
pub struct ClearCommitment {
    basis: std::sync::Arc<zkvm_pcs::Basis>,
}

pub use clear::rows;

mod clear {
    use super::ClearCommitment;
    use crate::party::Commitment;
    use crate::witness::Witness;
    use std::sync::Arc;
    use zkvm_algebra::{AdditiveGroup, Fr, G1Affine};
    use zkvm_pcs::Basis;
    use zkvm_pcs::kernel::Scalar;
    use zkvm_pcs::msm::msm;
    use zkvm_protocol::shape::Column;
    use zkvm_transcript::{TapeWriter, Writer};

    impl ClearCommitment {
        pub fn new(log_row: usize) -> Self {
            ClearCommitment { basis: Arc::new(Basis::new(log_row as u32).expect("a supported size")) }
        }

        pub fn basis(&self) -> &Basis {
            &self.basis
        }
    }

    /// All values of a column, position cycle·2^κ + k.
    fn values(witness: &Witness, column: Column) -> Vec<Fr> {
        let size = 1 << witness.statement.shape.log_k;
        let mut values = vec![Fr::ZERO; witness.steps() * size];
        for t in 0..witness.steps() {
            match column {
                Column::Dense(i) => {
                    for (k, value) in witness.dense(t).into_iter().skip(i * size).take(size).enumerate() {
                        values[t * size + k] = Fr::from(value);
                    }
                }
                _ => {
                    for (k, weight) in witness.entries(column, t) {
                        values[t * size + usize::from(k)] += weight;
                    }
                }
            }
        }
        values
    }

    /// The rows of all columns, in the order of the commitment.
    pub fn rows(witness: &Witness) -> Vec<Vec<Fr>> {
        let length = 1 << witness.statement.shape.log_row;
        let columns = witness.statement.shape.columns();
        columns
            .iter()
            .flat_map(|c| values(witness, *c).chunks(length).map(<[Fr]>::to_vec).collect::<Vec<_>>())
            .collect()
    }

    impl Commitment for ClearCommitment {
        type Error = std::convert::Infallible;

        fn basis(&self) -> Arc<Basis> {
            self.basis.clone()
        }

        fn commit(&mut self, witness: &Witness) -> Result<Vec<G1Affine>, Self::Error> {
            Ok(rows(witness).iter().map(|row| msm(Scalar, &self.basis.points()[..row.len()], row).into()).collect())
        }

        fn fold(&self, witness: &Witness, weights: &[Fr]) -> Result<Vec<Fr>, Self::Error> {
            let mut folded = vec![Fr::ZERO; 1 << witness.statement.shape.log_row];
            for (row, weight) in rows(witness).iter().zip(weights) {
                folded.iter_mut().zip(row).for_each(|(u, value)| *u += *weight * value);
            }
            Ok(folded)
        }

        fn prove(&self, u: Vec<Fr>, _: &[Fr], tape: &mut TapeWriter) -> Result<(), Self::Error> {
            tape.write_scalars(zkvm_pcs::clear::VECTOR, &u);
            Ok(())
        }
    }
}
