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
const LARGEST_BATCH: usize = 128;
/// A round of the inner-product argument has cross terms of degree 2 after clearing denominators;
/// two further units for its value base and the fold of a zero vector.
const INNER_ROUND: usize = 4;

/// The error of every part for the sizes of `statement`.
pub fn entries(statement: &Statement) -> Vec<Entry> {
    let mut auditor = Auditor { entries: Vec::new() };
    match crate::script::run(&mut auditor, statement) {
        Ok(()) => auditor.entries,
        Err(never) => match never {},
    }
}

/// Bits of soundness of one run of the interactive protocol: 125 - log2(units), rounded down.
pub fn bits(entries: &[Entry]) -> u32 {
    let units: usize = entries.iter().map(|entry| entry.units).sum();
    CHALLENGE_BITS.saturating_sub(units.next_power_of_two().ilog2())
}

/// Counts; its challenges and messages are zero.
struct Auditor {
    entries: Vec<Entry>,
}

impl Auditor {
    fn add(&mut self, name: &'static str, units: usize) {
        self.entries.push(Entry { name, units });
    }
}

impl Channel for Auditor {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}

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
        Ok(vec![Fr::ZERO; Skip::COEFFICIENTS])
    }

    fn sumcheck(
        &mut self,
        stage: &Stage,
        relations: &[&dyn Check],
        _: Vec<()>,
    ) -> Result<(Point, Vec<Vec<Fr>>), Infallible> {
        let rounds = stage.index.saturating_add(stage.cycle);
        let degree = |round| {
            let own = |relation: &&dyn Check| Some(relation.degree(relation.rounds().variable(stage, round)?));
            relations.iter().filter_map(own).max().unwrap_or(1)
        };
        // The coefficients α are independent: one unit for all. The final point is used once more, as
        // the random point of weights and booleanity: one unit for each coordinate.
        self.add(stage.name, (0..rounds).map(degree).sum::<usize>().saturating_add(1).saturating_add(rounds));
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
mod tests {
    use super::*;
    use crate::statement::PublicIo;
    use zkvm_isa::program::{Image, MemoryConfig, Program, Segment};

    #[test]
    fn the_largest_instances_keep_more_than_the_promised_100_bits() {
        let text = 0x73u32.to_le_bytes().to_vec();
        let segment = Segment { addr: zkvm_abi::IMAGE_BASE, bytes: text, mem_size: 4, executable: true };
        let image = Image { entry: zkvm_abi::IMAGE_BASE, segments: vec![segment] };
        let program = Program::new(image, MemoryConfig::default()).unwrap();
        let io = PublicIo::default();
        for log_k in [1, 2, 4, 8, 16] {
            let shape = Shape { log_t: 28, log_k, log_bytecode: 24, log_ram: 28, log_row: 20 };
            let statement = Statement { program: &program, digest: [0; 32], io: &io, shape, scheme: [0; 32] };
            let entries = entries(&statement);
            assert!(bits(&entries) >= 110, "κ = {log_k}: {} bits {entries:?}", bits(&entries));
        }
    }
}
