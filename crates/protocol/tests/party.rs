//! A batch hands its relations to a party in their order, and each of them its own values back.

use zkvm_algebra::{Fr, Ring};
use zkvm_protocol::party::{Batch, Party, Takes};
use zkvm_protocol::relation::{Check, Point, Relation, Rounds, Stage, Support};
use zkvm_protocol::relations::spartan::Skip;
use zkvm_protocol::shape::Shape;
use zkvm_transcript::Channel;

/// A relation with as many witness polynomials as its number.
struct Numbered(usize);

impl Relation for Numbered {
    /// Its number and its values.
    type Claims = (usize, Vec<Fr>);

    fn name(&self) -> &'static str {
        "numbered"
    }
    fn rounds(&self) -> Rounds {
        Rounds::CYCLE
    }
    fn claim(&self) -> Fr {
        number(self.0)
    }
    fn public_support(&self) -> Vec<Support> {
        Vec::new()
    }
    fn witness_support(&self) -> Vec<Support> {
        vec![Support::CYCLE; self.0]
    }
    fn public(&self, _: &Point) -> Vec<Fr> {
        Vec::new()
    }
    fn summand<R: Ring>(&self, _: &[R], _: &[R]) -> R {
        R::zero()
    }
    fn claims(&self, witness: Vec<Fr>) -> (usize, Vec<Fr>) {
        (self.0, witness)
    }
}

fn number(number: usize) -> Fr {
    Fr::from(number as u64)
}

fn stage() -> Stage {
    Stage { name: "stage", index: 3, cycle: 4 }
}

/// Gives the numbers of the relations as their parts, and values for the first `answers` of them.
struct Observer {
    answers: usize,
}

impl Channel for Observer {
    fn absorb(&mut self, _: &'static str, _: &[u8]) {}
    fn challenge(&mut self, _: &'static str) -> Fr {
        number(0)
    }
}

impl Party for Observer {
    type Error = &'static str;
    type Part = usize;

    fn commit(&mut self, _: &Shape) -> Result<(), &'static str> {
        Err("not asked to commit")
    }
    fn skip(&mut self, _: &Skip) -> Result<Vec<Fr>, &'static str> {
        Err("not asked to skip")
    }
    fn sumcheck(
        &mut self,
        of: &Stage,
        relations: &[&dyn Check],
        parts: Vec<usize>,
    ) -> Result<(Point, Vec<Vec<Fr>>), &'static str> {
        assert_eq!(*of, stage());
        let numbers: Vec<usize> = relations.iter().map(|relation| relation.witnesses()).collect();
        assert_eq!(parts, numbers);
        let values = numbers.iter().take(self.answers).map(|n| vec![number(*n); *n]).collect();
        match self.answers {
            0 => Err("no answer"),
            _ => Ok((Point { index: vec![number(8)], cycle: vec![number(9)] }, values)),
        }
    }
    fn open(&mut self, _: &Shape, _: &[Fr], _: &[Fr]) -> Result<(), &'static str> {
        Err("not asked to open")
    }
}

impl Takes<Numbered> for Observer {
    fn part(&mut self, relation: &Numbered) -> usize {
        relation.0
    }
}

#[test]
fn every_relation_of_a_batch_gets_its_own_values() {
    let batch = (Numbered(3), Numbered(1), Numbered(4), Numbered(2), Numbered(5));
    let (point, claims) = batch.run(&mut Observer { answers: 5 }, &stage()).expect("values");
    assert_eq!(point, Point { index: vec![number(8)], cycle: vec![number(9)] });
    let of = |n: usize| (n, vec![number(n); n]);
    assert_eq!(claims, (of(3), of(1), of(4), of(2), of(5)));
    let (_, claims) = (Numbered(2), Numbered(1)).run(&mut Observer { answers: 2 }, &stage()).expect("values");
    assert_eq!(claims, (of(2), of(1)));
    let (_, claims) = (Numbered(7),).run(&mut Observer { answers: 1 }, &stage()).expect("values");
    assert_eq!(claims, (of(7),));
}

#[test]
fn a_relation_without_an_answer_gets_no_values() {
    let (_, claims) = (Numbered(2), Numbered(1)).run(&mut Observer { answers: 1 }, &stage()).expect("values");
    assert_eq!(claims, ((2, vec![number(2); 2]), (1, Vec::new())));
}

#[test]
fn an_error_ends_the_batch() {
    let outcome = (Numbered(2), Numbered(1)).run(&mut Observer { answers: 0 }, &stage());
    assert_eq!(outcome, Err("no answer"));
}
