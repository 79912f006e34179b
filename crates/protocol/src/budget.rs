//! The soundness budget: the error of the interactive protocol, summed by a party that runs the
//! script and counts.
//!
//! Challenges are uniform in a set of 2^125 elements, so by Schwartz-Zippel a challenge at which two
//! different polynomials of degree d could agree costs d units of 2^-125.

use crate::party::{Party, Takes};
use crate::relation::{Check, Point, Relation, Stage};
use crate::relations::spartan::Skip;
use crate::shape::Shape;
use crate::statement::Statement;
use alloc::vec;
use alloc::vec::Vec;
use core::convert::Infallible;
use zkvm_algebra::{AdditiveGroup, Fr};
use zkvm_transcript::{CHALLENGE_BITS, Channel};

/// Where the error comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The stage or challenge.
    pub name: &'static str,
    /// Its error in units of 2^-125.
    pub units: usize,
}

/// Degree of Z_D·Q and of A·B - C in the variable of the univariate skip.
const SKIP_DEGREE: usize = 20;
/// More than the claims in any batch by powers of one challenge.
const LARGEST_BATCH: usize = 256;
/// A round of the inner-product argument has cross terms of degree 2 after clearing denominators;
/// two further units for its value base and the fold of a zero vector.
const INNER_ROUND: usize = 4;

/// What a zero-knowledge proof compares at the end: five stages and the opening.
const COMPARISONS: usize = 6;

/// The error of every part for the sizes of `statement`.
pub fn entries(statement: &Statement) -> Vec<Entry> {
    audit(statement).entries
}

fn audit(statement: &Statement) -> Auditor {
    let mut auditor = Auditor::default();
    match crate::script::run(&mut auditor, statement) {
        Ok(()) => {}
        Err(never) => match never {},
    }
    // Of a zero-knowledge proof: powers of χ for the comparisons, ζ, x as a point of the line, powers of ω
    // for the messages, to which it adds the mask's value and the masks.
    let units = [COMPARISONS, 1, auditor.degree, auditor.messages.saturating_add(2)];
    auditor.add("zero knowledge", units.into_iter().fold(0, usize::saturating_add));
    auditor
}

/// Bits of soundness of one run of the interactive protocol: 125 - log2(units), rounded down.
pub fn bits(entries: &[Entry]) -> u32 {
    let units: usize = entries.iter().map(|entry| entry.units).sum();
    CHALLENGE_BITS.saturating_sub(units.next_power_of_two().ilog2())
}

/// Counts; its challenges and messages are zero.
#[derive(Default)]
pub(crate) struct Auditor {
    entries: Vec<Entry>,
    /// What the statement absorbs, before the first challenge.
    absorbed: Vec<(&'static str, Vec<u8>)>,
    /// Messages of scalars, and the highest degree of a summand in them.
    messages: usize,
    degree: usize,
}

impl Auditor {
    fn add(&mut self, name: &'static str, units: usize) {
        self.entries.push(Entry { name, units });
    }
}

impl Channel for Auditor {
    fn absorb(&mut self, label: &'static str, bytes: &[u8]) {
        self.absorbed.push((label, bytes.to_vec()));
    }

    fn challenge(&mut self, label: &'static str) -> Fr {
        let units = match label {
            "γ" => LARGEST_BATCH,
            "y" => SKIP_DEGREE,
            // A coordinate of a random point.
            _ => 1,
        };
        self.add(label, units);
        Fr::ZERO
    }
}

impl Party for Auditor {
    type Error = Infallible;
    type Part = ();

    fn commit(&mut self, _: &Shape) -> Result<(), Infallible> {
        Ok(())
    }

    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, Infallible> {
        self.messages = self.messages.saturating_add(1);
        Ok(vec![Fr::ZERO; Skip::COEFFICIENTS])
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Point, Vec<Vec<Fr>>), Infallible> {
        let rounds = stage.index.saturating_add(stage.cycle);
        self.messages = self.messages.saturating_add(rounds).saturating_add(relations.len());
        self.degree = relations.iter().map(|relation| relation.witness_degree()).fold(self.degree, usize::max);
        let degree = |round| {
            let own = |relation: &&dyn Check| Some(relation.degree(relation.rounds().variable(stage, round)?));
            relations.iter().filter_map(own).max().unwrap_or(1)
        };
        // The coefficients α are independent: one unit for all. The final point is used once more, as
        // the random point of at most three weights or of booleanity: one unit each per coordinate.
        let reused = rounds.saturating_mul(3);
        self.add(stage.name, (0..rounds).map(degree).sum::<usize>().saturating_add(1).saturating_add(reused));
        let point = Point { index: vec![Fr::ZERO; stage.index], cycle: vec![Fr::ZERO; stage.cycle] };
        Ok((point, relations.iter().map(|relation| vec![Fr::ZERO; relation.witnesses()]).collect()))
    }

