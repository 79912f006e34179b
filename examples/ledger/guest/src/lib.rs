//! A ledger of accounts: transfers are checked, and all of them happen or none.
#![cfg_attr(target_arch = "riscv32", no_std)]

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

/// Balances by name of the account.
pub type Accounts = BTreeMap<String, u64>;

/// An amount that goes from one account to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Account that pays.
    pub from: String,
    /// Account that is paid; opened if it does not exist.
    pub to: String,
    /// How much.
    pub amount: u64,
}

/// Why transfers do not happen. The number is the position of the first that fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LedgerError {
    /// The paying account does not exist.
    UnknownAccount {
        /// Position of the transfer.
        transfer: u32,
        /// The account.
        name: String,
    },
    /// The paying account holds less than the amount.
    InsufficientFunds {
        /// Position of the transfer.
        transfer: u32,
        /// What the account holds.
        balance: u64,
        /// What it would pay.
        amount: u64,
    },
    /// The receiving account would exceed 64 bits.
    Overflow {
        /// Position of the transfer.
        transfer: u32,
    },
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAccount { transfer, name } => {
                write!(f, "transfer {transfer}: no account `{name}`")
            }
            Self::InsufficientFunds { transfer, balance, amount } => {
                write!(f, "transfer {transfer}: {balance} is less than {amount}")
            }
            Self::Overflow { transfer } => write!(f, "transfer {transfer}: the balance overflows"),
        }
    }
}

impl core::error::Error for LedgerError {}

/// Carries the transfers out, in order.
///
/// # Errors
/// The first transfer that cannot happen.
pub fn settle(mut accounts: Accounts, transfers: &[Transfer]) -> Result<Accounts, LedgerError> {
    for (index, transfer) in transfers.iter().enumerate() {
        carry_out(&mut accounts, transfer, index as u32)?;
    }
    Ok(accounts)
}

fn carry_out(accounts: &mut Accounts, transfer: &Transfer, index: u32) -> Result<(), LedgerError> {
    let amount = transfer.amount;
    let Some(payer) = accounts.get_mut(&transfer.from) else {
        return Err(LedgerError::UnknownAccount { transfer: index, name: transfer.from.clone() });
    };
    let balance = *payer;
    *payer = balance.checked_sub(amount).ok_or(LedgerError::InsufficientFunds { transfer: index, balance, amount })?;
    let payee = accounts.entry(transfer.to.clone()).or_default();
    *payee = payee.checked_add(amount).ok_or(LedgerError::Overflow { transfer: index })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(balances: &[(&str, u64)]) -> Accounts {
        balances.iter().map(|&(name, balance)| (name.into(), balance)).collect()
    }

    fn transfer(from: &str, to: &str, amount: u64) -> Transfer {
        Transfer { from: from.into(), to: to.into(), amount }
    }

    #[test]
    fn transfers_move_amounts_and_open_accounts() {
        let start = accounts(&[("ada", 100), ("bob", 5)]);
        let transfers = [transfer("ada", "bob", 60), transfer("bob", "cyd", 65)];
        let expected = accounts(&[("ada", 40), ("bob", 0), ("cyd", 65)]);
        assert_eq!(settle(start, &transfers), Ok(expected));
    }

    #[test]
    fn a_transfer_to_oneself_changes_nothing() {
        let start = accounts(&[("ada", 100)]);
        assert_eq!(settle(start.clone(), &[transfer("ada", "ada", 100)]), Ok(start));
    }

    #[test]
    fn the_first_transfer_that_fails_is_named() {
        let start = accounts(&[("ada", 100), ("max", u64::MAX)]);
        let after = |second| settle(start.clone(), &[transfer("ada", "bob", 90), second]);
        assert_eq!(
            after(transfer("ada", "bob", 11)),
            Err(LedgerError::InsufficientFunds { transfer: 1, balance: 10, amount: 11 })
        );
        assert_eq!(
            after(transfer("eve", "bob", 1)),
            Err(LedgerError::UnknownAccount { transfer: 1, name: "eve".into() })
        );
        assert_eq!(after(transfer("ada", "max", 1)), Err(LedgerError::Overflow { transfer: 1 }));
    }
}
