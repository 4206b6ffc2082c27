//! Ordering in memory: for tests, and for the contract suite, which compares it with the real stores.
//!
//! The store behaves as the real ones do: it keeps copies, commits changes at once or not at all, checks versions and unique
//! references, and keeps an event log, positions and a command log.

mod ordering_store;

pub use ordering_store::InMemoryOrdering;
