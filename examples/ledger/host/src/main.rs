//! Proves that transfers lead from one set of balances to another:
//! `cargo run --release -p ledger`.

use std::error::Error;
use std::time::Instant;

use ledger_guest::{Accounts, LedgerError, Transfer};
use zkvm_host::Host;

zkvm_host::program!(ledger);

fn transfer(from: &str, to: &str, amount: u64) -> Transfer {
    Transfer { from: from.into(), to: to.into(), amount }
}

fn main() -> Result<(), Box<dyn Error>> {
    let accounts: Accounts = [("ada", 100), ("bob", 20), ("cyd", 5)].map(|(name, sum)| (name.into(), sum)).into();
    let transfers = vec![transfer("ada", "bob", 30), transfer("bob", "cyd", 45), transfer("cyd", "dan", 50)];
    let host = Host::new(ledger::program()?);

    let run = host.execute((accounts.clone(), transfers.clone()))?;
    println!("balances: {:?}; {} cycles", run.output, run.statistics.cycles);

    let start = Instant::now();
    let proof = host.prove((accounts.clone(), transfers.clone())).run()?;
    println!("proven in {:.2?}: a proof of {} bytes", start.elapsed(), proof.to_bytes().len());

    let start = Instant::now();
    let settled = host.verifier().verify((accounts.clone(), transfers), &proof)?;
    println!("verified in {:.2?}: {settled:?}", start.elapsed());

    // A refusal is a result like any other, and can be proven too.
    let too_much = vec![transfer("bob", "ada", 21)];
    let proof = host.prove((accounts.clone(), too_much.clone())).run()?;
    match host.verifier().verify((accounts, too_much), &proof)? {
        Err(LedgerError::InsufficientFunds { .. }) => println!("refused, with a proof: bob has less than 21"),
        other => return Err(format!("unexpected: {other:?}").into()),
    }
    Ok(())
}
