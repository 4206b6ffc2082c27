//! The contract suite: what every engine must do, tested on each of them by the same code.
//!
//! A contract is a function over a store (`accounts`, `catalog`, `ordering`, `inventory`, `notifications`) or over a whole installation
//! (`from_account_to_customer`), and names no engine. The macros in `engines` make one test of it per engine, so
//! that a failure says where: `ordering::orders::sqlite::a_stale_order_is_a_conflict_and_nothing_is_written`.
//! A new engine is one more file in `engines` and one more line in each macro.
//!
//! Deliberately not here: what only one engine guarantees (durability, group commit, query plans) and what only
//! the use cases decide. Those are tested where they are written.

#[cfg(test)]
mod engines;
#[cfg(test)]
mod event_history;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod seams;
#[cfg(test)]
mod stores;

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod catalog;
#[cfg(test)]
mod command_log;
#[cfg(test)]
mod from_account_to_customer;
#[cfg(test)]
mod inventory;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod ordering;
