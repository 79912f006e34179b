//! Settles transfers between accounts and shows the balances that result, or why there are none.
#![cfg_attr(target_arch = "riscv32", no_std, no_main)]

extern crate alloc;

use alloc::vec::Vec;
use ledger_guest::{Accounts, LedgerError, Transfer};

/// The accounts after the transfers.
#[zkvm::main]
fn settle(accounts: Accounts, transfers: Vec<Transfer>) -> Result<Accounts, LedgerError> {
    ledger_guest::settle(accounts, &transfers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guest_settles_as_the_library_does() {
        let accounts: Accounts = [("ada".into(), 3)].into();
        let transfers = [Transfer { from: "ada".into(), to: "bob".into(), amount: 2 }];
        let expected = ledger_guest::settle(accounts.clone(), &transfers);
        assert_eq!(settle(accounts, transfers.to_vec()), expected);
    }
}
