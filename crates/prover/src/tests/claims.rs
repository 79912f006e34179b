//! Every claim is passed on: a stage's values that the next stages did not prove could be chosen freely.
//!
//! The liar starts from a false statement, which leaves a debt in the stage, and pays it with one
//! value. The real verifier finds the lie later. A verifier that takes another value from the prover
//! instead of passing this one on accepts.

use super::liar::{Fix, Plan};
use super::setting::{Setting, sample, score};
use super::simulator::Script;
use super::wire::{Value, Weakness};
use rayon::prelude::*;
use zkvm_algebra::Fr;
use zkvm_pcs::InnerScheme;

#[test]
fn without_lies_the_proof_is_accepted() {
    for scheme in [InnerScheme::Clear, InnerScheme::InnerProduct] {
        let setting = Setting::new(scheme);
        let committed = setting.committed(&Script::default(), 0);
        let outcome = setting.lie(&committed, &Weakness::default(), &Plan::default());
        assert!(outcome.debts.values().all(|debt| *debt == Fr::from(0u64)), "{:?}", outcome.debts);
        assert!(setting.weak_accepts(&Weakness::default(), &outcome.tape));
        assert!(setting.accepts(&outcome.tape));
    }
}

#[test]
fn every_claim_is_passed_on() {
    let setting = Setting::new(InnerScheme::Clear);
    let honest = setting.committed(&Script::default(), 0);
    let stages = setting.lie(&honest, &Weakness::default(), &Plan::default()).values;
    let (mut needed, mut total) = (0, 0);
    for (stage, relations) in stages {
        let runs = setting.false_in(stage);
        let of = |(relation, count)| (0..count).map(move |index| Value { stage, relation, index });
        let values: Vec<Value> = relations.into_iter().enumerate().flat_map(of).collect();
        total += values.len();
        let values = sample(values, 4);
        values.par_iter().for_each(|value| {
            let mut fixes = Setting::carried(stage);
            fixes.push(Fix::one(*value));
            let plan = Plan { fixes, ..Plan::default() };
            let cut = Weakness { cut: Some(*value), ..Weakness::default() };
            let succeeds = runs.iter().any(|run| {
                let lie = setting.lie(run, &Weakness::default(), &plan);
                assert!(!setting.accepts(&lie.tape), "a lie in {value:?} is accepted");
                lie.solved && setting.weak_accepts(&cut, &setting.lie(run, &cut, &plan).tape)
            });
            assert!(succeeds, "{value:?} is not needed");
        });
        needed += values.len();
    }
    score("claims", needed, total);
}
