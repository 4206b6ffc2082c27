//! Accounts in memory: for tests, and for the contract suite, which compares it with the real store.
//!
//! The store behaves as the real one does: it keeps copies, commits changes at once or not at all, checks versions and the unique address, and keeps an event log and a command log. Deliberately not here:
//! delivery positions (accounts reacts to nothing), and anything secure.

mod accounts_store;
mod transparent_secrets;

pub use accounts_store::InMemoryAccounts;
pub use transparent_secrets::{TransparentAccessTokens, TransparentPasswords, TransparentRefreshTokens};