    fn open(&mut self, shape: &Shape, _: &[Fr], claims: &[Fr]) -> Result<(), Infallible> {
        self.add("opening", shape.log_row.saturating_mul(INNER_ROUND).saturating_add(claims.len()));
        Ok(())
    }
}

impl<R: Relation> Takes<R> for Auditor {
    fn part(&mut self, _: &R) {}
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::shape::{DENSE, OFFSET_BITS};
    use crate::statement::PublicIo;
    use zkvm_isa::program::{Image, MemoryConfig, Program, Segment};

    pub(crate) fn program() -> Program {
        let text = 0x73u32.to_le_bytes().to_vec();
        let segment = Segment { addr: zkvm_abi::IMAGE_BASE, bytes: text, mem_size: 4, executable: true };
        let image = Image { entry: zkvm_abi::IMAGE_BASE, segments: vec![segment] };
        Program::new(image, MemoryConfig::default()).unwrap()
    }

    fn shape(log_k: usize) -> Shape {
        Shape { log_t: 28, log_k, log_bytecode: 24, log_ram: 28, log_row: 20 }
    }

    #[test]
    fn the_largest_instances_keep_more_than_the_promised_100_bits() {
        let (program, io) = (program(), PublicIo::default());
        for log_k in [1, 2, 4, 8] {
            let statement =
                Statement { program: &program, digest: [0; 32], io: &io, shape: shape(log_k), scheme: [0; 32] };
            let entries = entries(&statement);
            assert!(bits(&entries) >= 110, "κ = {log_k}: {} bits {entries:?}", bits(&entries));
        }
    }

    #[test]
    fn no_batch_has_more_claims_than_the_budget_counts() {
        let (program, io) = (program(), PublicIo::default());
        for log_k in [1, 2, 4, 8] {
            let shape = shape(log_k);
            let tails = OFFSET_BITS.div_ceil(log_k);
            // Stage 5: every one-hot column twice, the RAM tail once more, the dense sub-columns.
            assert!(2 * shape.one_hot_columns() + tails + DENSE <= LARGEST_BATCH);
            let statement = Statement { program: &program, digest: [0; 32], io: &io, shape, scheme: [0; 32] };
            assert!(audit(&statement).entries.iter().any(|entry| entry.units == LARGEST_BATCH));
        }
    }

    #[test]
    fn the_degree_in_the_messages_is_that_of_the_documented_formula() {
        let (program, io) = (program(), PublicIo::default());
        for (log_k, log_bytecode, log_ram) in
            [(1, 24, 28), (1, 9, 14), (2, 24, 17), (4, 9, 17), (4, 24, 28), (8, 24, 28)]
        {
            let shape = Shape { log_bytecode, log_ram, ..shape(log_k) };
            let statement = Statement { program: &program, digest: [0; 32], io: &io, shape, scheme: [0; 32] };
            let chunks = [16, log_bytecode, log_ram + 2].map(|bits: usize| bits.div_ceil(log_k));
            assert_eq!(audit(&statement).degree, chunks.into_iter().fold(5, usize::max), "κ = {log_k}");
        }
    }

    #[test]
    fn every_part_of_the_statement_is_absorbed_before_the_first_challenge() {
        let (program, io) = (program(), PublicIo { input: vec![1, 2], exit_code: 3, output: vec![4] });
        let base = Statement { program: &program, digest: [5; 32], io: &io, shape: shape(4), scheme: [6; 32] };
        let absorbed = |statement: &Statement| audit(statement).absorbed;
        let labels: Vec<&str> = absorbed(&base).iter().map(|(label, _)| *label).collect();
        let expected = ["version", "program", "t", "κ", "b", "m", "c", "scheme", "input", "exit code", "output"];
        assert_eq!(labels, expected);
        let ios = [
            PublicIo { input: vec![1], ..io.clone() },
            PublicIo { exit_code: 0, ..io.clone() },
            PublicIo { output: vec![4, 0], ..io.clone() },
        ];
        let mut others: Vec<Statement> = ios.iter().map(|io| Statement { io, ..base }).collect();
        others.push(Statement { digest: [7; 32], ..base });
        others.push(Statement { scheme: [7; 32], ..base });
        for size in 0..5 {
            let mut shape = base.shape;
            let Shape { log_t, log_k, log_bytecode, log_ram, log_row } = &mut shape;
            *[log_t, log_k, log_bytecode, log_ram, log_row][size] -= 1;
            others.push(Statement { shape, ..base });
        }
        for other in &others {
            assert_ne!(absorbed(other), absorbed(&base), "{other:?}");
        }
    }
}
