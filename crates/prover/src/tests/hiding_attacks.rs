//! Every message of a zero-knowledge proof is absorbed, and every challenge of its opening and of its
//! comparisons is one that the prover does not know: each lie here is believed by the verifier's code on a
//! channel with one weakness, and refused on the real one.

use super::absorption::attack_all;
use super::hiding_liar::{Payment, opposite};
use super::liar::{Fix, Message, Outcome, Plan};
use super::setting::Setting;
use super::simulator::Script;
use super::wire::Weakness;
use zkvm_algebra::Fr;
use zkvm_pcs::InnerScheme;
use zkvm_pcs::folded_rows::COLUMN_CHALLENGE;
use zkvm_pcs::hiding::MASK_CHALLENGE;
use zkvm_verifier::VerifyError;
use zkvm_verifier::hiding::{COMMITMENTS, COMPARISON, LINE};

#[test]
fn without_lies_a_zero_knowledge_proof_is_accepted() {
    for scheme in [InnerScheme::Clear, InnerScheme::InnerProduct] {
        let setting = Setting::hidden(scheme);
        let outcome = setting.lie(&setting.committed(&Script::default(), 0), &Weakness::default(), &Plan::default());
        assert!(outcome.debts.values().all(|debt| *debt == Fr::from(0u64)), "{:?}", outcome.debts);
        assert!(setting.weak_accepts(&Weakness::default(), &outcome.tape));
        assert!(setting.accepts(&outcome.tape));
    }
}

#[test]
fn every_message_of_a_zero_knowledge_proof_is_absorbed() {
    let of_argument = |message: &Message| matches!(message, Message::CrossTerms(_) | Message::LastEntry);
    let (_, last) = attack_all(&Setting::hidden(InnerScheme::InnerProduct), of_argument, 6);
    assert_eq!(last, [Message::LastEntry]);
    let setting = Setting::hidden(InnerScheme::Clear);
    let is_round = |message: &Message| matches!(message, Message::Round(..));
    attack_all(&setting, is_round, 24);
    let is_value = |message: &Message| matches!(message, Message::Values(..));
    attack_all(&setting, is_value, 5);
    let (attacked, redundant) = attack_all(&setting, |message| !is_round(message) && !is_value(message), 1);
    // The statement, rows, skip, and what is hidden alone.
    assert_eq!(attacked, 11 + 2 + 5);
    // What the folded row shows follows from what is hidden; blindings are no values, and come last.
    assert_eq!(redundant, [Message::Folded, Message::Vector, Message::Blindings]);
}

/// Whether a lie of `plan` in one of `runs` runs that are false in `stage` is believed with `weakness`. It must
/// be refused without.
fn is_believed(setting: &Setting, runs: usize, stage: &'static str, weakness: &Weakness, plan: &Plan) -> bool {
    let plan = Plan { fixes: [Setting::carried(stage), plan.fixes.clone()].concat(), ..plan.clone() };
    setting.false_in(stage).iter().take(runs).any(|run| {
        let refused = setting.lie(run, &Weakness::default(), &plan);
        assert!(!setting.accepts(&refused.tape), "{plan:?} is accepted");
        let Outcome { solved, tape, .. } = setting.lie(run, weakness, &plan);
        assert!(!setting.accepts(&tape), "{plan:?} is accepted");
        solved && setting.weak_accepts(weakness, &tape)
    })
}

#[test]
fn who_knows_a_challenge_of_the_opening_or_the_comparisons_lies_with_impunity() {
    let setting = Setting::hidden(InnerScheme::Clear);
    let hidden = |payment| Plan { hidden: Some(payment), ..Plan::default() };
    let known = Fr::from(0x5eed_u64);
    let columns = Fix { stage: "addresses", relation: 0, direction: opposite(known, [0, 1]) };
    let first_column = Fix { direction: vec![(0, Fr::from(1u64))], ..columns.clone() };
    let attacks = [
        // Two columns whose lies cancel.
        (COLUMN_CHALLENGE, "addresses", Plan { fixes: vec![columns], ..Plan::default() }),
        // A lie in the first column, which ρ does not weigh, and in the mask's value.
        (MASK_CHALLENGE, "opening", hidden(Payment::MaskValue)),
        // A lie in the first column that is wrong in both comparisons.
        (COMPARISON, "addresses", Plan { fixes: vec![first_column], ..hidden(Payment::Comparison) }),
        (LINE, "columns", hidden(Payment::Coefficients)),
        (COMMITMENTS, "columns", hidden(Payment::Values)),
    ];
    for (label, stage, plan) in attacks {
        let weakness = Weakness { fixed: Some((label, known)), ..Weakness::default() };
        assert!(is_believed(&setting, 16, stage, &weakness, &plan), "{label}");
        // What is won is won by that challenge.
        let other = if label == LINE { COMMITMENTS } else { LINE };
        let weakness = Weakness { fixed: Some((other, known)), ..Weakness::default() };
        assert!(!is_believed(&setting, 2, stage, &weakness, &plan), "{label}: {other} is enough");
    }
}

#[test]
fn the_mask_is_absorbed_with_the_rows() {
    let setting = Setting::hidden(InnerScheme::Clear);
    let honest = setting.lie(&setting.committed(&Script::default(), 0), &Weakness::default(), &Plan::default());
    let shortened = honest.messages.iter().position(|message| *message == Message::Rows);
    let weakness = Weakness { shortened, ..Weakness::default() };
    let lies = Plan { fixes: Setting::carried("opening"), ..Plan::default() };
    let believed = setting.false_in("opening").iter().any(|run| {
        // What the mask lacks is known when everything else is.
        let Outcome { mask, solved, .. } = setting.lie(run, &weakness, &lies);
        let plan = Plan { hidden: Some(Payment::Mask(mask)), ..lies.clone() };
        let lie = setting.lie(run, &weakness, &plan);
        assert!(!setting.accepts(&lie.tape));
        solved && setting.weak_accepts(&weakness, &lie.tape)
    });
    assert!(believed);
}

#[test]
fn every_comparison_is_made() {
    let setting = Setting::hidden(InnerScheme::Clear);
    // With χ = 0 the first comparison is the only one.
    let first_alone = Weakness { fixed: Some((COMPARISON, Fr::from(0u64))), ..Weakness::default() };
    for stage in ["constraints", "reads", "values", "columns", "addresses", "opening"] {
        // A lie that all other comparisons agree with.
        let plan = Plan { fixes: Setting::carried(stage), hidden: Some(Payment::Value), ..Plan::default() };
        let runs = setting.false_in(stage);
        let run = runs.iter().find(|run| setting.lie(run, &Weakness::default(), &plan).solved).expect("a lie");
        let outcome = setting.lie(run, &Weakness::default(), &plan);
        assert_eq!(setting.verdict(&outcome.tape), Err(VerifyError::Hidden), "{stage}");
        let believed = setting.weak_accepts(&first_alone, &setting.lie(run, &first_alone, &plan).tape);
        assert_eq!(believed, stage != "constraints", "{stage}");
    }
}
